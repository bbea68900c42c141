"""The ledger: what every attempt was, how it ended and what it cost, kept in one transaction with the reply itself.

Promises: an answer is on disk, with its entry, before anybody is handed it; a process that is killed loses no completed
reply; what a price or a usage does not tell is unknown and never nothing. Entries hold no study text, no prompt and no
key: only ids, names, counts, times and money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from pipeline.completion import model_of, usage_of
from pipeline.replies.kept import KeptReplies
from pipeline.replies.prices import PriceTable
from schemas.analysis import Usage
from schemas.ledger import ANSWERED, LedgerEntry, Route
from schemas.wire import ReplyLine, RequestLine


class Ledger:
    """Writes entries into the store of kept replies. `now` is the clock, in UTC."""

    def __init__(
        self, store: KeptReplies, prices: PriceTable, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.store = store
        self._prices = prices
        self._now = now

    def record(
        self,
        reply: ReplyLine,
        route: Route,
        *,
        request: RequestLine | None = None,
        attempt: int = 1,
        seconds: float | None = None,
        lost: bool = False,
        keep: bool = True,
        key: str | None = None,
    ) -> LedgerEntry:
        """Keep what came of one attempt: an answer with its entry, or a fault as an entry alone.

        `lost`: the fault came after the question was sent, so it may have been paid for, and its cost is unknown.
        Without `keep` an answer is an entry alone, too: it was paid for, and another one was kept before it.
        `key` names the attempt where it may be recorded again; it stays one entry, the first.
        """
        usage = usage_of(reply)
        model = request.body.get("model") if request is not None else None
        asked = model if isinstance(model, str) else None
        entry = LedgerEntry(
            at=self._now(),
            custom_id=reply.custom_id,
            route=route,
            outcome=ANSWERED if reply.is_answer else _fault(reply),
            model=asked,
            answered_by=model_of(reply) if reply.is_answer else None,
            request_id=reply.response.request_id if reply.response is not None else None,
            attempt=attempt,
            seconds=None if seconds is None else round(seconds, 3),
            usage=usage,
            cost=None if lost else self._cost(reply, asked, usage, batch=route is Route.BATCH),
        )
        self.store.put(request, reply if keep else None, entry, key)
        return entry

    def _cost(self, reply: ReplyLine, model: str | None, usage: Usage, *, batch: bool) -> Decimal | None:
        if not reply.is_answer:
            return Decimal(0)
        named = model or model_of(reply)
        return None if usage.unreported or named is None else self._prices.cost(named, usage, batch=batch)


def _fault(reply: ReplyLine) -> str:
    if reply.error is not None:
        return reply.error.code
    return f"http_{reply.response.status_code}" if reply.response is not None else "empty"


@dataclass
class Total:
    """Entries added up. `unpriced` counts those whose cost is unknown and not in `cost`."""

    attempts: int = 0
    answers: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    def add(self, entry: LedgerEntry) -> None:
        """One entry more."""
        self.attempts += 1
        self.answers += entry.outcome == ANSWERED
        self.usage = self.usage.plus(entry.usage)
        if entry.cost is None:
            self.unpriced += 1
        else:
            self.cost += entry.cost

    def include(self, other: Total) -> None:
        """Another total more."""
        self.attempts += other.attempts
        self.answers += other.answers
        self.usage = self.usage.plus(other.usage)
        self.cost += other.cost
        self.unpriced += other.unpriced


def totals(entries: Iterable[LedgerEntry], by: Callable[[LedgerEntry], str]) -> dict[str, Total]:
    """Entries added up by what `by` names them, in the order of the names."""
    found: dict[str, Total] = {}
    for entry in entries:
        found.setdefault(by(entry), Total()).add(entry)
    return dict(sorted(found.items()))
