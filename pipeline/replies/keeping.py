"""Puts stores in front of what answers, so that a question that was answered once is never paid for again."""

from __future__ import annotations

from typing import Protocol

from pipeline.replies.counts import Meter
from pipeline.replies.driver import Answer
from pipeline.replies.kept import KeptReplies
from pipeline.replies.sharing import Shared
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
    """Answer from `source`, else through `answer`; what the source knows is counted as kept, the rest as asked.

    A question in flight is waited for, and counted as kept too: it is paid for once. Sharing starts here, above the
    keeping, so that there is no moment at which a reply is neither in flight nor kept. Where stores are put in front of
    one another, only one of them may be given the meter: two would count twice.
    """
    asking = Shared(meter.measured(answer) if meter is not None else answer)

    async def answered(request: RequestLine) -> ReplyLine:
        reply = source.get(request.custom_id)
        if reply is None:
            asked_already = request.custom_id in asking
            reply = await asking.answer(request)
            if not asked_already:
                return reply
        if meter is not None:
            meter.count_kept(reply)
        return reply

    return answered
