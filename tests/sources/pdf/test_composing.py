from __future__ import annotations

from pipeline.sources.passages import Role
from pipeline.sources.pdf.composing import compose
from pipeline.sources.pdf.lines import Line, Stretch
from pipeline.sources.pdf.runs import Box
from schemas.study import PrintedLine


def line(text: str, left: float, baseline: float, *, page: int = 1, width: float | None = None) -> Line:
    box = Box(left, baseline - 2, left + (5 * len(text) if width is None else width), baseline + 8)
    return Line(text, box, baseline, 10, "Times", False, False, 0, page, stretches=(Stretch(0, box),))


def rows(*lines: Line) -> list[str]:
    return compose(lines, Role.TABLE, frozenset()).text.split("\n")


def test_a_paragraph_keeps_the_place_of_every_line_across_hyphens_and_cleaning() -> None:
    lines = [
        line("the inter\u00ad", 50, 700),
        line("vention  was ﬁne", 50, 688, page=2),
        line("and good", 50, 676, page=2),
    ]
    passage = compose(lines, Role.BODY, frozenset())
    assert passage.text == "the intervention was fine and good"
    assert [(passage.text[x.start : x.end], x.page, x.bottom) for x in passage.lines] == [
        ("the inter", 1, 698), ("vention was fine", 2, 686), ("and good", 2, 674),
    ]  # fmt: skip
    assert (passage.page, passage.look) == (1, ("Times", 10))


def test_boxes_are_rounded_to_a_tenth_of_a_point() -> None:
    passage = compose([line("abcd", 50.123456, 700.06, width=20.05)], Role.BODY, frozenset())
    assert passage.lines == (PrintedLine(0, 4, 1, 50.1, 698.1, 70.2, 708.1),)


def test_the_cells_of_a_row_stand_on_one_line_from_left_to_right_in_whatever_order_they_come() -> None:
    cells = [
        line("23", 200, 700),
        line("Age", 50, 700),
        line("24", 150, 700),
        line("Sex", 50, 686),
        line("5", 150, 686),
    ]
    assert rows(*cells) == ["Age 24 23", "Sex 5"]


def test_a_table_that_is_drawn_column_by_column_is_read_row_by_row() -> None:
    names = [line(name, 50, 700 - 14 * i) for i, name in enumerate(("Age", "Weight", "Height"))]
    values = [line(str(20 + i), 150, 700 - 14 * i) for i in range(3)]
    assert rows(*names, *values) == ["Age 20", "Weight 21", "Height 22"]


def test_a_label_of_two_lines_is_one_cell_with_its_numbers_behind_it() -> None:
    label = [line("Cigarettes smoked", 50, 700), line("daily before", 50, 688)]
    assert rows(*label, line("20", 200, 700), line("10", 250, 700)) == ["Cigarettes smoked daily before 20 10"]
    head = [line("Control group", 150, 700), line("(n=393)", 150, 688)]
    assert rows(line("Outcome", 50, 688), *head) == ["Outcome Control group (n=393)"]


def test_numbers_beside_the_middle_of_a_label_belong_to_it() -> None:
    label = [line("Staphylococcus aureus", 50, 700), line("ATCC 25923", 50, 688)]
    assert rows(*label, line("23.9", 200, 694), line("29.2", 250, 694)) == [
        "Staphylococcus aureus ATCC 25923 23.9 29.2"
    ]


def test_two_labels_one_below_the_other_stay_two_rows() -> None:
    assert rows(line("Male", 50, 700), line("Female", 50, 688), line("7", 150, 700), line("9", 150, 688)) == [
        "Male 7", "Female 9",
    ]  # fmt: skip


def test_each_cell_has_a_place_of_its_own() -> None:
    passage = compose([line("Age", 50, 700), line("24", 150, 700)], Role.TABLE, frozenset())
    assert [(passage.text[x.start : x.end], x.left, x.right) for x in passage.lines] == [
        ("Age", 50, 65),
        ("24", 150, 160),
    ]


def test_rows_of_different_pages_are_never_put_together() -> None:
    assert rows(line("Age", 50, 700), line("24", 150, 700, page=2)) == ["Age", "24"]


def test_rows_and_cells_without_end_are_cut() -> None:
    cells = [line("1", 50 + 20 * i, 700) for i in range(3000)]
    stacked = [line("a", 50, 600 - 0.1 * i) for i in range(3000)]
    assert [len(row.split()) for row in rows(*cells)] == [60] * 50
    assert max(len(row.split()) for row in rows(*stacked)) == 40
