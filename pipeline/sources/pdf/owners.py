"""Finds where on a PDF page the text of each text object begins, asking PDFium about as few characters as it can.

Promises the same answer as asking about every character. Does not read the text, which it is given.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import groupby, pairwise, repeat
from operator import itemgetter
from typing import Any

from pipeline.sources.pdf.pdfium import Handle, Size, found, handle, whole

STRIDE = 4
"""Characters from one that is asked for its text object to the next; a run has about 25."""

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufeff\ud802\ud803\ud83a\ud83b\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Letters and marks of scripts that are written so, some of them as the first of two units."""

_owner = found("FPDFText_GetTextObject")
_preference = whole("FPDF_VIEWERREF_GetName")


def reads_leftward(text_page: Any) -> bool:
    """Whether the document says that it is read from right to left: PDFium then turns the words of a line round."""
    name = ctypes.create_string_buffer(8)
    _preference(handle(text_page.page.pdf), b"Direction", name, Size(len(name)))
    return name.value == b"R2L"


def _stretches(page: Handle, count: int, stride: int) -> Iterator[tuple[int, int]]:
    """(place of its first character, address of the text object, 0 for none) of each stretch of one object.

    Only every so many characters are asked about, and those between two answers that differ or say that there is none.
    The characters of an object follow each other, unless a line is turned round; the `stride` must be 1 there. An
    object of fewer characters than that between two of the same object would be missed, and there is no such thing.
    """
    before = 0
    for place, owner in zip(range(0, count, stride), map(_owner, repeat(page), range(0, count, stride)), strict=True):
        if owner == before:
            continue
        for between in range(max(place - stride + 1, 0), place):
            yield between, _owner(page, between) or 0
        before = owner or 0
        yield place, before
    for place in range((count - 1) // stride * stride + 1, count):
        yield place, _owner(page, place) or 0


def starts_of_objects(text_page: Any, text: str, stride: int = STRIDE) -> list[tuple[int, int]]:
    """(place of its first character, address of the text object) of each stretch of `text`, that of the text page.

    Spaces belong to the stretch before them.
    """
    is_in_order = _RIGHT_TO_LEFT.search(text) is None and not reads_leftward(text_page)
    stretches = _stretches(handle(text_page), len(text), stride if is_in_order else 1)
    changes = [next(same) for _, same in groupby(stretches, itemgetter(1))]
    starts: list[tuple[int, int]] = []
    owner = 0
    for (start, drawn), (end, _) in pairwise([*changes, (len(text), 0)]):
        if not drawn or drawn == owner:
            continue
        begin = end - len(text[start:end].lstrip(" ")) if owner and text[start] == " " else start
        if begin < end:
            starts.append((begin, drawn))
            owner = drawn
    return starts
