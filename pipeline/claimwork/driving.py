"""Pumps the core's generators with a driver: many claims at once, each going on once its own replies are there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline import synthesis
from pipeline.claimwork.intake import Task, claim_of
from pipeline.errors import ClaimError, SetupError
from pipeline.replies.driver import Answer
from pipeline.settings import SynthesisSettings
from schemas.analysis import ClaimAnalysis, Unsettled
from schemas.claim import FramedClaim
from schemas.wire import NOT_ASKED, ReplyLine, RequestLine

T = TypeVar("T")
CLAIMS_AT_ONCE = 64

OnWave = Callable[[str, int], None]
"""Called with the claim's id and the number of requests of the wave that begins."""


class ProposalUnansweredError(ClaimError):
    """Nobody has been asked yet which claim the studies make, so there is none to analyse so far."""


@dataclass(frozen=True)
class Outcome:
    """What became of one task: an analysis, or what ended it. An `error` outside the tree is a fault of ours."""

    task: Task
    analysis: ClaimAnalysis | None = None
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The claim's id, or what stands for it where none was given."""
        return self.task.claim.id if self.task.claim else "proposed claim"


async def pump(
    core: Generator[list[RequestLine], list[ReplyLine], T], answer: Answer, on_wave: Callable[[int], None]
) -> T:
    """Runs one generator to its end; what `answer` raises goes through."""
    try:
        requests = next(core)
        while True:
            on_wave(len(requests))
            replies = await asyncio.gather(*(answer(r) for r in requests))
            requests = core.send(list(replies))
    except StopIteration as stop:
        return stop.value
    finally:
        core.close()


async def analyse_all(
    tasks: Sequence[Task],
    answer: Answer,
    settings: SynthesisSettings,
    on_wave: OnWave,
    on_done: Callable[[Outcome], None],
) -> None:
    """Analyses every task and hands each outcome to `on_done` as soon as it is there; none is held after that.

    One bad claim never costs the run, not even by a fault of ours. A SetupError (nobody can be asked) ends the run, and
    so does what `on_done` raises; outcomes handed over before stay with the caller.
    """
    places = asyncio.Semaphore(CLAIMS_AT_ONCE)

    async def one(task: Task) -> None:
        async with places:
            try:
                outcome = Outcome(task, analysis=await analyse(task, answer, settings, on_wave))
            except SetupError:
                raise
            except Exception as error:  # noqa: BLE001 - handed to the caller, who says it and raises a fault of ours
                outcome = Outcome(task, error=error)
        on_done(outcome)

    await asyncio.gather(*(one(t) for t in tasks))


async def analyse(task: Task, answer: Answer, settings: SynthesisSettings, on_wave: OnWave) -> ClaimAnalysis:
    """Analyses one task; without a claim, the main claim that its studies make.

    ClaimError when they make none, ProposalUnansweredError when nobody has been asked yet.
    """
    claim, others = task.claim, tuple[FramedClaim, ...]()
    if claim is None:
        proposed = await pump(synthesis.propose(task.studies, settings), answer, lambda n: on_wave("proposal", n))
        if isinstance(proposed, Unsettled):
            if proposed.code in NOT_ASKED:
                raise ProposalUnansweredError(
                    f"which claim the studies make has not been answered yet ({proposed.reason})"
                )
            raise ClaimError(f"no claim could be proposed ({proposed.code}: {proposed.reason})")
        claim, others = claim_of(proposed[0].text), proposed[1:]
    core = synthesis.synthesise(claim, task.studies, settings, others, task.missing)
    name = claim.id
    return await pump(core, answer, lambda n: on_wave(name, n))
