"""Orders the lines of PDF pages as they are read, and drops what is printed on every page.

The order of the content stream is kept where it is sound, as it is in journals' own files; where it runs across a
gutter line by line, the page is read column by column instead. Running heads, feet and page numbers are dropped.
Does not join lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.sources.pdf.lines import Line
from pipeline.sources.pdf.runs import Box

MARGIN = 0.1
"""Share of the page height, at top and bottom, in which running heads and feet stand."""

_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,5}(?:\s*(?:of|/)\s*\d{1,5})?\W*", re.IGNORECASE)
_IMPRINT = re.compile(r"\bdoi\b|©|\bcopyright\b|\bvolume \d|\bISSN\b|\barticle ID\b", re.IGNORECASE)
_PROSE = 20
"""Letters from which a line counts as prose when columns are looked for."""


def without_running_lines(pages: Sequence[Sequence[Line]], boxes: Sequence[Box]) -> list[list[Line]]:
    """`pages` without the lines of the margins that come back on at least a third of the pages (and on two).

    Page numbers and the journal's imprint (DOI, volume) go from the margins even where they stand once.
    """
    seen: Counter[str] = Counter()
    for lines, box in zip(pages, boxes, strict=True):
        seen.update({_signature(line) for line in lines if _in_margin(line, box)})
    needed = max(2, len(pages) / 3)
    return [
        [line for line in lines if not (_in_margin(line, box) and _is_running(line, seen[_signature(line)], needed))]
        for lines, box in zip(pages, boxes, strict=True)
    ]


def _is_running(line: Line, times: int, needed: float) -> bool:
    return times >= needed or bool(_PAGE_NUMBER.fullmatch(line.text) or _IMPRINT.search(line.text))


def _signature(line: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", line.text.lower()))


def _in_margin(line: Line, box: Box) -> bool:
    if line.angle:
        return False
    depth = MARGIN * box.height
    return line.box.bottom > box.top - depth or line.box.top < box.bottom + depth


def in_reading_order(lines: list[Line]) -> list[Line]:
    """The lines of one page; stream order unless that jumps across a gutter from line to line."""
    gutter = _gutter(lines)
    if gutter is None or not _is_interleaved(lines, gutter):
        return lines
    return _column_by_column(lines, gutter)


def _gutter(lines: Sequence[Line]) -> float | None:
    """The x that the fewest lines of prose cross, if there are columns of prose on both sides of it."""
    prose = [line for line in lines if len(line.text) >= _PROSE and not line.angle]
    if len(prose) < 8:
        return None
    left, right = min(line.box.left for line in prose), max(line.box.right for line in prose)
    width = right - left
    places = [left + width * share / 100 for share in range(30, 71)]
    spans = [(line.box.left, line.box.right) for line in prose]
    crossed = [sum([start < x - 1 and end > x + 1 for start, end in spans]) for x in places]
    fewest = min(crossed)
    best = [x for x, n in zip(places, crossed, strict=True) if n == fewest]
    gutter = best[len(best) // 2]
    sides = Counter(_side(line, gutter) for line in prose)
    return gutter if sides["left"] >= 4 and sides["right"] >= 4 and fewest <= len(prose) / 2 else None


def _side(line: Line, gutter: float) -> str:
    if line.box.right <= gutter + 2:
        return "left"
    return "right" if line.box.left >= gutter - 2 else "across"


def _is_interleaved(lines: Sequence[Line], gutter: float) -> bool:
    prose = [line for line in lines if len(line.text) >= _PROSE and not line.angle]
    jumps = sum(
        {_side(a, gutter), _side(b, gutter)} == {"left", "right"} and abs(a.baseline - b.baseline) < 1.5 * a.size
        for a, b in pairwise(prose)
    )
    return jumps >= 4 and jumps >= len(prose) / 4


def _column_by_column(lines: Sequence[Line], gutter: float) -> list[Line]:
    """Bands between full-width lines, from the top; in each band the left column, then the right."""
    upright = sorted((line for line in lines if not line.angle), key=lambda line: (-line.baseline, line.box.left))
    ordered: list[Line] = []
    columns: dict[str, list[Line]] = {"left": [], "right": []}
    for line in upright:
        side = _side(line, gutter)
        if side == "across":
            ordered += [*columns["left"], *columns["right"], line]
            columns = {"left": [], "right": []}
        else:
            columns[side].append(line)
    return [*ordered, *columns["left"], *columns["right"], *(line for line in lines if line.angle)]
