"""Orders the lines of PDF pages as they are read, and drops what is printed on every page.

The order of the content stream is kept where it is sound, as it is in journals' own files; where it runs across a
gutter line by line or from the foot to the top, the page is read column by column instead. Running heads, feet and
page numbers are dropped.
Does not join lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.sources.heads import is_label
from pipeline.sources.pdf.lines import Line
from pipeline.sources.pdf.runs import Box

MARGIN = 0.1
"""Share of the page height, at top and bottom, in which running heads and feet stand."""

_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,5}(?:\s*(?:of|/)\s*\d{1,5})?\W*", re.IGNORECASE)
_PAGE_OF = re.compile(r"page \d{1,4} of \d{1,4}", re.IGNORECASE)
"""Which says by itself that it is no text, however far from the edge it stands."""
_IMPRINT = re.compile(r"\bdoi\b|©|\bcopyright\b|\bvolume \d|\bISSN\b|\barticle ID\b", re.IGNORECASE)
_STAMP = re.compile(r"Downloaded (?:from|by|on|at)\b")
_MASTHEAD = re.compile(
    r"journal homepage\b|www\.elsevier\.com/locate/|(?:NIH|HHS) Public Access\b|(?:\S+ )?author manuscripts?$|"
    r".{0,120}\bauthor manuscript; available in PMC\b|published in final edited form as\b",
    re.IGNORECASE,
)
"""The last line of a masthead above a title; what stands above it is the name of the journal or of the archive."""

_DIGITS = re.compile(r"\d+")
_LONG = 60
"""Letters of a line of prose across a page; those of an imprint are shorter."""

_PROSE = 20
"""Letters from which a line counts as prose when columns are looked for."""

_FULL = 40
"""Letters of a line that fills a narrow column."""

_FEWEST = 4
"""Lines of prose before the title that are more than a stray note."""

_LARGER = 1.15
"""How many times the size of the text that of a title is at least."""

_WIDE = 3.0
"""Points. A line of prose is wider, but for broken boxes."""


def without_running_lines(pages: Sequence[Sequence[Line]], boxes: Sequence[Box]) -> list[list[Line]]:
    """`pages` without the lines of the margins that come back on at least a third of the pages (and on two).

    The journal's imprint (DOI, volume) and stamps of downloads go from the margins even where they stand once, and so
    do numbers that have at most one thing beside them that stays (a head that changes from page to page). A masthead
    above the title goes as well. Turned lines have their margins at the sides. What the journal calls the article
    ('Editorial') comes first, and stays on the first page alone.
    """
    pages = [_without_masthead(pages[0], boxes[0]), *pages[1:]] if pages else pages
    margins = [_margin(lines, box) for lines, box in zip(pages, boxes, strict=True)]
    seen = Counter(signature for margin in margins for signature in {signature for _, signature in margin})
    needed = max(2, len(pages) / 3)
    common = {signature for signature, times in seen.items() if times >= needed}
    return [_without_running(lines, margin, common) for lines, margin in zip(pages, margins, strict=True)]


def _without_masthead(lines: Sequence[Line], box: Box) -> Sequence[Line]:
    middle = (box.top + box.bottom) / 2
    ends = [x.baseline for x in lines if not x.angle and x.baseline > middle and _MASTHEAD.match(x.text)]
    return [x for x in lines if x.angle or x.baseline < min(ends) - 1] if ends else lines


def _without_running(lines: Sequence[Line], margin: Sequence[tuple[Line, str]], common: set[str]) -> list[Line]:
    """The lines of a page without those of its `margin` that are no text; a number in a row of cells is text."""
    upright = [x for x, _ in margin if not x.angle]
    imprint = {id(x) for x in upright if _IMPRINT.search(x.text)}
    imprint -= {id(line) for before, line in pairwise(lines) if id(line) in imprint and _goes_on(before, line)}
    stamped = {(x.angle, round(x.baseline)) for x, _ in margin if _STAMP.match(x.text)}
    imprint |= {id(x) for x, _ in margin if (x.angle, round(x.baseline)) in stamped}
    imprint |= {id(x) for x in upright if x.page > 1 and is_label(x.text)}
    running = imprint | {id(x) for x, signature in margin if signature in common}
    cells = Counter(round(x.baseline) for x in upright if id(x) not in running)
    numbers = {id(x) for x in upright if cells[round(x.baseline)] < 3 and _PAGE_NUMBER.fullmatch(x.text)}
    label = [x for x in upright if x.page == 1 and is_label(x.text)]
    counted = {id(x) for x in lines if x.text[:1] in "Pp" and not x.angle and _PAGE_OF.fullmatch(x.text)}
    gone = running | numbers | counted | {id(x) for x in label}
    return label + [line for line in lines if id(line) not in gone]


def _goes_on(before: Line, line: Line) -> bool:
    """Whether the line is in the middle of a note or a paragraph, which may name a DOI or a volume."""
    step = before.baseline - line.baseline
    same = before.size == line.size and abs(before.box.left - line.box.left) < 1 and 0 < step < 1.6 * line.size
    return same and len(before.text) >= _LONG and not before.text.endswith((".", ":", ";"))


def _signature(line: Line) -> str:
    return _DIGITS.sub("#", "".join(line.text.lower().split()))


def _margin(lines: Sequence[Line], box: Box) -> list[tuple[Line, str]]:
    """The lines that stand in the margins of a page, with their signatures."""
    width, depth = MARGIN * (box.right - box.left), MARGIN * box.height
    inner = Box(box.left + width, box.bottom + depth, box.right - width, box.top - depth)
    return [(line, _signature(line)) for line in lines if _is_outside(line, inner)]


def _is_outside(line: Line, inner: Box) -> bool:
    if line.angle:
        left, _, right, _ = line.stretches[0].box if line.stretches else line.box
        return right < inner.left or left > inner.right
    _, bottom, _, top = line.box
    return bottom > inner.top or top < inner.bottom


def from_the_title(lines: list[Line]) -> list[Line]:
    """The lines of a first page from its title on, where the stream draws the text that stands below it before it.

    What stands above all text comes first; notes in smaller print keep their place.
    """
    upright = [line for line in lines if not line.angle]
    sizes: Counter[float] = Counter()
    for line in upright:
        sizes[line.size] += len(line.text)
    largest = max((line.size for line in upright if " " in line.text), default=0.0)
    body = sizes.most_common(1)[0][0] if sizes else largest
    if largest <= _LARGER * body:
        return lines
    at = next(i for i, line in enumerate(lines) if not line.angle and line.size == largest and " " in line.text)
    top = max([lines[at].box.top, *(x.baseline for x in upright if x.size >= body - 0.3 and len(x.text) >= _FULL)])
    head = [x for x in upright if x.baseline > top]
    before = [x for x in lines[:at] if not x.angle and x.baseline < lines[at].baseline]
    late = [x for x in before if x.size > body - 0.3]
    if sum(len(x.text) >= _PROSE for x in late) < _FEWEST:
        late = []
    moved = {id(x) for x in (*head, *late)}
    rest = [x for x in lines[:at] if id(x) not in moved]
    return [*head, *rest, *(x for x in lines[at:] if id(x) not in moved), *late]


def in_reading_order(lines: list[Line]) -> list[Line]:
    """The lines of one page; stream order unless that jumps across a gutter from line to line, or runs upward."""
    prose = [line for line in lines if len(line.text) >= _PROSE and not line.angle]
    gutter = _gutter(prose)
    upward = _runs_upward(prose)
    if gutter is None:
        return _column_by_column(lines, float("inf")) if upward else lines
    return _column_by_column(lines, gutter) if upward or _is_interleaved(prose, gutter) else lines


def _runs_upward(prose: Sequence[Line]) -> bool:
    """Whether most lines of prose stand above the one before them, as on some pages that are turned for printing."""
    near = [
        b.baseline - a.baseline
        for a, b in pairwise(prose)
        if 0 < abs(a.baseline - b.baseline) < 2 * a.size and a.box.left < b.box.right and b.box.left < a.box.right
    ]
    return len(near) >= 4 and len([step for step in near if step > 0]) > 0.6 * len(near)


def _gutter(prose: Sequence[Line]) -> float | None:
    """The x that the fewest lines of prose cross, if there are columns of prose on both sides of it."""
    if len(prose) < 8:
        return None
    spans = [(line.box.left, line.box.right) for line in prose]
    left, right = min([start for start, _ in spans]), max([end for _, end in spans])
    places = [left + (right - left) * share / 100 for share in range(30, 71)]
    crossed = _crossed(places, spans)
    fewest = min(crossed)
    if fewest > len(prose) / 2:
        return None
    best = [x for x, n in zip(places, crossed, strict=True) if n == fewest]
    gutter = best[len(best) // 2]
    sides = Counter(_side(line, gutter) for line in prose)
    return gutter if sides["left"] >= 4 and sides["right"] >= 4 else None


def _crossed(places: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[int]:
    """How many of the spans reach across each of the places by more than a point on both sides."""
    # of a span wider than two points, never both ends are near one place, so that those begun less those ended cross
    wide = [(start, end) for start, end in spans if end - start > _WIDE]
    starts, ends = sorted([start for start, _ in wide]), sorted([end for _, end in wide])
    narrow = [(start, end) for start, end in spans if not end - start > _WIDE]
    return [
        bisect_left(starts, x - 1)
        - bisect_right(ends, x + 1)
        + sum([start < x - 1 and end > x + 1 for start, end in narrow])
        for x in places
    ]


def _side(line: Line, gutter: float) -> str:
    if line.box.right <= gutter + 2:
        return "left"
    return "right" if line.box.left >= gutter - 2 else "across"


def _is_interleaved(prose: Sequence[Line], gutter: float) -> bool:
    sides = [(line, _side(line, gutter)) for line in prose]
    jumps = sum(
        here != there and "across" not in (here, there) and abs(a.baseline - b.baseline) < 1.5 * a.size
        for (a, here), (b, there) in pairwise(sides)
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
