"""How often batches gave no answer to a question, so that it is asked again, but not for ever.

Promises: a job counts once for a question, however often it is collected; what was answered is forgotten, and so is
what an analysis has been told was given up. Asks nobody; one process at a time, the one that drives the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import ReplyFileError
from pipeline.replies.lines import LARGEST_FILE, write_lines
from schemas.batch import Failure, FailureBook
from schemas.wire import ReplyError, ReplyLine

FAILURES = "failures.json"
MOST_ATTEMPTS = 3
"""How often a question is put into a batch at the most before it is given up."""

_PASSING = frozenset({"http_408", "http_409", "http_429"})


def hopeless(code: str) -> bool:
    """Whether asking again will not help: a refusal of the question itself, as for the live driver."""
    return code.startswith(("http_3", "http_4")) and code not in _PASSING


class Failures:
    """The failures of a job book. ReplyFileError when the file is damaged or cannot be written."""

    def __init__(self, folder: Path, most: int = MOST_ATTEMPTS) -> None:
        self._path = folder / FAILURES
        self._most = most
        self._known = dict(self._read().questions)

    def attempts(self, custom_id: str) -> int:
        """In how many jobs the question has failed."""
        failure = self._known.get(custom_id)
        return 0 if failure is None else len(failure.jobs)

    def given_up(self, custom_id: str) -> ReplyLine | None:
        """The last failure of a question that is not asked again, or None while it may be asked."""
        failure = self._known.get(custom_id)
        if failure is None or not (failure.hopeless or len(failure.jobs) >= self._most):
            return None
        return ReplyLine.failed(custom_id, failure.code, failure.message)

    def note(self, job: str, failed: Mapping[str, ReplyError], answered: Iterable[str]) -> None:
        """Take in what became of the questions of one job."""
        before = dict(self._known)
        for custom_id in answered:
            self._known.pop(custom_id, None)
        for custom_id, error in failed.items():
            earlier = self._known.get(custom_id)
            jobs = dict.fromkeys((*(earlier.jobs if earlier is not None else ()), job))
            self._known[custom_id] = Failure(
                jobs=tuple(jobs), code=error.code, message=error.message, hopeless=hopeless(error.code)
            )
        self._write(before)

    def forget(self, custom_ids: Iterable[str]) -> None:
        """Let questions be asked again from the start."""
        before = dict(self._known)
        for custom_id in custom_ids:
            self._known.pop(custom_id, None)
        self._write(before)

    def _read(self) -> FailureBook:
        try:
            with self._path.open("rb") as stream:
                return FailureBook.model_validate_json(stream.read(LARGEST_FILE))
        except FileNotFoundError:
            return FailureBook()
        except OSError as error:
            raise ReplyFileError(f"{self._path}: {error.strerror or error}; make it readable or remove it") from error
        except ValidationError as error:
            raise ReplyFileError(f"{self._path}: not as we wrote it; remove it, it only counts failures") from error

    def _write(self, before: Mapping[str, Failure]) -> None:
        if self._known != before:
            write_lines(self._path, [FailureBook(questions=self._known).model_dump_json(exclude_defaults=True)])
