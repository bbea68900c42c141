"""Paces questions under an endpoint's limits of requests and tokens, which it learns while it asks.

Where the endpoint sends rate-limit headers, the pace follows them: the refill rate of the limit, a little faster while
much of it remains and slower when little does, so that it is used whole and hardly ever overrun. Where it only refuses,
the pace is additive increase and multiplicative decrease: between two refusals (bucket empty both times) as many
questions were let through as the limit refilled, which measures it. A refusal that asks for more than a second of
silence silences everybody. Until anything is known, few questions are in flight at first; as long as nothing is refused
more follow every moment, and each answer lets some follow, too. The only module that imports aiolimiter; knows no
client.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from aiolimiter import AsyncLimiter

BURST_SECONDS = 0.1
"""How much unused time may be made up for at once."""

_FIRST_IN_FLIGHT = 8
_GROWTH = 3
_RAMP_SECONDS = 0.025
_RAMP_GROWTH = 0.12
_FIRST_MEASURE = 0.1
_SHORTEST_MEASURE = 0.25
_LONG_MEASURE = 2.0
_DECREASE = 0.98
_INCREASE_A_SECOND = 0.01
_FASTEST_INCREASE = 50
_ROOMY_INCREASE = 15
_STEERING = 0.4
_RECOVERY = 1.5
_TRIES = 2
_FEWEST_TO_JUDGE = 30
_SHARE_OF_NOISE = 0.05
_SHARE_OF_OVERLOAD = 0.6
_SMALLEST_DEFICIT = 3
_SLOWEST = 1 / 120
_UNIT = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)?")


class Limit(NamedTuple):
    """What headers say of one limit: its size, what remains of it, seconds until it is whole again."""

    size: float
    remaining: float
    reset: float

    def rate(self, slowest_refill: float) -> float | None:
        """Refill a second; None while too little is used to tell.

        A bucket refills what is used until `reset`. A window of a minute gives a sixtieth of its size, and the nearer
        its end the less `reset` says; `slowest_refill`, the size over the longest reset seen, bounds that.
        """
        used = self.size - self.remaining - 0.5  # what remains is rounded down
        if self.reset <= 0 or used < min(_SMALLEST_DEFICIT, self.size / 2):
            return None
        return min(max(used / self.reset, self.size / 60), slowest_refill)


def limit_in(headers: Mapping[str, str], kind: str) -> Limit | None:
    """The limit of `kind` (requests, tokens) in OpenAI's x-ratelimit headers, or None when they are not all there."""
    size = _number(headers.get(f"x-ratelimit-limit-{kind}"))
    remaining = _number(headers.get(f"x-ratelimit-remaining-{kind}"))
    reset = seconds_in(headers.get(f"x-ratelimit-reset-{kind}"))
    if size is None or remaining is None or reset is None or size <= 0:
        return None
    return Limit(size, min(remaining, size), reset)


def seconds_in(text: str | None) -> float | None:
    """Seconds of a duration as OpenAI writes it ("6m0s", "120ms", "1.5"); None for what is none."""
    parts = _DURATION.findall(text or "")
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNIT[unit or "s"] for number, unit in parts)


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


