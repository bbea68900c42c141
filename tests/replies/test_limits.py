"""Pacing in virtual time: a limit is used whole and hardly overrun, a ceiling never exceeded, nobody waits for ever.

The virtual loop raises when everybody waits and nothing will happen, so every test here is a test against deadlock.
"""

from __future__ import annotations

import asyncio
import bisect
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.replies.limits import BURST_SECONDS, Limit, Pace, Pacer, limit_in, seconds_in
from tests.replies.simulated_endpoint import Bucket, Seen, Window, crowd
from tests.replies.virtual_time import now, run_in_virtual_time

Endpoint = Callable[[bool], Bucket | Window]
"""Makes an endpoint, with rate-limit headers or without."""


def simulated(
    limit: Callable[[], Bucket | Window],
    questions: int,
    *,
    in_flight: int = 64,
    latency: float = 0.2,
    tokens: float = 0.0,
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
) -> tuple[Seen, float]:
    """What came of a crowd, and the share of the limit that it used."""

    async def main() -> tuple[Seen, float]:
        endpoint = limit()
        pacer = Pacer(in_flight, requests_per_minute, tokens_per_minute, now)
        seen = await crowd(pacer, endpoint, questions, latency=latency, tokens=tokens)
        return seen, seen.used(endpoint, latency)

    return run_in_virtual_time(main())


def most_within(moments: list[float], seconds: float) -> int:
    """The most moments in any stretch of so many seconds, its end excluded."""
    moments = sorted(moments)
    return max(bisect.bisect_left(moments, m + seconds - 1e-3) - i for i, m in enumerate(moments))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1.5", 1.5),
        ("1h2m3.5s", 3723.5),
        ("0s", 0.0),
        ("2m59.56s", 179.56),
        ("", None),
        (None, None),
        ("soon", None),
        ("-3s", None),
        ("3 s", None),
        ("1d", None),
        ("5s!", None),
    ],
)
def test_durations_are_read_as_openai_writes_them(text: str | None, seconds: float | None) -> None:
    assert seconds_in(text) == pytest.approx(seconds)


def headers(size: str, remaining: str, reset: str) -> dict[str, str]:
    return {
        "x-ratelimit-limit-requests": size,
        "x-ratelimit-remaining-requests": remaining,
        "x-ratelimit-reset-requests": reset,
    }


def test_a_limit_is_read_when_all_its_headers_are_there_and_sound() -> None:
    assert limit_in(headers("500", "499", "120ms"), "requests") == Limit(500, 499, 0.12)
    assert limit_in(headers("500", "900", "1s"), "requests") == Limit(500, 500, 1)
    assert limit_in(headers("500", "499", "1s"), "tokens") is None
    for bad in (("0", "0", "1s"), ("nan", "1", "1s"), ("inf", "1", "1s"), ("5", "-1", "1s"), ("5", "1", "soon")):
        assert limit_in(headers(*bad), "requests") is None
    assert limit_in({}, "requests") is None


@pytest.mark.parametrize(
    ("limit", "slowest_refill", "rate"),
    [
        (Limit(20, 10, 0.095), 1000, 100),
        (Limit(500, 499, 0.12), 1000, None),
        (Limit(500, 400, 0), 1000, None),
        (Limit(3, 0, 50), 1000, 0.05),
        (Limit(600, 300, 30), 10, 9.98),
        (Limit(600, 590, 59), 10, 10),
        (Limit(600, 60, 6), 10, 10),
    ],
)
def test_the_refill_rate_is_what_is_used_over_the_time_until_it_is_whole(
    limit: Limit, slowest_refill: float, rate: float | None
) -> None:
    """The last three: a window of a minute, at its middle, its beginning and its end."""
    found = limit.rate(slowest_refill)
    assert found == (None if rate is None else pytest.approx(rate, rel=0.01))


def test_an_endpoint_that_only_refuses_is_used_to_95_of_100_and_refuses_less_than_8_of_100() -> None:
    """Retry-After in whole seconds, 100 a second, bursts of 20, answers after 200 ms."""
    seen, used = simulated(lambda: Bucket(100, 20, told=False), 3000)
    assert len(seen.granted) == 3000
    assert used >= 0.95
    assert seen.refused_share < 0.08


def test_an_endpoint_with_rate_limit_headers_is_used_to_97_of_100_and_refuses_less_than_1_of_100() -> None:
    seen, used = simulated(lambda: Bucket(100, 20, told=True), 3000)
    assert len(seen.granted) == 3000
    assert used >= 0.97
    assert seen.refused_share < 0.01


