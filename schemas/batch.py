"""Nouns of the Batch API: a job as our book keeps it, and a batch as an endpoint describes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.base import Line, Noun

JOB_ID = r"^\d{8}T\d{6}-[0-9a-f]{8}$"
JobId = Annotated[str, StringConstraints(pattern=JOB_ID)]

METADATA_KEY = "mechsyn_job"
"""Under this key of a batch's metadata stands the id of our job."""


class JobState(StrEnum):
    """How far a job has come. The last three are ends."""

    PLANNED = "planned"
    UPLOADED = "uploaded"
    CREATED = "created"
    FINISHED = "finished"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of the job, so that its questions may be asked again."""
        return self in {JobState.COLLECTED, JobState.CANCELLED, JobState.FAILED}


class BatchJob(Noun):
    """One batch of questions to one model. `endpoint` is its address without credentials, `status` what the endpoint
    last called the batch, `reason` why it failed. `answered`, `failed` and `unknown` count lines that came back;
    `failed` those that gave no answer or never came, `unknown` those that nobody asked for."""

    id: JobId
    created: datetime
    state: JobState = JobState.PLANNED
    endpoint: Line
    model: Line
    questions: int = Field(gt=0)
    file_id: Line | None = None
    batch_id: Line | None = None
    output_file_id: Line | None = None
    error_file_id: Line | None = None
    status: Line | None = None
    reason: Line | None = None
    answered: int = 0
    failed: int = 0
    unknown: int = 0


class Failure(Noun):
    """A question that batches gave no answer to: in which jobs, and the last reason. `hopeless`: asking again will not
    help."""

    jobs: tuple[JobId, ...]
    code: str
    message: str
    hopeless: bool = False


class FailureBook(Noun):
    """Failures by `custom_id`."""

    questions: Mapping[str, Failure] = Field(default_factory=dict[str, Failure])


class _Received(BaseModel):
    """What an endpoint sends: unknown fields are passed over, because every provider adds its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class UploadedFile(_Received):
    """The answer to an upload."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=400)]


class _BatchFault(_Received):
    code: str | None = None
    message: str | None = None
    line: int | None = None


class _BatchFaults(_Received):
    data: tuple[_BatchFault, ...] | None = None


class _RequestCounts(_Received):
    completed: int | None = None


class BatchStanding(_Received):
    """A batch as its endpoint describes it at one moment."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    status: Annotated[str, StringConstraints(max_length=400)]
    input_file_id: str | None = None
    output_file_id: Annotated[str, StringConstraints(max_length=400)] | None = None
    error_file_id: Annotated[str, StringConstraints(max_length=400)] | None = None
    metadata: Mapping[str, object] | None = None
    errors: _BatchFaults | None = None
    request_counts: _RequestCounts | None = None

    @property
    def ended(self) -> bool:
        """Whether it is at its end and its files are named. A batch that counts answers but names no output yet is
        not: taking it for empty would mean to pay twice."""
        if self.status not in {"completed", "expired", "cancelled", "failed"}:
            return False
        answers = self.request_counts.completed if self.request_counts is not None else None
        return bool(self.output_file_id) or not answers

    def is_of(self, job: BatchJob) -> bool:
        """Whether it is the batch of `job`: by its metadata, or by the file that we uploaded for it alone."""
        named = self.metadata is not None and self.metadata.get(METADATA_KEY) == job.id
        return named or (job.file_id is not None and self.input_file_id == job.file_id)

    @property
    def fault(self) -> str:
        """Why the endpoint refused the batch as a whole: the first three of its reasons."""
        faults = (self.errors.data if self.errors is not None else None) or ()
        said = [f"{'' if f.line is None else f'line {f.line}: '}{f.message or f.code or '?'}" for f in faults[:3]]
        return "; ".join(said) or "no reason given"

    @property
    def too_much_waiting(self) -> bool:
        """Whether it was refused because too many tokens wait in batches already, which passes."""
        faults = (self.errors.data if self.errors is not None else None) or ()
        return any(f.code == "token_limit_exceeded" for f in faults)


class BatchPage(_Received):
    """One page of an endpoint's list of batches."""

    data: tuple[BatchStanding, ...]
    has_more: bool | None = None
