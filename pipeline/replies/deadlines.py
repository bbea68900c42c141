"""How long a run and each of its claims may go on asking.

Promises: after a limit nothing new is asked; what is in flight is waited for, because it is paid for. So a claim ends
at most the time of one question after its limit. Knows no endpoint; the clock is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.settings import Settings


class Deadlines:
    """Limits in seconds, from the first question of the run and of each claim; None is no limit."""

    def __init__(
        self, run_seconds: float | None, claim_seconds: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._run_seconds = run_seconds
        self._claim_seconds = claim_seconds
        self._clock = clock
        self._began: float | None = None
        self._claims: dict[str, float] = {}

    @classmethod
    def of(cls, settings: Settings) -> Deadlines:
        """The limits of the settings."""
        return cls(settings.run_seconds, settings.claim_seconds)

    def over(self, claim: str | None = None) -> str | None:
        """Why nothing may be asked any more on behalf of `claim` (None: of the run), or None while it may."""
        now = self._clock()
        if self._began is None:
            self._began = now
        if self._run_seconds is not None and now - self._began >= self._run_seconds:
            return f"the run's limit of {self._run_seconds:g} s is over"
        if claim is None or self._claim_seconds is None:
            return None
        if now - self._claims.setdefault(claim, now) >= self._claim_seconds:
            return f"the claim's limit of {self._claim_seconds:g} s is over"
        return None

    def done(self, claim: str) -> None:
        """The claim is finished; its time is forgotten."""
        self._claims.pop(claim, None)
