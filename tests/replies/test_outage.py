"""An endpoint that is down is noticed, one that has a bad minute is not called down."""

from __future__ import annotations

from pipeline.replies.outage import Outage
from tests.replies.test_deadlines import Clock


def test_five_faults_in_a_row_over_the_set_time_are_an_outage_with_its_reason() -> None:
    clock = Clock()
    outage = Outage(60, clock)
    for _ in range(5):
        assert outage.why is None
        outage.fault("no answer within 9 s")
        clock.now += 15
    assert outage.why == "the endpoint is down: nothing came of 5 attempts in 60 s (no answer within 9 s)"


def test_many_faults_within_a_short_time_are_none() -> None:
    clock = Clock()
    outage = Outage(60, clock)
    for _ in range(500):
        outage.fault("status 503")
        clock.now += 0.1
    assert outage.why is None


def test_few_faults_over_a_long_time_are_none() -> None:
    clock = Clock()
    outage = Outage(60, clock)
    for _ in range(4):
        outage.fault("status 503")
        clock.now += 600
    assert outage.why is None


def test_an_orderly_word_in_between_begins_the_count_anew() -> None:
    clock = Clock()
    outage = Outage(60, clock)
    for number in range(20):
        outage.fault("status 503")
        clock.now += 30
        if number % 4 == 3:
            outage.alive()
    assert outage.why is None


def test_an_outage_stays_one_and_keeps_its_first_reason() -> None:
    clock = Clock()
    outage = Outage(0.001, clock)
    for _ in range(6):
        outage.fault("first")
        clock.now += 1
    why = outage.why
    outage.alive()
    outage.fault("second")
    assert why is not None
    assert outage.why == why
