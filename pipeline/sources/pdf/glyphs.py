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
from collections.abc import Iterator
from itertools import repeat

from pipeline.sources.pdf.pdfium import Handle, Real, at, found, whole
from pipeline.sources.pdf.runs import Run

_PLACE = struct.Struct("=2f")
_MOST_SEGMENTS = 2_000
_MOVE, _CURVE = 2, 1
_EASY = re.compile("[ltifrvkxhyzILTVHFKXEn]")
"""Letters whose outline has few points."""

_ANY = re.compile(r"\S")
_LIGATURE = re.compile(r"ff[il]|f[fil]")
_LIGATURES = {"ff": 0xFB00, "fi": 0xFB01, "fl": 0xFB02, "ffi": 0xFB03, "ffl": 0xFB04}
"""PDFium gives them letter by letter; some fonts hold nothing else."""

_glyph = found("FPDFFont_GetGlyphPath")
_count_segments = whole("FPDFGlyphPath_CountGlyphSegments")
_segment = found("FPDFGlyphPath_GetGlyphPathSegment")
_kind = whole("FPDFPathSegment_GetType")
_point = whole("FPDFPathSegment_GetPoint")


class Glyphs:
    """The letters of one open page; what was measured of a font is remembered."""

    def __init__(self) -> None:
        self.strokes: dict[int, float] = {}

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


def is_drawn(run: Run, box: tuple[float, ...]) -> bool:
    """Whether a character of the run, whose tight box it is, has an outline of common proportions.

    PDFium gives blank glyphs a square of the font size for a box.
    """
    left, right, bottom, top = box
    return right - left > 0.05 * run.size and 0.2 * run.size < top - bottom < 0.97 * run.size


def _stroke_width(font: Handle, letter: str) -> float:
    """Twice the area by the length of the outline: the mean width of strokes that are long and narrow."""
    area = length = 0.0
    start = last = (0.0, 0.0)
    for begins, point in _outline(font, letter):
        if begins:
            area, length = area + _cross(last, start), length + math.dist(last, start)
            start = point
        else:
            area, length = area + _cross(last, point), length + math.dist(last, point)
        last = point
    area, length = area + _cross(last, start), length + math.dist(last, start)
    return abs(area) / length if length else 0.0


def _cross(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Twice the area of the triangle of the origin and the two points, signed."""
    return a[0] * b[1] - a[1] * b[0]


def _outline(font: Handle, letter: str) -> Iterator[tuple[bool, tuple[float, float]]]:
    """(whether a contour begins there, point) of the points on the outline, the font size being 1."""
    path = _glyph(font, ord(letter), Real(1.0))
    count = _count_segments(at(path)) if path is not None else 0
    if path is None or count > _MOST_SEGMENTS:
        return
    segments = list(map(at, map(_segment, repeat(at(path)), range(count))))
    kinds = list(map(_kind, segments))
    place = ctypes.create_string_buffer(_PLACE.size)
    x, y = (at(ctypes.addressof(place) + offset) for offset in (0, 4))
    index = 0
    while index < count:
        begins = kinds[index] == _MOVE
        if kinds[index] == _CURVE:
            index += 2
        if index >= count or segments[index] is None or not _point(segments[index], x, y):
            return
        yield begins, _PLACE.unpack_from(place)
        index += 1
