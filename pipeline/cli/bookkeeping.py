"""`mechsyn ledger`: what was asked and what it cost; lists it, writes it out, and drops what is old.

Promises: goes through the ledger once without holding it; prints no study text, no prompt and no key. Only `export`
writes questions and answers, into files, and only `prune --yes` takes anything away.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import date

    from pipeline.replies.kept import KeptReplies
    from pipeline.replies.ledger import Total
    from schemas.ledger import LedgerEntry

app = typer.Typer(help="What was asked and what it cost.", rich_markup_mode=None)


class By(StrEnum):
    """What totals are made by."""

    STAGE = "stage"
    MODEL = "model"
    DAY = "day"
    ROUTE = "route"
    OUTCOME = "outcome"


def register(parent: typer.Typer) -> None:
    """Adds the commands to `parent`."""
    app.callback(invoke_without_command=True)(totals)
    app.command("list")(entries)
    app.command()(export)
    app.command()(prune)
    parent.add_typer(app, name="ledger")


def totals(
    context: typer.Context,
    by: Annotated[By, typer.Option("--by", help="What to add up by.")] = By.STAGE,
    of: Annotated[
        Path | None, typer.Option("--of", help="Only what one analysis took: analysis.json, or its folder.")
    ] = None,
) -> None:
    """Attempts, answers, tokens and money, added up."""
    if context.invoked_subcommand is not None:
        return
    from pipeline.replies.ledger import totals as added_up

    wanted = None if of is None else _questions_of(of)
    seen: set[str] = set()

    def chosen(store: KeptReplies) -> Iterator[LedgerEntry]:
        for _, entry in store.entries():
            if wanted is None or entry.custom_id in wanted:
                if wanted is not None:
                    seen.add(entry.custom_id)
                yield entry

    with _store() as store:
        found = {} if store is None else added_up(chosen(store), _NAMES[by])
    typer.echo(_shown(by, found) if found else "the ledger holds nothing of this" if of else "the ledger is empty")
    if wanted is not None and len(wanted) > len(seen):
        typer.echo(f"{len(wanted) - len(seen)} of {len(wanted)} answers have no entry here: they came from elsewhere")


def entries(
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only the last so many.")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="Only these: answered, or a code of faults.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False,
) -> None:
    """One line for every attempt, in the order of writing."""
    from collections import deque

    with _store() as store:
        chosen = (e for _, e in store.entries() if outcome in {None, e.outcome}) if store is not None else iter(())
        for entry in chosen if last is None else deque(chosen, maxlen=last):
            typer.echo(entry.model_dump_json(exclude_none=True) if as_json else _line(entry))


def export(folder: Annotated[Path, typer.Argument(help="Folder for the three files.")]) -> None:
    """Write requests.jsonl and replies.jsonl, in the form of the Batch API, and entries.jsonl."""
    from pipeline.replies.lines import write_lines

    counts: dict[str, int] = {}

    def counted(name: str, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            counts[name] = counts.get(name, 0) + 1
            yield line

    with _store() as store:
        requests = (r.model_dump_json() for r in store.requests()) if store is not None else iter(())
        replies = (r.model_dump_json() for i in store if (r := store.get(i))) if store is not None else iter(())
        noted = (e.model_dump_json(exclude_none=True) for _, e in store.entries()) if store is not None else iter(())
        for name, lines in (("requests", requests), ("replies", replies), ("entries", noted)):
            write_lines(folder / f"{name}.jsonl", counted(name, lines))
    words = ", ".join(f"{counts.get(name, 0):,} {name}" for name in ("requests", "replies", "entries"))
    typer.echo(f"{folder}: {words}")


def prune(
    before: Annotated[str, typer.Option("--before", help="A day in UTC, as YYYY-MM-DD; it stays itself.")],
    failed: Annotated[bool, typer.Option("--failed", help="Only entries of failed attempts; answers stay.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
) -> None:
    """Drop answers, their requests and entries older than a day. Answers that are dropped are paid for again."""
    from pipeline.errors import InputError
    from pipeline.replies.pruning import Pruning

    day = _day(before)
    with _store() as store:
        pruning = None if store is None else Pruning(store, day, failed_only=failed)
        old = None if pruning is None else pruning.count()
        if pruning is None or old is None or not old.entries:
            typer.echo(f"nothing is older than {day}")
            return
        what = f"{old.entries:,} entries" + ("" if failed else f" and {old.answers:,} answers")
        if not yes:
            raise InputError(f"{what} are older than {day} and would go; nothing was dropped, give --yes to drop them")
        typer.echo(f"dropping {what} older than {day}")
        pruning.drop()
    typer.echo("dropped")


@contextmanager
def _store() -> Generator[KeptReplies | None]:
    """The user's store; None before the first reply, so that looking makes no folder."""
    from pipeline.cli.answering import KEPT
    from pipeline.cli.options import settings_from
    from pipeline.replies.kept import KeptReplies

    folder = settings_from(None).home / KEPT
    if not KeptReplies.is_in(folder):
        yield None
        return
    with KeptReplies(folder) as store:
        yield store


def _questions_of(file: Path) -> frozenset[str]:
    from pipeline.publish.writing import read_analysis

    return frozenset(read_analysis(file).provenance.request_ids)


def _day(text: str) -> date:
    from datetime import date

    from pipeline.errors import InputError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--before: {text!r} is no day; give one like 2026-01-31") from error


def _of_day(entry: LedgerEntry) -> str:
    from datetime import UTC

    return entry.at.astimezone(UTC).date().isoformat()


_NAMES: dict[By, Callable[[LedgerEntry], str]] = {
    By.STAGE: lambda e: e.stage,
    By.MODEL: lambda e: e.model or e.answered_by or "not named",
    By.DAY: _of_day,
    By.ROUTE: lambda e: e.route.value,
    By.OUTCOME: lambda e: e.outcome,
}


def _line(entry: LedgerEntry) -> str:
    usage = entry.usage
    tokens = "no usage" if usage.unreported else f"{usage.prompt_tokens}+{usage.completion_tokens} tokens"
    words = [
        entry.at.isoformat(timespec="seconds"),
        entry.custom_id,
        entry.route.value,
        f"attempt {entry.attempt}",
        entry.outcome,
        entry.model or entry.answered_by or "-",
        tokens,
        "-" if entry.seconds is None else f"{entry.seconds:.1f} s",
        "cost unknown" if entry.cost is None else f"{entry.cost:f}",
    ]
    return "  ".join("".join(c if c.isprintable() else " " for c in word) for word in words)


def _shown(by: By, found: dict[str, Total]) -> str:
    from pipeline.cli.options import settings_from
    from pipeline.cli.tables import table
    from pipeline.replies.ledger import Total
    from pipeline.replies.prices import read_prices

    total = Total()
    for each in found.values():
        total.include(each)
    currency = read_prices(settings_from(None).prices).currency
    head = (by.value, "attempts", "answers", "tokens in", "cached", "share", "tokens out", currency, "unpriced")
    return table(head, [_row(name, each) for name, each in [*found.items(), ("total", total)]])


def _row(name: str, total: Total) -> tuple[str, ...]:
    usage = total.usage
    return (
        "".join(c if c.isprintable() else " " for c in name),
        f"{total.attempts:,}",
        f"{total.answers:,}",
        f"{usage.prompt_tokens:,}",
        f"{usage.cached_tokens:,}",
        f"{usage.cached_tokens / usage.prompt_tokens:.0%}" if usage.prompt_tokens else "-",
        f"{usage.completion_tokens:,}",
        f"{total.cost:,.4f}",
        f"{total.unpriced:,}",
    )
