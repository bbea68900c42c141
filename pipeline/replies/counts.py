"""Counts questions, answers, faults, tokens and money while a run goes on.

Promises: counts are exact for what passed through; money is None as long as a price is not set, never a guess.
Prints nothing: a progress display gives `on_change` and draws what it is handed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.completion import content_of, usage_of
from pipeline.replies.driver import Answer
from pipeline.settings import Settings
from schemas.wire import UNANSWERED, ReplyLine, RequestLine


@dataclass(frozen=True)
class Counts:
    """A moment of a run. Tokens and money are of the replies asked for now, not of those kept from before.

    `asked` counts questions put to the driver, `answered` those that gave a text, `failed` those that did not, by
    code; `unreported` counts answers whose provider gave no usage, which `money` cannot include. `money` is in the
    currency of the prices, per million tokens, cached prompt tokens at full price.
    """

    asked: int = 0
    under_way: int = 0
    answered: int = 0
    kept: int = 0
    failed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    unreported: int = 0
    money: float | None = None


class Meter:
    """Wraps drivers and counts what passes. One meter per run; not for several threads."""

    def __init__(self, settings: Settings, on_change: Callable[[Counts], None] | None = None) -> None:
        self._prices = (settings.price_per_million_input, settings.price_per_million_output)
        self._on_change = on_change
        self._asked = self._under_way = self._answered = self._kept = 0
        self._prompt = self._cached = self._completion = self._unreported = 0
        self._failed: Counter[str] = Counter()

    @property
    def counts(self) -> Counts:
        """The counts of this moment."""
        return Counts(
            asked=self._asked,
            under_way=self._under_way,
            answered=self._answered,
            kept=self._kept,
            failed=MappingProxyType(dict(self._failed)),
            prompt_tokens=self._prompt,
            cached_tokens=self._cached,
            completion_tokens=self._completion,
            unreported=self._unreported,
            money=self._money(),
        )

    def measured(self, answer: Answer) -> Answer:
        """`answer`, counted. What it raises passes through, and the question is no longer under way."""

        async def answered(request: RequestLine) -> ReplyLine:
            self._asked += 1
            self._under_way += 1
            self._changed()
            try:
                reply = await answer(request)
                self._count(reply)
                return reply
            finally:
                self._under_way -= 1
                self._changed()

        return answered

    def count_kept(self, reply: ReplyLine) -> None:
        """Count a reply that was known already and cost nothing now; one without a text counts by its code, too."""
        self._kept += 1
        _, error = content_of(reply)
        if error is not None:
            self._failed[error.code] += 1
        self._changed()

    def _count(self, reply: ReplyLine) -> None:
        _, error = content_of(reply)
        if error is None:
            self._answered += 1
        else:
            self._failed[error.code] += 1
            if error.code == UNANSWERED:
                self._asked -= 1
        usage = usage_of(reply)
        self._prompt += usage.prompt_tokens
        self._cached += usage.cached_tokens
        self._completion += usage.completion_tokens
        self._unreported += usage.unreported

    def _money(self) -> float | None:
        price_in, price_out = self._prices
        if price_in is None or price_out is None:
            return None
        return (self._prompt * price_in + self._completion * price_out) / 1_000_000

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self.counts)
