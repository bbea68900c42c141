"""How the loopback server behaves: what may be set, what may go wrong, and which request it befalls.

Promises: which fault befalls a request is decided by seed, question and attempt alone, so that a run can be repeated
however its requests are ordered. Does no I/O.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

FAULTS = ("429", "500", "hang", "broken_body", "broken_content", "cut_off", "drip", "cut_connection", "html")
"""Refused; failed; never answered; an HTTP body that is no JSON; content that is no JSON; finish_reason length; sent
slowly but whole; connection closed in mid-body; an HTML page with status 200."""

SHOWN = ("none", "bucket", "minute")
RETRY_AFTER = ("seconds", "milliseconds", "date", "none")


@dataclass(frozen=True)
class Behaviour:
    """Everything that can be set, also while the server runs. ValueError for what cannot be.

    - What is said: `content` to every question; before it `contents`, by the name of the reply's schema; before both
      the function `model`, given as "module:function", which makes a text of a request body.
    - `rate` requests a second with `burst` at once (0: no limit), `token_rate` and `token_burst` likewise; who comes
      too early gets 429 at once. `retry_after`: how the 429 tells the time.
    - `shown`: OpenAI's x-ratelimit headers on every answer; as limit the size of the bucket, or a minute's allowance.
    - `faults`: shares of the admitted requests, by names of FAULTS.
    - `by_question` off: nothing is counted by question and no usage of caches is reported, which saves the server the
      reading of the bodies. A model or faults read them all the same.
    """

    latency_seconds: float = 0.0
    content: str = "{}"
    contents: Mapping[str, str] = field(default_factory=dict[str, str])
    model: str = ""
    rate: float = 0.0
    burst: float = 1.0
    token_rate: float = 0.0
    token_burst: float = 1.0
    shown: str = "none"
    retry_after: str = "seconds"
    faults: Mapping[str, float] = field(default_factory=dict[str, float])
    seed: int = 0
    drip_seconds: float = 0.2
    clock_skew_seconds: float = 0.0
    by_question: bool = True

    def __post_init__(self) -> None:
        if unknown := self.faults.keys() - set(FAULTS):
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
        if not 0 <= sum(self.faults.values()) <= 1 or min(self.faults.values(), default=0) < 0:
            raise ValueError("the shares of the faults must lie between 0 and 1 and make up 1 at most")
        if self.shown not in SHOWN:
            raise ValueError(f"shown is one of {', '.join(SHOWN)}, not {self.shown!r}")
        if self.retry_after not in RETRY_AFTER:
            raise ValueError(f"retry_after is one of {', '.join(RETRY_AFTER)}, not {self.retry_after!r}")
        if (self.rate and self.burst < 1) or (self.token_rate and self.token_burst < 1):
            raise ValueError("a bucket of less than 1 admits nothing")

    @property
    def reads_bodies(self) -> bool:
        """Whether request bodies must be understood, and not only be counted."""
        return self.by_question or bool(self.model) or bool(self.faults)

    def fault(self, question: str, attempt: int) -> str | None:
        """The fault that befalls this attempt at a question, or None. The first attempt is number 1."""
        drawn = _fraction(f"{self.seed}:{question}:{attempt}")
        for name in FAULTS:
            drawn -= self.faults.get(name, 0.0)
            if drawn < 0:
                return name
        return None


def _fraction(text: str) -> float:
    """A number from 0 to below 1, evenly spread, that depends on the text alone."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48
