"""Results as they come: each finished claim is written and printed at once, and then let go.

Promises that what is finished is never lost to what comes later (an interruption, an endpoint that refuses), that one
bad claim never costs the others, and that what is missing is said even when quiet. Does not ask and does not judge.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.cli.options import RepliesFrom
from pipeline.errors import ClaimError, MechsynError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.claimwork.driving import Outcome
    from pipeline.cli.given import Given
    from pipeline.cli.progress import ProgressDisplay
    from pipeline.replies.counts import Counts, Meter
    from schemas.analysis import ClaimAnalysis, Unsettled

FAILED = 1
PARTIAL = 3
MOST_REASONS = 3
"""Different reasons that one line names; the analysis has them all."""

_AGAIN = "run the same command again to ask only what is missing"
_OTHERWISE = "analyze with --replies live, or with --replies files after mechsyn requests"
_UNUSABLE = (
    "no usable answer can be had by asking again; correct what is named above, or ask another model with --model"
)
_NEVER_ASKED_AGAIN = frozenset({"refused", "cut_off", "content_filter", "empty", "unfit", "skipped", "unreadable"})
"""Codes of parts whose answers came, are kept and cannot be used, or that nobody can be asked about."""


class Results:
    """Writes and prints the outcomes of `total` claims. `remedy` says how to come by answers that nobody gave yet."""

    def __init__(self, total: int, out: Path, display: ProgressDisplay, remedy: str) -> None:
        self._total = total
        self._out = out
        self._display = display
        self._remedy = remedy
        self._failed = self._partial = 0
        self._raised: Exception | None = None

    def take(self, outcome: Outcome, counts: Counts) -> None:
        """Writes and prints one outcome. What goes wrong with it is counted, and said where there are several.
        `counts` is what the claim took."""
        from pipeline.claimwork.keeping import keep

        if outcome.analysis is None:
            self._fail(outcome.name, outcome.error or MechsynError("nothing came of the claim"))
            return
        try:
            written = keep(outcome.analysis, outcome.task.studies, self._out)
        except Exception as error:  # noqa: BLE001 - said and counted; `close` raises what is a fault of ours
            self._fail(outcome.name, error)
            return
        shown = _shown(written.analysis, in_full=self._total == 1)
        self._display.result(f"{shown}\n{'unchanged' if written.unchanged else 'written'}: {written.html}")
        if self._total > 1 and counts.asked:
            self._display.warn(f"{outcome.name}: {taken(counts)}")
        if not written.analysis.complete:
            self._partial += 1
            missing = _missing(written.analysis.unsettled, self._remedy)
            # Claims finish in any order, so a line that is read apart from stdout names its claim.
            self._display.say(missing if self._total == 1 else f"{outcome.name}: {missing}")

    def spent(self, meter: Meter) -> None:
        """Says what the run took, where anybody was asked."""
        if meter.counts.asked:
            self._display.warn(f"asked {taken(meter.counts)}")

    def close(self) -> int:
        """The exit code. Raises what ended the only claim, and the first fault of ours after all claims are done."""
        if self._failed and self._total > 1:
            rest = "none is written" if self._failed == self._total else "the others are written"
            self._display.say(f"{self._failed} of {self._total} claims failed, see above; {rest}")
        if self._raised is not None:
            raise self._raised
        if self._failed and self._failed == self._total:
            return FAILED
        return PARTIAL if self._failed or self._partial else 0

    def _fail(self, name: str, error: Exception) -> None:
        from pipeline.claimwork.driving import ProposalUnansweredError

        self._failed += 1
        if isinstance(error, ProposalUnansweredError):
            error = ClaimError(f"{error}; {self._remedy}")
        ours = not isinstance(error, MechsynError)
        if self._total > 1:
            self._display.say(f"{name}: {reason_of(error)}")
        if self._raised is None and (ours or self._total == 1):
            self._raised = error


def taken(counts: Counts) -> str:
    """What was asked and what it took, in a few words."""
    usage = counts.usage
    words = f"{counts.asked} questions, {counts.kept} were known"
    words += f"; {usage.prompt_tokens:,} tokens in, {usage.completion_tokens:,} out"
    if usage.prompt_tokens:
        words += f", {usage.cached_tokens / usage.prompt_tokens:.0%} of the prompts cached by the provider"
    if usage.unreported:
        words += f", {usage.unreported} answers without usage"
    money = "money unknown (no price or no usage)" if counts.money is None else f"{counts.money:.4f} {counts.currency}"
    return f"{words}; {money}"


def reason_of(error: Exception) -> str:
    """One line about what ended a claim; what is no error of the tree is a fault of ours and called so."""
    return str(error) if isinstance(error, MechsynError) else f"internal fault ({type(error).__name__}: {error})"


def remedy_of(replies: RepliesFrom, given: Given, recordings: Path | None = None) -> str:
    """How to come by answers that nobody has given yet. `recordings` is the folder, where one other than ours is used.

    Answers are recorded for claims files only, under the name of the file.
    """
    if replies.asks:
        return _AGAIN
    if replies is RepliesFrom.FILES:
        return _exchange(given.requests_command(), "take answers in", "")
    if not given.claims:
        return f"the recordings do not hold these answers; {_OTHERWISE} ({given.requests_command()})"
    folder = "" if recordings is None else f" --recordings {shlex.quote(str(recordings))}"
    ask = f"{replace(given, models=()).requests_command()} --replies recorded{folder}"
    return _exchange(ask, "record answers", f" --record {shlex.quote(str(given.claims[0]))}{folder}")


def _exchange(ask: str, what: str, record: str) -> str:
    return (
        f"write the open questions with: {ask} > questions.jsonl ; {what} with: mechsyn replies ANSWERS.jsonl{record}"
    )


def _shown(analysis: ClaimAnalysis, *, in_full: bool) -> str:
    from pipeline.publish import text, viewing
    from pipeline.rules.verdict import shown

    if in_full:
        return text.render_text(viewing.page_of(analysis))
    balance = analysis.settlement.balance
    verdict = shown(analysis.settlement.verdict)
    return f"{analysis.evidence.claim.id}: {verdict} (Pro {balance.pro}, Against {balance.against})"


def _missing(parts: Sequence[Unsettled], remedy: str) -> str:
    from schemas.wire import UNANSWERED

    names = ", ".join(dict.fromkeys(u.stage if u.study is None else f"{u.stage} of {u.study}" for u in parts))
    codes = {u.code for u in parts}
    if UNANSWERED not in codes:
        remedy = _UNUSABLE if codes <= _NEVER_ASKED_AGAIN else _AGAIN
    why = " | ".join(list(dict.fromkeys(u.reason for u in parts if not u.reason.startswith("needs ")))[:MOST_REASONS])
    return f"incomplete, missing: {names}; {remedy}{f' (why: {why})' if why else ''}"
