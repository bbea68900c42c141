"""A stretch of a study's text knows the rectangles in which it is printed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from schemas.study import PrintedLine, Rectangle, Study
from tests.builders import study

LINES = (
    PrintedLine(0, 10, 1, 100.0, 700.0, 200.0, 710.0),
    PrintedLine(11, 31, 1, 100.0, 688.0, 300.0, 698.0),
    PrintedLine(31, 36, 2, 320.0, 700.0, 370.0, 710.0),
    PrintedLine(40, 60, 2, 50.0, 400.0, 60.0, 500.0),
)


def printed() -> Study:
    return study(lines=LINES)


def test_a_span_has_one_rectangle_for_each_line_that_it_touches() -> None:
    assert printed().places(5, 33) == (
        Rectangle(1, 150.0, 700.0, 200.0, 710.0),
        Rectangle(1, 100.0, 688.0, 300.0, 698.0),
        Rectangle(2, 320.0, 700.0, 340.0, 710.0),
    )


def test_what_nobody_printed_has_no_place() -> None:
    assert printed().places(10, 11) == ()
    assert printed().places(36, 40) == ()
    assert printed().places(100, 120) == ()
    assert study().places(0, 20) == ()


def test_a_line_that_runs_up_the_page_is_given_whole() -> None:
    assert printed().places(45, 50) == (Rectangle(2, 50.0, 400.0, 60.0, 500.0),)


def test_places_survive_being_written_and_stay_small() -> None:
    stored = printed().model_dump_json()
    assert json.loads(stored)["lines"][0] == [0, 10, 1, 100.0, 700.0, 200.0, 710.0]
    assert Study.model_validate_json(stored) == printed()
    assert Study.model_validate_json(stored).places(5, 33) == printed().places(5, 33)


def test_a_study_that_was_written_without_lines_is_read() -> None:
    stored = json.loads(study().model_dump_json())
    del stored["lines"]
    assert Study.model_validate(stored) == study()


@given(st.integers(0, 70), st.integers(1, 70))
def test_a_rectangle_never_stands_out_of_its_line(start: int, length: int) -> None:
    for place in printed().places(start, start + length):
        holders = [x for x in LINES if x.page == place.page and x.bottom == place.bottom]
        assert len(holders) == 1
        assert holders[0].left <= place.left <= place.right <= holders[0].right
        assert place.top == holders[0].top
