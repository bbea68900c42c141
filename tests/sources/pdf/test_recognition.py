from __future__ import annotations

from dataclasses import replace

from pipeline.sources.pdf.lines import Line, Stretch
from pipeline.sources.pdf.recognition import mended
from pipeline.sources.pdf.runs import Box


def piece(text: str, left: float, right: float, *, baseline: float = 500, size: float = 8, angle: int = 0) -> Line:
    box = Box(left, baseline - 2, right, baseline + 6)
    return Line(text, box, baseline, size, "Times", False, False, angle, 1, stretches=(Stretch(0, box),))


def test_words_that_recognition_sets_apart_are_one_line_with_a_place_each() -> None:
    words = [piece("Current", 47, 66), piece("research", 80, 101), piece("suggests", 117, 138)]
    line = mended(words)[0]
    assert (line.text, line.cells, line.box) == ("Current research suggests", 1, Box(47, 498, 138, 506))
    assert [(line.text[s.start :].split()[0], s.box.left) for s in line.stretches] == [
        ("Current", 47), ("research", 80), ("suggests", 117),
    ]  # fmt: skip


def test_the_next_line_the_other_column_and_a_far_cell_stay_apart() -> None:
    pieces = [
        piece("in sus-", 271, 291), piece("ceptibility", 47, 73, baseline=490), piece("12.5", 120, 140, baseline=490),
        piece("rats, or", 310, 340, baseline=500), piece("turned", 342, 360, baseline=500, angle=90),
    ]  # fmt: skip
    assert [line.text for line in mended(pieces)] == [p.text for p in pieces]


def test_lines_of_one_paragraph_have_one_print() -> None:
    lines = [
        piece("one", 50, 90, size=7),
        piece("two", 50, 90, baseline=490, size=14),
        piece("six", 50, 90, baseline=480),
    ]
    lines[1] = replace(lines[1], font="Helvetica", bold=True, bold_start=True)
    assert {(line.size, line.font, line.bold, line.bold_start) for line in mended(lines)} == {(8, "", False, False)}
    assert mended([]) == []
