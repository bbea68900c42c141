"""Finds where on a PDF page the text of each text object begins, asking PDFium about as few characters as it can.

Promises the same answer as asking about every character. Does not read the text, which it is given.
"""

from __future__ import annotations

import ctypes
import re
from itertools import pairwise, repeat
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


def _possible_starts(page: Handle, count: int, stride: int) -> list[int]:
    """Places of characters, in order, at which alone an object can begin or end.

    Only every so many characters are asked about, and what lies between two answers that differ, or say that there is
    none, is possible. The characters of an object follow each other, unless a line is turned round; the `stride` must
    be 1 there. An object of fewer characters than that between two of the same object would be missed, and there is no
    such thing.
    """
    if not count:
        return []
    asked = [*range(0, count - 1, stride), count - 1]
    owners = list(map(_owner, repeat(page), asked))
    places = [0]
    for before, place, owner_before, owner in zip(asked, asked[1:], owners, owners[1:], strict=False):
        if owner != owner_before or owner is None:
            places.extend(range(before + 1, place + 1))
    return places


def starts_of_objects(text_page: Any, text: str, stride: int = STRIDE) -> list[tuple[int, int]]:
    """(place of its first character, address of the text object) of each stretch of `text`, that of the text page.

    Spaces belong to the stretch before them.
    """
    page = handle(text_page)
    is_in_order = _RIGHT_TO_LEFT.search(text) is None and not reads_leftward(text_page)
    places = _possible_starts(page, len(text), stride if is_in_order else 1)
    owners = [owner or 0 for owner in map(_owner, repeat(page), places)]
    changes = [(places[i], owner) for i, owner in enumerate(owners) if not i or owner != owners[i - 1]]
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
