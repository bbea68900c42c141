"""Asks PDFium about many characters of a page in one go.

A page has thousands of characters, and a loop of Python costs more than the answers. Promises an answer for each place
in the order of the places, noughts where PDFium has none. Does not know what the answers are for. Not for two threads
at once.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from itertools import repeat
from typing import Any

from pipeline.sources.pdf.pdfium import Handle, at, whole

_KEPT = 2_000
"""Places that are asked about at once; more are asked about in several goes."""


class Question:
    """A function of PDFium that writes what it has to say about a character.

    `form` is how all of that is laid out, `offsets` are where in it the arguments of the function begin.
    """

    def __init__(self, name: str, form: str, offsets: Sequence[int] = (0,)) -> None:
        self._function = whole(name)
        self._form = struct.Struct(form)
        self._written = ctypes.create_string_buffer(self._form.size * _KEPT)
        begin = ctypes.addressof(self._written)
        self._targets = [[at(begin + offset + self._form.size * n) for n in range(_KEPT)] for offset in offsets]
        self._nothing = self._form.unpack(bytes(self._form.size))

    def __call__(self, page: Handle, places: Sequence[int], nothing: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """What the open text page has to say about each of the places; `nothing` or noughts where it does not know."""
        answers: list[tuple[Any, ...]] = []
        for first in range(0, len(places), _KEPT):
            asked = places[first : first + _KEPT]
            told = list(map(self._function, repeat(page), asked, *self._targets))
            known = list(self._form.iter_unpack(memoryview(self._written)[: self._form.size * len(asked)]))
            if not all(told):
                unknown = nothing or self._nothing
                known = [answer if heard else unknown for answer, heard in zip(known, told, strict=True)]
            answers += known
        return answers


loose_boxes = Question("FPDFText_GetLooseCharBox", "=4f")
"""(left, top, right, bottom) in points: as wide as the character is set, as high as its font."""

tight_boxes = Question("FPDFText_GetCharBox", "=4d", (0, 8, 16, 24))
"""(left, right, bottom, top) in points: of the outline."""

matrices = Question("FPDFText_GetMatrix", "=6f")
origins = Question("FPDFText_GetCharOrigin", "=2d", (0, 8))
fill_colours = Question("FPDFText_GetFillColor", "=4I", (0, 4, 8, 12))
"""(red, green, blue, alpha), each up to 255."""