class Pace:
    """One limit: a rate a second (None: none known) and the line that waits for its turn."""

    def __init__(
        self, rate: float | None, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.rate = rate
        self._clock = clock
        self._sleep = sleep
        self._ceiling = rate
        # The limiter measures time, not questions: each takes 1/rate seconds of it. So a new rate needs no new limiter,
        # which would give away its whole burst again.
        self._limiter = AsyncLimiter(BURST_SECONDS, BURST_SECONDS)
        self._line = asyncio.Lock()
        self._owed = 0.0
        self._passed = 0.0
        self._since: float | None = None
        self._longest: Limit | None = None
        self._longest_at = 0.0
        self._roomy = False
        self._measured = False
        self._refused = 0.0
        self._share = 0.0
        self._alike = 0
        self._calm_since: float | None = None
        self._increased_at = clock()
        self._silent_until = 0.0

    async def take(self, amount: float) -> None:
        """Wait for the turn of a question of `amount` (1 request, or its tokens).

        The turn comes when the question before is paid for in time, so the first never waits; at most `amount` more
        than the rate allows, and what `BURST_SECONDS` allow, pass in any stretch of time.
        """
        async with self._line:
            await self._pay()
            while (wait := self._silent_until - self._clock()) > 0:
                await self._sleep(wait)
            if self.rate is not None:
                self._owed = amount
        now = self._clock()
        self._since = now if self._since is None else self._since
        self._passed += amount

    def silence(self, seconds: float) -> None:
        """Let nobody pass for a while."""
        self._silent_until = max(self._silent_until, self._clock() + seconds)

    def told(self, limit: Limit) -> None:
        """Follow what headers say."""
        longest = self._longest_of(limit).reset
        rate = limit.rate(limit.size / longest if longest else math.inf)
        # Where hardly anything of the limit is used and somebody waits all the same, the pace is too slow.
        self._roomy = rate is None
        if rate is None:
            return
        steered = rate * (1 + _STEERING * (limit.remaining / limit.size - 0.5))
        self._set(steered if self.rate is None else 0.7 * self.rate + 0.3 * steered)

    def _longest_of(self, limit: Limit) -> Limit:
        """The moment of this limit with the longest reset; a window shows it anew each time it begins."""
        known, now = self._longest, self._clock()
        old = known is None or known.size != limit.size or now - self._longest_at > 2 * known.reset
        if known is None or old or limit.reset >= known.reset:
            self._longest, self._longest_at = limit, now
            return limit
        return known

    def refused(self, amount: float, *, told: bool) -> None:
        """A question was refused and did not count. `told`: headers lead, so a refusal only slows down a little."""
        self._passed = max(0.0, self._passed - amount)
        self._refused += amount
        if told:
            if self.rate is not None:
                self._set(self.rate * _DECREASE)
            return
        now = self._clock()
        elapsed = now - (self._since if self._since is not None else now)
        shortest = _SHORTEST_MEASURE if self._measured else _FIRST_MEASURE
        if self.rate is not None and self._calm_since is not None and elapsed < shortest:
            return
        if self._alike and self._passed + self._refused < _FEWEST_TO_JUDGE and elapsed < 2 * _LONG_MEASURE:
            return
        if self._calm_since is None:
            self._set(max(1.0, self._passed) / max(elapsed, 0.05) * _DECREASE)
        else:
            self._measured = True
            rate = self.rate or 0.0
            lowest = rate / (2 if elapsed < _LONG_MEASURE else 10)
            measured = max(self._passed / elapsed * _DECREASE, lowest)
            self._set(rate * _RECOVERY if self._in_vain(self._refused / (self._refused + self._passed)) else measured)
        self._since, self._passed, self._refused = now, 0.0, 0.0
        self._calm_since = self._increased_at = now

    def _in_vain(self, share: float) -> bool:
        """Whether slowing down has not helped: an endpoint that refuses a like share at any pace refuses for reasons of
        its own, and going slower and slower would only make the run stand still."""
        alike = _SHARE_OF_NOISE <= share <= _SHARE_OF_OVERLOAD and share > self._share / 2
        self._alike = self._alike + 1 if alike else 0
        if self._alike <= _TRIES:
            self._share = share
        elif share > 2 * self._share:
            self._alike = 0
        return self._alike > _TRIES

    async def _pay(self) -> None:
        """Wait until what is owed is paid, at the rate of each moment."""
        while self.rate is not None and self._owed > 0:
            piece = min(self._owed / self.rate, BURST_SECONDS)
            paid = self._owed if piece < BURST_SECONDS else piece * self.rate
            if not self._limiter.has_capacity(piece):
                self._increase()
            await self._limiter.acquire(piece)
            self._owed -= paid

    def _increase(self) -> None:
        """Somebody has to wait, so try a little more: the longer nothing has been refused, the faster."""
        now = self._clock()
        since, self._increased_at = now - self._increased_at, now
        if self.rate is None or (self._calm_since is None and not self._roomy):
            return
        calm = (1 + (now - (self._calm_since or now))) ** 1.3
        times = _ROOMY_INCREASE if self._roomy else min(_FASTEST_INCREASE, calm)
        self._set(self.rate * (1 + _INCREASE_A_SECOND * times * min(since, 1.0)))

    def _set(self, rate: float) -> None:
        rate = max(rate, _SLOWEST)
        self.rate = rate if self._ceiling is None else min(rate, self._ceiling)


class Pacer:
    """The turns of a run, at most `in_flight` at a time. Requests and tokens a minute are what the user allows at the
    most; None: what is learnt. Every `enter` needs one `leave`.
    """

    def __init__(
        self,
        in_flight: int,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.requests = Pace(None if requests_per_minute is None else requests_per_minute / 60, clock, sleep)
        self.tokens = Pace(None if tokens_per_minute is None else tokens_per_minute / 60, clock, sleep)
        self._places = min(_FIRST_IN_FLIGHT, in_flight)
        self._most = in_flight
        self._free = asyncio.Semaphore(self._places)
        self._told = False
        self._ramping: bool | None = None

    async def enter(self, tokens: float) -> None:
        """Wait for the turn of a question of about `tokens`, and take a place in flight."""
        if self._ramping is None:
            self._ramping = True
            asyncio.get_running_loop().call_later(_RAMP_SECONDS, self._ramp)
        await self._free.acquire()
        try:
            await self.requests.take(1)
            await self.tokens.take(tokens)
        except BaseException:
            self._free.release()
            raise

    def leave(self) -> None:
        """Give the place back."""
        self._free.release()

    def learn(self, headers: Mapping[str, str]) -> None:
        """Learn from the headers of any answer, refusals too."""
        for kind, pace in (("requests", self.requests), ("tokens", self.tokens)):
            if limit := limit_in(headers, kind):
                self._told = True
                pace.told(limit)

    def answered(self) -> None:
        """A question was let through: more may be in flight."""
        self._open(_GROWTH)

    def refused(self, wait: float | None) -> None:
        """A question was refused for its pace (429). `wait`: the seconds that the endpoint asks for.

        Whole seconds are the finest that Retry-After can say, so a second concerns the question alone; more than that
        is meant for everybody.
        """
        self._ramping = False
        self.requests.refused(1, told=self._told)
        if wait is not None and wait > 1:
            self.requests.silence(wait)

    def _ramp(self) -> None:
        """Refusals come back at once, answers take their time: silence says that there is room."""
        if self._ramping and not self._told and self._places < self._most:
            self._open(math.ceil(self._places * _RAMP_GROWTH))
            asyncio.get_running_loop().call_later(_RAMP_SECONDS, self._ramp)

    def _open(self, places: int) -> None:
        more = min(places, self._most - self._places)
        self._places += more
        for _ in range(more):
            self._free.release()
