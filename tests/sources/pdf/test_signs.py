from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources import read_study
from pipeline.sources.pdf.pictures import parted
from pipeline.sources.pdf.signs import sign

Shape = Sequence[tuple[float, float]]

PLUS = [
    (4.5, 0),
    (5.5, 0),
    (5.5, 4.5),
    (10, 4.5),
    (10, 5.5),
    (5.5, 5.5),
    (5.5, 10),
    (4.5, 10),
    (4.5, 5.5),
    (0, 5.5),
    (0, 4.5),
    (4.5, 4.5),
]
TIMES = [
    (0.7, 0),
    (5, 4.3),
    (9.3, 0),
    (10, 0.7),
    (5.7, 5),
    (10, 9.3),
    (9.3, 10),
    (5, 5.7),
    (0.7, 10),
    (0, 9.3),
    (4.3, 5),
    (0, 0.7),
]
LESS = [(0, 3.5), (10, 0), (10, 1), (2, 4), (10, 7), (10, 8), (0, 4.5)]
GREATER = [(10 - x, y) for x, y in LESS]
SLANTED = [(0, 4.5), (10, 1), (10, 2), (0, 5.5)]
WAVE = [(x / 2, 4 + 1.3 * math.sin(math.pi * x / 10)) for x in range(21)]
TILDE = [*((x, y + 0.9) for x, y in WAVE), *reversed(WAVE)]


def bar(bottom: float, width: float = 10) -> Shape:
    return [(0, bottom), (width, bottom), (width, bottom + 0.9), (0, bottom + 0.9)]


def raised(shape: Shape, by: float = 3) -> Shape:
    return [(x, y + by) for x, y in shape]


DRAWN: dict[str, list[Shape]] = {
    "−": [bar(4)],
    "—": [bar(4, 18)],
    "∼": [TILDE],
    "=": [bar(2), bar(6)],
    "+": [PLUS],
    "×": [TIMES],
    "<": [LESS],
    ">": [GREATER],
    "±": [raised(PLUS, 2), bar(0)],
    "≤": [bar(0), raised(LESS)],
    "≥": [raised(GREATER), bar(0)],
}
OTHERS: dict[str, list[Shape]] = {
    "E": [[(0, 0), (8, 0), (8, 1), (1, 1), (1, 4), (7, 4), (7, 5), (1, 5), (1, 9), (8, 9), (8, 10), (0, 10)]],
    "H": [[(0, 0), (1, 0), (1, 4), (7, 4), (7, 0), (8, 0), (8, 10), (7, 10), (7, 5), (1, 5), (1, 10), (0, 10)]],
    "T": [[(4, 0), (5, 0), (5, 9), (9, 9), (9, 10), (0, 10), (0, 9), (4, 9)]],
    "L": [[(0, 0), (8, 0), (8, 1), (1, 1), (1, 10), (0, 10)]],
    "V": [[(0, 10), (4, 0), (5, 0), (9, 10), (8, 10), (4.5, 1), (1, 10)]],
    "Z": [[(0, 0), (8, 0), (8, 1), (1.5, 1), (8, 9), (8, 10), (0, 10), (0, 9), (6.5, 9), (0, 1)]],
    "7": [[(2, 0), (3, 0), (8, 9), (8, 10), (0, 10), (0, 9), (7, 9)]],
    "C": [[(8, 8), (5, 10), (0, 7), (0, 3), (5, 0), (8, 2), (8, 3.2), (5, 1), (1, 3.5), (1, 6.5), (5, 9), (8, 7)]],
    "a dagger": [
        [
            (4.5, 0),
            (5.5, 0),
            (5.5, 7),
            (10, 7),
            (10, 8),
            (5.5, 8),
            (5.5, 10),
            (4.5, 10),
            (4.5, 8),
            (0, 8),
            (0, 7),
            (4.5, 7),
        ]
    ],
    "a block": [[(0, 0), (8, 0), (8, 8), (0, 8)]],
    "a triangle": [[(0, 4), (8, 0), (8, 8)]],
    "three bars": [bar(0), bar(4), bar(8)],
    "a bar and dots": [bar(4), [(4, 7), (6, 7), (6, 9), (4, 9)], [(4, 0), (6, 0), (6, 2), (4, 2)]],
    "an L over a bar": [raised([(0, 0), (10, 0), (10, 1), (1, 1), (1, 9), (0, 9)]), bar(0)],
    "a hyphen": [bar(4, 4)],
    "two bars side by side": [bar(4, 5), [(x + 7, y) for x, y in bar(4, 5)]],
}


def inside(shape: Shape, x: float, y: float) -> bool:
    crossed = False
    for (x1, y1), (x2, y2) in pairwise([*shape, shape[0]]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossed = not crossed
    return crossed


def picture(shapes: Sequence[Shape], pixels: float = 1.8, right: float = 0.0, up: float = 0.0) -> list[bytes]:
    """The shapes as columns of pixels from the top, so many `pixels` to one of their units, moved by parts of one."""
    width, height = max(x for s in shapes for x, _ in s) * pixels + 4, max(y for s in shapes for _, y in s) * pixels + 4

    def inked(column: int, row: int) -> bool:
        x, y = (column - 1.5 - right) / pixels, (height - row - 1.5 - up) / pixels
        return any(inside(shape, x, y) for shape in shapes)

    return [bytes(inked(column, row) for row in range(int(height) + 1)) for column in range(int(width) + 1)]


@settings(max_examples=15)
@pytest.mark.parametrize("name", DRAWN)
@given(pixels=st.floats(1.6, 2.2), right=st.floats(0, 1), up=st.floats(0, 1))
def test_a_sign_is_known_by_its_picture_wherever_and_however_large(
    name: str, pixels: float, right: float, up: float
) -> None:
    assert sign(picture(DRAWN[name], pixels, right, up)) == name


@settings(max_examples=15)
@pytest.mark.parametrize("name", OTHERS)
@given(pixels=st.floats(1.6, 2.2), right=st.floats(0, 1), up=st.floats(0, 1))
def test_letters_figures_and_marks_are_no_signs(name: str, pixels: float, right: float, up: float) -> None:
    assert sign(picture(OTHERS[name], pixels, right, up)) is None


def test_at_most_and_at_least_may_have_a_slanting_stroke() -> None:
    assert sign(picture([raised(LESS, 7), [(x, 6.5 - y) for x, y in SLANTED]])) == "≤"
    assert sign(picture([raised(GREATER, 7), SLANTED])) == "≥"


def test_a_picture_without_ink_is_no_sign() -> None:
    assert sign([]) is None
    assert sign([bytes(20)] * 20) is None


@given(st.lists(st.binary(min_size=12, max_size=12).map(lambda b: bytes(x & 1 for x in b)), max_size=40))
def test_any_picture_is_a_sign_or_none(columns: list[bytes]) -> None:
    assert sign(columns) in {None, *DRAWN}


def test_pieces_of_a_picture_are_parted_where_a_column_is_empty() -> None:
    one, two = picture([PLUS]), picture([bar(4)])
    assert [sign(piece) for piece in parted([*one, bytes(len(one[0])), *two])] == ["+", "−"]


def test_signs_of_a_paper_whose_fonts_call_them_otherwise_are_read_as_printed(shared_pdfs: Path) -> None:
    text = read_study(shared_pdfs / "pmj_meta_analysis.pdf").text
    assert "stated as mean±SD" in text
    assert "¼" not in text
