"""Pumps the core's generators with a driver: many claims at once, each going on once its own replies are there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline import synthesis
from pipeline.claimwork.intake import Task, claim_of
from pipeline.errors import ClaimError, MechsynError, SetupError
from pipeline.replies.driver import Answer
from pipeline.settings import SynthesisSettings
from schemas.analysis import ClaimAnalysis, Unsettled
from schemas.claim import FramedClaim
from schemas.wire import ReplyLine, RequestLine

T = TypeVar("T")
CLAIMS_AT_ONCE = 64

OnWave = Callable[[str, int], None]
"""Called with the claim's id and the number of requests of the wave that begins."""


@dataclass(frozen=True)
class Outcome:
    """What became of one task: an analysis, or the error that ended it."""

    task: Task
    analysis: ClaimAnalysis | None = None
    error: MechsynError | None = None


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
) -> list[Outcome]:
    """Analyses every task; one bad claim never costs the run, a SetupError (nobody can be asked) ends it."""
    places = asyncio.Semaphore(CLAIMS_AT_ONCE)

    async def one(task: Task) -> Outcome:
        async with places:
            try:
                outcome = Outcome(task, analysis=await analyse(task, answer, settings, on_wave))
            except SetupError:
                raise
            except MechsynError as error:
                outcome = Outcome(task, error=error)
        on_done(outcome)
        return outcome

    return list(await asyncio.gather(*(one(t) for t in tasks)))


async def analyse(task: Task, answer: Answer, settings: SynthesisSettings, on_wave: OnWave) -> ClaimAnalysis:
    """Analyses one task; without a claim, the main claim that its studies make. ClaimError when they make none."""
    claim, others = task.claim, tuple[FramedClaim, ...]()
    if claim is None:
        proposed = await pump(synthesis.propose(task.studies, settings), answer, lambda n: on_wave("proposal", n))
        if isinstance(proposed, Unsettled):
            raise ClaimError(f"no claim could be proposed ({proposed.code}: {proposed.reason})")
        claim, others = claim_of(proposed[0].text), proposed[1:]
    core = synthesis.synthesise(claim, task.studies, settings, others, task.missing)
    name = claim.id
    return await pump(core, answer, lambda n: on_wave(name, n))
