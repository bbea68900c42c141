from __future__ import annotations

import pytest

from pipeline.sources.pdf.lines import build_lines
from pipeline.sources.pdf.runs import Box, Run


def run(text: str, left: float, *, baseline: float = 700, size: float = 10, angle: int = 0, bold: bool = False) -> Run:
    box = Box(left, baseline - 0.2 * size, left + 0.5 * size * len(text), baseline + 0.8 * size)
    return Run(text, box, box, baseline, size, bold, "Times", angle, 0, 0.0)


@pytest.mark.parametrize(
    ("before", "raised", "after", "line"),
    [
        ("in Asia.", "1-3", " The", "in Asia.[1-3] The"),
        ("in Asia.", "1e3", " The", "in Asia.[1–3] The"),
        ("et al. ", "16", " found", "et al. [16] found"),
        ("Smith", "4", " found", "Smith[4] found"),
        ("10", "−3", " mol", "10⁻³ mol"),
        ("30 kg/m", "2", " or", "30 kg/m² or"),
        ("R", "2", " was", "R² was"),
        ("FIM", "TM", " score", "FIMTM score"),
        ("a ", "13", "C test", "a 13C test"),
    ],
)
def test_superscripts_never_change_the_number_or_word_before(before: str, raised: str, after: str, line: str) -> None:
    first = run(before, 50)
    mark = run(raised, first.box.right, baseline=704, size=6)
    last = run(after, mark.box.right)
    assert [x.text for x in build_lines([first, mark, last], 1)] == [line]


def test_a_wide_gap_makes_a_new_cell_and_a_small_one_a_space() -> None:
    first = run("Age", 50)
    assert [x.text for x in build_lines([first, run("24", first.box.right + 3)], 1)] == ["Age 24"]
    assert [x.text for x in build_lines([first, run("24", first.box.right + 40)], 1)] == ["Age", "24"]


def test_an_initial_over_several_lines_is_the_first_letter_of_its_word() -> None:
    initial = run("M", 50, baseline=680, size=36)
    assert build_lines([initial, run("igraine is common", 70)], 1)[0].text == "Migraine is common"
    assert build_lines([initial, run("Ridker did", 70)], 1)[0].text == "M Ridker did"
    alone = initial._replace(text="A")
    assert build_lines([alone, run("trial of legs", 70)], 1)[0].text == "A trial of legs"
    assert build_lines([run("M", 50), run("igraine", 57)], 1)[0].text == "M igraine"


def test_turned_text_comes_after_upright_text() -> None:
    lines = build_lines([run("side note", 20, angle=90), run("the text of the page", 50)], 3)
    assert [(x.text, x.angle, x.page) for x in lines] == [("the text of the page", 0, 3), ("side note", 90, 3)]


def test_soft_hyphens_stay_at_the_line_end_only() -> None:
    assert build_lines([run("re\u00adported inter\u00ad", 50)], 1)[0].text == "reported inter\u00ad"


def test_an_equals_sign_that_a_font_calls_a_quarter_is_read_as_shown() -> None:
    assert build_lines([run("(p¼0.03), 1¼ cups", 50)], 1)[0].text == "(p=0.03), 1¼ cups"


def test_bold_is_that_of_the_whole_line() -> None:
    first = run("Methods ", 50, bold=True)
    line = build_lines([first, run("we trained", first.box.right)], 1)[0]
    assert (line.bold, line.bold_start) == (False, True)


def test_blank_runs_and_flat_boxes_make_no_lines() -> None:
    flat = Run("x", Box(60, 700, 66, 700), Box(60, 700, 66, 700), 700, 10, False, "Times", 0, 0, 0.0)
    assert [x.text for x in build_lines([run("  ", 50), run("a", 50), flat], 1)] == ["a", "x"]


def test_marks_of_two_works_stay_two_numbers_and_keep_the_next_word_apart() -> None:
    habits = run("dietary habits.", 50)
    two = run("2", habits.box.right, baseline=704, size=6)
    four = run("4", two.box.right + 2, baseline=704, size=6)
    assert build_lines([habits, two, four, run("In the past", four.box.right)], 1)[0].text == (
        "dietary habits.[2,4] In the past"
    )
    both = run("14 15", habits.box.right, baseline=704, size=6)
    assert build_lines([habits, both], 1)[0].text == "dietary habits.[14,15]"


def test_a_mark_that_leads_a_note_is_no_part_of_its_first_word() -> None:
    mark = run("4", 50, baseline=704, size=6)
    assert build_lines([mark, run("Department of Medicine", mark.box.right)], 1)[0].text == "4 Department of Medicine"
    assert build_lines([mark, run("He nuclei", mark.box.right)], 1)[0].text == "4He nuclei"


def test_a_line_knows_its_box_on_the_page_though_it_is_turned() -> None:
    up = Run("side note", Box(300, -50, 345, -40), Box(40, 300, 50, 345), -48, 10, False, "Times", 90, 0, 0.0)
    (line,) = build_lines([up], 1)
    assert line.box == Box(300, -50, 345, -40)
    assert [(s.start, s.box) for s in line.stretches] == [(0, Box(40, 300, 50, 345))]
