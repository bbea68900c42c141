"""The job book: every batch that we plan, submit and collect, one folder each, so that a killed run can go on.

    <home>/batches/lock               held by the one process that drives the book
    <home>/batches/failures.json      questions that batches gave no answer to (failures.py)
    <home>/batches/<job>/job.json     how far the job has come
    <home>/batches/<job>/input.jsonl  its questions, until it is collected

Promises: a job exists once its `job.json` does, and then its input is whole; each change is written beside, flushed to
the disk and renamed; only ids of questions are in memory. Does not talk to endpoints.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from pydantic import ValidationError

from pipeline.errors import ReplyFileError, SetupError
from pipeline.replies.lines import LONGEST_LINE, damaged, write_lines
from schemas.batch import JOB_ID, BatchJob
from schemas.wire import RequestLine

BATCHES = "batches"
JOB = "job.json"
INPUT = "input.jsonl"
OUTPUT = "output.jsonl"
ERRORS = "errors.jsonl"

_ID_OF_LINE = re.compile(rb'\{"custom_id":"([^"\\]{1,400})"')
_LARGEST_JOB = 100_000


class Questions:
    """The questions of one job by id: where each stands in the job's input. A context manager while bodies are read.

    ReplyFileError when the input is missing or is not what we wrote.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: BinaryIO | None = None
        self._places: dict[str, int] = {}
        with _guarded(path), path.open("rb") as stream:
            place = 0
            for number, line in enumerate(stream, 1):
                found = _ID_OF_LINE.match(line)
                if found is None or len(line) > LONGEST_LINE or not line.endswith(b"\n"):
                    raise damaged(path, number, "no question of ours", "cancel the job with 'mechsyn batches cancel'")
                self._places[found.group(1).decode()] = place
                place += len(line)

    def __contains__(self, custom_id: str) -> bool:
        return custom_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def request(self, custom_id: str) -> RequestLine:
        """The question itself. KeyError when it is none of this job; ReplyFileError when it cannot be read."""
        place = self._places[custom_id]
        with _guarded(self._path):
            if self._stream is None:
                self._stream = self._path.open("rb")
            self._stream.seek(place)
            line = self._stream.readline(LONGEST_LINE + 1)
        try:
            return RequestLine.model_validate_json(line)
        except ValidationError as error:
            raise ReplyFileError(f"{self._path}: {custom_id} is no question; cancel the job and run again") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()


class JobBook:
    """The jobs under one folder. `now` is the clock, in UTC.

    Methods raise ReplyFileError, naming the file and the remedy, when the folder cannot be read or written.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder = folder
        self._now = now

    @contextmanager
    def driven(self) -> Generator[None]:
        """The right to change the book. SetupError when another process has it; it ends with the process.

        What a killed process left half made is removed first.
        """
        with _guarded(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SetupError(
                    f"{self.folder}: another process drives these batches; wait until it ends, "
                    "or set MECHSYN_HOME to another folder"
                ) from error
            self._tidy()
            yield
        finally:
            os.close(lock)

    def jobs(self) -> list[BatchJob]:
        """Every job, oldest first."""
        found = [self._job(path) for path in self._folders() if (path / JOB).exists()]
        return sorted(found, key=lambda job: (job.created, job.id))

    def open_jobs(self) -> list[BatchJob]:
        """The jobs of which something is still to come, oldest first."""
        return [job for job in self.jobs() if not job.state.ended]

    def begin(self) -> str:
        """The id of a new job, whose folder is made. It is no job before it is saved."""
        name = f"{self._now():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        with _guarded(self.folder):
            (self.folder / name).mkdir(mode=0o700)
        return name

    def planned(self, job_id: str, endpoint: str, model: str, questions: int) -> BatchJob:
        """The job that was begun, now that its input is whole."""
        return self.save(
            BatchJob(id=job_id, created=self._now(), endpoint=endpoint, model=model[:400], questions=questions)
        )

    def save(self, job: BatchJob) -> BatchJob:
        """Write how far a job has come; what an ended job no longer needs is removed."""
        write_lines(self.path(job.id, JOB), [job.model_dump_json(exclude_defaults=True)])
        if job.state.ended:
            self._empty(job.id)
        return job

    def path(self, job_id: str, name: str) -> Path:
        """A file in a job's folder."""
        return self.folder / job_id / name

    def questions(self, job: BatchJob) -> Questions:
        """The questions of a job that has not ended."""
        return Questions(self.path(job.id, INPUT))

    def _folders(self) -> list[Path]:
        with _guarded(self.folder):
            if not self.folder.exists():
                return []
            return sorted(path for path in self.folder.iterdir() if re.fullmatch(JOB_ID[1:-1], path.name))

    def _job(self, folder: Path) -> BatchJob:
        path = folder / JOB
        with _guarded(path), path.open("rb") as stream:
            text = stream.read(_LARGEST_JOB)
        try:
            job = BatchJob.model_validate_json(text)
        except ValidationError as error:
            raise ReplyFileError(f"{path}: no job of ours; move its folder away and look for its batch") from error
        if job.id != folder.name:
            raise ReplyFileError(f"{path}: the job of another folder; move it back to {job.id}")
        return job

    def _tidy(self) -> None:
        with _guarded(self.folder):
            for folder in self._folders():
                if not (folder / JOB).exists():
                    shutil.rmtree(folder)
                elif self._job(folder).state.ended:
                    self._empty(folder.name)

    def _empty(self, job_id: str) -> None:
        with _guarded(self.folder):
            for path in (self.folder / job_id).iterdir():
                if path.name != JOB:
                    path.unlink()


@contextmanager
def _guarded(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ReplyFileError(
            f"{error.filename or path}: {error.strerror or error}; make it readable and writable for yourself, "
            "or set MECHSYN_HOME to a folder of yours"
        ) from error
