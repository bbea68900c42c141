"""What is typical of the print of a document: size, family and weight of its text, leading, width of its columns.

Promises measures that a few odd lines do not change. Does not decide what a line is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.sources.pdf.lines import Line

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_MANY = 0.5
"""Share of the letters of the most frequent size from which another size may be that of the running text."""

_Column = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Typography:
    """Sizes in points. `title` is the size of the title, infinite where no line stands out as one."""

    body: float
    font: str
    is_bold: bool
    leading: float
    title: float
    rights: Mapping[_Column, float]

    def is_full(self, line: Line) -> bool:
        """Whether the line reaches the right edge of its column."""
        return line.box.right >= self.rights[_column(line)] - 2.5 * line.size

    def is_next_line(self, last: Line, line: Line) -> bool:
        """Whether the line stands under the last one, as the next of one paragraph does."""
        step = last.baseline - line.baseline
        return last.page == line.page and -0.5 * line.size <= step <= 1.45 * max(self.leading, line.size)


def typography_of(lines: Sequence[Line]) -> Typography:
    """The measures of a document of one line or more."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    body = _body_size(letters)
    fonts: Counter[str] = Counter()
    for line in lines:
        fonts[line.font] += len(line.text) if line.size == body else 0
    return Typography(
        body=body,
        font=fonts.most_common(1)[0][0],
        is_bold=2 * sum(len(line.text) for line in lines if line.bold) > letters.total(),
        leading=_leading(lines, body),
        title=_title_size(lines, body),
        rights=_right_edges(lines),
    )


def _body_size(letters: Mapping[float, int]) -> float:
    """The size of the running text: of sizes with many letters the largest, since references in smaller print may
    hold more letters than the text."""
    most = max(letters.values())
    return max(size for size, count in letters.items() if count >= _MANY * most)


def _leading(lines: Sequence[Line], size: float) -> float:
    steps = [
        a.baseline - b.baseline
        for a, b in pairwise(lines)
        if a.page == b.page and a.size == b.size == size and 0 < a.baseline - b.baseline < 3 * size
    ]
    return median(steps) if steps else 1.2 * size


def _title_size(lines: Sequence[Line], body: float) -> float:
    first = [x for x in lines if x.page == lines[0].page and not x.angle and len(x.text) > 8]
    large = [x for x in first if x.size > 1.15 * body and len(_WORD.findall(x.text)) >= 2]
    return max([x.size for x in large], default=float("inf"))


def _column(line: Line) -> _Column:
    """Which column of which page a line stands in, roughly: a key for its right edge."""
    return line.page, line.angle, round(line.box.left / 40)


def _right_edges(lines: Sequence[Line]) -> dict[_Column, float]:
    edges: dict[_Column, list[float]] = {}
    for line in lines:
        edges.setdefault(_column(line), []).append(line.box.right)
    return {key: sorted(values)[int(len(values) * 0.8)] for key, values in edges.items()}
