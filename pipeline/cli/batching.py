"""Batches on the command line: `analyze --replies batch`, and `mechsyn batches`, which shows the job book and cancels.

Promises: what is submitted is in the book before the command says so; with `--no-wait` the same command, given again,
goes on. Knows neither rules nor the wire.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import settings_from

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from pipeline.claimwork.batching import BatchRun, Means
    from pipeline.claimwork.intake import Tasks
    from pipeline.cli.progress import ProgressDisplay
    from pipeline.replies.jobs import JobBook
    from pipeline.replies.keeping import Desk
    from pipeline.replies.prices import PriceTable
    from pipeline.settings import Settings, SynthesisSettings
    from schemas.batch import BatchJob

GO_ON = "nothing is written yet; run the same command again to collect answers (due within 24 hours) and to go on"

commands = typer.Typer(help="Show the batches of --replies batch, or cancel them.", add_completion=False)


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.add_typer(commands, name="batches")


@dataclass(frozen=True)
class Batching:
    """How batches were asked for: which waves go live, and whether the command waits for answers."""

    live_after: int | None = None
    wait: bool = True


@asynccontextmanager
async def batched(
    tasks: Tasks, core: SynthesisSettings, settings: Settings, batching: Batching, display: ProgressDisplay
) -> AsyncGenerator[Desk | None]:
    """The desk once batches have answered what they can; None while jobs are under way and nobody waits for
    them, and after a job was cancelled."""
    from pipeline.claimwork.batching import BatchRun, Means
    from pipeline.cli.answering import KEPT
    from pipeline.replies.batch import BatchEndpoint
    from pipeline.replies.budget import Budget
    from pipeline.replies.failures import Failures
    from pipeline.replies.jobs import BATCHES, JobBook
    from pipeline.replies.kept import KeptReplies
    from pipeline.replies.ledger import Ledger
    from pipeline.replies.prices import read_prices

    prices = read_prices(settings.prices)
    budget = None if settings.budget is None else Budget(settings.budget, prices, batch=True)
    if budget is not None:
        budget.check({name for name in (core.model, *core.models.values()) if name})
    book = JobBook(settings.home / BATCHES)
    with KeptReplies(settings.home / KEPT) as store, book.driven():
        async with BatchEndpoint(settings) as endpoint:
            means = Means(book, Failures(book.folder), endpoint, Ledger(store, prices), prices, budget)
            run = BatchRun(tasks, core, means, live_after=batching.live_after, say=display.warn)
            if not await run.run(wait=batching.wait):
                yield None
                return
        async with _finishing(run, means, settings, prices, display) as desk:
            yield desk
        run.close()


@asynccontextmanager
async def _finishing(
    run: BatchRun, means: Means, settings: Settings, prices: PriceTable, display: ProgressDisplay
) -> AsyncGenerator[Desk]:
    """The desk that the analyses are made at: kept replies, and behind them nobody or the live driver."""
    from decimal import Decimal

    from pipeline.cli.answering import live_desk
    from pipeline.replies.counts import Meter
    from pipeline.replies.keeping import Desk

    meter, store = Meter(prices, display.counts), means.ledger.store
    if run.live_after is None:
        yield Desk(store, run.answer, meter)
        return
    if means.budget is not None:
        settings = settings.model_copy(update={"budget": max(Decimal(0), means.budget.limit - means.budget.spent)})
    async with live_desk(settings, store, prices, meter, run.late) as desk:
        yield desk


def once(say: Callable[[str], None]) -> Callable[[str], None]:
    """`say`, but each line once: studies are read anew in every wave."""
    said: set[str] = set()

    def say_once(line: str) -> None:
        if line not in said:
            said.add(line)
            say(line)

    return say_once


@commands.callback(invoke_without_command=True)
def batches(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON list.")] = False,
) -> None:
    """Show every batch of the job book, oldest first."""
    import json

    from pipeline.replies.jobs import BATCHES, JobBook

    if context.invoked_subcommand is not None:
        return
    jobs = JobBook(settings_from(None).home / BATCHES).jobs()
    if as_json:
        typer.echo(json.dumps([job.model_dump(mode="json") for job in jobs], indent=2))
        return
    for job in jobs:
        typer.echo(_shown(job))
    if not jobs:
        typer.echo("no batches")


@commands.command()
def cancel(
    job: Annotated[str | None, typer.Argument(help="Id of the job, as 'mechsyn batches' shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that has not ended.")] = False,
) -> None:
    """Cancel batches; what they have answered until then is collected by the next 'analyze --replies batch'.

    A job given by its id ends even when its endpoint does not know it any more, and its questions may be asked anew.
    """
    import asyncio

    from pipeline.errors import InputError
    from pipeline.replies.jobs import BATCHES, JobBook

    if (job is None) != everything:
        raise typer.BadParameter("give the id of one job, or --all")
    settings = settings_from(None)
    book = JobBook(settings.home / BATCHES)
    wanted = [each for each in book.open_jobs() if everything or each.id == job]
    if not wanted and not everything:
        raise InputError(f"{job}: no job that could be cancelled; 'mechsyn batches' shows which there are")
    asyncio.run(_cancel(book, settings, wanted, give_up=not everything))


async def _cancel(book: JobBook, settings: Settings, jobs: list[BatchJob], *, give_up: bool) -> None:
    from pipeline.errors import SetupError
    from pipeline.replies.advancing import cancel as cancelled
    from pipeline.replies.batch import BatchEndpoint

    async with BatchEndpoint(settings) as endpoint:
        for job in jobs:
            if job.endpoint != endpoint.address:
                raise SetupError(f"job {job.id} lies at {job.endpoint}; set OPENAI_BASE_URL to it to cancel the job")
            typer.echo(_shown(await cancelled(book, endpoint, job, give_up=give_up)))


def _shown(job: BatchJob) -> str:
    status = "" if job.status is None else f" ({job.status})"
    came = f", {job.answered} answered, {job.failed} failed" if job.answered or job.failed else ""
    reason = "" if job.reason is None else f"; {job.reason}"
    return (
        f"{job.id}  {job.state.value}{status}  {job.questions} questions to {job.model} at {job.endpoint}{came}{reason}"
    )
