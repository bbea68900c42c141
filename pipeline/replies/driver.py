"""The seam between the core, which asks, and whatever answers: one async function from request to reply.

Everything that answers (recorded files, kept replies, a live endpoint, a batch) has this shape, so that they compose.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from schemas.wire import UNANSWERED, ReplyLine, RequestLine

Answer = Callable[[RequestLine], Awaitable[ReplyLine]]
"""Answers one request. For one question that fails it returns `ReplyLine.failed`, whose code `unanswered` means: not
asked, may be asked later. It raises SetupError only when no question at all can be answered, ReplyFileError when what
it answers from is damaged."""


async def unanswered(request: RequestLine) -> ReplyLine:
    """The driver that answers nothing: what it is given is collected for the file exchange. Never raises."""
    return not_asked(request.custom_id)


def not_asked(custom_id: str) -> ReplyLine:
    """The reply line of a question that nobody has been asked."""
    return ReplyLine.failed(custom_id, UNANSWERED, "not asked yet")
