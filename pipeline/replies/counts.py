"""Counts questions, answers, faults, tokens and money while a run goes on: for the run, by stage and by claim.

Promises: counts are exact for what passed through; money is None as soon as one answer has no price or no usage, never
a guess. A claim's counts are handed over and forgotten when it is done, so a long run holds no more than a short one.
Prints nothing: a progress display gives `on_change` and draws what it is handed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from pipeline.completion import content_of, usage_of
from pipeline.replies.prices import PriceTable
from schemas.analysis import Usage
from schemas.wire import NOT_ASKED, ReplyError, ReplyLine, RequestLine


@dataclass(frozen=True)
class Counts:
    """A moment of a run. Tokens and money are of the replies asked for now, not of those kept from before.

    `asked` counts questions put to the driver, `answered` those that gave a text, `failed` those that did not, by
    code; those left unasked stand in `failed` only. `money` is in the currency of the prices; None when an answer has
    no price or came without usage.
    """

    asked: int = 0
    under_way: int = 0
    answered: int = 0
    kept: int = 0
    failed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    usage: Usage = field(default_factory=Usage)
    money: Decimal | None = Decimal(0)
    currency: str = ""


class Tally:
    """Counts of one kind of question, or of all. Mutable; `counts` is a moment of it."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._asked = self._under_way = self._answered = self._kept = 0
        self._failed: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()
        self._money: Decimal | None = Decimal(0)

    @property
    def counts(self) -> Counts:
        """The counts of this moment."""
        return Counts(
            asked=self._asked,
            under_way=self._under_way,
            answered=self._answered,
            kept=self._kept,
            failed=MappingProxyType(dict(self._failed)),
            usage=Usage(**self._tokens),
            money=self._money,
            currency=self._currency,
        )

    def begin(self) -> None:
        """A question is put to the driver."""
        self._asked += 1
        self._under_way += 1

    def abandon(self) -> None:
        """A question under way ends without any reply."""
        self._under_way -= 1

    def end(self, error: ReplyError | None, usage: Usage, money: Decimal | None) -> None:
        """A question under way ends, with a text or with `error`."""
        self._under_way -= 1
        if error is None:
            self._answered += 1
        else:
            self._failed[error.code] += 1
            self._asked -= error.code in NOT_ASKED
        self._tokens.update(usage.model_dump())
        self._money = None if self._money is None or money is None else self._money + money

    def keep(self, error: ReplyError | None) -> None:
        """A reply was known and cost nothing now; one without a text counts by the code of `error`, too."""
        self._kept += 1
        if error is not None:
            self._failed[error.code] += 1


class Meter:
    """Counts a run, its stages and its open claims. One meter per run; not for several threads."""

    def __init__(self, prices: PriceTable, on_change: Callable[[Counts], None] | None = None) -> None:
        self._prices = prices
        self._on_change = on_change
        self._run = Tally(prices.currency)
        self._stages: dict[str, Tally] = {}
        self._claims: dict[str, Tally] = {}

    @property
    def counts(self) -> Counts:
        """The counts of the run at this moment."""
        return self._run.counts

    @property
    def stages(self) -> dict[str, Counts]:
        """The counts of every stage that was asked or known, by its name."""
        return {stage: tally.counts for stage, tally in sorted(self._stages.items())}

    def claim_done(self, claim: str) -> Counts:
        """The counts of one claim, which are then forgotten."""
        tally = self._claims.pop(claim, None)
        return Counts() if tally is None else tally.counts

    def begin(self, request: RequestLine, claim: str) -> None:
        """A question is put to the driver on behalf of a claim."""
        for tally in self._tallies(request, claim):
            tally.begin()
        self._changed()

    def abandon(self, request: RequestLine, claim: str) -> None:
        """A question that was begun ends without a reply (the run is ending)."""
        for tally in self._tallies(request, claim):
            tally.abandon()
        self._changed()

    def end(self, request: RequestLine, claim: str, reply: ReplyLine) -> None:
        """A question that was begun ends with a reply."""
        usage = usage_of(reply)
        _, error = content_of(reply)
        money = self._money(str(request.body.get("model")), usage) if reply.is_answer else Decimal(0)
        for tally in self._tallies(request, claim):
            tally.end(error, usage, money)
        self._changed()

    def keep(self, request: RequestLine, claim: str, reply: ReplyLine) -> None:
        """A reply was known, or is waited for on behalf of another claim."""
        _, error = content_of(reply)
        for tally in self._tallies(request, claim):
            tally.keep(error)
        self._changed()

    def _money(self, model: str, usage: Usage) -> Decimal | None:
        return None if usage.unreported else self._prices.cost(model, usage)

    def _tallies(self, request: RequestLine, claim: str) -> tuple[Tally, Tally, Tally]:
        return self._run, self._tally(self._stages, request.stage), self._tally(self._claims, claim)

    def _tally(self, tallies: dict[str, Tally], name: str) -> Tally:
        known = tallies.get(name)
        if known is None:
            known = tallies[name] = Tally(self._prices.currency)
        return known

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self.counts)
