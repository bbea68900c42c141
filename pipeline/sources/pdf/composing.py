"""Composes the lines of one block to a passage: text, and where each stretch of it is printed.

Paragraphs, heads and titles become one line of running text, hyphens at line ends resolved. Tables become one line for
each row, the cells from left to right, a cell of several lines in one piece. Does not decide which lines belong
together; that is for `paragraphs`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.cleaning import clean_text, offsets_in
from pipeline.sources.passages import Passage, Role
from pipeline.sources.pdf.hyphens import joined
from pipeline.sources.pdf.lines import Line
from pipeline.sources.pdf.runs import SOFT_HYPHEN, Box
from pipeline.sources.pdf.tables import MOST_CELLS
from schemas.study import PrintedLine

_TAIL = 200
"""Characters of a text that decide how the next line is joined to it."""

_LAST_ROWS = 40
"""Rows of a table that are looked at for one to which a line belongs; a page of print has about 60 lines."""

_MOST_OF_CELL = 40
"""Lines of one cell; what comes after them is a row of its own. Notes under tables have a dozen."""

_WRAPPED = re.compile(r"[a-zß-öø-ÿα-ω(]")
"""How the second line of a cell begins; a row begins with a capital, a number or a sign."""


class _Text:
    """A text in the making, with the places of its stretches."""

    def __init__(self, known: frozenset[str]) -> None:
        self.text = ""
        self._known = known
        self._starts: list[int] = []
        self._places: list[tuple[int, Box]] = []

    def add(self, line: Line, before: str | None) -> None:
        """Adds a line behind `before` (a space, a line break), or in running text when that is null."""
        if not self.text:
            self.text = line.text
        elif before is None:
            self.text = self.text[:-_TAIL] + joined(self.text[-_TAIL:], line.text, self._known)
        else:
            self.text += before + line.text
        begin = len(self.text) - len(line.text)
        for start, box in line.stretches:
            self._starts.append(begin + start)
            self._places.append((line.page, box))

    def passage(self, role: Role, look: tuple[str, float]) -> Passage:
        text = self.text.replace(SOFT_HYPHEN, "-")
        cleaned = clean_text(text)
        spans = zip(offsets_in(cleaned, text, self._starts), self._places, strict=True)
        printed = tuple([PrintedLine(*span, page, *_rounded(box)) for span, (page, box) in spans])
        return Passage(cleaned, role, printed, look)


def _rounded(box: Box) -> list[float]:
    # PDFium's boxes are of single precision, so that this gives what round(x, 1) does, in a third of its time
    return [round(10 * x) / 10 for x in box]


def _look(lines: Sequence[Line]) -> tuple[str, float]:
    letters: dict[tuple[str, float], int] = {}
    for line in lines:
        look = line.font, line.size
        letters[look] = letters.get(look, 0) + len(line.text)
    return max(letters, key=letters.__getitem__)


def compose(lines: Sequence[Line], role: Role, known: frozenset[str]) -> Passage:
    """The passage of a block (one line or more); `known` holds the document's words."""
    text = _Text(known)
    if role is not Role.TABLE:
        for line in lines:
            text.add(line, None)
        return text.passage(role, _look(lines))
    for row in _rows(lines):
        before: str | None = "\n"
        for cell in sorted(row, key=lambda cell: cell[0].box.left):
            for line in cell:
                text.add(line, before)
                before = None
            before = " "
    return text.passage(role, _look(lines))


_Row = list[list[Line]]
"""The cells of a row, each with its lines from the top."""


def _rows(lines: Sequence[Line]) -> list[_Row]:
    """The rows of a table in the order in which they begin; a line goes where it stands, not where it comes."""
    rows: list[_Row] = []
    last: list[Line] = []
    for line in (cell for whole in lines for cell in (whole.parts or (whole,))):
        if last and len(last) < _MOST_OF_CELL and _goes_on(last[-1], line):
            last.append(line)
            continue
        last = [line]
        _join_around(rows, line)
        for row in reversed(rows[-_LAST_ROWS:]):
            if _is_beside(row, line):
                row.append(last)
                break
        else:
            rows.append([last])
    return _merged(rows)


def _merged(rows: list[_Row]) -> list[_Row]:
    """Rows put together with the next one where a cell has grown beside them: heads that end on one baseline."""
    found: list[_Row] = []
    for row in rows:
        lines = [line for cell in row for line in cell]
        if found and any(_is_beside(found[-1], x) for x in lines) and all(_is_free(found[-1], x) for x in lines):
            found[-1] += row
        else:
            found.append(row)
    return found


def _join_around(rows: list[_Row], line: Line) -> None:
    """Makes one cell of the last two rows if the line stands beside their middle: a label of two lines."""
    if len(rows) < 2 or len(rows[-1]) > 1 or len(rows[-2]) > 1:
        return
    upper, lower = rows[-2][0], rows[-1][0]
    above, below = upper[-1], lower[0]
    tight = 0 < above.baseline - below.baseline <= 1.6 * line.size and above.page == below.page == line.page
    aligned = abs(above.box.left - below.box.left) < line.size and line.box.left > max(above.box.right, below.box.right)
    if tight and aligned and below.baseline < line.baseline < above.baseline:
        upper += lower
        rows.pop()


def _goes_on(above: Line, line: Line) -> bool:
    """Whether the line is the next one of the same cell."""
    if above.page != line.page or above.angle != line.angle or abs(above.size - line.size) > 0.8:
        return False
    step = above.baseline - line.baseline
    under = line.box.left < above.box.right and above.box.left < line.box.right
    broken = above.text.endswith(("-", SOFT_HYPHEN)) or _WRAPPED.match(line.text) is not None
    return under and 0 < step <= 1.6 * max(above.size, line.size) and broken


def _is_beside(row: _Row, line: Line) -> bool:
    """Whether the line stands at the height of the row, and nothing of the row stands above or below it."""
    first = row[0][0]
    if len(row) >= MOST_CELLS or first.page != line.page or first.angle != line.angle:
        return False
    _, bottom, _, top = line.box
    boxes = [x.box for cell in row for x in cell]
    overlap = min(top, max([box.top for box in boxes])) - max(bottom, min([box.bottom for box in boxes]))
    return overlap >= 0.5 * (top - bottom) and _is_free(row, line)


def _is_free(row: _Row, line: Line) -> bool:
    """Whether nothing of the row stands above or below the line."""
    return all(x.box.right <= line.box.left + 1 or line.box.right <= x.box.left + 1 for cell in row for x in cell)
