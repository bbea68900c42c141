"""Finds where a wide gap shows that one drawing operator has drawn several cells of a table.

A typesetter may draw a whole row by one operator and move between the cells. Read in one piece, "0", "0" and "3" become
"003", and no cell knows its place. Looks only where a gap can be: behind spaces, and between the characters of a text
without letters. Does not decide what a cell is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

GAP = 1.6
"""Times the font size; a wider gap parts cells, a narrower one words, as between the runs of a line."""

_LETTER = re.compile(r"[^\W\d_]")

Boxes = Callable[[Sequence[int]], Sequence[tuple[float, ...]]]
"""Of places in the text, (left, top, right, bottom) of the characters there."""


def cell_starts(text: str, starts: Sequence[int], sizes: Sequence[float], boxes: Boxes) -> list[int]:
    """Places in `text` at which a wide gap ends within one of the stretches of text that begin at `starts`.

    `sizes` are the font sizes of the stretches in points; none is parted that has no size. The spaces before a gap
    belong to what they follow.
    """
    around, apart = _beside_spaces(text, starts), _without_letters(text, starts)
    befores, heres = around[0] + apart[0], around[1] + apart[1]
    least = GAP * min((size for size in sizes if size > 0), default=float("inf"))
    found: list[int] = []
    for place, before, here in zip(heres, boxes(befores), boxes(heres), strict=True):
        left, top, right, bottom = before
        left_2, top_2, right_2, bottom_2 = here
        # nearly no pair comes this far; boxes that are turned over only seem farther apart than they are
        if left_2 - right > least or left - right_2 > least or bottom_2 - top > least or bottom - top_2 > least:
            size = sizes[bisect_right(starts, place) - 1]
            if _gap(before, here) > GAP * size > 0:
                found.append(place)
    return sorted(found)


def _beside_spaces(text: str, starts: Sequence[int]) -> tuple[list[int], list[int]]:
    """Places of the characters before and of those behind each space, or row of spaces, within a stretch."""
    befores: list[int] = []
    heres: list[int] = []
    begun, first = set(starts), min(starts, default=len(text))
    place, last = 0, -1
    for word in text.split(" "):
        if word:
            if last >= first and place not in begun:
                befores.append(last)
                heres.append(place)
            last = place + len(word) - 1
        place += len(word) + 1
    return befores, heres


def _without_letters(text: str, starts: Sequence[int]) -> tuple[list[int], list[int]]:
    """Places of the characters that follow each other in stretches without a letter, those before and those behind."""
    found: list[int] = []
    for start, end in pairwise([*starts, len(text)]):
        if not _LETTER.search(text, start, end):
            found += [here for here in range(start + 1, end) if text[here] != " " != text[here - 1]]
    return [here - 1 for here in found], found


def _gap(a: Sequence[float], b: Sequence[float]) -> float:
    """The distance between two boxes along the axis on which they lie apart; negative when they overlap."""
    left, bottom, right, top = min(a[0], a[2]), min(a[1], a[3]), max(a[0], a[2]), max(a[1], a[3])
    left_2, bottom_2, right_2, top_2 = min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])
    return max(left_2 - right, left - right_2, bottom_2 - top, bottom - top_2)
