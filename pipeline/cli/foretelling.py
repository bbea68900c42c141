"""`mechsyn analyze --dry-run`: what a run would ask and cost. Asks nobody, writes nothing, needs no key."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.cli.options import RepliesFrom, synthesis_settings
from pipeline.cli.progress import ProgressDisplay
from pipeline.cli.tables import amount, duration, table

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from pipeline.claimwork.estimating import Estimate, Experience
    from pipeline.cli.given import Given
    from pipeline.replies.keeping import ReplySource
    from pipeline.settings import Settings
    from schemas.wire import ReplyLine

_HEAD = ("stage", "model", "questions", "to come", "tokens in", "tokens out", "about", "at most")


def foretell(
    given: Given, settings: Settings, replies: RepliesFrom, recordings: Path, *, batch: bool, quiet: bool
) -> None:
    """Prints the estimate of what `analyze` would ask with these arguments; `batch`: at the Batch API's price."""
    from pipeline.claimwork.estimating import Estimate
    from pipeline.replies.prices import read_prices

    display = ProgressDisplay(quiet=quiet)
    tasks = given.tasks(display.warn)
    core = synthesis_settings(settings, live=replies.asks)
    with _known(replies, settings, recordings) as (known, experience):
        estimate = Estimate(core, known, read_prices(settings.prices), experience, batch=batch)
        for task in tasks:
            if task.fault is not None and task.claim is not None:
                display.say(f"{task.claim.id}: {task.fault}")
            estimate.add(task)
    display.result(_shown(estimate, settings, batch=batch))


@contextmanager
def _known(source: RepliesFrom, settings: Settings, recordings: Path) -> Generator[tuple[ReplySource, Experience]]:
    """What is known without asking. A store that is not there yet is not made."""
    from pipeline.claimwork.estimating import NO_EXPERIENCE, Experience
    from pipeline.cli.answering import KEPT
    from pipeline.replies.kept import KeptReplies
    from pipeline.replies.recorded import Recorded

    if source is RepliesFrom.RECORDED:
        yield Recorded(recordings), NO_EXPERIENCE
    elif not KeptReplies.is_in(settings.home / KEPT):
        yield _Nothing(), NO_EXPERIENCE
    else:
        with KeptReplies(settings.home / KEPT) as store:
            yield store, Experience.of(entry for _, entry in store.entries())


class _Nothing:
    """A source of replies before the first reply."""

    def get(self, custom_id: str) -> ReplyLine | None:
        del custom_id
        return None


def _shown(estimate: Estimate, settings: Settings, *, batch: bool) -> str:
    stages = estimate.stages
    claims = f"{estimate.claims:,} claim{'' if estimate.claims == 1 else 's'}"
    if estimate.fruitless:
        claims += f", {estimate.fruitless:,} of them with nothing to ask about"
    if not stages:
        return f"{claims}: nothing to ask, everything is answered"
    rows = [
        (
            name,
            s.model,
            f"{s.questions:,}",
            f"{s.questions - s.now:,}",
            f"{s.prompt_tokens:,.0f}",
            f"{s.completion_tokens:,.0f}",
            amount(s.cost),
            amount(s.most),
        )
        for name, s in stages.items()
    ]
    every = stages.values()
    total = (
        "total",
        "",
        f"{sum(s.questions for s in every):,}",
        f"{sum(s.questions - s.now for s in every):,}",
        f"{sum(s.prompt_tokens for s in every):,.0f}",
        f"{sum(s.completion_tokens for s in every):,.0f}",
        amount(estimate.cost),
        amount(estimate.most),
    )
    return "\n".join(
        (
            claims,
            table(_HEAD, [*rows, total], left=2),
            _money(estimate, batch=batch),
            _time(estimate, settings, batch=batch),
            "Tokens are counted from bytes, rather too many, and include the usual repeats. Nothing was asked.",
        )
    )


def _money(estimate: Estimate, *, batch: bool) -> str:
    if estimate.unpriced:
        return f"money: unknown: no price for {', '.join(estimate.unpriced)}"
    currency = estimate.prices.currency
    models = {s.model for s in estimate.stages.values()}
    dates = sorted({str(p.as_of) for m in models if (p := estimate.prices.of(m)) is not None})
    prices = f"prices of {' and '.join(dates)}" + (", Batch API" if batch else "")
    about, most = amount(estimate.cost), amount(estimate.most)
    return f"money: about {about} {currency}, at most {most} {currency} ({prices}, nothing cached by the provider)"


def _time(estimate: Estimate, settings: Settings, *, batch: bool) -> str:
    if batch:
        return "time: as long as the batch endpoint takes, once for every wave"
    found = estimate.seconds(settings)
    if found is None:
        return "time: unknown: no limit is set, and the ledger knows too few answers to say how long one takes"
    return f"time: about {duration(found[0])} at {found[1]}"
