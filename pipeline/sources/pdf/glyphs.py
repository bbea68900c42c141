"""Measures how heavy the letters of a font are, so that text can be known to leave ink without drawing it.

Promises the mean width of the strokes of one letter, in parts of the font size, from the outline that PDFium draws; 0
where there is none (blank glyphs, bitmap fonts). Measures one letter of a font, not all of them: that every run has a
letter with an outline is asked of the text page besides (`is_drawn`).
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
from itertools import pairwise

from pipeline.sources.pdf.outlines import outline
from pipeline.sources.pdf.pdfium import Handle, at, whole
from pipeline.sources.pdf.runs import Run

_BOX = struct.Struct("=4d")
_EASY = re.compile("[ltifrvkxhyzILTVHFKXEn]")
"""Letters whose outline has few points."""

_ANY = re.compile(r"\S")
_LIGATURE = re.compile(r"ff[il]|f[fil]")
_LIGATURES = {"ff": 0xFB00, "fi": 0xFB01, "fl": 0xFB02, "ffi": 0xFB03, "ffl": 0xFB04}
"""PDFium gives them letter by letter; some fonts hold nothing else."""

_tight_box = whole("FPDFText_GetCharBox")


class Glyphs:
    """The letters of one open text page; what was measured of a font is remembered."""

    def __init__(self, text_page: Handle) -> None:
        self.page = text_page
        self.strokes: dict[int, float] = {}
        self.answer = ctypes.create_string_buffer(_BOX.size)
        address = ctypes.addressof(self.answer)
        self.places = [at(address + offset) for offset in (0, 8, 16, 24)]

    def stroke(self, run: Run) -> float:
        """Mean width in points of the strokes of the run's font, by the first easy character of it on the page."""
        if run.face not in self.strokes:
            letter = _EASY.search(run.text) or _ANY.search(run.text)
            if not run.face or letter is None:
                return 0.0
            width = _stroke_width(at(run.face), letter.group())
            ligature = _LIGATURE.search(run.text) if not width else None
            if ligature is not None:
                width = _stroke_width(at(run.face), chr(_LIGATURES[ligature.group()]))
            self.strokes[run.face] = width
        return self.strokes[run.face] * run.size

    def is_drawn(self, run: Run, at: int) -> bool:
        """Whether the character at that place of the run has an outline of common proportions.

        PDFium gives blank glyphs a square of the font size for a box.
        """
        if not _tight_box(self.page, run.start + at, *self.places):
            return False
        left, right, bottom, top = _BOX.unpack_from(self.answer)
        return right - left > 0.05 * run.size and 0.2 * run.size < top - bottom < 0.97 * run.size


def _stroke_width(font: Handle, letter: str) -> float:
    """Twice the area by the length of the outline: the mean width of strokes that are long and narrow."""
    area = length = 0.0
    for points, _ in outline(font, letter):
        for last, point in pairwise([*points, points[0]]):
            area += last[0] * point[1] - last[1] * point[0]
            length += math.dist(last, point)
    return abs(area) / length if length else 0.0
