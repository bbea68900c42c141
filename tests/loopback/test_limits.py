"""Limits admit what rate and burst allow, and tell the truth about it as OpenAI's headers do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loopback import Behaviour
from tests.loopback.limits import Limits, duration, retry_after


@given(st.floats(1, 500), st.integers(1, 50), st.lists(st.floats(0, 0.2), max_size=200))
def test_never_more_is_admitted_than_burst_and_rate_allow(rate: float, burst: int, gaps: list[float]) -> None:
    limits, now, admitted = Limits(Behaviour(rate=rate, burst=burst), 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        admitted += limits.admit(1, now).admitted
        assert admitted <= burst + rate * now + 1e-6


@given(st.floats(1, 500), st.integers(1, 50))
def test_who_waits_as_long_as_it_was_told_is_admitted(rate: float, burst: int) -> None:
    limits, now = Limits(Behaviour(rate=rate, burst=burst), 0.0), 0.0
    for _ in range(3 * burst):
        refused = limits.admit(1, now)
        if not refused.admitted:
            now += refused.wait
            assert limits.admit(1, now).admitted


def test_tokens_have_a_limit_of_their_own() -> None:
    limits = Limits(Behaviour(token_rate=100, token_burst=1000), 0.0)
    assert limits.admit(900, 0.0).admitted
    refused = limits.admit(200, 0.0)
    assert (refused.scarce, refused.wait) == ("tokens", pytest.approx(1.0))
    assert limits.admit(200, 1.0).admitted


def test_a_refusal_takes_nothing_out_of_the_other_bucket() -> None:
    limits = Limits(Behaviour(rate=1, burst=1, token_rate=1, token_burst=10, shown="bucket"), 0.0)
    assert not limits.admit(11, 0.0).admitted
    assert limits.admit(10, 0.0).admitted


def shown(text: str) -> dict[str, str]:
    return dict(line.removeprefix("x-ratelimit-").split(": ") for line in text.strip().split("\r\n"))


def test_headers_tell_the_bucket_what_is_left_and_when_it_is_full() -> None:
    limits = Limits(Behaviour(rate=100, burst=20, token_rate=1000, token_burst=60_000, shown="bucket"), 0.0)
    assert shown(limits.admit(6000, 0.0).headers) == {
        "limit-requests": "20",
        "remaining-requests": "19",
        "reset-requests": "10ms",
        "limit-tokens": "60000",
        "remaining-tokens": "54000",
        "reset-tokens": "6s",
    }


def test_headers_can_tell_a_minutes_allowance_while_the_bucket_is_smaller() -> None:
    limits = Limits(Behaviour(rate=100, burst=1, shown="minute"), 0.0)
    first, second = limits.admit(1, 0.0), limits.admit(1, 0.0)
    assert (first.admitted, second.admitted) == (True, False)
    told = shown(second.headers)
    assert (told["limit-requests"], told["remaining-requests"], told["reset-requests"]) == ("6000", "5999", "10ms")
    assert (told["remaining-tokens"], told["reset-tokens"]) == (told["limit-tokens"], "0s")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.0001, "1ms"), (0.12, "120ms"), (1, "1s"), (8.64, "8.64s"), (360, "6m0s"), (3661.5, "1h1m1.5s")],
)
def test_times_are_written_as_the_service_writes_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("seconds", "retry-after: 2\r\n"),
        ("milliseconds", "retry-after-ms: 1200\r\n"),
        ("date", "retry-after: Thu, 01 Jan 1970 00:00:12 GMT\r\n"),
        ("none", ""),
    ],
)
def test_the_wait_is_told_in_the_chosen_way(kind: str, header: str) -> None:
    assert retry_after(Behaviour(retry_after=kind), 1.2, 10.0) == header
