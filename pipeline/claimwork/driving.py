"""Pumps the core's generators with a driver: many claims at once, each going on once its own replies are there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable
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
PROPOSAL = "proposed claim"

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
        return self.task.claim.id if self.task.claim else PROPOSAL


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
    tasks: Iterable[Task],
    answer_for: Callable[[str], Answer],
    settings: SynthesisSettings,
    on_wave: OnWave,
    on_done: Callable[[Outcome], None],
    at_once: int = CLAIMS_AT_ONCE,
) -> None:
    """Analyses every task and hands each outcome to `on_done` as soon as it is there; none is held after that, and no
    task is made before there is room for it.

    One bad claim never costs the run, not even by a fault of ours. A SetupError (nobody can be asked) ends the run, and
    so does what `on_done` raises; outcomes handed over before stay with the caller.
    """
    waiting = iter(tasks)

    async def work() -> None:
        for task in waiting:
            on_done(await _outcome(task, answer_for, settings, on_wave))

    workers = [asyncio.create_task(work()) for _ in range(at_once)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()


async def _outcome(
    task: Task, answer_for: Callable[[str], Answer], settings: SynthesisSettings, on_wave: OnWave
) -> Outcome:
    if task.fault is not None:
        return Outcome(task, error=task.fault)
    try:
        return Outcome(task, analysis=await analyse(task, answer_for, settings, on_wave))
    except SetupError:
        raise
    except Exception as error:  # noqa: BLE001 - handed to the caller, who says it and raises a fault of ours
        return Outcome(task, error=error)


async def analyse(
    task: Task, answer_for: Callable[[str], Answer], settings: SynthesisSettings, on_wave: OnWave
) -> ClaimAnalysis:
    """Analyses one task; without a claim, the main claim that its studies make.

    ClaimError when they make none, ProposalUnansweredError when nobody has been asked yet.
    """
    claim, others = task.claim, tuple[FramedClaim, ...]()
    if claim is None:
        core = synthesis.propose(task.studies, settings)
        proposed = await pump(core, answer_for(PROPOSAL), lambda n: on_wave(PROPOSAL, n))
        if isinstance(proposed, Unsettled):
            if proposed.code in NOT_ASKED:
                raise ProposalUnansweredError(
                    f"which claim the studies make has not been answered yet ({proposed.reason})"
                )
            raise ClaimError(f"no claim could be proposed ({proposed.code}: {proposed.reason})")
        claim, others = claim_of(proposed[0].text), proposed[1:]
    core = synthesis.synthesise(claim, task.studies, settings, others, task.missing)
    name = claim.id
    return await pump(core, answer_for(name), lambda n: on_wave(name, n))
