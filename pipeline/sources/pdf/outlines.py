"""Takes the outline of a glyph from a font of an open PDF page.

Promises closed contours, the font size being 1; none for a blank glyph, a bitmap, or what PDFium cannot say. Of a curve
only its end is told. Does not know what the glyph stands for.
"""

from __future__ import annotations

import ctypes
import math
import struct
from itertools import repeat
from typing import NamedTuple

from pipeline.sources.pdf.pdfium import Handle, Real, at, found, whole

Point = tuple[float, float]

_PLACE = struct.Struct("=2f")
_MOST_SEGMENTS = 2_000
_MOVE, _CURVE = 2, 1
_ROUNDING = 0.12
"""Parts of the font size. A shorter curve rounds the end of a stroke."""

_glyph = found("FPDFFont_GetGlyphPath")
_count_segments = whole("FPDFGlyphPath_CountGlyphSegments")
_segment = found("FPDFGlyphPath_GetGlyphPathSegment")
_kind = whole("FPDFPathSegment_GetType")
_point = whole("FPDFPathSegment_GetPoint")


class Contour(NamedTuple):
    """One closed line; `is_straight` when it has no curve but at the ends of strokes."""

    points: list[Point]
    is_straight: bool


def outline(font: Handle, character: str) -> list[Contour]:
    """The contours of a character of the font, which must be one of an open page."""
    path = _glyph(font, ord(character), Real(1.0))
    count = _count_segments(at(path)) if path is not None else 0
    if path is None or count > _MOST_SEGMENTS:
        return []
    segments = list(map(at, map(_segment, repeat(at(path)), range(count))))
    kinds = list(map(_kind, segments))
    place = ctypes.create_string_buffer(_PLACE.size)
    x, y = (at(ctypes.addressof(place) + offset) for offset in (0, 4))
    contours: list[Contour] = []
    points: list[Point] = []
    index, bent = 0, False
    while index < count:
        kind = kinds[index]
        if kind == _CURVE:
            index += 2  # its two handles
        if index >= count or segments[index] is None or not _point(segments[index], x, y):
            break
        point: Point = _PLACE.unpack_from(place)
        if kind == _MOVE and points:
            contours.append(Contour(points, not bent))
            points, bent = [], False
        bent = bent or (kind == _CURVE and bool(points) and math.dist(points[-1], point) > _ROUNDING)
        points.append(point)
        index += 1
    return [*contours, Contour(points, not bent)] if points else contours
