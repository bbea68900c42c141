"""Reads a PDF into passages.

pypdf opens, decrypts and inspects (password, metadata), under limits lower than its own; PDFium reads the text
(docs/decisions/0003). A page that fails costs itself and a note, never the file. Hidden text is kept out and noted;
annotations and metadata are never read as text. Does not run OCR.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pipeline.errors import SourceError
from pipeline.sources.cleaning import clean_text
from pipeline.sources.heads import is_known_head
from pipeline.sources.instructions import EXCERPT, is_instruction_like
from pipeline.sources.passages import Passage
from pipeline.sources.pdf.doubt import doubtful_runs
from pipeline.sources.pdf.drawing import Drawing, drawing_of
from pipeline.sources.pdf.ink import canvas_of, hidden_runs
from pipeline.sources.pdf.layout import in_reading_order, without_running_lines
from pipeline.sources.pdf.lines import Line, build_lines
from pipeline.sources.pdf.paragraphs import join_lines
from pipeline.sources.pdf.runs import Box, Run, read_runs
from schemas.study import SourceNote

MOST_PAGES = 300
MOST_CHARACTERS = 1_500_000
"""Characters after which no further page is read; far more than is kept of any study."""

FEWEST_LETTERS = 40
"""A document with fewer letters in its text layer is a scan: stamps and page numbers are all that it has."""

_SCAN_SHARE = 0.5
"""Share of the page that its largest image covers on a scanned page."""

_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_parsing_work_maximum_count": 300_000,
    "xmp_maximum_input_length": 1_000_000,
}


@dataclass(slots=True)
class PdfReading:
    """What a PDF holds: passages in reading order, the title of its metadata, notes of the reader.

    `first_page` is the text of the first page with its running heads, where journals print the DOI.
    """

    passages: list[Passage] = field(default_factory=list[Passage])
    metadata_title: str | None = None
    first_page: str = ""
    notes: list[SourceNote] = field(default_factory=list[SourceNote])


def read_pdf(data: bytes, file: str, password: str | None = None) -> PdfReading:
    """Reads the bytes of a PDF; SourceError for a wrong or missing password, a damaged file, a scan without text."""
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

    title = _inspected_title(data, file, password)
    try:
        document: Any = pypdfium2.PdfDocument(data, password=password)
    except Exception as error:
        raise _unreadable(file, error, password) from error
    try:
        reading = _read_document(document, file)
    finally:
        document.close()
    reading.metadata_title = title
    return reading


def _inspected_title(data: bytes, file: str, password: str | None) -> str | None:
    """The title in the metadata. Faults other than a password are left to PDFium, which repairs more."""
    import pypdf

    locked, title = False, None
    try:
        with pypdf.apply_configuration(**_LIMITS), _quiet("pypdf"):
            reader = pypdf.PdfReader(BytesIO(data), strict=False)
            locked = reader.is_encrypted and not reader.decrypt(password or "")
            found = None if locked else reader.metadata
            title = str(found.title)[:2000] if found is not None and found.title else None
    except Exception:  # noqa: BLE001 - "broken PDFs might cause other exceptions" (pypdf); the title is all that is lost
        title = None
    if locked:
        raise _locked(file, password)
    return title


@contextmanager
def _quiet(logger_name: str) -> Generator[None]:
    """Keeps a library's remarks on a damaged file off the terminal while it is inspected."""
    logger = logging.getLogger(logger_name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _locked(file: str, password: str | None) -> SourceError:
    if password is None:
        return SourceError(file, "is protected by a password", "give it with --password")
    return SourceError(file, "is protected, and the password given is wrong", "give the right one with --password")


def _unreadable(file: str, error: Exception, password: str | None) -> SourceError:
    if "password" in str(error).lower():
        return _locked(file, password)
    return SourceError(file, "is damaged or no real PDF, and cannot be opened", "get the file again from its source")


def _read_document(document: Any, file: str) -> PdfReading:
    reading = PdfReading()
    pages: list[list[Line]] = []
    boxes: list[Box] = []
    letters, images = 0, 0
    count = len(document)
    for index in range(min(count, MOST_PAGES)):
        try:
            page = _read_page(document, index)
        except Exception as error:  # noqa: BLE001 - one bad page never costs the file
            reading.notes.append(_bad_page(index + 1, error))
            continue
        pages.append(page.lines)
        boxes.append(page.box)
        reading.notes.extend(page.notes)
        letters += sum(len(line.text) for line in page.lines)
        images += page.is_scan
        if letters > MOST_CHARACTERS:
            break
    if count > len(pages) + sum(n.kind == "unreadable_page" for n in reading.notes):
        message = f"only the first {len(pages)} of {count} pages were read; the rest is not in this analysis"
        reading.notes.append(SourceNote(kind="truncated", message=message))
    if letters < FEWEST_LETTERS:
        raise _no_text(file, reading, images)
    lines = [line for page in without_running_lines(pages, boxes) for line in page]
    reading.first_page = "\n".join(sorted((line.text for line in pages[0]), key=lambda text: "doi" not in text.lower()))
    reading.passages = join_lines(lines, is_known_head)
    return reading


def _no_text(file: str, reading: PdfReading, images: int) -> SourceError:
    bad = sum(n.kind == "unreadable_page" for n in reading.notes)
    if bad and not images:
        return SourceError(file, "has no page that can be read", "get the file again from its source")
    remedy = "run OCR (for example ocrmypdf) and give the result"
    return SourceError(file, "is a scan without a text layer" if images else "has no text", remedy)


def _bad_page(number: int, error: Exception) -> SourceNote:
    message = f"page {number} could not be read ({type(error).__name__}); the other pages were"
    return SourceNote(kind="unreadable_page", message=message, page=number)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[Line]
    box: Box
    notes: list[SourceNote]
    is_scan: bool


def _read_page(document: Any, index: int) -> _Page:
    page = document[index]
    try:
        canvas, drawing = canvas_of(page), drawing_of(page)
        is_scan = _is_scan(drawing, canvas.box)
        text_page = page.get_textpage()
        try:
            runs = read_runs(text_page)
            doubtful = doubtful_runs(runs, drawing, text_page, canvas)
        finally:
            text_page.close()
        hidden = hidden_runs(runs, doubtful, canvas, is_scan=is_scan)
    finally:
        page.close()
    lines = build_lines((run for i, run in enumerate(runs) if i not in hidden), index + 1)
    notes = hidden_notes([runs[i] for i in sorted(hidden)], index + 1)
    return _Page(in_reading_order(lines), canvas.box, notes, is_scan)


def _is_scan(drawing: Drawing, page: Box) -> bool:
    """Whether one image covers most of the page."""
    area = (page.right - page.left) * page.height
    return any((image.right - image.left) * image.height >= _SCAN_SHARE * area for image in drawing.images)


def hidden_notes(runs: list[Run], page: int) -> list[SourceNote]:
    """One note for the hidden text of a page, and one more if it addresses the machine."""
    text = clean_text(" ".join(run.text.strip() for run in runs)).replace("\n", " ")
    if not text:
        return []
    excerpt = text[:EXCERPT]
    notes = [
        SourceNote(
            kind="hidden_text",
            message=f"page {page} holds text that a reader cannot see; it was left out",
            excerpt=excerpt,
            page=page,
        )
    ]
    if is_instruction_like(text):
        message = "the hidden text reads like an instruction to whoever judges the study; it was left out, never obeyed"
        notes.append(SourceNote(kind="instruction_like_text", message=message, excerpt=excerpt, page=page))
    return notes
