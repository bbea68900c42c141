"""`mechsyn analyze` and `mechsyn demo`: claims and studies in, written analyses out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.batching import GO_ON, Batching, batched, once
from pipeline.cli.given import Given
from pipeline.cli.options import (
    FIXTURES,
    RECORDINGS,
    Models,
    Ocr,
    Out,
    Password,
    Quiet,
    Recordings,
    RepliesFrom,
    money,
    settings_for,
    synthesis_settings,
)
from pipeline.cli.progress import ProgressDisplay
from pipeline.cli.results import PARTIAL, Results, remedy_of
from schemas.vocabulary import ClaimType

if TYPE_CHECKING:
    from pipeline.claimwork.driving import Outcome
    from pipeline.settings import Settings

DEMO_CLAIM = "cross-education"


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command()(analyze)
    app.command()(demo)


def analyze(
    studies: Annotated[list[Path] | None, typer.Argument(help="Study files or folders of them.")] = None,
    claim: Annotated[str | None, typer.Option("--claim", help="The claim, as one sentence.")] = None,
    claims: Annotated[Path | None, typer.Option("--claims", help="YAML or JSON file of claims with studies.")] = None,
    claim_type: Annotated[
        ClaimType | None, typer.Option("--type", help="Type of the claim; overrules the model.")
    ] = None,
    replies: Annotated[RepliesFrom, typer.Option("--replies", help="Where answers come from.")] = RepliesFrom.LIVE,
    out: Out = Path("outputs"),
    model: Models = None,
    recordings: Recordings = RECORDINGS,
    password: Password = None,
    ocr: Ocr = False,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Money that may be spent at the most, in the prices' currency.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked and what it would cost; ask nothing.")
    ] = False,
    live_after: Annotated[
        int | None,
        typer.Option("--live-after", min=1, help="With --replies batch: ask later than the Nth wave live."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="With --replies batch: wait for answers, or go on another time.")
    ] = True,
    quiet: Quiet = False,
) -> None:
    """Analyse a claim over studies; without a claim, the main claim that the studies make."""
    given = Given(
        tuple(studies or ()), () if claims is None else (claims,), claim, claim_type, tuple(model or ()), password, ocr
    )
    if replies is not RepliesFrom.BATCH and (live_after is not None or not wait):
        raise typer.BadParameter("--live-after and --no-wait go with --replies batch")
    settings = settings_for(replies, model)
    if budget is not None:
        settings = settings.model_copy(update={"budget": money(budget)})
    if dry_run:
        from pipeline.cli.foretelling import foretell

        foretell(given, settings, replies, recordings, batch=replies is RepliesFrom.BATCH, quiet=quiet)
        return
    remedy = remedy_of(replies, given, None if recordings == RECORDINGS else recordings)
    batching = Batching(live_after, wait)
    raise typer.Exit(run(given, settings, replies, recordings, out, remedy, batching, quiet=quiet))


def demo(
    everything: Annotated[bool, typer.Option("--all", help="All recorded claims, not just the first.")] = False,
    out: Out = Path("outputs"),
    quiet: Quiet = False,
) -> None:
    """Analyse the example claim from recorded replies: no key, no network."""
    names = sorted(p.stem for p in (FIXTURES / "claims").glob("*.yaml")) if everything else [DEMO_CLAIM]
    given = Given(claims=tuple(FIXTURES / "claims" / f"{n}.yaml" for n in names))
    recorded = RepliesFrom.RECORDED
    settings = settings_for(recorded, None)
    raise typer.Exit(run(given, settings, recorded, RECORDINGS, out, remedy_of(recorded, given), quiet=quiet))


def run(
    given: Given,
    settings: Settings,
    replies: RepliesFrom,
    recordings: Path,
    out: Path,
    remedy: str,
    batching: Batching | None = None,
    *,
    quiet: bool,
) -> int:
    """Analyses every task, and writes and prints each as soon as it is finished; returns the exit code."""
    import asyncio

    from pipeline.claimwork.driving import CLAIMS_AT_ONCE, analyse_all
    from pipeline.claimwork.keeping import prepare_folder
    from pipeline.cli.answering import answering

    display = ProgressDisplay(quiet=quiet)
    tasks = given.tasks(once(display.warn))
    core = synthesis_settings(settings, live=replies.asks)
    prepare_folder(out)
    results = Results(tasks.count, out, display, remedy)
    at_once = max(CLAIMS_AT_ONCE, settings.in_flight)

    async def everything() -> bool:
        place = (
            batched(tasks, core, settings, batching or Batching(), display)
            if replies is RepliesFrom.BATCH
            else answering(replies, settings, recordings, display.counts)
        )
        async with place as desk:
            if desk is None:
                return False

            def finished(outcome: Outcome) -> None:
                results.take(outcome, desk.claim_done(outcome.name))
                display.claim_done(outcome.name)

            await analyse_all(tasks, desk.answer_for, core, display.wave, finished, at_once)
            results.spent(desk.meter)
        return True

    with display.watching(tasks.count):
        done = asyncio.run(everything())
    if not done:
        display.say(GO_ON)
        return PARTIAL
    return results.close()
