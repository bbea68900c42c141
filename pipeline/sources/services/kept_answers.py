"""Keeps answers of services with the moment at which they came, so that the same is not asked twice in a day.

Promises that an answer older than the caller allows is never given, and that neither keys nor the contact address are
in it: what is kept is named by the question without them. Damaged or foreign rows are as good as none.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from pipeline.errors import SetupError
from pipeline.row_store import BROKEN, RowsLockedError, UnsafeRowError, open_rows

FOLDER = "services"
LARGEST_KEPT = 20_000_000
"""Bytes of one answer."""


class KeptAnswer(BaseModel):
    """An answer as it came; `url` is without keys and contact address."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    url: str
    at: AwareDatetime
    text: str


class KeptAnswers:
    """A store of answers by question. A context manager; SetupError when the folder cannot be used at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._guarded():
            self._rows: Any = open_rows(folder)

    def get(self, question: str, max_age: timedelta) -> KeptAnswer | None:
        """The answer kept for `question` unless it is older than `max_age`."""
        if max_age <= timedelta():
            return None
        with self._guarded():
            try:
                text = self._rows.get(question)
            except UnsafeRowError:
                return None
        try:
            kept = KeptAnswer.model_validate_json(text) if isinstance(text, bytes) else None
        except ValidationError:
            return None
        age = datetime.now(UTC) - kept.at if kept is not None else max_age
        return kept if timedelta() <= age < max_age else None

    def put(self, question: str, answer: KeptAnswer) -> None:
        """Keep an answer in the place of an older one."""
        if len(answer.text) <= LARGEST_KEPT:
            with self._guarded():
                self._rows.set(question, answer.model_dump_json())

    def close(self) -> None:
        """Close the database; harmless when done twice."""
        self._rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _guarded(self) -> Generator[None]:
        remedy = "move the folder away, or set MECHSYN_HOME to one that is yours"
        try:
            yield
        except RowsLockedError as error:
            raise SetupError(
                f"{self.folder}: kept answers are locked by another process; end it, or {remedy}"
            ) from error
        except (OSError, *BROKEN) as error:
            cause = " ".join(str(error).split())[:160] or type(error).__name__
            raise SetupError(f"{self.folder}: answers of services cannot be kept here ({cause}); {remedy}") from error
