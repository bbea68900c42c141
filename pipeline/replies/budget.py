"""A budget as a hard stop: money is reserved before a question is asked and settled when its answer is there.

Promises: what is spent never exceeds the budget by more than what was in flight; where providers report their usage and
prices are right it does not exceed it at all, because the most that an answer can cost is reserved. What came back
without usage, or never came back after it was sent, counts as spent in full. Asks nobody, keeps nothing.
"""

from __future__ import annotations

import asyncio
import json
import math
from decimal import Decimal
from typing import Any

from pipeline.completion import usage_of
from pipeline.errors import SetupError
from pipeline.replies.prices import PriceTable
from schemas.analysis import Usage
from schemas.wire import ReplyLine, RequestLine

BYTES_A_TOKEN = 2.7
"""Bytes of UTF-8 that make one token at the least, measured on study text full of statistics."""


def prompt_tokens(body: dict[str, Any]) -> int:
    """Tokens of a question, rather too many: its whole body, schema included."""
    return math.ceil(len(json.dumps(body, ensure_ascii=False).encode()) / BYTES_A_TOKEN)


def most_tokens(request: RequestLine) -> Usage:
    """The most that a question can take: its prompt, and an answer as long as it may be."""
    limit = request.body.get("max_completion_tokens")
    longest = limit if isinstance(limit, int) else 0
    return Usage(replies=1, prompt_tokens=prompt_tokens(request.body), completion_tokens=longest)


class Reservation:
    """Money set aside for one attempt. Exactly one of `settle`, `release` and `lose` ends it."""

    def __init__(self, budget: Budget, model: str, most: Decimal) -> None:
        self._budget = budget
        self._model = model
        self._most = most

    def settle(self, reply: ReplyLine) -> None:
        """An answer came: what it cost is spent; all of it when the provider reported no usage."""
        self._budget.end(self._most, self._budget.cost_of(self._model, usage_of(reply), self._most))

    def release(self) -> None:
        """The endpoint refused or could not be reached: nothing is spent."""
        self._budget.end(self._most, Decimal(0))

    def lose(self) -> None:
        """The question went out and no answer came back: it may have been paid for, so all of it is spent."""
        self._budget.end(self._most, self._most)


class Budget:
    """Money for one run, in the currency of the prices. SetupError for a model without a price: see `check`."""

    def __init__(self, limit: Decimal, prices: PriceTable, *, batch: bool = False) -> None:
        self.limit = limit
        self.spent = Decimal(0)
        self.reserved = Decimal(0)
        self._in_flight = 0
        self._prices = prices
        self._batch = batch
        self._changed = asyncio.Event()

    def check(self, models: set[str]) -> None:
        """SetupError unless every model has a price: what costs an unknown amount cannot be held to a budget."""
        if unpriced := sorted(m for m in models if self._prices.of(m) is None):
            raise SetupError(
                f"--budget needs prices, and {unpriced[0]!r} has none; name a price table with MECHSYN_PRICES, "
                "or run without a budget"
            )

    async def reserve(self, request: RequestLine) -> Reservation | str:
        """Set aside the most that `request` can cost, waiting for answers in flight to free money if need be.

        Why not, in words, when it does not fit although nothing is in flight any more. An estimate in bytes can be too
        low for odd text, so what is spent in the end may differ; it is counted as it comes.
        """
        most = self._most(request)
        while (why := self._too_much(most)) is not None:
            if not self._in_flight:
                return why
            self._changed.clear()
            await self._changed.wait()
        return self._reservation(request, most)

    def reserve_now(self, request: RequestLine) -> Reservation | str:
        """`reserve` without waiting for what is in flight, which in a batch may take a day."""
        most = self._most(request)
        return self._too_much(most) or self._reservation(request, most)

    def hold(self, request: RequestLine) -> Reservation:
        """Set aside what a question can cost that has gone out already, in an earlier run, whatever the limit says."""
        return self._reservation(request, self._most(request))

    def _most(self, request: RequestLine) -> Decimal:
        model = str(request.body.get("model"))
        most = self._prices.cost(model, most_tokens(request), batch=self._batch)
        if most is None:
            raise SetupError(f"{model!r} has no price; name a price table with MECHSYN_PRICES")
        return most

    def _too_much(self, most: Decimal) -> str | None:
        left = self.limit - self.spent - self.reserved
        if most <= left:
            return None
        left = max(Decimal(0), left)
        return f"{left:.4f} of the budget of {self.limit} is left, and this question may cost {most:.4f}"

    def _reservation(self, request: RequestLine, most: Decimal) -> Reservation:
        self._in_flight += 1
        self.reserved += most
        return Reservation(self, str(request.body.get("model")), most)

    def cost_of(self, model: str, usage: Usage, most: Decimal) -> Decimal:
        """What `usage` cost; `most` where it is not reported."""
        cost = None if usage.unreported or not usage.replies else self._prices.cost(model, usage, batch=self._batch)
        return most if cost is None else cost

    def end(self, most: Decimal, spent: Decimal) -> None:
        """A reservation ends: `most` is free again, `spent` is gone."""
        self._in_flight -= 1
        # Rounding must not leave a rest that somebody waits for.
        self.reserved = self.reserved - most if self._in_flight else Decimal(0)
        self.spent += spent
        self._changed.set()
