"""Parts the text of one drawing operator where a gap shows that it holds several cells of a table.

A typesetter may draw a whole row by one operator and move between the cells. Read in one piece, "0", "0" and "3" become
"003", and no cell knows its place. Looks only where a gap can be: behind spaces, and between the characters of a text
without letters. Does not decide what a cell is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.sources.pdf.runs import Box

GAP = 1.6
"""Times the font size; a wider gap parts cells, a narrower one words, as between the runs of a line."""


def parts(characters: Sequence[str], box: Callable[[int], Box], size: float) -> list[tuple[int, int]]:
    """(start, end) of the stretches of `characters` that no wide gap parts; `box` gives that of a character.

    `size` is the font size in points. The spaces before a gap belong to the stretch that they follow.
    """
    solid = [i for i, c in enumerate(characters) if c != " "]
    lettered = any(c.isalpha() for c in characters)
    cuts = [0]
    for before, here in pairwise(solid):
        if (here > before + 1 or not lettered) and _gap(box(before), box(here)) > GAP * size > 0:
            cuts.append(here)
    return list(zip(cuts, [*cuts[1:], len(characters)], strict=True))


def _gap(a: Box, b: Box) -> float:
    """The distance between two boxes along the axis on which they lie apart; negative when they overlap."""
    return max(b.left - a.right, a.left - b.right, b.bottom - a.top, a.bottom - b.top)
