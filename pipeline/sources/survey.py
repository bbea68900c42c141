"""What a set of sources holds, item by item: the report in which reading and every import end.

Promises one item for everything that was given, in its order: read, duplicate of an item before it, citation only, or
failed with the reason. Reads without analysing, and merges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.sources.gathering import files_in, read_files
from pipeline.sources.reading import Reading
from schemas.source_report import SourceItem, SourceOutcome, SourceReport


def survey(
    paths: Sequence[Path], progressed: Callable[[int, int], None], *, password: str | None = None
) -> SourceReport:
    """The report of all files and folders. `progressed` is told how many of how many files are read."""
    files = list(files_in(paths))
    readings: list[Reading] = []
    for done, (_, found) in enumerate(read_files(files, password=password), 1):
        readings += found
        progressed(done, len(files))
    return SourceReport.of(items_of(readings))


def items_of(readings: Sequence[Reading]) -> Iterator[SourceItem]:
    """The items of readings, in their order."""
    for reading in readings:
        yield _item(reading)


def _item(reading: Reading) -> SourceItem:
    if reading.study is not None:
        return SourceItem.of_study(reading.file, reading.study, record=reading.record, line=reading.line)
    citation = reading.citation
    reason = f"{reading.fault.cause}; {reading.fault.remedy}" if reading.fault is not None else "was not read"
    if citation is None:
        failed = SourceOutcome.FAILED
        return SourceItem(source=reading.file, record=reading.record, line=reading.line, outcome=failed, reason=reason)
    return SourceItem(
        source=reading.file,
        record=reading.record,
        line=reading.line,
        outcome=SourceOutcome.CITATION_ONLY,
        study=citation.id,
        label=citation.label,
        title=citation.title,
        DOI=citation.DOI,
        PMID=citation.PMID,
        PMCID=citation.PMCID,
        reason=reason,
    )
