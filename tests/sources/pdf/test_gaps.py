from __future__ import annotations

from pipeline.sources.pdf.gaps import parts
from pipeline.sources.pdf.runs import Box


def box_at(*lefts: float, upward: bool = False) -> list[Box]:
    return [Box(700, x, 710, x + 5) if upward else Box(x, 700, x + 5, 710) for x in lefts]


def test_digits_far_apart_are_cells_and_not_one_number() -> None:
    boxes = box_at(50, 150, 250)
    assert parts("003", boxes.__getitem__, 10) == [(0, 1), (1, 2), (2, 3)]
    boxes = box_at(50, 55, 60)
    assert parts("003", boxes.__getitem__, 10) == [(0, 3)]


def test_a_wide_space_parts_cells_and_a_narrow_one_words() -> None:
    boxes = box_at(50, 55, 60, 100, 105, 110, 115)
    assert parts("ab cd e", boxes.__getitem__, 10) == [(0, 3), (3, 7)]


def test_letters_set_apart_stay_one_word() -> None:
    assert parts("abc", box_at(50, 90, 130).__getitem__, 10) == [(0, 3)]


def test_text_that_runs_up_the_page_is_parted_alike() -> None:
    assert parts("003", box_at(50, 150, 250, upward=True).__getitem__, 10) == [(0, 1), (1, 2), (2, 3)]


def test_nothing_is_parted_without_a_size_or_without_characters() -> None:
    assert parts("003", box_at(50, 150, 250).__getitem__, 0) == [(0, 3)]
    assert parts("   ", box_at(50, 150, 250).__getitem__, 10) == [(0, 3)]
