"""What a set of sources holds, item by item: the report in which reading and every import end.

Promises one item for everything that was given, in its order: read, duplicate of an item that was read, citation only,
or failed with the reason. Reads without analysing, and changes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.sources.gathering import files_in, is_folder, read_files
from pipeline.sources.identity.decisions import Decisions, read_decisions
from pipeline.sources.identity.grouping import resolve
from pipeline.sources.identity.publication import Publication
from pipeline.sources.reading import PLAIN, PdfOptions, Reading
from schemas.source_report import SourceItem, SourceOutcome, SourceReport


def survey(paths: Sequence[Path], progressed: Callable[[int, int], None], options: PdfOptions = PLAIN) -> SourceReport:
    """The report of all files and folders. `progressed` is told how many of how many files are read.

    InputError when the decisions of a folder are damaged or contradict each other.
    """
    return SourceReport.of(items_of(readings_of(paths, progressed, options), decisions_beside(paths)))


def readings_of(
    paths: Sequence[Path], progressed: Callable[[int, int], None], options: PdfOptions = PLAIN
) -> list[Reading]:
    """The readings of all files and folders, in their order."""
    files = list(files_in(paths))
    readings: list[Reading] = []
    for done, (_, found) in enumerate(read_files(files, options), 1):
        readings += found
        progressed(done, len(files))
    return readings


def decisions_beside(paths: Sequence[Path]) -> Decisions:
    """What a person has decided about pairs of studies of these folders, or of the folders of these files."""
    found = Decisions()
    for folder in filter(is_folder, dict.fromkeys(path if is_folder(path) else path.parent for path in paths)):
        found = found.joined(read_decisions(folder))
    return found


def publication_of(reading: Reading) -> Publication | None:
    """What identity judges a reading by; null when it could not be read at all."""
    where = reading.file if reading.line is None else f"{reading.file}:{reading.line}"
    if reading.study is not None:
        study = reading.study
        return Publication(study.citation, study.document, study.registration, study.relations, where, study)
    return None if reading.citation is None else Publication(reading.citation, where=where)


def items_of(readings: Sequence[Reading], decisions: Decisions | None = None) -> Iterator[SourceItem]:
    """The items of readings, in their order. Of several readings of one publication the first with a text is read."""
    known = [(n, p) for n, reading in enumerate(readings) if (p := publication_of(reading)) is not None]
    twins: dict[int, str] = {}
    for group in resolve([p for _, p in known], decisions).groups:
        members = [known[i] for i in group]
        chosen, _ = next(((n, p) for n, p in members if p.study is not None), members[0])
        twins |= {n: _place(readings[chosen]) for n, _ in members if n != chosen}
    for number, reading in enumerate(readings):
        yield _item(reading, twins.get(number))


def _place(reading: Reading) -> str:
    """Where a reading stands, for a person; ids are not told apart before an analysis."""
    return f"{reading.file} #{reading.record}" if reading.record else reading.file


def _item(reading: Reading, twin: str | None) -> SourceItem:
    if reading.study is not None:
        outcome = SourceOutcome.READ if twin is None else SourceOutcome.DUPLICATE
        return SourceItem.of_study(
            reading.file,
            reading.study,
            outcome,
            record=reading.record,
            line=reading.line,
            pages=reading.study.pages,
            duplicate_of=twin,
        )
    citation = reading.citation
    reason = f"{reading.fault.cause}; {reading.fault.remedy}" if reading.fault is not None else "was not read"
    if citation is None:
        failed = SourceOutcome.FAILED
        return SourceItem(source=reading.file, record=reading.record, line=reading.line, outcome=failed, reason=reason)
    return SourceItem(
        source=reading.file,
        record=reading.record,
        line=reading.line,
        outcome=SourceOutcome.CITATION_ONLY if twin is None else SourceOutcome.DUPLICATE,
        study=citation.id,
        label=citation.label,
        title=citation.title,
        DOI=citation.DOI,
        PMID=citation.PMID,
        PMCID=citation.PMCID,
        reason=reason if twin is None else None,
        duplicate_of=twin,
    )
