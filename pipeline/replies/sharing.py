"""Asks a question once while it is in flight, however many wait for it.

Promises: those who wait get the same reply line, or the same error; one who gives up leaves the others their answer.
Remembers nothing of a question that has been answered: stores do that.
"""

from __future__ import annotations

import asyncio

from pipeline.replies.driver import Answer
from schemas.wire import ReplyLine, RequestLine


class Shared:
    """Wraps a driver. For one event loop."""

    def __init__(self, answer: Answer) -> None:
        self._driver = answer
        self._tasks: dict[str, asyncio.Task[ReplyLine]] = {}

    def __contains__(self, custom_id: str) -> bool:
        """Whether the question is in flight now, so that asking it would only wait."""
        return custom_id in self._tasks

    async def answer(self, request: RequestLine) -> ReplyLine:
        """The driver's reply. Raises what the driver raises."""
        task = self._tasks.get(request.custom_id)
        if task is None:
            task = asyncio.create_task(self._asked(request))
            self._tasks[request.custom_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(request.custom_id, None))
        return await asyncio.shield(task)

    async def cancel(self) -> None:
        """End everything in flight; those who wait are cancelled."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _asked(self, request: RequestLine) -> ReplyLine:
        return await self._driver(request)
