"""Why a PDF cannot be read, in words: cause and remedy for everything that the process which parses it can meet.

Promises one SourceError for each. Does not decide what is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from signal import Signals
from typing import Literal

from pipeline.errors import SourceError
from pipeline.sources.pdf.exchange import Failure, Fault
from pipeline.sources.pdf.limits import Limits
from pipeline.sources.pdf.progress import Stage

_AGAIN = "get the file again from its source"
_PRINTED = "print it to a new PDF, or give its text"
_OCR = (
    "run OCR: with --ocr (it needs `pip install 'mechsyn[ocr]'` and the program tesseract), or with ocrmypdf, and give "
    "the result"
)
_WORDS: dict[Fault, tuple[str, str]] = {
    "locked": ("is protected by a password", "give it with --password"),
    "wrong_password": ("is protected, and the password given is wrong", "give the right one with --password"),
    "damaged": ("is damaged or no real PDF, and cannot be opened", _AGAIN),
    "no_pages": ("is damaged: it has no pages", _AGAIN),
    "scan": ("is a scan without a text layer", _OCR),
    "no_text": ("has no text", _OCR),
    "hidden": ("has no text that a reader can see", _PRINTED),
    "garbled": (
        "has text that cannot be read: its fonts do not say which letters they draw",
        "give its text, or run `ocrmypdf --force-ocr` on it and give the result",
    ),
    "unreadable_pages": ("has no page that can be read", _AGAIN),
}


class PdfError(SourceError):
    """A PDF that cannot be read. `is_picture`: it has no text, and OCR might find some on its `pages`."""

    def __init__(self, file: str, cause: str, remedy: str, *, is_picture: bool = False, pages: int = 0) -> None:
        super().__init__(file, cause, remedy)
        self.is_picture = is_picture
        self.pages = pages


Ending = Literal["time", "memory", "crash", "answer", "stopped", "start"]


@dataclass(frozen=True, slots=True)
class Lost:
    """How a process came to its end before it had answered, and what it was at (`page` from 1, 0 outside pages)."""

    why: Ending
    stage: Stage
    page: int = 0
    detail: str = ""


def failure(file: str, failed: Failure) -> PdfError:
    """The error for what the process itself reports."""
    if failed.fault == "failed":
        return PdfError(file, f"is damaged: reading it failed ({failed.detail})", _AGAIN)
    cause, remedy = _WORDS[failed.fault]
    return PdfError(file, cause, remedy, is_picture=failed.fault in {"scan", "no_text"}, pages=failed.pages)


def lost(file: str, end: Lost, limits: Limits) -> PdfError:
    """The error for a process that did not come to its answer."""
    if end.why == "time" and end.page:
        return PdfError(file, f"takes more than {limits.page_seconds:g} s to read{_at(end)}", _PRINTED)
    if end.why == "time":
        return PdfError(file, f"takes more than {limits.file_seconds:g} s to read", _PRINTED)
    if end.why == "memory":
        return PdfError(file, f"needs more than {_size(limits.memory_bytes)} of memory to read{_at(end)}", _PRINTED)
    if end.why == "start":
        return PdfError(file, f"was not read: no process could be started for it ({end.detail})", "try again later")
    if end.why == "stopped":
        return PdfError(file, "was not read to its end, because reading was stopped", "read it again")
    if end.why == "answer":
        return PdfError(file, f"holds more than the {_size(limits.answer_bytes)} of text that are read", _PRINTED)
    return PdfError(file, f"is damaged: reading it crashed the reader ({end.detail}{_at(end)})", _AGAIN)


def page_lost(end: Lost, limits: Limits) -> str:
    """Why a page is left out, for its note."""
    if end.why == "time":
        return f"it takes more than {limits.page_seconds:g} s"
    return f"it needs more than {_size(limits.memory_bytes)} of memory" if end.why == "memory" else end.detail


def signal_name(status: int) -> str:
    """How a process ended, as `subprocess` counts: 'SIGSEGV' for -11, 'exit status 1' for 1."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _at(end: Lost) -> str:
    return f", at page {end.page}" if end.page else ""


def _size(count: int) -> str:
    return f"{count / 1_000_000_000:g} GB" if count >= 1_000_000_000 else f"{count / 1_000_000:g} MB"
