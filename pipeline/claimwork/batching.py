"""Goes through all claims wave by wave, and puts what cannot be answered yet into batches.

Promises: between waves nothing is held but ids, so a run that was killed goes on from the job book and the kept
replies; a question is never in two jobs at once; a run ends when a wave has brought nothing new. A wave asks all claims
for what they can ask now; how deep a claim has come is told by what is kept, so `live_after` means the same after a
restart. Knows no client.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from pipeline.claimwork.driving import Outcome, analyse_all
from pipeline.claimwork.intake import Task
from pipeline.errors import SetupError
from pipeline.replies.advancing import BATCH_FAILED, BATCHES_FULL, Advance
from pipeline.replies.budget import Budget, most_tokens
from pipeline.replies.driver import Answer, not_asked
from pipeline.replies.failures import Failures
from pipeline.replies.faults import FaultError
from pipeline.replies.jobs import JobBook
from pipeline.replies.ledger import Ledger, Total
from pipeline.replies.parts import MOST_BYTES, MOST_QUESTIONS, Parts
from pipeline.replies.prices import PriceTable
from pipeline.replies.reserving import Reserved
from pipeline.settings import SynthesisSettings
from schemas.batch import BatchJob, JobState
from schemas.ledger import LedgerEntry
from schemas.wire import BUDGET, ReplyLine, RequestLine

if TYPE_CHECKING:
    from pipeline.replies.batch import BatchEndpoint

FIRST_LOOK_SECONDS = 5.0
LATER = 1.5
LONGEST_LOOK_SECONDS = 300.0
"""How long to wait between looks at batches: first, by how much longer each time, and at the most."""

_LONGEST_WAIT = 3600.0
_TOO_LARGE = "too_large"


@dataclass(frozen=True)
class Means:
    """What a run works with: the job book and its failures, the endpoint, where answers are kept, and money."""

    book: JobBook
    failures: Failures
    endpoint: BatchEndpoint
    ledger: Ledger
    prices: PriceTable
    budget: Budget | None = None
    most_questions: int = MOST_QUESTIONS
    most_bytes: int = MOST_BYTES


class BatchRun:
    """One run over `tasks`, which are gone through once for every wave.

    `live_after`: each claim's first so many rounds of questions go into batches, the others are left for the live
    driver; None: all go into batches. `say` is told of every wave and of every change of a job. SetupError, also when
    the endpoint refuses every batch; ReplyFileError when book or store cannot be used.
    """

    def __init__(
        self,
        tasks: Iterable[Task],
        settings: SynthesisSettings,
        means: Means,
        *,
        live_after: int | None = None,
        say: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._tasks = tasks
        self._settings = settings
        self._means = means
        self.live_after = live_after
        self._say = say
        self._sleep = sleep
        self._advance = Advance(means.book, means.endpoint, means.ledger, means.failures, self._end)
        self._most_questions = means.most_questions
        self._ended: dict[str, ReplyLine] = {}
        self._told: set[str] = set()
        self._resuming = False
        self.reserved = Reserved(means.budget)
        self.total = Total()

    async def run(self, *, wait: bool = True) -> bool:
        """Ask wave after wave. True: whatever batches can answer is answered. False: `wait` was not wanted and jobs are
        under way, or somebody cancelled a job, after which nothing more is asked."""
        await self._resume()
        for number in range(1, 1_000_000):
            wave = _Wave(self, self._means)
            jobs = await wave.gather(self._tasks, self._settings, self._most_questions)
            if not jobs:
                self._say_left_out()
                return True
            self._say(f"wave {number}: {sum(job.questions for job in jobs)} questions in {len(jobs)} jobs{wave.most}")
            for job in jobs:
                await self._submit(job)
            if not wait:
                return False
            ended = await self._until_ended(jobs, number)
            if any(job.state is JobState.CANCELLED for job in ended):
                self._say("a job was cancelled; nothing more is asked")
                return False
        raise SetupError("the waves do not end; report this with the claims")

    async def answer(self, request: RequestLine) -> ReplyLine:
        """What is to be said, after `run`, of a question that batches have not answered. Never raises."""
        custom_id = request.custom_id
        given_up = self._means.failures.given_up(custom_id)
        if given_up is not None:
            self._told.add(custom_id)
            return given_up
        if custom_id in self.reserved.left_out:
            return ReplyLine.failed(custom_id, BUDGET, self.reserved.left_out[custom_id])
        return self._ended.get(custom_id) or not_asked(custom_id)

    def late(self, live: Answer) -> Answer:
        """The driver for what is left after `run`: `live`, but not for what lies in a job that has not ended."""
        under_way = {custom_id for job in self._means.book.open_jobs() for custom_id in self._means.book.questions(job)}

        async def answer(request: RequestLine) -> ReplyLine:
            if request.custom_id in under_way:
                return not_asked(request.custom_id)
            if self._means.failures.given_up(request.custom_id) is not None:
                self._told.add(request.custom_id)
            return await live(request)

        return answer

    def close(self) -> None:
        """The analyses have been told of what was given up: the next run may ask it again."""
        self._means.failures.forget(self._told)

    def ended(self, custom_id: str) -> ReplyLine | None:
        """What became of a question in this run that ended without an answer and is not asked again."""
        return self._ended.get(custom_id)

    def too_large(self, custom_id: str, why: str) -> ReplyLine:
        """A question that fits into no batch."""
        return self._ended.setdefault(custom_id, ReplyLine.failed(custom_id, _TOO_LARGE, why))

    def _end(self, reply: ReplyLine, entry: LedgerEntry | None) -> None:
        """A job brings a question to an end."""
        self.reserved.end(reply, entry)
        if entry is not None:
            self.total.add(entry)
        if reply.error is not None and reply.error.code == BATCH_FAILED and not self._resuming:
            self._ended[reply.custom_id] = reply

    async def _resume(self) -> None:
        """Take up what earlier runs have left, whichever claims it was for."""
        self._resuming = True
        for job in self._means.book.open_jobs():
            if job.endpoint != self._means.endpoint.address:
                self._say(f"job {job.id} lies at {job.endpoint}; set OPENAI_BASE_URL to it to collect its answers")
                continue
            job = await self._submit(job)  # noqa: PLW2901 - the same job, further on
            try:
                self._changed(job, await self._advance.look(job))
            except FaultError as fault:
                self._say(f"job {job.id}: no news ({fault.message})")
        self._resuming = False

    async def _submit(self, job: BatchJob) -> BatchJob:
        now = await self._advance.submit(job)
        self._changed(job, now)
        return now

    async def _until_ended(self, jobs: list[BatchJob], number: int) -> list[BatchJob]:
        """Look at the jobs, ever less often, until all have ended; then say what came of them."""
        open_ids = {job.id for job in jobs}
        waiting = {job.id: job for job in self._means.book.open_jobs() if job.id in open_ids}
        ended: list[BatchJob] = []
        interval = FIRST_LOOK_SECONDS
        while waiting:
            asked_for = 0.0
            for job in list(waiting.values()):
                try:
                    now = await self._advance.look(job)
                except FaultError as fault:
                    asked_for = max(asked_for, fault.wait or 0.0)
                    self._say(f"job {job.id}: no news ({fault.message})")
                    continue
                self._changed(job, now)
                waiting[job.id] = now
                if now.state.ended:
                    ended.append(waiting.pop(job.id))
            if waiting:
                await self._sleep(max(interval, min(asked_for, _LONGEST_WAIT)))
                interval = min(interval * LATER, LONGEST_LOOK_SECONDS)
        self._say(self._what_came(ended, number))
        await self._mind_refusals(ended)
        return ended

    def _what_came(self, ended: list[BatchJob], number: int) -> str:
        asked = sum(job.questions for job in ended)
        answered, failed = sum(job.answered for job in ended), sum(job.failed for job in ended)
        unknown = sum(job.unknown for job in ended)
        strange = f", {unknown} lines that nobody asked for" if unknown else ""
        money = f"{self.total.cost:.4f} {self._means.prices.currency} so far"
        unpriced = f" and {self.total.unpriced} answers without a price" if self.total.unpriced else ""
        left = len(self.reserved.left_out) + len(self._ended)
        return (
            f"wave {number}: {asked} asked, {answered} answered, {failed} failed, {left} left{strange}; "
            f"{money}{unpriced}"
        )

    async def _mind_refusals(self, ended: list[BatchJob]) -> None:
        """Where no batch of a wave was taken at all: smaller parts when too much waits already; SetupError when nothing
        has ever been answered."""
        refused = [job for job in ended if job.state is JobState.FAILED]
        if len(refused) < len(ended):
            return
        full = [job for job in refused if (job.reason or "").startswith(BATCHES_FULL)]
        if not full:
            if self.total.answers:
                return
            raise SetupError(
                f"{self._means.endpoint.address} refuses the batch of job {refused[0].id} ({refused[0].reason}); "
                "correct what it names, then run the same command again"
            )
        largest = max(job.questions for job in full)
        if largest == 1:
            raise SetupError(
                f"{self._means.endpoint.address} takes no batch now ({full[0].reason}); "
                "run the same command again when others have ended"
            )
        self._most_questions = largest // 2
        self._say(f"too much waits at the endpoint; going on with {self._most_questions} questions in a job")
        await self._sleep(LONGEST_LOOK_SECONDS)

    def _changed(self, before: BatchJob, now: BatchJob) -> None:
        if (before.state, before.status) != (now.state, now.status):
            reason = "" if now.reason is None else f" ({now.reason})"
            status = "" if now.status is None else f", at the endpoint {now.status}"
            self._say(f"job {now.id}: {now.state.value}{status}{reason}")

    def _say_left_out(self) -> None:
        if self.reserved.left_out:
            first = next(iter(self.reserved.left_out.values()))
            self._say(f"{len(self.reserved.left_out)} questions do not fit into the budget and were left out ({first})")


class _Wave:
    """One time through all claims."""

    def __init__(self, run: BatchRun, means: Means) -> None:
        self._run = run
        self._means = means
        self._jobs = {job.id: job for job in means.book.open_jobs()}
        self._places = {custom_id: job for job in self._jobs for custom_id in means.book.questions(self._jobs[job])}
        self._new: set[str] = set()
        self._needed: set[str] = set()
        self._rounds: Counter[str] = Counter()
        self._most: Decimal | None = Decimal(0)

    @property
    def most(self) -> str:
        """What the new questions of the wave can cost, in words."""
        if not self._new:
            return ", submitted before"
        if self._most is None:
            return ", cost unknown (no price)"
        return f", at most {self._most:.4f} {self._means.prices.currency}"

    async def gather(self, tasks: Iterable[Task], settings: SynthesisSettings, most_questions: int) -> list[BatchJob]:
        """The jobs that hold what the claims wait for: those of the book, and new ones, planned."""
        address, most_bytes = self._means.endpoint.address, self._means.most_bytes
        with Parts(self._means.book, address, most_questions=most_questions, most_bytes=most_bytes) as parts:
            await analyse_all(
                tasks, lambda claim: partial(self._answer, parts, claim), settings, self._round, self._done
            )
            new = parts.done()
        return [*(self._jobs[job] for job in sorted(self._needed)), *new]

    def _round(self, claim: str, _requests: int) -> None:
        self._rounds[claim] += 1

    def _done(self, outcome: Outcome) -> None:
        # What ended a claim is said when its analysis is due, after the last wave.
        self._rounds.pop(outcome.name, None)

    async def _answer(self, parts: Parts, claim: str, request: RequestLine) -> ReplyLine:
        custom_id, live_after = request.custom_id, self._run.live_after
        kept = self._means.ledger.store.get(custom_id)
        if kept is not None:
            return kept
        place = self._places.get(custom_id)
        if place is not None:
            return self._waiting(place, request)
        without = self._means.failures.given_up(custom_id) or self._run.ended(custom_id)
        late = live_after is not None and (without is not None or self._rounds[claim] > live_after)
        if late or custom_id in self._new:
            return not_asked(custom_id)
        return without or self._asked(parts, request)

    def _waiting(self, place: str, request: RequestLine) -> ReplyLine:
        if self._jobs[place].endpoint == self._means.endpoint.address:
            self._needed.add(place)
            self._run.reserved.hold(request)
        return not_asked(request.custom_id)

    def _asked(self, parts: Parts, request: RequestLine) -> ReplyLine:
        why = self._run.reserved.reserve(request)
        if why is not None:
            return ReplyLine.failed(request.custom_id, BUDGET, why)
        why = parts.add(request)
        if why is not None:
            self._run.reserved.release(request.custom_id)
            return self._run.too_large(request.custom_id, why)
        self._new.add(request.custom_id)
        most = self._means.prices.cost(str(request.body.get("model")), most_tokens(request), batch=True)
        self._most = None if self._most is None or most is None else self._most + most
        return not_asked(request.custom_id)
