"""Puts stores in front of what answers, so that a question that was answered once is never paid for again."""

from __future__ import annotations

from typing import Protocol

from pipeline.replies.counts import Meter
from pipeline.replies.driver import Answer
from pipeline.replies.kept import KeptReplies
from schemas.wire import ReplyLine, RequestLine


class ReplySource(Protocol):
    """Anything that knows replies by `custom_id` without asking anybody: kept replies, recordings."""

    def get(self, custom_id: str) -> ReplyLine | None: ...


def kept_first(store: KeptReplies, answer: Answer, *, meter: Meter | None = None) -> Answer:
    """Answer from the store; else ask, keep the answer before it is handed on, and count either on `meter`.

    Errors are handed on and not kept, so the next run asks again. Raises what the store and `answer` raise.
    """

    async def answered(request: RequestLine) -> ReplyLine:
        reply = await answer(request)
        store.put(request, reply)
        return reply

    return known_first(store, answered, meter=meter)


def known_first(source: ReplySource, answer: Answer, *, meter: Meter | None = None) -> Answer:
    """Answer from `source`, else through `answer`; what the source knows is counted as kept, the rest as asked."""
    asking = meter.measured(answer) if meter is not None else answer

    async def answered(request: RequestLine) -> ReplyLine:
        reply = source.get(request.custom_id)
        if reply is None:
            return await asking(request)
        if meter is not None:
            meter.count_kept(reply)
        return reply

    return answered
