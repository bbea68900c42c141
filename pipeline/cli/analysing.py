"""`mechsyn analyze` and `mechsyn demo`: claims and studies in, written analyses out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import (
    FIXTURES,
    RECORDINGS,
    Model,
    Out,
    Password,
    Quiet,
    Recordings,
    RepliesFrom,
    settings_from,
    synthesis_settings,
)
from pipeline.cli.progress import ProgressDisplay
from schemas.vocabulary import ClaimType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.claimwork.driving import Outcome
    from pipeline.claimwork.intake import Task
    from pipeline.settings import Settings
    from schemas.analysis import ClaimAnalysis, Unsettled

PARTIAL = 3
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
    from pipeline.claimwork.intake import claim_of, read_claims, read_task
    from pipeline.errors import ClaimError

    if claim is not None and claims is not None:
        raise ClaimError("--claim and --claims exclude each other; give one")
    if claims is not None and claim_type is not None:
        raise ClaimError("--type goes with --claim; in a claims file each entry has its own type")
    settings = settings_from(model)
    display = ProgressDisplay(1, quiet=quiet)
    if claims is not None:
        tasks = read_claims(claims, studies or [], display.warn, password)
    else:
        given = None if claim is None else claim_of(claim, claim_type)
        if given is None and claim_type is not None:
            raise ClaimError("--type needs --claim; without a claim the studies' own claim keeps its own type")
        tasks = [read_task(given, studies or [], display.warn, password)]
    raise typer.Exit(run(tasks, settings, replies, recordings, out, quiet=quiet))


def demo(
    everything: Annotated[bool, typer.Option("--all", help="All recorded claims, not just the first.")] = False,
    out: Out = Path("outputs"),
    quiet: Quiet = False,
) -> None:
    """Analyse the example claim from recorded replies: no key, no network."""
    from pipeline.claimwork.intake import read_claims

    names = sorted(p.stem for p in (FIXTURES / "claims").glob("*.yaml")) if everything else [DEMO_CLAIM]
    display = ProgressDisplay(len(names), quiet=quiet)
    tasks = [t for n in names for t in read_claims(FIXTURES / "claims" / f"{n}.yaml", [], display.warn)]
    raise typer.Exit(run(tasks, settings_from(None), RepliesFrom.RECORDED, RECORDINGS, out, quiet=quiet))


def run(
    tasks: Sequence[Task], settings: Settings, replies: RepliesFrom, recordings: Path, out: Path, *, quiet: bool
) -> int:
    """Analyses, writes and prints every task; returns the exit code."""
    import asyncio

    from pipeline.claimwork.driving import analyse_all
    from pipeline.claimwork.keeping import prepare_folder
    from pipeline.cli.answering import answering

    prepare_folder(out)
    core = synthesis_settings(settings, live=replies is RepliesFrom.LIVE)

    outcomes: list[Outcome] = []

    async def everything() -> None:
        # Nothing is returned: asyncio.run makes a repr of what a task returns, and analyses are large.
        with ProgressDisplay(len(tasks), quiet=quiet) as display:
            async with answering(replies, settings, recordings, display.counts) as answer:
                outcomes.extend(await analyse_all(tasks, answer, core, display.wave, lambda _: display.claim_done()))

    asyncio.run(everything())
    return _report(outcomes, out, replies, quiet=quiet)


def _report(outcomes: Sequence[Outcome], out: Path, replies: RepliesFrom, *, quiet: bool) -> int:
    from pipeline.claimwork.keeping import keep
    from pipeline.errors import MechsynError

    display = ProgressDisplay(0, quiet=quiet)
    failed = partial = 0
    for outcome in outcomes:
        try:
            if outcome.analysis is None:
                raise outcome.error or MechsynError("nothing came of the claim")
            written = keep(outcome.analysis, outcome.task.studies, out)
        except MechsynError as error:
            if len(outcomes) == 1:
                raise
            failed += 1
            name = outcome.task.claim.id if outcome.task.claim else "proposed claim"
            ProgressDisplay(0, quiet=False).warn(f"{name}: {error}")
            continue
        partial += not written.analysis.complete
        typer.echo(_shown(written.analysis, in_full=len(outcomes) == 1))
        typer.echo(f"{'unchanged' if written.unchanged else 'written'}: {written.html}")
        if not written.analysis.complete:
            display.warn(_missing(written.analysis.unsettled, replies))
    if failed:
        display.warn(f"{failed} of {len(outcomes)} claims failed, see above; the others are written")
    return PARTIAL if failed or partial else 0


def _shown(analysis: ClaimAnalysis, *, in_full: bool) -> str:
    from pipeline.publish import text, viewing
    from pipeline.rules.verdict import shown

    if in_full:
        return text.render_text(viewing.page_of(analysis))
    balance = analysis.settlement.balance
    verdict = shown(analysis.settlement.verdict)
    return f"{analysis.evidence.claim.id}: {verdict} (Pro {balance.pro}, Against {balance.against})"


def _missing(parts: Sequence[Unsettled], replies: RepliesFrom) -> str:
    from schemas.wire import UNANSWERED

    names = ", ".join(dict.fromkeys(u.stage if u.study is None else f"{u.stage} of {u.study}" for u in parts))
    remedy = "run the same command again to ask only what is missing"
    if replies is not RepliesFrom.LIVE and any(u.code == UNANSWERED for u in parts):
        remedy = "write the open questions with 'mechsyn requests', take answers in with 'mechsyn replies'"
    return f"incomplete, missing: {names}; {remedy}"
