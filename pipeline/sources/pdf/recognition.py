"""Mends the lines that OCR puts behind the picture of a page: their print, and the words that it sets apart.

OCR knows where a word begins, and draws it in a font that is often too narrow for it, so that a gap opens behind every
word. Promises lines of one print, words joined that follow each other on one baseline. Does not run OCR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipeline.sources.pdf.lines import MOST_RUNS, Line, Stretch

_GAP = 3.0
"""Times the size; a wider gap parts cells even here. OCR writes column by column, so that none of these is a gutter."""


def mended(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page whose text is OCR's, in their order.

    OCR guesses the size of a line from its box, which a tilt of a degree doubles, and the font of a word from a few
    letters: lines of a paragraph differ, and would be taken for heads.
    """
    size = median(line.size for line in lines) if lines else 0.0
    rows: list[list[Line]] = []
    for line in lines:
        if rows and len(rows[-1]) < MOST_RUNS and _follows(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [replace(_joined(row), size=size, font="", bold=False, bold_start=False) for row in rows]


def _follows(last: Line, line: Line) -> bool:
    if last.angle != line.angle or abs(last.baseline - line.baseline) > 0.5 * min(last.size, line.size):
        return False
    return -0.5 * line.size < line.box.left - last.box.right <= _GAP * max(last.size, line.size)


def _joined(row: Sequence[Line]) -> Line:
    """The pieces of a row as one line."""
    first = row[0]
    if len(row) == 1:
        return first
    stretches: list[Stretch] = []
    start, box = 0, first.box
    for line in row:
        stretches += [Stretch(start + stretch.start, stretch.box) for stretch in line.stretches]
        start += len(line.text) + 1
        box = box.union(line.box)
    return replace(
        first,
        text=" ".join(line.text for line in row),
        box=box,
        stretches=tuple(stretches),
    )
