"""`mechsyn requests` and `mechsyn replies`: the file exchange, for batch runners, air-gapped sites and recordings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import (
    RECORDINGS,
    Model,
    Password,
    Quiet,
    Recordings,
    RepliesFrom,
    settings_from,
    synthesis_settings,
)
from pipeline.cli.progress import ProgressDisplay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.claimwork.intake import Task
    from schemas.wire import ReplyLine, RequestLine


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command()(requests)
    app.command()(replies)


def requests(
    claims: Annotated[list[Path], typer.Argument(help="Claims files.")],
    replies: Annotated[
        RepliesFrom, typer.Option("--replies", help="Where known answers are looked up: files or recorded.")
    ] = RepliesFrom.FILES,
    recordings: Recordings = RECORDINGS,
    model: Model = None,
    password: Password = None,
    quiet: Quiet = False,
) -> None:
    """Write the questions that cannot be answered yet to stdout, as OpenAI Batch lines."""
    from pipeline.claimwork.intake import read_claims
    from pipeline.errors import InputError
    from pipeline.replies.exchange import write_requests

    if replies is RepliesFrom.LIVE:
        raise InputError("--replies live asks by itself; give files or recorded to write questions out")
    display = ProgressDisplay(1, quiet=quiet)
    tasks = [t for path in claims for t in read_claims(path, [], display.warn, password)]
    open_questions = _open_questions(tasks, replies, recordings, model)
    write_requests(open_questions, sys.stdout)
    if open_questions:
        display.warn(
            f"{len(open_questions)} open questions; answer them, then 'mechsyn replies FILE', until none is left"
        )
    else:
        display.warn("no open questions; 'mechsyn analyze --replies files' has all it needs")


def _open_questions(
    tasks: Sequence[Task], source: RepliesFrom, recordings: Path, model: str | None
) -> list[RequestLine]:
    import asyncio

    from pipeline.claimwork.driving import analyse_all
    from pipeline.cli.answering import answering
    from schemas.wire import UNANSWERED

    settings = settings_from(model)
    found: dict[str, RequestLine] = {}

    async def collect() -> None:
        async with answering(source, settings, recordings, lambda _: None) as known:

            async def answer(request: RequestLine) -> ReplyLine:
                reply = await known(request)
                if reply.error is not None and reply.error.code == UNANSWERED:
                    found[request.custom_id] = request
                return reply

            core = synthesis_settings(settings, live=False)
            await analyse_all(tasks, answer, core, lambda _claim, _requests: None, lambda _: None)

    asyncio.run(collect())
    return list(found.values())


def replies(
    files: Annotated[
        list[Path], typer.Argument(help="Files of replies: Batch output, or lines of custom_id, content.")
    ],
    record: Annotated[
        Path | None, typer.Option("--record", help="Claims file whose replies to record as fixtures.")
    ] = None,
    recordings: Recordings = RECORDINGS,
    model: Model = None,
    quiet: Quiet = False,
) -> None:
    """Take answers in: into the store of kept replies, or with --record into the folder of recordings."""
    from pipeline.replies.driver import is_answer
    from pipeline.replies.exchange import read_replies

    display = ProgressDisplay(1, quiet=quiet)
    lines = [line for file in files for line in read_replies(file)]
    failed = [line for line in lines if not is_answer(line)]
    if record is not None:
        _record(record, [line for line in lines if is_answer(line)], recordings, model, display)
    else:
        _keep([line for line in lines if is_answer(line)], model)
        typer.echo(f"{len(lines) - len(failed)} replies kept")
    for line in failed[:20]:
        reason = line.error.message if line.error else f"status {line.response.status_code if line.response else '?'}"
        display.warn(f"{line.custom_id}: no answer in it ({reason}); ask it again")
    if failed:
        raise typer.Exit(3)


def _keep(lines: Sequence[ReplyLine], model: str | None) -> None:
    from pipeline.cli.answering import KEPT
    from pipeline.replies.kept import KeptReplies

    with KeptReplies(settings_from(model).home / KEPT) as store:
        for line in lines:
            store.put(None, line)


def _record(
    claims: Path, lines: Sequence[ReplyLine], recordings: Path, model: str | None, display: ProgressDisplay
) -> None:
    from pipeline.claimwork.intake import read_claims
    from pipeline.replies.exchange import record

    tasks = read_claims(claims, [], display.warn)
    asked = _open_questions(tasks, RepliesFrom.RECORDED, recordings, model)
    recorded = record(recordings, claims.stem, asked, lines)
    typer.echo(f"{claims.stem}: {recorded.replies} of {recorded.requests} questions are answered in {recordings}")
    if recorded.unknown:
        display.warn(f"{recorded.unknown} replies answer no open question of this claim and were left out")
