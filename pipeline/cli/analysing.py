"""`mechsyn analyze` and `mechsyn demo`: claims and studies in, written analyses out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.given import Given
from pipeline.cli.options import (
    FIXTURES,
    RECORDINGS,
    Model,
    Out,
    Password,
    Quiet,
    Recordings,
    RepliesFrom,
    settings_for,
    synthesis_settings,
)
from pipeline.cli.progress import ProgressDisplay
from pipeline.cli.results import Results, remedy_of
from schemas.vocabulary import ClaimType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.claimwork.driving import Outcome
    from pipeline.claimwork.intake import Task
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
    model: Model = None,
    recordings: Recordings = RECORDINGS,
    password: Password = None,
    quiet: Quiet = False,
) -> None:
    """Analyse a claim over studies; without a claim, the main claim that the studies make."""
    given = Given(tuple(studies or ()), () if claims is None else (claims,), claim, claim_type, model, password)
    settings = settings_for(replies, model)
    tasks = given.tasks(ProgressDisplay(1, quiet=quiet).warn)
    remedy = remedy_of(replies, given, None if recordings == RECORDINGS else recordings)
    raise typer.Exit(run(tasks, settings, replies, recordings, out, remedy, quiet=quiet))


def demo(
    everything: Annotated[bool, typer.Option("--all", help="All recorded claims, not just the first.")] = False,
    out: Out = Path("outputs"),
    quiet: Quiet = False,
) -> None:
    """Analyse the example claim from recorded replies: no key, no network."""
    names = sorted(p.stem for p in (FIXTURES / "claims").glob("*.yaml")) if everything else [DEMO_CLAIM]
    given = Given(claims=tuple(FIXTURES / "claims" / f"{n}.yaml" for n in names))
    recorded = RepliesFrom.RECORDED
    tasks = given.tasks(ProgressDisplay(len(names), quiet=quiet).warn)
    settings = settings_for(recorded, None)
    raise typer.Exit(run(tasks, settings, recorded, RECORDINGS, out, remedy_of(recorded, given), quiet=quiet))


def run(
    tasks: Sequence[Task],
    settings: Settings,
    replies: RepliesFrom,
    recordings: Path,
    out: Path,
    remedy: str,
    *,
    quiet: bool,
) -> int:
    """Analyses every task, and writes and prints each as soon as it is finished; returns the exit code."""
    import asyncio

    from pipeline.claimwork.driving import analyse_all
    from pipeline.claimwork.keeping import prepare_folder
    from pipeline.cli.answering import answering

    prepare_folder(out)
    core = synthesis_settings(settings, live=replies is RepliesFrom.LIVE)
    with ProgressDisplay(len(tasks), quiet=quiet) as display:
        results = Results(len(tasks), out, display, remedy)

        def finished(outcome: Outcome) -> None:
            results.take(outcome)
            display.claim_done()

        async def everything() -> None:
            async with answering(replies, settings, recordings, display.counts) as answer:
                await analyse_all(tasks, answer, core, display.wave, finished)

        asyncio.run(everything())
    return results.close()
