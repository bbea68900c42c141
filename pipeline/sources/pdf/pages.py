"""Reads a PDF into passages, in this very process: PDFium reads the text (docs/decisions/0003), pypdf inspects.

Runs in the process that `worker` is; nothing else calls it but tests. A page that fails costs itself and a note, never
the file. Hidden text is kept out and noted; annotations and metadata are never read as text. Does not run OCR, does not
limit time or memory, and says why a file cannot be read as a `Fault`, in no words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.sources.heads import is_known_head
from pipeline.sources.pdf.annotations import unspoken_annotations
from pipeline.sources.pdf.characters import UNREAD
from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.doubt import doubtful_runs
from pipeline.sources.pdf.drawing import Drawing, drawing_of
from pipeline.sources.pdf.exchange import Fault, Order
from pipeline.sources.pdf.imprint import imprint_first
from pipeline.sources.pdf.ink import canvas_of, hidden_runs
from pipeline.sources.pdf.inspection import inspect_pdf
from pipeline.sources.pdf.layout import from_the_title, in_reading_order, without_running_lines
from pipeline.sources.pdf.lines import Line, build_lines
from pipeline.sources.pdf.numbering import without_line_numbers
from pipeline.sources.pdf.opening import UnreadableError, opened
from pipeline.sources.pdf.paragraphs import join_lines
from pipeline.sources.pdf.pdfium import objects_of
from pipeline.sources.pdf.progress import Stage
from pipeline.sources.pdf.recognition import mended
from pipeline.sources.pdf.remarks import bad_page, hidden_notes, scan_notes, sign_notes
from pipeline.sources.pdf.replacements import without_replacements
from pipeline.sources.pdf.runs import INVISIBLE_MODE, Box, Run, read_runs
from pipeline.sources.pdf.symbols import with_signs
from schemas.study import SourceNote

FEWEST_LETTERS = 40
"""A document with fewer letters in its text layer is a scan: stamps and page numbers are all that it has."""

_SCAN_SHARE = 0.5
"""Share of the page that its largest image covers on a scanned page."""

_OCR_SHARE = 0.9
"""Share of a scanned page's letters that are drawn invisibly where a machine has put them behind the picture."""

_MOST_UNREAD = 0.03
"""Share of characters that no font names: the signs of formulas in a paper, most letters in a garbled file."""

Progress = Callable[[Stage, int], None]


