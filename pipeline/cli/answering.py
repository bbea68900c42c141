"""The desk that a command asked for: recordings, kept replies alone, or kept replies in front of a live endpoint."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pipeline.cli.options import RepliesFrom

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from pipeline.replies.counts import Counts, Meter
    from pipeline.replies.driver import Answer
    from pipeline.replies.keeping import Desk
    from pipeline.replies.kept import KeptReplies
    from pipeline.replies.prices import PriceTable
    from pipeline.settings import Settings

KEPT = "replies"


@asynccontextmanager
async def answering(
    source: RepliesFrom, settings: Settings, recordings: Path, on_counts: Callable[[Counts], None]
) -> AsyncGenerator[Desk]:
    """The desk of `source`. The live client is imported only when it is needed."""
    from pipeline.replies.counts import Meter
    from pipeline.replies.driver import unanswered
    from pipeline.replies.keeping import Desk
    from pipeline.replies.prices import read_prices

    prices = read_prices(settings.prices)
    meter = Meter(prices, on_counts)
    if source is RepliesFrom.RECORDED:
        from pipeline.replies.recorded import Recorded

        yield Desk(Recorded(recordings), unanswered, meter)
        return
    from pipeline.replies.kept import KeptReplies

    with KeptReplies(settings.home / KEPT) as store:
        if source is RepliesFrom.FILES:
            yield Desk(store, unanswered, meter)
            return
        async with live_desk(settings, store, prices, meter) as desk:
            yield desk


@asynccontextmanager
async def live_desk(
    settings: Settings,
    store: KeptReplies,
    prices: PriceTable,
    meter: Meter,
    before: Callable[[Answer], Answer] = lambda answer: answer,
) -> AsyncGenerator[Desk]:
    """Kept replies in front of a live endpoint; `before` stands between the two."""
    from pipeline.replies.budget import Budget
    from pipeline.replies.capabilities import remembered
    from pipeline.replies.deadlines import Deadlines
    from pipeline.replies.keeping import Desk
    from pipeline.replies.ledger import Ledger
    from pipeline.replies.live import LiveEndpoint

    budget = None if settings.budget is None else Budget(settings.budget, prices)
    if budget is not None:
        budget.check({name for name in (settings.model, *settings.models.values()) if name})
    deadlines = Deadlines.of(settings)
    with remembered(settings) as dialect:
        async with (
            LiveEndpoint(
                settings, ledger=Ledger(store, prices), budget=budget, deadlines=deadlines, dialect=dialect
            ) as endpoint,
            Desk(store, before(endpoint.answer), meter, deadlines) as desk,
        ):
            yield desk
