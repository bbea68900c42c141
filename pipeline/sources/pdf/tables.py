"""Tells the lines of tables from those of prose.

Cells that follow each other on one baseline become one line. Under a caption, rows reach as far as they come without
prose between them, even where print and size are those of the text. Does not find rules or frames, and does not put
rows together; that is for `composing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.sources.pdf.lines import Line, Stretch

CAPTION = re.compile(r"(?:supplementary )?table\s*[A-Z]?\d+\b", re.IGNORECASE)
LABELLED = re.compile(r"[^\W\d_.]+\.?\s*[A-Z]?\d+\s*[.:|–—-]")
"""How a caption begins that is parted from its number by a sign."""

_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[(<>=≤≥±+−–-]*\d[\d.,%()–−/*-]*")
MOST_CELLS = 60
"""Cells that make one row; a page that draws a thousand of them on one line is no page of print."""

_MOST_LINES = 200
_MOST_BETWEEN = 4
_LONGEST_CELL = 60
_FARTHEST = 8
"""Times the font size; what stands farther from a row is the lettering of a figure."""


def tabular_lines(lines: Sequence[Line], is_known_head: Callable[[str], bool]) -> dict[int, int]:
    """The table (by number in the document) of each line, given in page order, that stands in one; keys are ids.

    A table reaches from its caption to the last row under it, or, in a document that prints captions under tables, from
    the first row above it.
    """
    captions = [i for i, line in enumerate(lines) if _is_caption(line)]
    upward = _captions_below(lines, captions)
    found: dict[int, int] = {}
    for number, index in enumerate(captions):
        following = lines[index + 1 : index + 1 + _MOST_LINES]
        reach = list(reversed(lines[max(0, index - _MOST_LINES) : index])) if upward else following
        for line in _rows_from(lines[index], reach, is_known_head, upward=upward):
            found.setdefault(id(line), number)
    return found


def _is_caption(line: Line) -> bool:
    return CAPTION.match(line.text) is not None and (LABELLED.match(line.text) is not None or line.bold_start)


def _captions_below(lines: Sequence[Line], captions: Sequence[int]) -> bool:
    """Whether more captions have a row only above them than only below them."""
    votes = 0
    for index in captions:
        around = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        rows = [line for line in around if line.page == lines[index].page and _is_cells(line)]
        if len(rows) == 1:
            votes += 1 if rows[0] is around[0] and index else -1
    return votes > 0


def _rows_from(
    caption: Line, reach: Sequence[Line], is_known_head: Callable[[str], bool], *, upward: bool
) -> list[Line]:
    """The caption and the lines of its table; nothing where no row is found."""
    found: list[Line] = []
    between = [caption]
    for line in reach:
        apart = line.page != caption.page or line.angle != caption.angle
        last = (between or found)[-1]
        far = abs(last.baseline - line.baseline) > _FARTHEST * max(last.size, line.size)
        if apart or far or _is_caption(line) or is_known_head(line.text):
            break
        if _is_cells(line):
            found += [*between, line]
            between = []
        elif len(between) <= _MOST_BETWEEN and (len(line.text) < _LONGEST_CELL or between[:1] == [caption]):
            between.append(line)
        else:
            break
    if upward and found and between and between[0].bold:
        found.append(between[0])
    return found


def _is_cells(line: Line) -> bool:
    return line.cells > 1 or is_row(line)


def with_rows_joined(lines: Sequence[Line]) -> list[Line]:
    """Cells that follow each other on one baseline become one line: a row of a table, or words set far apart."""
    rows: list[Line] = []
    for line in lines:
        if rows and rows[-1].cells < MOST_CELLS and _is_same_row(rows[-1], line):
            last = rows.pop()
            rows.append(
                replace(
                    last,
                    text=f"{last.text} {line.text}",
                    box=last.box.union(line.box),
                    bold=last.bold and line.bold,
                    cells=last.cells + 1,
                    stretches=(*last.stretches, *(Stretch(len(last.text) + 1 + s, b) for s, b in line.stretches)),
                    parts=(*(last.parts or (last,)), line),
                )
            )
        else:
            rows.append(line)
    return rows


def _is_same_row(last: Line, line: Line) -> bool:
    return (
        line.box.left > last.box.right - 1
        and last.page == line.page
        and last.angle == line.angle
        and abs(last.baseline - line.baseline) < 0.3 * max(last.size, line.size)
        and (line.box.left - last.box.right < 4 * line.size or len(last.text) < 40 or len(line.text) < 20)
    )


def is_row(line: Line) -> bool:
    """Whether it looks like a row of a table: three cells or more, or mostly numbers."""
    if line.cells > 2:
        return True
    if _DIGIT.search(line.text) is None:
        return False
    words = line.text.split()
    return len(words) >= 4 and len([w for w in words if _NUMBER.fullmatch(w)]) > 0.5 * len(words)
