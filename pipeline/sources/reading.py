"""Reads one source into studies: the format is found from the content, not from the name.

Promises for every item of a file a `Reading`: a study, or a citation that cannot be analysed, or a SourceError that
names the item, the cause and the remedy; whatever the bytes. One bad record never costs the others. Does not fetch
anything, and does not decide whether two studies are one.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.citation import cite, slug
from pipeline.sources.cleaning import clean_text, smuggled_text
from pipeline.sources.detection import FRONT_MATTER, RECORDS, SourceFormat, format_of, is_json, is_pdf
from pipeline.sources.instructions import EXCERPT
from pipeline.sources.opening import FORMATS_REMEDY, Opened, opened
from pipeline.sources.passages import Passage, Role
from pipeline.sources.plain import looks_like_markdown, text_passages
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.study_form import StudyForm, load_mapping, parse_form, sibling
from schemas.study import Citation, SourceNote, Study
from schemas.vocabulary import SectionKind

_READERS = {
    SourceFormat.RIS: ("ris", "read_ris"),
    SourceFormat.WOS: ("wos", "read_wos"),
    SourceFormat.MEDLINE: ("medline", "read_medline"),
    SourceFormat.OVID: ("ovid", "read_ovid"),
    SourceFormat.PUBMED_XML: ("pubmed", "read_pubmed_xml"),
    SourceFormat.JATS: ("jats", "read_jats"),
    SourceFormat.ENDNOTE_XML: ("endnote", "read_endnote_xml"),
    SourceFormat.BIBTEX: ("bibtex", "read_bibtex"),
    SourceFormat.CSL_JSON: ("csl_json", "read_csl_json"),
}
"""The module of `records` that reads a format, and its function; loaded when a file of that format is met."""

MOST_RECORDS = 200_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one item. `record` counts from 1 within a file of records, and `line` is where it starts there.

    With a fault there is no study; a record without an abstract has its citation besides the fault that says so.
    """

    file: str
    study: Study | None = None
    citation: Citation | None = None
    fault: SourceError | None = None
    record: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """What is being read, and the form that speaks for it, if any."""

    opened: Opened
    form: StudyForm | None = None

    @property
    def file(self) -> str:
        return self.opened.file


class PdfOptions(NamedTuple):
    """What a PDF may need: the password that opens it, and whether pages that are pictures are read by OCR."""

    password: str | None = None
    ocr: bool = False


PLAIN = PdfOptions()


def read_source(path: Path, options: PdfOptions = PLAIN) -> Iterator[Reading]:
    """The items of one file in its order; a file that cannot be read at all is one item with its fault."""
    try:
        source = opened(path)
        found = SourceFormat.PDF if is_pdf(source.data) else format_of(source.text)
        if found in RECORDS:
            yield from _records(source, SourceFormat(found))
        else:
            study = _study(path, source, found, options)
            yield Reading(source.file, study, study.citation)
    except SourceError as error:
        yield Reading(error.file, fault=error)


def read_study(path: Path, *, password: str | None = None, ocr: bool = False) -> Study:
    """The only study of a file; SourceError when it cannot be read, or when the file holds several.

    `password` and `ocr` are for PDFs (see `PdfOptions`) and ignored for anything else.
    """
    readings = list(read_source(path, PdfOptions(password, ocr)))
    studies = [r.study for r in readings if r.study is not None]
    if len(studies) == 1:
        return studies[0]
    faults = [r.fault for r in readings if r.fault is not None]
    if not studies:
        raise faults[0] if faults else SourceError(str(path), "holds no record", FORMATS_REMEDY)
    raise SourceError(str(path), f"holds {len(studies)} studies", "give a file of one study")


def read_text(text: str, *, citation: Citation | None = None, file_name: str = "text.txt") -> Study:
    """The study that a text (plain or Markdown) tells; SourceError when there is nothing to read in it."""
    form = StudyForm(citation=citation, text="") if citation else None
    source = Opened(file_name, file_name, text.encode("utf-8", "replace"))
    return _study_of_text(text, _Source(source, form))


def _study(path: Path, source: Opened, found: SourceFormat | str, options: PdfOptions) -> Study:
    if found is SourceFormat.PDF:
        return _study_of_pdf(_Source(source), options)
    if found is SourceFormat.FORM:
        form = parse_form(source.text, source.file, is_json=is_json(source.text))
        return _study_of_form(form, path, _Source(source), options)
    if found is SourceFormat.TEXT:
        return _study_of_text(source.text, _Source(source))
    raise SourceError(source.file, found, FORMATS_REMEDY)


def _records(source: Opened, found: SourceFormat) -> Iterator[Reading]:
    """The records of an export, each a study, a bare citation or a fault of its own."""
    module, function = _READERS[found]
    read: Callable[[str], Iterator[Record | FaultyRecord]] = getattr(
        importlib.import_module(f"pipeline.sources.records.{module}"), function
    )
    number = 0
    for number, record in enumerate(read(source.text), 1):
        if number > MOST_RECORDS:
            cause = f"holds more than {MOST_RECORDS:,} records"
            yield Reading(source.file, fault=SourceError(source.file, cause, "split the export"))
            return
        yield _reading(source, number, record)
    if not number:
        raise SourceError(source.file, f"is {found.value} without a record", "export it again, with its records")


