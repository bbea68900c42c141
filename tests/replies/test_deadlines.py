"""Deadlines of a run and of its claims, by a clock that the test turns."""

from __future__ import annotations

from pipeline.replies.deadlines import Deadlines
from pipeline.settings import Settings


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_run_ends_its_seconds_after_its_first_question() -> None:
    clock = Clock()
    deadlines = Deadlines(10, None, clock)
    clock.now += 500
    assert deadlines.over() is None
    clock.now += 9.9
    assert deadlines.over("a") is None
    clock.now += 0.1
    assert deadlines.over() == deadlines.over("a") == "the run's limit of 10 s is over"


def test_each_claim_has_its_own_time_from_its_own_first_question() -> None:
    clock = Clock()
    deadlines = Deadlines(None, 10, clock)
    assert deadlines.over("early") is None
    clock.now += 6
    assert deadlines.over("late") is None
    clock.now += 4
    assert deadlines.over("early") == "the claim's limit of 10 s is over"
    assert deadlines.over("late") is None
    assert deadlines.over() is None


def test_a_finished_claim_is_forgotten_and_may_begin_anew() -> None:
    clock = Clock()
    deadlines = Deadlines(None, 10, clock)
    assert deadlines.over("a") is None
    clock.now += 11
    assert deadlines.over("a") is not None
    deadlines.done("a")
    deadlines.done("never begun")
    assert deadlines.over("a") is None


def test_without_limits_nothing_is_ever_over() -> None:
    clock = Clock()
    deadlines = Deadlines(None, None, clock)
    assert deadlines.over("a") is None
    clock.now += 1e9
    assert deadlines.over("a") is None


def test_the_limits_come_from_the_settings() -> None:
    for limited in (Settings(run_seconds=1e-9), Settings(claim_seconds=1e-9)):
        deadlines = Deadlines.of(limited)
        assert deadlines.over("a") is None
        assert "limit of 1e-09 s is over" in str(deadlines.over("a"))
    unlimited = Deadlines.of(Settings())
    assert (unlimited.over("a"), unlimited.over("a")) == (None, None)
