"""Runs over batches for tests: a loopback endpoint, a home on disk, nobody really sleeps, and a run can be killed."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from pipeline.claimwork.batching import BatchRun, Means
from pipeline.claimwork.driving import Outcome, analyse_all
from pipeline.claimwork.intake import Task
from pipeline.replies import advancing, batch, jobs, parts
from pipeline.replies.batch import BatchEndpoint
from pipeline.replies.budget import Budget
from pipeline.replies.counts import Meter
from pipeline.replies.failures import Failures
from pipeline.replies.jobs import BATCHES, JobBook
from pipeline.replies.keeping import Desk
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.prices import Price, PriceTable
from pipeline.settings import Settings, SynthesisSettings
from schemas.analysis import ClaimAnalysis
from schemas.claim import Claim
from schemas.ledger import LedgerEntry
from tests.replies.batch_server import BatchServer
from tests.test_synthesis import STUDIES

CORE = SynthesisSettings(searched_on=date(2026, 1, 2), model="m")
PRICES = PriceTable(
    currency="USD",
    models={"m": Price(input=Decimal(1), output=Decimal(10), batch=Decimal("0.5"), as_of=date(2026, 1, 2))},
)


def tasks(count: int) -> list[Task]:
    names = [f"claim-{number}" for number in range(count)]
    return [Task(Claim(id=name, text=f"Training raises strength in {name}."), STUDIES[:2]) for name in names]


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Ran:
    """What one run did: its analyses by claim, None where jobs are under way; what it said; how long it slept."""

    analyses: dict[str, ClaimAnalysis] | None = None
    said: list[str] = field(default_factory=list[str])
    slept: list[float] = field(default_factory=list[float])
    entries: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    spent: Decimal | None = None


def run(server: BatchServer, home: Path, given: Sequence[Task], **more: Any) -> Ran:
    """One run, as the command makes it. `limit` is a budget; `on_sleep` is called in place of sleeping."""
    return asyncio.run(_run(server, home, given, **more))


async def _run(
    server: BatchServer,
    home: Path,
    given: Sequence[Task],
    *,
    wait: bool = True,
    live_after: int | None = None,
    limit: str | None = None,
    most: tuple[int, int] = (50_000, 200_000_000),
    attempts: int = 4,
    on_sleep: Callable[[], None] = lambda: None,
    core: SynthesisSettings = CORE,
) -> Ran:
    ran = Ran()

    async def sleep(seconds: float) -> None:
        ran.slept.append(seconds)
        on_sleep()

    budget = None if limit is None else Budget(Decimal(limit), PRICES, batch=True)
    book = JobBook(home / BATCHES)
    with KeptReplies(home / "replies") as store, book.driven():
        async with BatchEndpoint(server.settings(attempts=attempts), sleep=sleep) as endpoint:
            means = Means(book, Failures(book.folder), endpoint, Ledger(store, PRICES), PRICES, budget, *most)
            work = BatchRun(given, core, means, live_after=live_after, say=ran.said.append, sleep=sleep)
            if await work.run(wait=wait):
                done: list[Outcome] = []
                desk = Desk(store, work.answer, Meter(PRICES))
                await analyse_all(given, desk.answer_for, core, lambda _c, _n: None, done.append)
                ran.analyses = {o.name: o.analysis for o in done if o.analysis is not None}
                work.close()
        ran.entries = [entry for _, entry in store.entries()]
    ran.spent = budget.spent if budget is not None else None
    return ran


def _die(step: str) -> None:
    raise Killed(step)


def kill_at(monkeypatch: pytest.MonkeyPatch, moment: int | str, die: Callable[[str], None] = _die) -> list[str]:
    """The process dies at the `moment`-th step that leaves a trace, or at the first one of that name; the steps taken
    are listed."""
    steps: list[str] = []

    def step(name: str) -> None:
        steps.append(name)
        if moment in {len(steps), name}:
            die(name)

    def around(owner: Any, name: str) -> None:
        original = getattr(owner, name)
        label = f"{owner.__name__}.{name}"

        def called(*arguments: Any, **named: Any) -> Any:
            step(f"before {label}")
            result = original(*arguments, **named)
            step(f"after {label}")
            return result

        async def awaited(*arguments: Any, **named: Any) -> Any:
            step(f"before {label}")
            result = await original(*arguments, **named)
            step(f"after {label}")
            return result

        monkeypatch.setattr(owner, name, awaited if inspect.iscoroutinefunction(original) else called)

    for name in ("upload", "created", "standing", "download"):
        around(batch.BatchEndpoint, name)
    around(jobs.JobBook, "save")
    around(jobs.JobBook, "begin")
    around(parts.Parts, "add")
    around(Ledger, "record")
    around(Failures, "note")
    around(advancing, "collect")
    return steps


def _killed_for_good(step: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, home: str, moment: str) -> None:
    """A run of its own process that is killed at a step, as by the system."""
    os.environ["OPENAI_BASE_URL"] = url
    kill_at(pytest.MonkeyPatch(), moment, _killed_for_good)
    run(cast("BatchServer", _Elsewhere(url)), Path(home), tasks(1), most=(3, 200_000_000))


class _Elsewhere:
    """The settings of a server that runs in another process."""

    def __init__(self, url: str) -> None:
        self._url = url

    def settings(self, **more: Any) -> Settings:
        return Settings(openai_api_key=SecretStr("k"), openai_base_url=self._url, model="m", **more)


if __name__ == "__main__":
    main(*sys.argv[1:])
