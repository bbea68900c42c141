from __future__ import annotations

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from pipeline.sources import read_study
from pipeline.sources.pdf.numbering import without_line_numbers
from pipeline.sources.pdf.runs import Box, Run
from tests.sources.pdf.test_document import Make

PAGE = Box(0, 0, 595, 842)


def run(text: str, left: float, baseline: float, *, right: float | None = None) -> Run:
    box = Box(left, baseline - 2, right if right is not None else left + 5 * len(text), baseline + 8)
    return Run(text, box, box, baseline, 10, False, "Times", 0, 0, 0.0)


def manuscript(first: int = 97, step: int = 1, count: int = 12) -> tuple[list[Run], list[Run]]:
    prose = [run(f"one line of prose in a manuscript, the {i}th", 72, 700 - 24 * i, right=520) for i in range(count)]
    numbers = [run(str(first + i), 40, 700 - 24 * i, right=58) for i in range(0, count, step)]
    return prose, numbers


def test_the_numbers_beside_every_line_go() -> None:
    prose, numbers = manuscript()
    woven = [x for pair in zip(numbers, prose, strict=True) for x in pair]
    assert without_line_numbers(woven, PAGE) == prose


def test_the_numbers_beside_every_fifth_line_go() -> None:
    prose, numbers = manuscript(first=5, step=5, count=20)
    assert without_line_numbers([*prose, *numbers], PAGE) == prose


def test_numbers_in_the_right_margin_go() -> None:
    prose, numbers = manuscript()
    right = [n._replace(box=n.box._replace(left=550, right=562)) for n in numbers]
    assert without_line_numbers([*prose, *right], PAGE) == prose


def test_a_stamp_above_the_numbered_lines_does_not_hide_them() -> None:
    prose, numbers = manuscript()
    stamp = run("this version posted May 1; it was not certified by peer review", 20, 830)
    assert without_line_numbers([stamp, *numbers, *prose], PAGE) == [stamp, *prose]


def test_the_numbers_of_the_rows_of_a_table_stay() -> None:
    caption = run("Table 1 lists the ten trials that were included in the review", 40, 720)
    prose, numbers = manuscript(first=1)
    assert without_line_numbers([caption, *numbers, *prose], PAGE) == [caption, *numbers, *prose]


def test_the_numbers_of_a_list_of_references_stay() -> None:
    prose, _ = manuscript()
    numbers = [run(str(i + 1), 40, 700 - 72 * i, right=58) for i in range(4)]
    assert without_line_numbers([*numbers, *prose], PAGE) == [*numbers, *prose]


def test_numbers_that_do_not_rise_evenly_stay() -> None:
    prose, numbers = manuscript()
    numbers[3] = numbers[3]._replace(text="12")
    assert without_line_numbers([*numbers, *prose], PAGE) == [*numbers, *prose]


def test_no_line_number_stands_in_a_sentence_of_the_study(make_pdf: Make) -> None:
    def page(canvas: Canvas) -> None:
        for i in range(20):
            canvas.drawString(40, 740 - 24 * i, str(41 + i))
            canvas.drawString(72, 740 - 24 * i, "of the untrained leg, which rose by a third in the adults who")

    path: Path = make_pdf(page)
    assert not any(character.isdigit() for character in read_study(path).text)