def test_an_endpoint_that_refuses_a_share_at_any_pace_does_not_make_the_run_stand_still() -> None:
    """A fifth is refused whatever the pace: without a floor each refusal would slow the run down by a fifth."""

    async def main() -> tuple[float, float]:
        pacer, chance, passed = Pacer(64, clock=now), random.Random(1), 0

        async def one() -> None:
            nonlocal passed
            while True:
                await pacer.enter(0)
                refused = chance.random() < 0.2
                await asyncio.sleep(0 if refused else 0.2)
                pacer.leave()
                if not refused:
                    pacer.answered()
                    passed += 1
                    return
                pacer.refused(None)

        began = now()
        await asyncio.gather(*(one() for _ in range(3000)))
        return now() - began, passed

    seconds, passed = run_in_virtual_time(main())
    assert passed == 3000
    assert seconds < 120


def ten_a_second(told: bool) -> Bucket:
    return Bucket(10, 10, told=told)


def five_hundred_a_minute(told: bool) -> Bucket:
    return Bucket(500 / 60, 500, told=told)


def deep_bucket(told: bool) -> Bucket:
    return Bucket(100, 100, told=told)


def window_of_a_minute(told: bool) -> Window:
    return Window(500, 60, told=told)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(
    ("limit", "questions", "latency", "least_used", "most_refused"),
    [
        (ten_a_second, 1500, 2.0, 0.95, 0.08),
        (five_hundred_a_minute, 3000, 5.0, 0.90, 0.05),
        (deep_bucket, 3000, 0.2, 0.95, 0.08),
        (window_of_a_minute, 3000, 2.0, 0.80, 0.05),
    ],
    ids=["10 a second", "500 a minute", "deep bucket", "window of a minute"],
)
def test_other_limits_are_used_nearly_whole_as_well(
    limit: Endpoint,
    questions: int,
    latency: float,
    least_used: float,
    most_refused: float,
    told: bool,
) -> None:
    seen, used = simulated(lambda: limit(told), questions, latency=latency)
    assert len(seen.granted) == questions
    assert used >= least_used
    assert seen.refused_share < most_refused


def test_a_limit_of_tokens_that_headers_tell_is_kept() -> None:
    seen, _ = simulated(
        lambda: Bucket(5000, 300_000, told=True, kind="tokens"), 400, latency=5.0, tokens=6000, in_flight=64
    )
    tokens_a_second = 6000 * len(seen.granted) / seen.seconds
    assert seen.refused_share < 0.05
    assert tokens_a_second >= 0.9 * 5000


@pytest.mark.parametrize("per_minute", [6.0, 60.0, 600.0, 6000.0])
def test_a_ceiling_of_requests_is_never_exceeded_and_used_whole(per_minute: float) -> None:
    questions = 12 if per_minute < 60 else 200
    seen, _ = simulated(lambda: Bucket(1e6, 1e6, told=True), questions, requests_per_minute=per_minute)
    at_once = 1 + BURST_SECONDS * per_minute / 60
    for seconds in (1.0, 10.0, 60.0):
        assert most_within(seen.granted, seconds) <= at_once + per_minute / 60 * seconds
    assert questions - at_once <= per_minute / 60 * seen.seconds * 1.02
    assert seen.seconds <= (questions / per_minute * 60) * 1.02 + 0.2
    assert seen.refused == []


def test_a_ceiling_of_tokens_is_never_exceeded_by_more_than_one_question() -> None:
    seen, _ = simulated(lambda: Bucket(1e9, 1e9, told=True), 30, tokens=1000.0, tokens_per_minute=60_000.0)
    for seconds in (5.0, 15.0):
        assert 1000 * most_within(seen.granted, seconds) <= 1000 * seconds + 1000 + BURST_SECONDS * 1000
    assert seen.seconds <= 30


def test_headers_that_promise_more_do_not_lift_a_ceiling() -> None:
    async def main() -> float | None:
        pacer = Pacer(8, requests_per_minute=60, clock=now)
        for _ in range(100):
            pacer.learn(headers("10000", "9000", "1s"))
        return pacer.requests.rate

    assert run_in_virtual_time(main()) == 1.0


def test_the_first_question_never_waits_however_low_the_ceiling() -> None:
    seen, _ = simulated(lambda: Bucket(1e6, 1e6, told=False), 1, requests_per_minute=0.5)
    assert seen.granted == [pytest.approx(0.05, abs=0.01)]


