from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources import read_study
from pipeline.sources.pdf.outlines import Contour, Point
from pipeline.sources.pdf.signs import sign

PLUS = [(4, 0), (6, 0), (6, 4), (10, 4), (10, 6), (6, 6), (6, 10), (4, 10), (4, 6), (0, 6), (0, 4), (4, 4)]
TIMES = [(1, 0), (5, 4), (9, 0), (10, 1), (6, 5), (10, 9), (9, 10), (5, 6), (1, 10), (0, 9), (4, 5), (0, 1)]
LESS = [(0, 4.5), (10, 0), (10, 1), (2, 5), (10, 9), (10, 10), (0, 5.5)]
GREATER = [(10 - x, y) for x, y in LESS]
SLANTED = [(0, 2), (10, -3), (10, -2), (0, 3)]


def bar(bottom: float, width: float = 10) -> list[Point]:
    return [(0, bottom), (width, bottom), (width, bottom + 1), (0, bottom + 1)]


def raised(points: Sequence[Point], by: float = 3) -> list[Point]:
    return [(x, y + by) for x, y in points]


DRAWN: dict[str, Sequence[Sequence[Point]]] = {
    "−": [bar(4)],
    "=": [bar(2), bar(6)],
    "+": [PLUS],
    "×": [TIMES],
    "<": [LESS],
    ">": [GREATER],
    "±": [raised(PLUS), bar(0)],
    "≤": [bar(0), raised(LESS)],
    "≥": [raised(GREATER), bar(0)],
}
LETTERS: dict[str, Sequence[Sequence[Point]]] = {
    "E": [[(0, 0), (8, 0), (8, 1), (1, 1), (1, 4), (7, 4), (7, 5), (1, 5), (1, 9), (8, 9), (8, 10), (0, 10)]],
    "H": [[(0, 0), (1, 0), (1, 4), (7, 4), (7, 0), (8, 0), (8, 10), (7, 10), (7, 5), (1, 5), (1, 10), (0, 10)]],
    "T": [[(4, 0), (5, 0), (5, 9), (9, 9), (9, 10), (0, 10), (0, 9), (4, 9)]],
    "L": [[(0, 0), (8, 0), (8, 1), (1, 1), (1, 10), (0, 10)]],
    "I": [[(0, 0), (1, 0), (1, 10), (0, 10)]],
    "V": [[(0, 10), (4, 0), (5, 0), (9, 10), (8, 10), (4.5, 1), (1, 10)]],
    "Z": [[(0, 0), (8, 0), (8, 1), (1.5, 1), (8, 9), (8, 10), (0, 10), (0, 9), (6.5, 9), (0, 1)]],
    "7": [[(2, 0), (3, 0), (8, 9), (8, 10), (0, 10), (0, 9), (7, 9)]],
    ":": [[(0, 0), (2, 0), (2, 2), (0, 2)], [(0, 6), (2, 6), (2, 8), (0, 8)]],
    "≡": [bar(0), bar(4), bar(8)],
    "L over a bar": [[(x, y + 3) for x, y in [(0, 0), (10, 0), (10, 1), (1, 1), (1, 9), (0, 9)]], bar(0)],
}


def drawn(contours: Sequence[Sequence[Point]], size: float = 0.06, right: float = 0, up: float = 0) -> list[Contour]:
    return [Contour([(right + size * x, up + size * y) for x, y in points], is_straight=True) for points in contours]


@pytest.mark.parametrize("name", DRAWN)
@given(size=st.floats(0.04, 0.08), right=st.floats(-1, 1), up=st.floats(-1, 1), reverse=st.booleans())
def test_a_sign_is_known_by_its_outline_wherever_and_however_large(
    name: str, size: float, right: float, up: float, reverse: bool
) -> None:
    contours = DRAWN[name][::-1] if reverse else DRAWN[name]
    assert sign(drawn(contours, size, right, up)) == name


@pytest.mark.parametrize("name", LETTERS)
def test_letters_figures_and_stops_are_no_signs(name: str) -> None:
    assert sign(drawn(LETTERS[name])) is None


def test_at_most_and_at_least_may_have_a_slanting_stroke() -> None:
    assert sign(drawn([raised(LESS, 4), SLANTED])) == "≤"
    assert sign(drawn([raised(GREATER, 4), [(x, -y) for x, y in SLANTED]])) == "≥"


def test_a_bar_as_wide_as_the_font_is_high_is_a_dash() -> None:
    assert sign(drawn([bar(4, 16)])) == "—"


def test_what_has_curves_or_nothing_is_none() -> None:
    assert sign([Contour(drawn([LESS])[0].points, is_straight=False)]) is None
    assert sign([]) is None


def test_signs_of_a_paper_whose_fonts_call_them_otherwise_are_read_as_printed(shared_pdfs: Path) -> None:
    text = read_study(shared_pdfs / "pmj_meta_analysis.pdf").text
    assert "stated as mean±SD" in text
    assert "¼" not in text
