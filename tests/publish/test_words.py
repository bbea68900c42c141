"""Numbers, dates and lists as a reader writes them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.publish.words import capital, counted, day, listed, number, signed


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (0.0516, 2, "0.052"),
        (0.2739, 2, "0.27"),
        (1.0, 2, "1"),
        (100.0, 2, "100"),
        (99.6, 2, "100"),
        (12345.6, 4, "12346"),
        (-1.5, 4, "\N{MINUS SIGN}1.5"),
        (-0.0, 2, "0"),
        (0.00001, 4, "0.00001"),
        (-2500.0, 2, "\N{MINUS SIGN}2500"),
    ],
)
def test_numbers_have_no_exponent_and_keep_their_whole_digits(value: float, digits: int, words: str) -> None:
    assert number(value, digits) == words


def test_days_do_not_depend_on_the_locale() -> None:
    assert day(date(2026, 11, 22)) == "22 November 2026"
    assert day(date(2027, 1, 3)) == "3 January 2027"


def test_signs_are_real_ones() -> None:
    assert [signed(n) for n in (2, 0, -1)] == ["+2", "0", "\N{MINUS SIGN}1"]


def test_one_is_singular() -> None:
    assert counted(1, "study", "studies") == "1 study"
    assert counted(0, "study", "studies") == "0 studies"
    assert counted(2, "word") == "2 words"


def test_lists_read_as_sentences() -> None:
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_only_the_first_letter_is_raised() -> None:
    assert capital("no EMG") == "No EMG"
    assert capital("") == ""