def test_those_who_wait_in_line_follow_a_rate_that_rises_meanwhile() -> None:
    """At one in two minutes the line would take four hours; the headers of the first answer say otherwise."""

    async def main() -> float:
        pace = Pace(None, now)
        pace.told(Limit(120, 0, 3600))
        waiting = [asyncio.create_task(pace.take(1)) for _ in range(100)]
        await asyncio.sleep(10)
        for _ in range(30):
            pace.told(Limit(1000, 500, 5))
        await asyncio.gather(*waiting)
        return now()

    assert run_in_virtual_time(main()) < 15


def test_turns_are_given_in_the_order_of_asking() -> None:
    async def main() -> list[int]:
        pacer, order = Pacer(4, requests_per_minute=600, clock=now), list[int]()

        async def one(number: int) -> None:
            await pacer.enter(0)
            order.append(number)
            await asyncio.sleep(0.01 * (number % 3))
            pacer.leave()

        await asyncio.gather(*(one(n) for n in range(50)))
        return order

    assert run_in_virtual_time(main()) == list(range(50))


def test_a_refusal_that_asks_for_more_than_a_second_silences_those_in_line_as_well() -> None:
    async def main() -> list[float]:
        pacer, passed = Pacer(64, requests_per_minute=600, clock=now), list[float]()

        async def one() -> None:
            await pacer.enter(0)
            passed.append(now())
            pacer.leave()

        crowd_in_line = [asyncio.create_task(one()) for _ in range(30)]
        await asyncio.sleep(1)
        pacer.refused(20)
        await asyncio.gather(*crowd_in_line)
        return passed

    passed = run_in_virtual_time(main())
    assert [t for t in passed if 1.001 < t < 21] == []
    assert len([t for t in passed if t >= 21]) >= 15


def test_a_refusal_that_asks_for_a_second_or_says_nothing_silences_nobody_else() -> None:
    async def main() -> float:
        pacer = Pacer(8, clock=now)
        pacer.refused(1.0)
        pacer.refused(None)
        await pacer.enter(0)
        return now()

    assert run_in_virtual_time(main()) < 0.2


@pytest.mark.parametrize(("refused", "after_a_second"), [(False, 20), (True, 8)])
def test_few_are_in_flight_until_it_is_known_that_more_are_let_through(refused: bool, after_a_second: int) -> None:
    async def main() -> tuple[int, int, int]:
        pacer, entered = Pacer(20, clock=now), list[int]()

        async def one(number: int) -> None:
            await pacer.enter(0)
            entered.append(number)

        waiting = [asyncio.create_task(one(n)) for n in range(100)]
        await asyncio.sleep(0.01)
        at_first = len(entered)
        if refused:
            pacer.refused(None)
        await asyncio.sleep(1)
        later = len(entered)
        for _ in range(50):
            pacer.answered()
        await asyncio.sleep(10)
        for task in waiting:
            task.cancel()
        return at_first, later, len(entered)

    assert run_in_virtual_time(main()) == (8, after_a_second, 20)


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans(), st.integers(0, 5000)), min_size=1, max_size=40))
def test_those_who_give_up_while_waiting_leave_their_place_and_their_turn(
    those: list[tuple[float, bool, int]],
) -> None:
    """Whoever is cancelled at whatever moment, the others come through and every place is free in the end."""

    async def main() -> int:
        pacer, through = Pacer(3, requests_per_minute=1200, tokens_per_minute=600_000, clock=now), 0

        async def one(tokens: int) -> None:
            nonlocal through
            await pacer.enter(tokens)
            try:
                await asyncio.sleep(0.1)
                through += 1
            finally:
                pacer.leave()

        tasks = [(asyncio.create_task(one(tokens)), seconds, gives_up) for seconds, gives_up, tokens in those]
        for task, seconds, gives_up in sorted(tasks, key=lambda t: t[1]):
            if gives_up:
                await asyncio.sleep(max(0.0, seconds - now()))
                task.cancel()
        await asyncio.gather(*(t for t, _, _ in tasks), return_exceptions=True)
        await asyncio.wait_for(asyncio.gather(*(pacer.enter(1) for _ in range(3))), 60)
        return through

    assert run_in_virtual_time(main()) >= sum(not gives_up for _, gives_up, _ in those)


def test_a_pace_slowed_by_refusals_recovers_when_headers_say_that_hardly_anything_is_used() -> None:
    async def main() -> float:
        pacer, endpoint = Pacer(64, clock=now), Bucket(100, 20, told=True)
        pacer.learn(headers("20", "0", "2s"))
        await crowd(pacer, endpoint, 600)
        return now()

    assert run_in_virtual_time(main()) < 20


def test_a_waiting_that_nothing_ends_is_found_by_the_virtual_loop() -> None:
    """The tests above would hang or pass for nothing if it were not."""

    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="nothing is left to wait for"):
        run_in_virtual_time(main())
