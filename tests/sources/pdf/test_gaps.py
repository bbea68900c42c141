from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.pdf.gaps import GAP, Boxes, cell_starts

SIZE = 10.0
Edges = tuple[float, float, float, float]


def at_left(*lefts: float, upward: bool = False) -> Boxes:
    """Characters 5 points wide and 10 high that begin at these places of a line, or of one that runs up the page."""
    edges = [(700, x + 5, 710, x) if upward else (x, 710, x + 5, 700) for x in lefts]
    return lambda places: [edges[place] for place in places]


def test_digits_far_apart_are_cells_and_not_one_number() -> None:
    assert cell_starts("003", [0], [SIZE], at_left(50, 150, 250)) == [1, 2]
    assert cell_starts("003", [0], [SIZE], at_left(50, 55, 60)) == []


def test_a_wide_space_parts_cells_and_a_narrow_one_words() -> None:
    assert cell_starts("ab cd e", [0], [SIZE], at_left(50, 55, 60, 100, 105, 110, 115)) == [3]
    assert cell_starts("ab   cd", [0], [SIZE], at_left(50, 55, 60, 65, 70, 100, 105)) == [5]


def test_letters_set_apart_stay_one_word() -> None:
    assert cell_starts("abc", [0], [SIZE], at_left(50, 90, 130)) == []


def test_text_that_runs_up_the_page_is_parted_alike() -> None:
    assert cell_starts("003", [0], [SIZE], at_left(50, 150, 250, upward=True)) == [1, 2]


def test_nothing_is_parted_without_a_size_or_without_characters() -> None:
    assert cell_starts("003", [0], [0.0], at_left(50, 150, 250)) == []
    assert cell_starts("   ", [0], [SIZE], at_left(50, 150, 250)) == []
    assert cell_starts("", [], [], at_left()) == []


def test_a_gap_between_two_stretches_parts_nothing_and_each_has_its_own_size() -> None:
    boxes = at_left(50, 55, 200, 205, 225, 230)
    assert cell_starts("ab 1 2", [0, 3], [SIZE, SIZE], boxes) == [5]
    assert cell_starts("ab 1 2", [0, 3], [SIZE, 4 * SIZE], boxes) == []


def test_what_stands_before_the_first_stretch_is_not_looked_at() -> None:
    assert cell_starts("a b c", [4], [SIZE], at_left(0, 5, 100, 105, 200)) == []


def test_boxes_that_are_turned_over_are_no_farther_apart() -> None:
    def turned(places: Sequence[int]) -> list[Edges]:
        return [(8.0 * place + 5, 700, 8.0 * place, 710) for place in places]

    assert cell_starts("1 2 3", [0], [SIZE], turned) == []


@given(st.lists(st.tuples(st.sampled_from("1a "), st.floats(0, 40)), max_size=30), st.data())
def test_exactly_the_wide_gaps_part(drawn: list[tuple[str, float]], data: st.DataObject) -> None:
    text = "".join(character for character, _ in drawn)
    lefts = [sum(gap for _, gap in drawn[: place + 1]) + 5 * place for place in range(len(drawn))]
    solid = [place for place, character in enumerate(text) if character != " "]
    starts = sorted({0, *data.draw(st.lists(st.sampled_from(solid or [0]), max_size=3))}) if text else []
    expected: list[int] = []
    for start, end in pairwise([*starts, len(text)]):
        lettered = "a" in text[start:end]
        for before, here in pairwise(place for place in solid if start <= place < end):
            wide = lefts[here] - (lefts[before] + 5) > GAP * SIZE
            if wide and (here > before + 1 or not lettered):
                expected.append(here)
    assert cell_starts(text, starts, [SIZE] * len(starts), at_left(*lefts)) == expected
