"""Reads a PDF into passages. The bytes are parsed in another process, which may crash, hang or be taken over.

Promises a `PdfReading` or a SourceError, in bounded time and memory (`limits`), whatever the bytes. Parses nothing in
this process. Runs OCR only when asked to.
"""

from __future__ import annotations

from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.faults import PdfError
from pipeline.sources.pdf.workers import PdfWorkers, default_workers


def read_pdf(
    data: bytes, file: str, password: str | None = None, *, ocr: bool = False, workers: PdfWorkers | None = None
) -> PdfReading:
    """Reads the bytes of a PDF; SourceError for a wrong or missing password, a damaged file, a scan without text.

    `file` names it in messages. With `ocr`, pages that are pictures without text are read by OCR; SourceError when its
    programs are missing. `workers` are the processes that parse; a set of its own is used by default.
    """
    pool = workers or default_workers()
    try:
        reading = pool.read(data, file, password)
    except PdfError as error:
        if not (ocr and error.is_picture):
            raise
        pages = error.pages
    else:
        if not (ocr and reading.pictures):
            return reading
        pages = reading.pages
    from pipeline.sources.pdf.ocr import recognised

    return pool.read(recognised(data, file, password, pages), file, None)


__all__ = ["PdfReading", "read_pdf"]
