"""The driver that a command asked for: recordings, kept replies alone, or kept replies in front of a live endpoint."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pipeline.cli.options import RepliesFrom

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from pipeline.replies.counts import Counts
    from pipeline.replies.driver import Answer
    from pipeline.settings import Settings

KEPT = "replies"


@asynccontextmanager
async def answering(
    source: RepliesFrom, settings: Settings, recordings: Path, on_counts: Callable[[Counts], None]
) -> AsyncGenerator[Answer]:
    """The answer function of `source`, metered. The live client is imported only when it is needed."""
    from pipeline.replies.counts import Meter
    from pipeline.replies.driver import unanswered
    from pipeline.replies.keeping import kept_first, known_first

    meter = Meter(settings, on_counts)
    if source is RepliesFrom.RECORDED:
        from pipeline.replies.recorded import Recorded

        yield known_first(Recorded(recordings), unanswered, meter=meter)
        return
    from pipeline.replies.kept import KeptReplies

    with KeptReplies(settings.home / KEPT) as store:
        if source is RepliesFrom.FILES:
            yield known_first(store, unanswered, meter=meter)
            return
        from pipeline.replies.live import LiveEndpoint

        async with LiveEndpoint(settings) as endpoint:
            yield kept_first(store, endpoint.answer, meter=meter)
