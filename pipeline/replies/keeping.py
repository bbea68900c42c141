"""Puts what is known in front of what answers, so that a question that was answered once is never paid for again."""

from __future__ import annotations

from functools import partial
from types import TracebackType
from typing import Protocol, Self

from pipeline.replies.counts import Counts, Meter
from pipeline.replies.deadlines import Deadlines
from pipeline.replies.driver import Answer
from pipeline.replies.sharing import Shared
from schemas.wire import OUT_OF_TIME, ReplyLine, RequestLine


class ReplySource(Protocol):
    """Anything that knows replies by `custom_id` without asking anybody: kept replies, recordings."""

    def get(self, custom_id: str) -> ReplyLine | None: ...


class Desk:
    """Where claims bring their questions: answered from `source`, else through `answer`, and counted on `meter`.

    What the source knows is counted as kept, the rest as asked. A question in flight is waited for, and counted as kept
    too: it is paid for once. `answer` keeps what it is given before it hands it on, so that there is no moment at which
    a reply is neither in flight nor kept. One event loop; leaving the desk ends what is in flight.
    """

    def __init__(self, source: ReplySource, answer: Answer, meter: Meter, deadlines: Deadlines | None = None) -> None:
        self._source = source
        self._asking = Shared(answer)
        self._deadlines = deadlines or Deadlines(None, None)
        self.meter = meter

    def answer_for(self, claim: str) -> Answer:
        """The driver for the questions of one claim. It raises what source and answer raise."""
        return partial(self._answer, claim)

    def claim_done(self, claim: str) -> Counts:
        """What the claim took, which is then forgotten."""
        self._deadlines.done(claim)
        return self.meter.claim_done(claim)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._asking.cancel()

    async def _answer(self, claim: str, request: RequestLine) -> ReplyLine:
        reply = self._source.get(request.custom_id)
        if reply is not None:
            self.meter.keep(request, claim, reply)
            return reply
        if request.custom_id in self._asking:
            reply = await self._asking.answer(request)
            self.meter.keep(request, claim, reply)
            return reply
        self.meter.begin(request, claim)
        try:
            over = self._deadlines.over(claim)
            late = None if over is None else ReplyLine.failed(request.custom_id, OUT_OF_TIME, over)
            reply = late or await self._asking.answer(request)
        except BaseException:
            self.meter.abandon(request, claim)
            raise
        self.meter.end(request, claim, reply)
        return reply
