"""What the loopback server was asked, and what became of it.

A question is known by the sha256 of its body as canonical JSON, without what concerns only how it is sent; for bodies
of this project that is the second half of their `custom_id`. A reply counts as completed when a chat completion, good
or bad, was written whole to an open connection: that is what a provider would charge for.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

_HOW_IT_IS_SENT = frozenset(
    {"stream", "stream_options", "prompt_cache_key", "service_tier", "store", "metadata", "user", "safety_identifier"}
)


def identity(body: dict[str, Any]) -> str:
    """The question's hash. `max_tokens` is what older servers call `max_completion_tokens`."""
    asked = {k: v for k, v in body.items() if k not in _HOW_IT_IS_SENT}
    if "max_tokens" in asked:
        asked.setdefault("max_completion_tokens", asked.pop("max_tokens"))
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Ledger:
    """Counters since the last reset; what is under way stays counted across a reset."""

    def __init__(self, under_way: int = 0) -> None:
        self.requests = 0
        self.completed = 0
        self.abandoned = 0
        self.refused = 0
        self.bytes_in = 0
        self.connections = 0
        self.under_way = under_way
        self.most_under_way = under_way
        self.first: float | None = None
        self.last_admitted = 0.0
        self.statuses: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self._admitted: Counter[str] = Counter()

    def arrived(self, size: int, question: str | None, now: float) -> None:
        self.requests += 1
        self.bytes_in += size
        self.first = now if self.first is None else self.first
        if question is not None:
            self.asked[question] += 1

    def admitted(self, question: str | None, now: float) -> int:
        """Which attempt at its question this is, refusals by the limit not counted."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self.last_admitted = now
        if question is None:
            return 1
        self._admitted[question] += 1
        return self._admitted[question]

    def ended(self, question: str | None, status: int, *, completed: bool) -> None:
        self.under_way -= 1
        self.statuses[status] += 1
        if completed:
            self.completed += 1
            if question is not None:
                self.answered[question] += 1

    def left(self) -> None:
        """The client went away before its answer was there."""
        self.under_way -= 1
        self.abandoned += 1

    def stats(self) -> dict[str, object]:
        return {
            "requests": self.requests,
            "completed": self.completed,
            "refused": self.refused,
            "abandoned": self.abandoned,
            "bytes_in": self.bytes_in,
            "connections": self.connections,
            "under_way": self.under_way,
            "most_under_way": self.most_under_way,
            "seconds": max(0.0, self.last_admitted - (self.first or 0.0)),
            "statuses": {str(k): v for k, v in self.statuses.items()},
            "faults": self.faults,
            "questions": {k: (n, self.answered[k]) for k, n in self.asked.items()},
        }
