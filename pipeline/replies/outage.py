"""Notices that an endpoint is down, so that a run stops instead of spending its retries on every question in turn.

A circuit breaker that opens once: after `seconds` in which no question was answered or refused in an orderly way and at
least five attempts in a row failed (no connection, a broken one, no answer in time, a status of 500 or above). A run
that was stopped is started again by its user, so it never closes. Knows no client; the clock is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_LEAST_FAULTS = 5


class Outage:
    """What is known of the endpoint's health. `why` is None while it may be asked."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._faults = 0
        self._since = 0.0
        self.why: str | None = None

    def alive(self) -> None:
        """The endpoint said something sensible, be it a refusal."""
        self._faults = 0

    def fault(self, message: str) -> None:
        """An attempt failed as attempts do when an endpoint is down."""
        now = self._clock()
        if self._faults == 0:
            self._since = now
        self._faults += 1
        silent = now - self._since
        if self.why is None and self._faults >= _LEAST_FAULTS and silent >= self._seconds:
            self.why = f"the endpoint is down: nothing came of {self._faults} attempts in {silent:.0f} s ({message})"
