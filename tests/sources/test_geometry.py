"""Every sentence of a PDF knows its page and its rectangles, whatever became of the lines on the way to the text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from pipeline.rules.quotation import locate
from pipeline.sources import assembly, read_study
from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.cleaning import clean_text, offsets_in
from pipeline.sources.passages import Passage, Role
from schemas.quotation import Quote
from schemas.study import Citation, PrintedLine, Rectangle, Study
from schemas.vocabulary import MatchGrade, SectionKind
from tests.sources.conftest import write
from tests.sources.test_shared_pdfs import READABLE

Make = Callable[..., Path]
STANDS = {MatchGrade.EXACT, MatchGrade.REFORMATTED, MatchGrade.CLIPPED}
LEFT = [
    "Training of one leg made the other leg of the",
    "adults stronger in each of the weeks that fol-",
    "lowed, and nobody who was in the group with-",
    "out training gained more strength than could",
    "be told from the errors of the measuring, so",
]
RIGHT = [
    "that the training itself is the likely reason of",
    "the gain. The second measuring came after a",
    "month without any training, and the gain that",
    "had been seen was still there in most of the",
    "adults, though it had become smaller by then.",
]


def column_by_column(canvas: Canvas) -> None:
    for i, text in enumerate(LEFT):
        write(canvas, text, 60, 700 - 12 * i)
    for i, text in enumerate(RIGHT):
        write(canvas, text, 320, 700 - 12 * i)


def places(study: Study, words: str) -> list[Rectangle]:
    found = locate(Quote(sentence=0, text=words), study, {study.id: study})
    assert found.match in STANDS, found.differences
    assert found.start is not None
    assert found.end is not None
    return list(study.places(found.start, found.end))


def rough(found: list[Rectangle]) -> list[tuple[int, int, int]]:
    """Page, left edge to 10 points, and baseline to 12: what tells lines and columns apart."""
    return [(r.page, round(r.left / 10) * 10, round((700 - r.bottom) / 12)) for r in found]


def test_a_quotation_across_columns_has_a_rectangle_on_each_line(make_pdf: Make) -> None:
    study = read_study(make_pdf(column_by_column))
    found = places(study, "errors of the measuring, so that the training itself")
    assert rough(found) == [(1, 130, 4), (1, 320, 0)]
    assert found[0].right < 300 < found[1].left


def test_a_quotation_across_pages_and_broken_words_keeps_both_pages(make_pdf: Make) -> None:
    def first(canvas: Canvas) -> None:
        for i, text in enumerate(LEFT[:2]):
            write(canvas, text, 60, 400 - 12 * i)

    def second(canvas: Canvas) -> None:
        for i, text in enumerate(LEFT[2:]):
            write(canvas, text, 60, 700 - 12 * i)

    study = read_study(make_pdf(first, second))
    found = places(study, "in each of the weeks that followed, and nobody")
    assert [r.page for r in found] == [1, 2]
    assert found[0].bottom < 400 < 690 < found[1].bottom


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rectangles_are_those_of_the_page_before_it_is_turned(make_pdf: Make, turn: int) -> None:
    def low(canvas: Canvas) -> None:
        canvas.translate(0, -200)  # reportlab turns the page box with the page: 842 wide, 595 high
        column_by_column(canvas)

    def turned(canvas: Canvas) -> None:
        low(canvas)
        canvas.setPageRotation(turn)

    upright, study = (read_study(make_pdf(draw, name=f"{draw.__name__}.pdf")) for draw in (low, turned))
    words = "nobody who was in the group without training"
    assert places(study, words) == places(upright, words)


def test_on_a_page_turned_for_reading_the_rectangles_are_where_the_text_was_drawn(make_pdf: Make) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.setPageRotation(90)  # 842 wide and 595 high
        canvas.translate(800, 0)
        canvas.rotate(90)
        column_by_column(canvas)

    (found,) = places(read_study(make_pdf(sideways)), LEFT[0])
    assert (found.left, found.right) == pytest.approx((800 - 709, 800 - 698), abs=2)
    assert (found.bottom, found.top) == pytest.approx((60, 257), abs=2)


def test_a_crop_box_moves_no_rectangle(make_pdf: Make) -> None:
    def cropped(canvas: Canvas) -> None:
        column_by_column(canvas)
        canvas.setCropBox((30, 40, 560, 800))  # pyright: ignore[reportUnknownMemberType]

    words = "nobody who was in the group without training"
    whole, study = (read_study(make_pdf(draw, name=f"{draw.__name__}.pdf")) for draw in (column_by_column, cropped))
    assert places(study, words) == places(whole, words)


def test_text_that_runs_up_the_page_has_the_rectangle_that_it_fills(make_pdf: Make) -> None:
    def beside(canvas: Canvas) -> None:
        column_by_column(canvas)
        canvas.saveState()
        canvas.rotate(90)
        write(canvas, "Printed beside the columns by the publisher", 300, -40)
        canvas.restoreState()

    (found,) = places(read_study(make_pdf(beside)), "Printed beside the columns")
    assert found.left < 40 < found.right
    assert found.bottom == pytest.approx(300, abs=2)
    assert found.top > 450


def test_what_stands_behind_a_head_in_its_line_begins_behind_it(make_pdf: Make) -> None:
    def run_in(canvas: Canvas) -> None:
        write(canvas, "Abstract", 60, 760)
        write(canvas, "Results: Strength of the untrained leg rose by 8%.", 60, 700)
        write(canvas, "Conclusions: It rose without being trained itself.", 60, 686)

    study = read_study(make_pdf(run_in))
    assert rough(places(study, "Strength of the untrained leg rose")) == [(1, 100, 0)]
    head = next(s for s in study.sections if s.heading == "Results")
    assert [(r.page, round(r.left)) for r in study.places(head.start, head.start + 7)] == [(1, 60)]


def test_cells_that_one_operator_draws_are_cells_with_places(make_pdf: Make) -> None:
    def drawn(canvas: Canvas) -> None:
        column_by_column(canvas)
        write(canvas, "Table 1: Falls", 60, 500, size=8)
        write(canvas, "Walkers", 60, 486, size=8)
        text = canvas.beginText(150, 486)
        text.setFont("Helvetica", 8)
        text.setCharSpace(60)
        text.textOut("003")
        canvas.drawText(text)

    study = read_study(make_pdf(drawn))
    start = study.text.index("Walkers 0 0 3")
    lefts = [round(r.left) for r in study.places(start, start + len("Walkers 0 0 3"))]
    assert lefts == pytest.approx([60, 150, 214, 279], abs=2)
    assert next(s for s in study.sentences if s.start == start).section is SectionKind.TABLE


def test_a_text_that_is_cut_keeps_the_places_of_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "LONGEST_TEXT", 30)
    lines = (PrintedLine(0, 20, 1, 50, 700, 250, 710), PrintedLine(21, 41, 2, 50, 700, 250, 710))
    passage = Passage("It rose in adults so it did in children.", lines=lines)
    study = build_study([passage], Citation(id="s"), Origin("s.pdf", "0" * 64))
    assert study.text == "It rose in adults so it did in"
    assert study.lines[-1] == PrintedLine(21, 30, 2, 50, 700, 140.0, 710)


def test_a_part_of_a_passage_keeps_role_look_and_page() -> None:
    lines = (PrintedLine(0, 10, 3, 50, 700, 150, 710), PrintedLine(11, 21, 4, 50, 700, 150, 710))
    passage = Passage("0123456789 0123456789", Role.TABLE, lines, ("Times", 9.0))
    part = passage.part(10, 15)
    assert (part.text, part.role, part.look, part.page) == ("0123", Role.TABLE, ("Times", 9.0), 4)
    assert part.lines == (PrintedLine(0, 4, 4, 50, 700, 90.0, 710),)
    assert passage.part(10, 11) == Passage("", Role.TABLE, (), ("Times", 9.0))


@given(st.lists(st.text(alphabet="ab \u00ad\ufb01\u200b\n\t\u2009", max_size=8), min_size=1, max_size=6))
def test_pieces_are_found_again_in_the_cleaned_text(pieces: list[str]) -> None:
    text, starts = "", list[int]()
    for piece in pieces:
        starts.append(len(text))
        text += piece
    cleaned = clean_text(text)
    found = offsets_in(cleaned, text, starts)
    assert [cleaned[a:b] for a, b in found] == [clean_text(piece) for piece in pieces]
    assert all(b <= c for (_, b), (c, _) in pairwise(found))


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(READABLE))
def test_every_sentence_of_a_real_pdf_has_its_page_and_rectangles(shared_pdfs: Path, name: str) -> None:
    study = read_study(shared_pdfs / name)
    for sentence in study.sentences:
        found = study.places(sentence.start, sentence.end)
        assert found
        assert found[0].page == sentence.page
        assert all(r.left < r.right and r.bottom < r.top for r in found)
    assert all(a.end <= b.start for a, b in pairwise(study.lines))
    printed = sum(line.end - line.start for line in study.lines)
    assert printed > 0.95 * len("".join(study.text.split()))
