"""Rate limits as hosted models have them: token buckets for requests and tokens, told in OpenAI's headers.

Pure but for the time, which is given: seconds of any steady clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from email.utils import formatdate

from tests.loopback.behaviour import Behaviour

PLENTY = 30_000_000
"""What is shown as the limit of something that is not limited."""

ANY_MOMENT = 0.02
"""Seconds that a refusal asks for which is a fault, not the limit's."""


class Bucket:
    """Full at first; fills at `rate` a second up to `size`."""

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate = rate
        self.size = size
        self.level = size
        self._filled = now

    def fill(self, now: float) -> None:
        self.level = min(self.size, self.level + (now - self._filled) * self.rate)
        self._filled = now

    def lacks(self, amount: float) -> float:
        """Seconds until `amount` is there; 0 when it is."""
        # Sums of times are inexact: a bucket a billionth short of a request holds it.
        missing = amount - self.level
        return missing / self.rate if missing > 1e-9 else 0.0

    def headers(self, kind: str) -> str:
        reset = duration((self.size - self.level) / self.rate)
        return _three(kind, int(self.size), max(0, math.floor(self.level)), reset)


@dataclass(frozen=True)
class Admission:
    """Whether a request may pass; if not, seconds to wait and of which thing there was too much."""

    wait: float
    scarce: str
    headers: str

    @property
    def admitted(self) -> bool:
        return not self.scarce


class Limits:
    """The buckets of one behaviour."""

    def __init__(self, behaviour: Behaviour, now: float) -> None:
        self._behaviour = behaviour
        self._requests = Bucket(behaviour.rate, behaviour.burst, now) if behaviour.rate else None
        self._tokens = Bucket(behaviour.token_rate, behaviour.token_burst, now) if behaviour.token_rate else None
        self._minute = Bucket(behaviour.rate, 60 * behaviour.rate, now) if behaviour.rate else None

    def admit(self, tokens: int, now: float) -> Admission:
        """Takes one request of `tokens` tokens out of the buckets if all of them hold it, else nothing."""
        amounts = ((self._requests, "requests", 1.0), (self._tokens, "tokens", float(tokens)))
        wait, scarce = 0.0, ""
        for bucket, kind, amount in amounts:
            if bucket is not None:
                bucket.fill(now)
                if (lacking := bucket.lacks(amount)) > wait:
                    wait, scarce = lacking, kind
        if self._minute is not None:
            self._minute.fill(now)
        if not scarce:
            for bucket, _, amount in (*amounts, (self._minute, "", 1.0)):
                if bucket is not None:
                    bucket.level -= amount
        return Admission(wait, scarce, self._shown())

    def _shown(self) -> str:
        if self._behaviour.shown == "none":
            return ""
        requests = self._requests if self._behaviour.shown == "bucket" else self._minute
        return _headers(requests, "requests") + _headers(self._tokens, "tokens")


def retry_after(behaviour: Behaviour, wait: float, server_time: float) -> str:
    """The header that tells how long to wait, or nothing. A date is one of the server's own clock."""
    seconds = max(1, math.ceil(wait))
    match behaviour.retry_after:
        case "seconds":
            return f"retry-after: {seconds}\r\n"
        case "milliseconds":
            return f"retry-after-ms: {math.ceil(1000 * wait)}\r\n"
        case "date":
            return f"retry-after: {formatdate(math.ceil(server_time + wait), usegmt=True)}\r\n"
        case _:
            return ""


def duration(seconds: float) -> str:
    """A time as OpenAI's headers write it: 120ms, 1s, 6m0s. Rounded up to whole milliseconds."""
    milliseconds = math.ceil(1000 * seconds - 1e-6)
    if milliseconds <= 0:
        return "0s"
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    longer = (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "")
    return f"{longer}{rest / 1000:g}s"


def _headers(bucket: Bucket | None, kind: str) -> str:
    return _three(kind, PLENTY, PLENTY, "0s") if bucket is None else bucket.headers(kind)


def _three(kind: str, limit: int, remaining: int, reset: str) -> str:
    return (
        f"x-ratelimit-limit-{kind}: {limit}\r\n"
        f"x-ratelimit-remaining-{kind}: {remaining}\r\n"
        f"x-ratelimit-reset-{kind}: {reset}\r\n"
    )
