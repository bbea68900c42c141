"""Takes the line numbers of manuscripts off a page: the column of rising numbers beside the text.

Preprints and accepted manuscripts number every line, or every fifth. Read as text the numbers stand in the middle of
sentences ("reduced 14 the risk"). Promises to take only numbers of an unbroken column that stands outside of everything
else and beside most lines of prose, so that no row of a table, list or figure loses its number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline.sources.pdf.runs import Box, Run

_MOST_DIGITS = 4
_FEWEST = 3
_STEPS = (1, 5)
_EDGE = 1.5
"""Points by which the edges of the numbers of one column may differ."""

_MARGIN = 0.08
"""Share of the page height at top and bottom, where stamps and running heads stand that are not numbered."""

_PROSE = 20
"""Letters from which what stands on one baseline is a line of prose."""

_NUMBERED = 0.6
"""Share of the lines of prose that have a number where every line is numbered; captions and tables have none."""


def without_line_numbers(runs: Sequence[Run], page: Box) -> list[Run]:
    """The runs of a page without its line numbers."""
    numbers = [r for r in runs if r.text.strip().isdecimal() and len(r.text.strip()) <= _MOST_DIGITS and not r.angle]
    if len(numbers) < _FEWEST:
        return list(runs)
    for edge in (_right, _left):
        for column in _columns(numbers, edge):
            taken = {id(run) for run in column}
            others = [run for run in runs if id(run) not in taken]
            if _counts_lines(column, others, page):
                return others
    return list(runs)


def _right(run: Run) -> float:
    return run.box.right


def _left(run: Run) -> float:
    return run.box.left


def _columns(numbers: Sequence[Run], edge: Callable[[Run], float]) -> list[list[Run]]:
    """The numbers that share an edge, from the top, those that rise in even steps."""
    ordered = sorted(numbers, key=edge)
    starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(ordered)) if edge(b) - edge(a) > _EDGE), len(ordered)]
    columns = [sorted(ordered[a:b], key=lambda run: -run.baseline) for a, b in pairwise(starts)]
    return [column for column in columns if len(column) >= _FEWEST and _step(column) in _STEPS]


def _step(column: Sequence[Run]) -> int:
    """By how much each number is greater than the one above it; nought where they differ in that."""
    steps = {int(b.text) - int(a.text) for a, b in pairwise(column)}
    return steps.pop() if len(steps) == 1 else 0


def _counts_lines(column: Sequence[Run], others: Sequence[Run], page: Box) -> bool:
    """Whether the column stands outside of the text of the page and beside its lines."""
    depth = _MARGIN * page.height
    text = [run for run in others if not run.angle and page.bottom + depth < run.baseline < page.top - depth]
    left, right = min(run.box.left for run in column), max(run.box.right for run in column)
    if not (all(run.box.left >= right for run in text) or all(run.box.right <= left for run in text)):
        return False
    letters: Counter[int] = Counter()
    for run in text:
        letters[round(run.baseline)] += len(run.text)
    lines = [baseline for baseline, count in letters.items() if count >= _PROSE]
    beside = {round(run.baseline) + slack for run in column for slack in (-2, -1, 0, 1, 2)}
    return sum(line in beside for line in lines) * _step(column) >= _NUMBERED * len(lines) > 0
