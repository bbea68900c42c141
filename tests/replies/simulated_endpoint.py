"""An endpoint in virtual time that limits its callers with a token bucket or a window, and a crowd that asks it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.replies.limits import Pacer
from tests.replies.virtual_time import now

_WAY = 0.05
"""Seconds from us to the endpoint."""

NO_HEADERS: Mapping[str, str] = {}


class Bucket:
    """`size` may be asked at once, `rate` more every second. `headers` are OpenAI's, or none with `told` False."""

    def __init__(self, rate: float, size: float, *, told: bool, kind: str = "requests") -> None:
        self.rate = rate
        self.size = size
        self.left = size
        self._told = told
        self._kind = kind
        self._at = now()

    def take(self, amount: float = 1) -> bool:
        self.left = min(self.size, self.left + (now() - self._at) * self.rate)
        self._at = now()
        granted = self.left >= amount
        self.left -= amount if granted else 0
        return granted

    def headers(self) -> Mapping[str, str]:
        if not self._told:
            return NO_HEADERS
        return {
            f"x-ratelimit-limit-{self._kind}": f"{self.size:.0f}",
            f"x-ratelimit-remaining-{self._kind}": f"{math.floor(max(0.0, self.left))}",
            f"x-ratelimit-reset-{self._kind}": f"{round(1000 * (self.size - self.left) / self.rate)}ms",
        }

    def retry_after(self) -> float:
        return math.ceil(max(0.001, (1 - self.left) / self.rate))


class Window:
    """`size` may be asked in each `seconds`, counted anew at each beginning."""

    def __init__(self, size: float, seconds: float, *, told: bool) -> None:
        self.rate = size / seconds
        self.size = size
        self._seconds = seconds
        self._told = told
        self._window = -1.0
        self.left = size

    def take(self, amount: float = 1) -> bool:
        window = now() // self._seconds
        if window != self._window:
            self._window, self.left = window, self.size
        granted = self.left >= amount
        self.left -= amount if granted else 0
        return granted

    def headers(self) -> Mapping[str, str]:
        if not self._told:
            return NO_HEADERS
        return {
            "x-ratelimit-limit-requests": f"{self.size:.0f}",
            "x-ratelimit-remaining-requests": f"{self.left:.0f}",
            "x-ratelimit-reset-requests": f"{self._seconds - now() % self._seconds:.3f}s",
        }

    def retry_after(self) -> float:
        return math.ceil(self._seconds - now() % self._seconds)


@dataclass
class Seen:
    """What came of a crowd: the moments at which it was let through and refused, and its deepest crowding."""

    granted: list[float] = field(default_factory=list[float])
    refused: list[float] = field(default_factory=list[float])
    most_in_flight: int = 0
    longest_wait: float = 0.0

    @property
    def refused_share(self) -> float:
        return len(self.refused) / (len(self.granted) + len(self.refused))

    @property
    def seconds(self) -> float:
        return max(self.granted)

    def used(self, limit: Bucket | Window, latency: float) -> float:
        """Share of what the limit would have let through meanwhile."""
        return len(self.granted) / (limit.size + limit.rate * max(1e-9, self.seconds - latency))


async def crowd(
    pacer: Pacer, limit: Bucket | Window, questions: int, *, latency: float = 0.2, tokens: float = 0.0
) -> Seen:
    """All `questions` at once through the pacer, each asked again until it is let through.

    The answer takes `latency` seconds; a refusal is said at once.
    """
    seen, in_flight = Seen(), 0

    async def one() -> None:
        nonlocal in_flight
        while True:
            waited = now()
            await pacer.enter(tokens)
            seen.longest_wait = max(seen.longest_wait, now() - waited)
            in_flight += 1
            seen.most_in_flight = max(seen.most_in_flight, in_flight)
            await asyncio.sleep(_WAY)
            granted, headers, wait = limit.take(tokens or 1), limit.headers(), limit.retry_after()
            (seen.granted if granted else seen.refused).append(now())
            await asyncio.sleep(_WAY + (latency - 2 * _WAY if granted else 0.0))
            in_flight -= 1
            pacer.learn(headers)
            if granted:
                pacer.answered()
            else:
                pacer.refused(wait)
            pacer.leave()
            if granted:
                return
            await asyncio.sleep(wait)

    await asyncio.gather(*(one() for _ in range(questions)))
    return seen
