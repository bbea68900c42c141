"""Opens a PDF in PDFium, by way of pypdf's repair where PDFium alone cannot.

Promises an open document, which the caller closes, or the fault that keeps it shut; in particular that a broken file is
never taken for a locked one. Runs only in the process that parses. Does not read pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.sources.pdf.exchange import Fault, Order
from pipeline.sources.pdf.inspection import repaired

_NO_PDF = b"no PDF"
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD of PDFium's fpdfview.h."""


class UnreadableError(Exception):
    """The file cannot be read; `fault` says why, `pages` how many it has (0: unknown)."""

    def __init__(self, fault: Fault, pages: int = 0) -> None:
        super().__init__(fault)
        self.fault: Fault = fault
        self.pages = pages


def opened(data: bytes, order: Order) -> tuple[Any, bool]:
    """The document, and whether it had to be mended for that. UnreadableError when it is locked or beyond repair."""
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

    try:
        return _loaded(data, order.password), False
    except pypdfium2.PdfiumError as error:
        document = _mended(data, order)
        if document is None:
            raise UnreadableError("damaged") from error
        return document, True


def _loaded(data: bytes, password: str | None) -> Any:
    """The document; UnreadableError when it asks for a password, PdfiumError when PDFium cannot open it.

    PDFium's last error is one for the whole process and stays when a load fails without setting it (a file whose page
    tree is broken). It is therefore set to "no PDF" before, so that "password" can only come from this very file.
    """
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
    from pypdfium2 import raw  # pyright: ignore[reportMissingTypeStubs]

    load: Callable[[bytes, int, None], object] = raw.FPDF_LoadMemDocument64  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    load(_NO_PDF, len(_NO_PDF), None)
    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:  # pyright: ignore[reportUnknownMemberType]
            raise UnreadableError("locked" if password is None else "wrong_password") from error
        raise


def _mended(data: bytes, order: Order) -> Any:
    """The document as pypdf could repair it; null when it could not, or PDFium reads nothing in what it wrote."""
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

    mended = repaired(data, order.password, order.limits.inspection_seconds)
    try:
        return None if mended is None else pypdfium2.PdfDocument(mended)
    except pypdfium2.PdfiumError:
        return None
