"""`mechsyn requests` and `mechsyn replies`: the file exchange, for batch runners, air-gapped sites and recordings."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.given import Given
from pipeline.cli.options import (
    RECORDINGS,
    Models,
    Ocr,
    Password,
    Quiet,
    Recordings,
    RepliesFrom,
    settings_for,
    synthesis_settings,
)
from pipeline.cli.progress import ProgressDisplay
from schemas.vocabulary import ClaimType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.claimwork.driving import Outcome
    from pipeline.claimwork.intake import Tasks
    from pipeline.replies.driver import Answer
    from pipeline.settings import Settings
    from schemas.wire import ReplyLine, RequestLine

MOST_LISTED = 20


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command()(requests)
    app.command()(replies)


def requests(
    claims: Annotated[list[Path] | None, typer.Argument(help="Claims files.")] = None,
    claim: Annotated[str | None, typer.Option("--claim", help="One claim, in place of claims files.")] = None,
    claim_type: Annotated[
        ClaimType | None, typer.Option("--type", help="Type of the claim; overrules the model.")
    ] = None,
    studies: Annotated[
        list[Path] | None,
        typer.Option("--study", help="Study file or folder; may be repeated. Alone: which claim do they make?"),
    ] = None,
    replies: Annotated[
        RepliesFrom, typer.Option("--replies", help="Where known answers are looked up: files or recorded.")
    ] = RepliesFrom.FILES,
    recordings: Recordings = RECORDINGS,
    model: Models = None,
    password: Password = None,
    ocr: Ocr = False,
    quiet: Quiet = False,
) -> None:
    """Write the questions that cannot be answered yet to stdout, as OpenAI Batch lines."""
    from pipeline.errors import InputError
    from pipeline.replies.exchange import write_requests

    if replies.asks:
        raise InputError(f"--replies {replies.value} asks by itself; give files or recorded to write questions out")
    if not (claims or studies) and claim is None:
        raise typer.BadParameter("nothing is given to ask about; give claims files, or studies with --study")
    display = ProgressDisplay(quiet=quiet)
    settings = settings_for(replies, model)
    given = Given(tuple(studies or ()), tuple(claims or ()), claim, claim_type, tuple(model or ()), password, ocr)
    asked = _asked(given.tasks(display.warn), replies, recordings, settings)
    write_requests(asked.open, sys.stdout)
    if asked.open:
        display.warn(f"{len(asked.open)} open questions; answer them, then 'mechsyn replies FILE', until none is left")
        if replies is RepliesFrom.FILES and settings.model is None:
            display.warn("the questions name no model; Batch endpoints need --model NAME, here and with 'analyze'")
    elif not asked.failed:
        display.warn("no open questions; 'mechsyn analyze --replies files' has all it needs")
    asked.raise_for_failures(display)


@dataclass(frozen=True)
class _Asked:
    """What cannot be answered yet, and the claims that ended in an error, by name."""

    open: tuple[RequestLine, ...]
    failed: tuple[tuple[str, Exception], ...]

    def raise_for_failures(self, display: ProgressDisplay) -> None:
        """Says each failure, even when quiet, and ends the command with 1; a fault of ours is raised as it is."""
        from pipeline.cli.results import FAILED, reason_of
        from pipeline.errors import MechsynError

        for name, error in self.failed:
            display.say(f"{name}: {reason_of(error)}")
        for _, error in self.failed:
            if not isinstance(error, MechsynError):
                raise error
        if self.failed:
            raise typer.Exit(FAILED)


def _asked(tasks: Tasks, source: RepliesFrom, recordings: Path, settings: Settings) -> _Asked:
    import asyncio

    from pipeline.claimwork.driving import ProposalUnansweredError, analyse_all
    from pipeline.cli.answering import answering
    from schemas.wire import UNANSWERED

    found: dict[str, RequestLine] = {}
    failed: list[tuple[str, Exception]] = []

    def finished(outcome: Outcome) -> None:
        # A proposal that nobody has answered is an open question like others, and no failure.
        if outcome.error is not None and not isinstance(outcome.error, ProposalUnansweredError):
            failed.append((outcome.name, outcome.error))

    async def collect() -> None:
        async with answering(source, settings, recordings, lambda _: None) as desk:

            def collecting(claim: str) -> Answer:
                known = desk.answer_for(claim)

                async def answer(request: RequestLine) -> ReplyLine:
                    reply = await known(request)
                    if reply.error is not None and reply.error.code == UNANSWERED:
                        found[request.custom_id] = request
                    return reply

                return answer

            core = synthesis_settings(settings, live=False)
            await analyse_all(tasks, collecting, core, lambda _claim, _requests: None, finished)

    asyncio.run(collect())
    return _Asked(tuple(found.values()), tuple(failed))


def replies(
    files: Annotated[
        list[Path], typer.Argument(help="Files of replies: Batch output, or lines of custom_id, content.")
    ],
    record: Annotated[
        Path | None, typer.Option("--record", help="Claims file whose replies to record as fixtures.")
    ] = None,
    recordings: Recordings = RECORDINGS,
    quiet: Quiet = False,
) -> None:
    """Take answers in: into the store of kept replies, or with --record into the folder of recordings."""
    from pipeline.cli.results import PARTIAL
    from pipeline.replies.exchange import read_replies

    display = ProgressDisplay(quiet=quiet)
    lines = [line for file in files for line in read_replies(file)]
    answers = [line for line in lines if line.is_answer]
    failed = [line for line in lines if not line.is_answer]
    asked = None if record is None else _record(record, answers, recordings, display)
    if asked is None:
        _keep(answers)
        typer.echo(f"{len(answers)} replies kept")
    for line in failed[:MOST_LISTED]:
        reason = line.error.message if line.error else f"status {line.response.status_code if line.response else '?'}"
        display.say(f"{line.custom_id}: no answer in it ({reason}); ask it again")
    if len(failed) > MOST_LISTED:
        display.say(f"{len(failed) - MOST_LISTED} more lines hold no answer; ask them again")
    if asked is not None:
        asked.raise_for_failures(display)
    if failed:
        raise typer.Exit(PARTIAL)


def _keep(lines: Sequence[ReplyLine]) -> None:
    from pipeline.cli.answering import KEPT
    from pipeline.replies.kept import KeptReplies
    from pipeline.replies.ledger import Ledger
    from pipeline.replies.prices import read_prices
    from schemas.ledger import Route

    settings = settings_for(RepliesFrom.FILES, None)
    with KeptReplies(settings.home / KEPT) as store:
        ledger = Ledger(store, read_prices(settings.prices))
        for line in lines:
            if store.get(line.custom_id) != line:  # taken in before: nothing new was paid for
                ledger.record(line, Route.FILE)


def _record(claims: Path, lines: Sequence[ReplyLine], recordings: Path, display: ProgressDisplay) -> _Asked:
    from pipeline.replies.exchange import record

    tasks = Given(claims=(claims,)).tasks(display.warn)
    source = RepliesFrom.RECORDED
    asked = _asked(tasks, source, recordings, settings_for(source, None))
    recorded = record(recordings, claims.stem, asked.open, lines)
    typer.echo(f"{claims.stem}: {recorded.replies} of {recorded.requests} questions are answered in {recordings}")
    if recorded.unknown:
        display.warn(f"{recorded.unknown} replies answer no open question of this claim and were left out")
    return asked