def read_pages(data: bytes, order: Order, progress: Progress) -> PdfReading:
    """The PDF as it stands in `data`; `progress` is told what is begun. UnreadableError when it cannot be read."""
    progress("open", 0)
    document, is_mended = opened(data, order)
    try:
        reading, unspoken = _read_document(document, order, progress)
    except UnreadableError as error:
        if is_mended and error.fault != "scan":
            raise UnreadableError("damaged") from error
        raise
    finally:
        document.close()
    if order.inspect:
        progress("inspect", 0)
        reading.inspection, notes = inspect_pdf(data, order.password, order.limits.inspection_seconds, unspoken)
        reading.metadata_title = reading.inspection.title
        reading.notes.extend(notes)
    return reading


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read of a page. `unspoken` counts its annotations if none of them has words or a script."""

    lines: list[Line]
    box: Box
    notes: list[SourceNote]
    is_scan: bool
    is_ocr: bool
    unspoken: int | None

    @property
    def letters(self) -> int:
        return sum(len(line.text) for line in self.lines)


def _read_document(document: Any, order: Order, progress: Progress) -> tuple[PdfReading, int | None]:
    """The reading, and the number of annotations if it is known of all pages that none of them says anything."""
    count = len(document)
    if not count:
        raise UnreadableError("no_pages")
    reading = PdfReading(pages=count)
    pages = _read_each(document, reading, order, progress)
    letters = sum(page.letters for page in pages.values())
    if letters < FEWEST_LETTERS:
        raise _no_text(reading, pages)
    unread = {number: sum(line.text.count(UNREAD) for line in page.lines) for number, page in pages.items()}
    if sum(unread.values()) > _MOST_UNREAD * letters:
        raise UnreadableError("garbled", count)
    progress("join", 0)
    boxes = [page.box for page in pages.values()]
    first, *others = [page.lines for page in pages.values()]
    lines = [line for page in without_running_lines([from_the_title(first), *others], boxes) for line in page]
    reading.first_page = imprint_first(line.text for line in first)
    reading.passages = join_lines(lines, is_known_head)
    reading.ocr_pages = frozenset(number for number, page in pages.items() if page.is_ocr)
    reading.pictures = frozenset(number for number, page in pages.items() if page.is_scan and not page.letters)
    reading.notes.extend(scan_notes(reading))
    reading.notes.extend(sign_notes(unread))
    return reading, _unspoken(pages, count)


def _unspoken(pages: dict[int, _Page], count: int) -> int | None:
    known = [page.unspoken for page in pages.values() if page.unspoken is not None]
    return sum(known) if len(known) == count else None


def _read_each(document: Any, reading: PdfReading, order: Order, progress: Progress) -> dict[int, _Page]:
    """The pages by number; the notes on them, and on those that were not read, go into `reading`."""
    pages: dict[int, _Page] = {}
    letters, number = 0, 0
    for number in range(1, min(reading.pages, order.limits.pages) + 1):
        if number in order.skip:
            reading.notes.append(bad_page(number, order.skip[number]))
            continue
        progress("page", number)
        try:
            page = _read_page(document, number - 1)
        except Exception as error:  # noqa: BLE001 - one bad page never costs the file
            reading.notes.append(bad_page(number, type(error).__name__))
            continue
        pages[number] = page
        reading.notes.extend(page.notes)
        letters += page.letters
        if letters > order.limits.characters:
            break
    if number < reading.pages:
        message = f"only the first {number} of {reading.pages} pages were read; the rest is not in this analysis"
        reading.notes.append(SourceNote(kind="truncated", message=message))
    return pages


def _no_text(reading: PdfReading, pages: dict[int, _Page]) -> UnreadableError:
    if any(page.is_scan for page in pages.values()):
        return UnreadableError("scan", reading.pages)
    kinds = {note.kind for note in reading.notes}
    fault: Fault = (
        "hidden" if "hidden_text" in kinds else "unreadable_pages" if "unreadable_page" in kinds else "no_text"
    )
    return UnreadableError(fault, reading.pages)


def _read_page(document: Any, index: int) -> _Page:
    from pypdfium2 import raw  # pyright: ignore[reportMissingTypeStubs]

    page = document[index]
    try:
        objects = objects_of(page)
        replacements = without_replacements(raw, page, objects)
        canvas, drawing = canvas_of(page), drawing_of(objects)
        is_scan = _is_scan(drawing, canvas.box)
        text_page = page.get_textpage()
        try:
            runs = read_runs(text_page)
            doubtful = doubtful_runs(runs, drawing, text_page, canvas)
            hidden = hidden_runs(runs, doubtful, canvas, is_scan=is_scan)
            seen = with_signs([run for i, run in enumerate(runs) if i not in hidden and run.text.strip()], text_page)
        finally:
            text_page.close()
        unspoken = unspoken_annotations(page)
    finally:
        page.close()
    lines = build_lines(without_line_numbers(seen, canvas.box), index + 1)
    unseen = [runs[i].text for i in sorted(hidden)] + _unsaid(replacements, lines)
    notes = hidden_notes(unseen, index + 1)
    is_ocr = is_scan and _is_behind_the_picture(runs)
    lines = in_reading_order(mended(lines) if is_ocr else lines)
    return _Page(lines, canvas.box, notes, is_scan, is_ocr, unspoken)


def _is_behind_the_picture(runs: list[Run]) -> bool:
    letters = sum(len(run.text) for run in runs)
    return letters > 0 and sum(len(r.text) for r in runs if r.mode == INVISIBLE_MODE) >= _OCR_SHARE * letters


def _is_scan(drawing: Drawing, page: Box) -> bool:
    """Whether one image covers most of the page."""
    area = (page.right - page.left) * page.height
    return any((image.right - image.left) * image.height >= _SCAN_SHARE * area for image in drawing.images)


def _unsaid(replacements: list[str], lines: list[Line]) -> list[str]:
    """The replacement texts that the page does not show in these words."""
    if not replacements:
        return []
    shown = _squashed("".join(line.text for line in lines))
    return [text for text in replacements if _squashed(text) not in shown]


def _squashed(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
