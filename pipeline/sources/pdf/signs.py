"""Tells by its picture which sign of arithmetic or comparison a character is, whatever its font says that it is.

A sign is told by the lines that it draws from left to right: how many there are one above the other, whether they are
level, and where they meet. Promises a sign only for pictures that are nothing else. Does not know letters and figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from pipeline.sources.pdf.pictures import HEIGHT

_INK = re.compile(b"\x01+")

_NARROWEST = 0.35 * HEIGHT
_DASH = 0.85 * HEIGHT
"""Pixels; a wider bar is a dash between words."""

_THICKEST = 0.15 * HEIGHT
_TALL = 0.25 * HEIGHT
_OFF = 0.1
"""Share of the width by which a line may be off a straight one, or a crossing off the middle."""

_Column = list[tuple[int, int]]
"""The stretches of ink of one column, from the top: (start, end)."""


def sign(columns: Sequence[bytes]) -> str | None:
    """The sign (one of −—∼=+±×<>≤≥) in a picture, given as columns of pixels; null when it is none of them."""
    inked = [[found.span() for found in _INK.finditer(column)] for column in columns]
    while inked and not inked[-1]:
        inked.pop()
    inked = inked[next((i for i, column in enumerate(inked) if column), 0) :]
    if len(inked) < _NARROWEST or not all(inked):
        return None
    thin = median(end - start for column in inked for start, end in column)
    if thin > _THICKEST:
        return None
    tall = [i for i, column in enumerate(inked) if any(end - start > max(2.5 * thin, _TALL) for start, end in column)]
    if tall and not _follow_each_other(tall):
        return None
    if tall:
        return _crossed(inked, tall, _lines([*inked[: tall[0]], *inked[tall[-1] + 1 :]]))
    lines = _lines(inked)
    return None if lines is None else _of_lines(lines, len(inked))


def _follow_each_other(places: Sequence[int]) -> bool:
    return places[-1] - places[0] + 1 == len(places)


def _crossed(inked: Sequence[_Column], tall: Sequence[int], lines: list[list[float]] | None) -> str | None:
    """Plus, or plus or minus: an upright stroke halves the upper line."""
    if lines is None or len(lines) > 2 or not all(map(_is_level, lines)):
        return None
    width = len(inked)
    start, end = max(inked[tall[len(tall) // 2]], key=lambda span: span[1] - span[0])
    middle = abs((tall[0] + tall[-1]) / 2 - (width - 1) / 2) < _OFF * width and len(tall) < width / 3
    halved = abs((start + end) / 2 - median(lines[0])) < _OFF * (end - start) + 0.5
    below = len(lines) == 1 or median(lines[1]) >= end - 1
    return ("+", "±")[len(lines) - 1] if middle and halved and below and end - start > width / 3 else None


def _lines(columns: Sequence[_Column]) -> list[list[float]] | None:
    """The middles of the lines, column by column; null where their number changes but where lines meet."""
    if not columns:
        return None
    number = Counter(map(len, columns)).most_common(1)[0][0]
    whole = [column for column in columns if len(column) == number]
    if len(whole) < 0.6 * len(columns) or any(len(column) > number for column in columns):
        return None
    return [[(column[i][0] + column[i][1]) / 2 for column in whole] for i in range(number)]


def _of_lines(lines: list[list[float]], width: int) -> str | None:
    level = [_is_level(line) for line in lines]
    whole = len(lines[0]) == width
    if len(lines) == 1:
        if level[0]:
            return ("−" if width < _DASH else "—") if whole else None
        return "∼" if whole and _is_wave(lines[0]) else None
    if len(lines) == 2 and all(level):
        return "=" if whole else None
    angle = _angle(lines[0], lines[1])
    if len(lines) == 2:
        return angle or ("×" if _is_diagonal_cross(*lines) else None)
    below = len(lines) == 3 and (level[2] or _is_straight(lines[2]))
    return {"<": "≤", ">": "≥"}.get(angle or "") if below else None


def _is_level(line: Sequence[float]) -> bool:
    return max(line) - min(line) <= max(1.0, 0.06 * len(line))


def _is_straight(line: Sequence[float]) -> bool:
    step = (line[-1] - line[0]) / max(len(line) - 1, 1)
    return all(abs(line[0] + step * i - y) <= max(1.5, _OFF * len(line)) for i, y in enumerate(line))


def _angle(upper: Sequence[float], lower: Sequence[float]) -> str | None:
    """Two straight lines, one falling as the other rises, that meet on the left or on the right."""
    if not (_is_straight(upper) and _is_straight(lower)):
        return None
    first, last = lower[0] - upper[0], lower[-1] - upper[-1]
    rise, fall = upper[-1] - upper[0], lower[-1] - lower[0]
    far = max(first, last)
    if far < 0.3 * len(upper) or min(first, last) > 0.4 * far or abs(rise + fall) > 0.3 * far:
        return None
    return "<" if first < last else ">"


def _is_diagonal_cross(upper: Sequence[float], lower: Sequence[float]) -> bool:
    """Whether the two lines come together in the middle, and go apart again as they came."""
    apart = [below - above for above, below in zip(upper, lower, strict=True)]
    meet = apart.index(min(apart))
    left, right = _angle(upper[: meet + 1], lower[: meet + 1]), _angle(upper[meet:], lower[meet:])
    near_the_middle = len(upper) / 3 < meet < len(upper) * 2 / 3
    return near_the_middle and (left, right) == (">", "<")


def _is_wave(line: Sequence[float]) -> bool:
    """Whether the line rises, falls and rises again, as a tilde does."""
    top, bottom = line.index(min(line)), line.index(max(line))
    inner = 0 < top < bottom < len(line) - 1
    high = max(line) - min(line)
    return inner and high < 0.5 * len(line) and min(line[0] - min(line), max(line) - line[-1]) > 0.2 * high
