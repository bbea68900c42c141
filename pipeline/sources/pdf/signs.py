"""Tells by the outline of a glyph which sign of arithmetic or comparison it is, whatever its font says that it is.

Promises a sign only for outlines that are nothing else: bars, crosses and angles of straight strokes. Does not know
letters and digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from pipeline.sources.pdf.outlines import Contour, Point

_LONG = 3.0
"""Times as wide as high, from which a rectangle is a bar."""

_EM = 0.85
"""Parts of the font size, from which a bar is a dash between words."""

_SAME = 0.03
"""Parts of the font size; edges that are closer are one."""

_OFF = 0.2
"""Share of its height by which a slanting stroke may be off a straight line."""


def sign(contours: Sequence[Contour]) -> str | None:
    """The sign (one of −—=+±×<>≤≥) that these contours draw, the font size being 1; null when it is none of them."""
    if not all(contour.is_straight for contour in contours):
        return None
    if len(contours) == 1:
        only = contours[0].points
        if _is_bar(only):
            return "—" if _width(only) > _EM else "−"
        return _cross(only) or _angle(only)
    if len(contours) != 2:
        return None
    lower, upper = sorted((contour.points for contour in contours), key=lambda points: _bounds(points)[1])
    if not _are_alike(upper, lower):
        return None
    if _is_bar(lower) and _bounds(upper)[1] > _bounds(lower)[3]:
        return "=" if _is_bar(upper) else {"+": "±", "<": "≤", ">": "≥"}.get(_cross(upper) or _angle(upper) or "")
    return {"<": "≤", ">": "≥"}.get(_angle(upper) or "") if _is_slanted(lower) else None


def _bounds(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """(left, bottom, right, top)."""
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)


def _width(points: Sequence[Point]) -> float:
    left, _, right, _ = _bounds(points)
    return right - left


def _are_alike(upper: Sequence[Point], lower: Sequence[Point]) -> bool:
    """Whether one stands over the other and both are about as wide."""
    left, _, right, _ = _bounds(upper)
    left_2, _, right_2, _ = _bounds(lower)
    width = right_2 - left_2
    return abs(left - left_2) < 0.15 * width and abs(right - right_2) < 0.15 * width


def _is_bar(points: Sequence[Point]) -> bool:
    left, bottom, right, top = _bounds(points)
    width, height = right - left, top - bottom
    return 0 < _LONG * height < width and _area(points) > 0.8 * width * height


def _is_slanted(points: Sequence[Point]) -> bool:
    """Whether it is one thin stroke that runs slantwise, as in forms of the signs for "at most" and "at least"."""
    left, bottom, right, top = _bounds(points)
    width, height = right - left, top - bottom
    if not 0 < height < width:
        return False
    rising = [bottom + height * (x - left) / width - y for x, y in points]
    falling = [top - height * (x - left) / width - y for x, y in points]
    return min(max(map(abs, rising)), max(map(abs, falling))) < _OFF * height


def _area(points: Sequence[Point]) -> float:
    closed = [*points, points[0]]
    return abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in pairwise(closed))) / 2


def _cross(points: Sequence[Point]) -> str | None:
    """A cross of two bars that halve each other: upright, or turned by half a right angle."""
    if _is_upright_cross(points):
        return "+"
    half = math.sqrt(0.5)
    return "×" if _is_upright_cross([((x + y) * half, (y - x) * half) for x, y in points]) else None


def _is_upright_cross(points: Sequence[Point]) -> bool:
    """Whether its corners are those of a grid of three by three but for the outer four."""
    across, up = _steps([x for x, _ in points]), _steps([y for _, y in points])
    if len(across) != 4 or len(up) != 4 or not 0.5 < (across[3] - across[0]) / (up[3] - up[0]) < 2:
        return False
    corners = {(_nearest(across, x), _nearest(up, y)) for x, y in points}
    even = all(abs(a[1] - a[0] - (a[3] - a[2])) < 2 * _SAME for a in (across, up))
    return even and corners == {(i, j) for i in range(4) for j in range(4) if not {i, j} <= {0, 3}}


def _steps(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SAME:
            found.append(value)
    return found


def _nearest(steps: Sequence[float], value: float) -> int:
    return min(range(len(steps)), key=lambda i: abs(steps[i] - value))


def _angle(points: Sequence[Point]) -> str | None:
    """Two thin strokes that meet halfway up, on the left or on the right."""
    left, bottom, right, top = _bounds(points)
    width, height, middle = right - left, top - bottom, (top + bottom) / 2
    if not 0.5 * height < width < 2 * height or _area(points) > 0.4 * width * height:
        return None
    for name, turned in (("<", points), (">", [(left + right - x, y) for x, y in points])):
        ends = [y for x, y in turned if x > right - _OFF * width]
        spread = [abs(abs(y - middle) - height / 2 * (x - left) / width) for x, y in turned]
        whole = ends and max(ends) > top - _OFF * height and min(ends) < bottom + _OFF * height
        if whole and max(spread) < _OFF * height:
            return name
    return None
