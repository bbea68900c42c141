from __future__ import annotations

from dataclasses import replace

from pipeline.sources.heads import is_known_head
from pipeline.sources.pdf.lines import Line, Stretch
from pipeline.sources.pdf.runs import Box
from pipeline.sources.pdf.tables import is_row, tabular_lines, with_rows_joined


def line(text: str, baseline: float, left: float = 50, *, cells: int = 1, page: int = 1, bold: bool = False) -> Line:
    box = Box(left, baseline - 2, left + 5 * len(text), baseline + 8)
    return Line(text, box, baseline, 10, "Times", bold, bold, 0, page, cells, (Stretch(0, box),))


def tabular(*lines: Line) -> list[str]:
    found = tabular_lines(lines, is_known_head)
    return [x.text for x in lines if id(x) in found]


PROSE = "The training was supervised by a physiotherapist in all of the groups, and the participants kept a diary."


def test_a_table_reaches_from_its_caption_to_its_last_row() -> None:
    lines = [
        line("Table 1. Doses", 700), line("Group", 686, bold=True), line("A 1 2 3", 672, cells=3), line("Low", 658),
        line("B 4 5 6", 644, cells=3), line(PROSE, 620), line("C 7 8 9", 600, cells=3),
    ]  # fmt: skip
    assert tabular(*lines) == ["Table 1. Doses", "Group", "A 1 2 3", "Low", "B 4 5 6"]


def test_captions_below_their_tables_are_known_by_what_stands_around_them() -> None:
    lines = [
        line(PROSE, 720), line("h circuit e circuit", 700, bold=True), line("A 1 2", 686, cells=3),
        line("Table 1: Accuracy", 660), line(PROSE, 640),
        line("B 3 4", 600, cells=3), line("Table 2: Speed", 580), line(PROSE, 560),
    ]  # fmt: skip
    found = tabular_lines(lines, is_known_head)
    assert [found.get(id(x)) for x in lines] == [None, 0, 0, 0, None, 1, 1, None]


def test_a_sentence_that_begins_with_a_table_is_no_caption() -> None:
    assert tabular(line("Table 2 shows that most of", 700), line("A 1 2 3", 686, cells=3)) == []
    assert (
        tabular(line("Table 2. The null hypothesis", 700), line(PROSE, 686), line(PROSE, 672), line(PROSE, 658)) == []
    )


def test_a_table_ends_at_a_head_at_another_table_and_at_the_page() -> None:
    row = line("A 1 2 3", 672, cells=3)
    assert tabular(line("Table 1. Doses", 700), line("Results", 686), row) == []
    assert tabular(line("Table 1. Doses", 700), replace(row, page=2)) == []
    assert tabular(line("Table 1. Doses", 700), line("Table 2. More", 690), row) == ["Table 2. More", "A 1 2 3"]


def test_rows_are_three_cells_or_mostly_numbers() -> None:
    assert is_row(line("Age 24 25", 700, cells=3))
    assert is_row(line("1 2 3 4", 700))
    assert not is_row(line("Of 30 adults 24 came", 700))


def test_joined_cells_keep_their_places_and_parts() -> None:
    age, value = line("Age", 700), line("24", 700, 90)
    (row,) = with_rows_joined([age, value])
    assert (row.text, row.cells, row.parts) == ("Age 24", 2, (age, value))
    assert [(s.start, s.box.left) for s in row.stretches] == [(0, 50), (4, 90)]
