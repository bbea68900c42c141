"""Remembers from run to run what an endpoint does not understand, so that it is found out once.

One small JSON file beside the kept replies, by address and model. Promises: a damaged file costs a question or two and
nothing else; it is written beside and renamed. What was refused long ago is tried again after a month, because servers
learn.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, Field, ValidationError

from pipeline.errors import ReplyFileError
from pipeline.replies.access import base_url_of, without_credentials
from pipeline.replies.dialect import Dialect
from pipeline.replies.lines import write_lines
from pipeline.settings import Settings
from schemas.base import Noun

REMEMBERED = "endpoints.json"
_FRESH = timedelta(days=30)
_LARGEST_FILE = 1_000_000
_MOST = 1000


class _Known(Noun):
    """What one endpoint understood, and when it was found out."""

    structured_outputs: bool
    completion_tokens: bool
    found: AwareDatetime


class _Book(Noun):
    endpoints: Mapping[str, _Known] = Field(max_length=_MOST, default_factory=dict[str, _Known])

    def plus(self, name: str, known: _Known) -> _Book:
        """The book with one more entry; the oldest goes when it is full."""
        entries = sorted({**self.endpoints, name: known}.items(), key=lambda kv: kv[1].found)
        return _Book(endpoints=dict(entries[-_MOST:]))


@contextmanager
def remembered(settings: Settings) -> Generator[Dialect]:
    """The dialect of the settings' endpoint and model as it was last found; what is learnt meanwhile is remembered."""
    address = without_credentials(base_url_of(settings) or "")
    name = f"{address} {settings.model or ''}"
    known = _read(settings).endpoints.get(name)
    fresh = known is not None and timedelta() <= datetime.now(UTC) - known.found < _FRESH
    dialect = Dialect()
    if known is not None and fresh:
        dialect = Dialect(structured_outputs=known.structured_outputs, completion_tokens=known.completion_tokens)
    before = (dialect.structured_outputs, dialect.completion_tokens)
    try:
        yield dialect
    finally:
        after = (dialect.structured_outputs, dialect.completion_tokens)
        if after != before:
            found = _Known(structured_outputs=after[0], completion_tokens=after[1], found=datetime.now(UTC))
            book = _read(settings).plus(name, found)
            write_lines(settings.home / REMEMBERED, [book.model_dump_json()])


def _read(settings: Settings) -> _Book:
    """What is remembered; nothing when the file is missing or damaged: it only saves questions."""
    path = settings.home / REMEMBERED
    try:
        with path.open("rb") as stream:
            return _Book.model_validate_json(stream.read(_LARGEST_FILE))
    except FileNotFoundError:
        return _Book()
    except OSError as error:
        raise ReplyFileError(f"{path}: cannot be read ({error.strerror}); make it readable or remove it") from error
    except ValidationError:
        return _Book()
