"""Says in notes what a person should know of the pages of a PDF: left out, recognised by a machine, hidden, unreadable.

Promises one note for each thing, with the page where it begins. Does not look for any of it.
"""

from __future__ import annotations

from pipeline.sources.cleaning import clean_text
from pipeline.sources.instructions import EXCERPT, is_instruction_like
from pipeline.sources.pdf.characters import UNREAD
from pipeline.sources.pdf.content import PdfReading
from schemas.study import SourceNote


def bad_page(number: int, why: str) -> SourceNote:
    """For a page that was left out, and why."""
    message = f"page {number} could not be read ({why}); the other pages were"
    return SourceNote(kind="unreadable_page", message=message, page=number)


def scan_notes(reading: PdfReading) -> list[SourceNote]:
    """For pages whose text a machine recognised, and for those that are a picture without text."""
    notes: list[SourceNote] = []
    if reading.ocr_pages:
        message = (
            f"the text of {listed(reading.ocr_pages)} was recognised in a picture by a machine (OCR); letters, signs "
            "and numbers in it may be wrong"
        )
        notes.append(SourceNote(kind="ocr_text", message=message))
    if reading.pictures:
        message = f"{listed(reading.pictures)} shows a picture and no text; what the picture says was not read"
        notes.append(SourceNote(kind="unreadable_page", message=message, page=min(reading.pictures)))
    return notes


def sign_notes(unread: dict[int, int]) -> list[SourceNote]:
    """A note if there are characters that the fonts of the file do not name; `unread` counts them by page."""
    pages = frozenset(number for number, count in unread.items() if count)
    if not pages:
        return []
    count = sum(unread.values())
    signs = "a sign" if count == 1 else f"{count} signs"
    cause = f"the file does not say what its fonts draw; {UNREAD} is put there"
    message = f"{signs} on {listed(pages)} could not be read: {cause}"
    return [SourceNote(kind="unreadable_signs", message=message, page=min(pages))]


def listed(pages: frozenset[int]) -> str:
    """'page 4' or 'pages 1-3, 7'."""
    ranges: list[list[int]] = []
    for page in sorted(pages):
        if ranges and ranges[-1][1] == page - 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    words = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"page {words}" if len(pages) == 1 else f"pages {words}"


def hidden_notes(texts: list[str], page: int) -> list[SourceNote]:
    """One note for the hidden text of a page, and one more if it addresses the machine."""
    text = clean_text(" ".join(text.strip() for text in texts)).replace("\n", " ")
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
    if is_instruction_like(text, hidden=True):
        message = "the hidden text reads like an instruction to whoever judges the study; it was left out, never obeyed"
        notes.append(SourceNote(kind="instruction_like_text", message=message, excerpt=excerpt, page=page))
    return notes