def _reading(source: Opened, number: int, record: Record | FaultyRecord) -> Reading:
    place = f"{source.file}, record {number} (line {record.line})"
    if isinstance(record, FaultyRecord):
        fault = SourceError(place, record.cause, "correct the record or export it again")
        return Reading(source.file, fault=fault, record=number, line=record.line)
    origin = Origin(
        source.name, source.sha256, record.document, record.status, record.registration, record.relations, record.line
    )
    study = build_study(record.passages, record.citation, origin, record.notes) if record.passages else None
    if study is None or not _has_text(study):
        fault = SourceError(place, "is a citation without an abstract", "give the article's text or PDF to analyse it")
        return Reading(source.file, citation=record.citation, fault=fault, record=number, line=record.line)
    return Reading(source.file, study, record.citation, record=number, line=record.line)


def _has_text(study: Study) -> bool:
    """Whether there is a sentence besides the title."""
    return any(s.section is not SectionKind.TITLE for s in study.sentences)


def _study_of_form(form: StudyForm, path: Path, source: _Source, options: PdfOptions) -> Study:
    if form.file is not None:
        beside = sibling(path, form.file)
        source = _Source(opened(beside), form)
        if is_pdf(source.opened.data):
            return _study_of_pdf(source, options)
        return _study_of_text(source.opened.text, source)
    source = replace(source, form=form)
    if form.sections is None:
        return _study_of_text(form.text or "", source)
    passages: list[Passage] = []
    for section in form.sections:
        if section.heading.strip():
            passages.append(Passage(clean_text(section.heading).replace("\n", " "), Role.HEAD))
        passages += text_passages(section.text, with_title=False)
    return _finished(passages, form.citation, source)


def _study_of_text(text: str, source: _Source) -> Study:
    """Plain text or Markdown; YAML front matter may give the citation. The text of a form has no title line."""
    form = source.form
    stated = form.citation if form else None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    matter = FRONT_MATTER.match(text)
    fields = load_mapping(matter.group(1), source.file) if matter is not None else {}
    if matter is not None and fields:
        stated = stated or _stated_citation(fields, source)
        text = text[matter.end() :]
    markdown = bool(fields) or looks_like_markdown(text)
    passages = text_passages(text, markdown=markdown, with_title=form is None or form.file is not None)
    return _finished(passages, stated or cite(source.opened.name, passages), source, _smuggled(text))


def _stated_citation(fields: dict[str, Any], source: _Source) -> Citation | None:
    """The citation in front matter, at its top or under `citation`; null when it is about something else."""
    nested = fields.get("citation")
    if isinstance(nested, dict):
        fields = cast("dict[str, Any]", nested)
    known = {info.alias or key for key, info in Citation.model_fields.items()}
    chosen = {key: str(value) if isinstance(value, int) else value for key, value in fields.items() if key in known}
    if not chosen:
        return None
    try:
        return Citation.model_validate({"id": slug(source.opened.name), **chosen})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        cause = f"has faulty citation data at its top ({'.'.join(map(str, fault['loc']))}: {fault['msg'][:120]})"
        raise SourceError(source.file, cause, "use CSL-JSON names and values, or take the block out") from error


def _smuggled(text: str) -> list[SourceNote]:
    spelt = smuggled_text(text)
    if not spelt:
        return []
    message = "the file holds text in invisible Unicode tag characters; it was left out"
    return [SourceNote(kind="hidden_text", message=message, excerpt=spelt[:EXCERPT])]


def _study_of_pdf(source: _Source, options: PdfOptions) -> Study:
    from pipeline.sources.pdf.document import read_pdf

    reading = read_pdf(source.opened.data, source.file, options.password, ocr=options.ocr)
    if source.form is not None:
        citation = source.form.citation
    else:
        title = reading.metadata_title
        citation = cite(source.opened.name, reading.passages, metadata_title=title, first_page=reading.first_page)
    return _finished(
        reading.passages, citation, source, reading.notes, pages=reading.pages, ocr_pages=reading.ocr_pages
    )


def _finished(
    passages: Sequence[Passage],
    citation: Citation,
    source: _Source,
    notes: Sequence[SourceNote] = (),
    *,
    pages: int | None = None,
    ocr_pages: frozenset[int] = frozenset(),
) -> Study:
    file, noted = source.opened, list(notes)
    origin = Origin(file.name, file.sha256, pages=pages, ocr_pages=ocr_pages)
    if source.form is not None:
        form = source.form
        origin = replace(
            origin,
            document=form.document,
            status=form.status,
            registration=form.registration,
            relations=form.relations,
        )
        if form.note:
            noted.insert(0, SourceNote(kind="retelling", message=" ".join(form.note.split())))
    study = build_study(passages, citation, origin, noted)
    if not study.sentences:
        raise SourceError(source.file, "holds no text that could be a study", FORMATS_REMEDY)
    return study
