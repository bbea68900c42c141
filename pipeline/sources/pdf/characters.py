"""The text of a PDF page, one character for each of the places that PDFium counts.

Promises that no place is lost or moved, because boxes and colours are asked for by place. Does not join words.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from itertools import repeat

from pipeline.sources.pdf.pdfium import Handle, whole

SOFT_HYPHEN = "\u00ad"
UNREAD = "\ufffd"
"""Stands for a character that the font does not name."""

_STX = 0x02
"""PDFium writes it for a hyphen at a line end, and passes it on from fonts that have their minus sign there."""

_UNSAID = [chr(code) for code in (*range(0x01, 0x09), *range(0x0E, 0x20))]
_LEFT_OUT_IN_BULK = ("\x00", chr(_STX))
"""What PDFium keeps out of the text that it gives in one call, among other signs that its letters are not."""

_text = whole("FPDFText_GetText")
_code = whole("FPDFText_GetUnicode")
_is_hyphen = whole("FPDFText_IsHyphen")


def page_text(page: Handle, count: int) -> str:
    """`count` characters of a text page, one for each of its places.

    PDFium gives the text in one call, but leaves some control characters out of it; where it does, it is asked
    character by character.
    """
    units = ctypes.create_string_buffer(2 * (count + 1))
    if _text(page, 0, count, units) == count + 1:
        text = units.raw[:-2].decode("utf-16-le", "ignore")
        if len(text) < count:  # characters of two units have two places
            text = "".join(map(chr, memoryview(units.raw[:-2]).cast("H")))
        if not any(character in text for character in _LEFT_OUT_IN_BULK):
            return _as_read(text)
    codes = list(map(_code, repeat(page), range(count)))
    return as_written(codes, lambda index: bool(_is_hyphen(page, index)))


def as_written(codes: Sequence[int], is_hyphen: Callable[[int], bool]) -> str:
    """The characters, U+00AD for a hyphen at a line end, U+FFFD for one that the font does not say."""
    characters = [chr(code) if 0 <= code < 0x110000 else UNREAD for code in codes]
    for index, code in enumerate(codes):
        if code == _STX and is_hyphen(index):
            characters[index] = SOFT_HYPHEN
    return _as_read("".join(characters))


def _as_read(text: str) -> str:
    text = text.replace("\r", " ").replace("\n", " ").replace("\ufffe", SOFT_HYPHEN)
    for character in _UNSAID:
        text = text.replace(character, UNREAD)
    return text
