"""One client, one process: many calls at once, measured; prints one line of JSON.

Standard library only, so that it also runs in the environment of a peer. Imports and one call by another instance of
the client are made before and not counted, except in the peak memory, which is that of the whole process. What the
measured client learns of the server it learns while it is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Call = Callable[[int], Awaitable[bool]]
"""Asks question number n; whether a good answer came."""


@dataclass(frozen=True)
class Work:
    """What to ask: `samples` as questions.py makes them, `calls` of them with `in_flight` at a time."""

    base_url: str
    samples: dict[str, Any]
    calls: int
    in_flight: int
    retries: int | None

    def body(self, number: int) -> dict[str, Any]:
        """A request body of the size of ours, different for every number, at next to no cost."""
        body = self.samples["bodies"][number % len(self.samples["bodies"])]
        system, user = body["messages"]
        return {**body, "messages": [system, {"role": "user", "content": f"{user['content']} ({number})"}]}


def main(client: Callable[[Work], AbstractAsyncContextManager[Call]]) -> None:
    """Runs the client that the arguments describe."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--in-flight", type=int, required=True)
    parser.add_argument("--retries", type=int)
    given = parser.parse_args()
    samples = json.loads(given.samples.read_text(encoding="utf-8"))
    work = Work(given.base_url, samples, given.calls, given.in_flight, given.retries)
    print(json.dumps(asyncio.run(_measured(client, work))))


async def _measured(client: Callable[[Work], AbstractAsyncContextManager[Call]], work: Work) -> dict[str, float]:
    gate = asyncio.Semaphore(work.in_flight)
    async with client(work) as call:
        await call(work.calls)
    async with client(work) as call:

        async def one(number: int) -> bool:
            async with gate:
                return await call(number)

        start, spent = time.perf_counter(), _cpu()
        good = await asyncio.gather(*(one(number) for number in range(work.calls)))
        wall, cpu = time.perf_counter() - start, _cpu() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "peak_mb": peak, "good": sum(good)}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)
