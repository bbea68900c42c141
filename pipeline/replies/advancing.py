"""Moves the jobs of the book on: planned, uploaded, created, finished, collected. Every step may be cut off and taken
again.

Promises: a state is written before the next step begins; a step that was cut off is found out, not repeated blindly; an
answer, or a failure, is in the ledger, once, before its job counts as collected. Decides neither what is asked nor how
long to wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.completion import one_line
from pipeline.replies.collecting import Collected, collect
from pipeline.replies.failures import Failures
from pipeline.replies.jobs import ERRORS, INPUT, OUTPUT, JobBook, Questions
from pipeline.replies.ledger import Ledger
from schemas.batch import BatchJob, BatchStanding, JobState
from schemas.ledger import LedgerEntry, Route
from schemas.wire import ReplyError, ReplyLine

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.replies.batch import BatchEndpoint

CANCELLED = "cancelled"
BATCH_FAILED = "batch_failed"
BATCHES_FULL = "batches_full"
"""Codes of questions whose batch was cancelled, refused as a whole, or refused because too much waits already."""

OnEnd = Callable[[ReplyLine, LedgerEntry | None], None]
"""Called with the reply or the failure of every question that a job brings to an end, and its entry in the ledger; None
where the ledger has it already."""


class Advance:
    """Drives jobs of one endpoint. Needs the right to change the book (`JobBook.driven`).

    Methods raise SetupError when the endpoint refuses, ReplyFileError when disk or store refuse, and FaultError from
    `look` when there is no news.
    """

    def __init__(
        self, book: JobBook, endpoint: BatchEndpoint, ledger: Ledger, failures: Failures, on_end: OnEnd
    ) -> None:
        self._book = book
        self._endpoint = endpoint
        self._ledger = ledger
        self._failures = failures
        self._on_end = on_end

    async def submit(self, job: BatchJob) -> BatchJob:
        """Upload and create what is not yet created."""
        untried = False
        if job.state is JobState.PLANNED:
            file_id = await self._endpoint.upload(job, self._book.path(job.id, INPUT))
            job = self._book.save(job.model_copy(update={"state": JobState.UPLOADED, "file_id": file_id}))
            untried = True
        if job.state is JobState.UPLOADED:
            job = _created(self._book, job, await self._endpoint.created(job, untried=untried))
        return job

    async def look(self, job: BatchJob) -> BatchJob:
        """How a created job stands now; when its batch has ended, what came of it is collected."""
        if job.state is JobState.CREATED:
            job = self._stands(job, await self._endpoint.standing(job))
        if job.state is JobState.FINISHED:
            job = await self._collected(job)
        return job

    def _stands(self, job: BatchJob, standing: BatchStanding) -> BatchJob:
        update: dict[str, object] = {"status": standing.status}
        if standing.ended and standing.status == "failed":
            reason = one_line(standing.fault)
            code = BATCHES_FULL if standing.too_much_waiting else BATCH_FAILED
            for custom_id in self._book.questions(job):
                self._on_end(ReplyLine.failed(custom_id, code, f"the endpoint refused its batch: {reason}"), None)
            update |= {"state": JobState.FAILED, "reason": f"{code}: {reason}"}
        elif standing.ended:
            files = {"output_file_id": standing.output_file_id or None, "error_file_id": standing.error_file_id or None}
            update |= {"state": JobState.FINISHED, **files}
        changed = job.model_copy(update=update)
        return changed if changed == job else self._book.save(changed)

    async def _collected(self, job: BatchJob) -> BatchJob:
        files = await self._files(job)
        cancelled = job.status == CANCELLED
        with self._book.questions(job) as questions:
            found = collect(questions, files, lambda reply: self._answer(job, questions, reply))
            for custom_id, error in found.failed.items():
                self._failure(job, questions, custom_id, error, cancelled=cancelled)
        self._failures.note(job.id, {} if cancelled else found.failed, found.answered)
        return self._book.save(job.model_copy(update=_ended(found, cancelled=cancelled)))

    async def _files(self, job: BatchJob) -> list[Path]:
        files: list[Path] = []
        for file_id, name in ((job.output_file_id, OUTPUT), (job.error_file_id, ERRORS)):
            if file_id is not None:
                path = self._book.path(job.id, name)
                if not path.exists():
                    await self._endpoint.download(job, file_id, path)
                files.append(path)
        return files

    def _answer(self, job: BatchJob, questions: Questions, reply: ReplyLine) -> None:
        """Keep an answer. The very same one was collected before a process was cut off; another one came on another
        way meanwhile: analyses rest on it, so it stays, but both were paid for."""
        entry, kept = None, self._ledger.store.get(reply.custom_id)
        if kept != reply:
            entry = self._ledger.record(
                reply,
                Route.BATCH,
                request=questions.request(reply.custom_id),
                attempt=self._failures.attempts(reply.custom_id) + 1,
                keep=kept is None,
                key=_attempt(job, reply.custom_id),
            )
        self._on_end(reply, entry)

    def _failure(
        self, job: BatchJob, questions: Questions, custom_id: str, error: ReplyError, *, cancelled: bool
    ) -> None:
        reply = ReplyLine.failed(custom_id, CANCELLED if cancelled else error.code, error.message)
        entry = None
        if not cancelled:
            attempt = self._failures.attempts(custom_id) + 1
            request = questions.request(custom_id)
            key = _attempt(job, custom_id)
            entry = self._ledger.record(reply, Route.BATCH, request=request, attempt=attempt, key=key)
        self._on_end(reply, entry)


async def cancel(book: JobBook, endpoint: BatchEndpoint, job: BatchJob, *, give_up: bool) -> BatchJob:
    """Cancel a job. A batch is cancelled at its endpoint, also while another process waits for it: that one sees it,
    and collects what was answered until then. What was never created ends at once.

    `give_up`: end a job also when its endpoint does not know its batch or keeps its answers from us. SetupError when
    the endpoint refuses, or when another process is just submitting the job.
    """
    if job.state is JobState.CREATED and (standing := await endpoint.cancel(job)) is not None:
        return job.model_copy(update={"status": standing.status})
    with book.driven():
        job = next((each for each in book.open_jobs() if each.id == job.id), job)
        if job.state is JobState.UPLOADED and (found := await endpoint.found(job)) is not None:
            job = _created(book, job, found)
            if (standing := await endpoint.cancel(job)) is not None:
                return book.save(job.model_copy(update={"status": standing.status}))
        gone = job.state in {JobState.CREATED, JobState.FINISHED}
        if job.state.ended or (gone and not give_up):
            return job
        return book.save(job.model_copy(update={"state": JobState.CANCELLED}))


def _created(book: JobBook, job: BatchJob, standing: BatchStanding) -> BatchJob:
    update = {"state": JobState.CREATED, "batch_id": standing.id, "status": standing.status}
    return book.save(job.model_copy(update=update))


def _attempt(job: BatchJob, custom_id: str) -> str:
    """The name of a question's attempt in a job: a job is read again when a process was cut off while it read it."""
    return f"{job.id}-{custom_id}"


def _ended(found: Collected, *, cancelled: bool) -> dict[str, object]:
    return {
        "state": JobState.CANCELLED if cancelled else JobState.COLLECTED,
        "answered": len(found.answered),
        "failed": len(found.failed),
        "unknown": found.unknown,
    }
