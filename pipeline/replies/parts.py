"""Streams questions into the input files of new jobs, each within what an endpoint takes.

Promises: a part never exceeds either limit and holds questions to one model (the Batch API takes no others); a part
becomes a job only once it is whole on the disk; no question stays in memory. Does not submit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pipeline.errors import ReplyFileError
from pipeline.replies.jobs import INPUT, JobBook
from schemas.batch import BatchJob
from schemas.wire import RequestLine

MOST_QUESTIONS = 50_000
MOST_BYTES = 200_000_000
"""Limits of one input file of the OpenAI Batch API: lines, and bytes."""


@dataclass
class _Part:
    job: str
    model: str
    path: Path
    stream: BinaryIO
    questions: int = 0
    bytes: int = 0


class Parts:
    """The parts of one wave. A context manager: what is not `done` when it is left never becomes a job.

    ReplyFileError when the book's folder cannot be written.
    """

    def __init__(
        self, book: JobBook, endpoint: str, *, most_questions: int = MOST_QUESTIONS, most_bytes: int = MOST_BYTES
    ) -> None:
        self._book = book
        self._endpoint = endpoint
        self._most_questions = most_questions
        self._most_bytes = most_bytes
        self._open: dict[str, _Part] = {}
        self._jobs: list[BatchJob] = []

    def add(self, request: RequestLine) -> str | None:
        """Put a question into a part; why not, in words, when it alone is larger than a part may be."""
        line = (request.model_dump_json() + "\n").encode()
        if len(line) > self._most_bytes:
            return f"the question has {len(line):,} bytes, and a batch takes {self._most_bytes:,}"
        model = str(request.body.get("model"))
        part = self._open.get(model)
        if part is not None and (part.questions >= self._most_questions or part.bytes + len(line) > self._most_bytes):
            self._close(part)
            part = None
        part = part or self._begin(model)
        try:
            part.stream.write(line)
        except OSError as error:
            raise _unwritable(part.path, error) from error
        part.questions += 1
        part.bytes += len(line)
        return None

    def done(self) -> list[BatchJob]:
        """The planned jobs, in the order in which they were filled."""
        for part in list(self._open.values()):
            self._close(part)
        return self._jobs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._open.values():
            part.stream.close()

    def _begin(self, model: str) -> _Part:
        job = self._book.begin()
        path = self._book.path(job, INPUT)
        try:
            part = _Part(job, model, path, path.open("wb"))
        except OSError as error:
            raise _unwritable(path, error) from error
        self._open[model] = part
        return part

    def _close(self, part: _Part) -> None:
        try:
            part.stream.flush()
            os.fsync(part.stream.fileno())
            part.stream.close()
        except OSError as error:
            raise _unwritable(part.path, error) from error
        del self._open[part.model]
        self._jobs.append(self._book.planned(part.job, self._endpoint, part.model, part.questions))


def _unwritable(path: Path, error: OSError) -> ReplyFileError:
    return ReplyFileError(f"{path}: cannot be written ({error.strerror or error}); make room, then run again")
