"""Keeps every paid reply for ever, found by `custom_id`.

Promises: nothing is evicted or expires; only answers (status 200) are kept, errors never; a row of any other form than
those of `row_store` is refused (docs/decisions/0004-kept-replies.md). The folder belongs to its user alone (mode 0700).
Not for network file systems; open after a fork.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from pydantic import BaseModel, ValidationError

from pipeline.errors import ReplyFileError
from pipeline.row_store import BROKEN, JsonRows, RowsLockedError, UnsafeRowError, has_rows, open_rows
from schemas.ledger import LedgerEntry
from schemas.wire import ReplyLine, RequestLine

__all__ = ["JsonRows", "KeptReplies"]

_REQUEST_PREFIX = "request:"
_ENTRY_PREFIX = "entry:"
Wire = TypeVar("Wire", bound=BaseModel)


class KeptReplies:
    """A store of reply lines by `custom_id`, with the requests that they answer. A context manager.

    Every method raises ReplyFileError, naming the folder and the remedy, when the store is damaged, hostile, locked for
    a minute by another process, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._guarded():
            self._cache: Any = open_rows(folder)

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether replies have ever been kept in `folder`; opening it would make it."""
        return has_rows(folder)

    def get(self, custom_id: str) -> ReplyLine | None:
        """The kept reply, or None. About 50 microseconds."""
        with self._guarded():
            reply = self._read(custom_id, ReplyLine)
            if reply is not None and reply.custom_id != custom_id:
                raise UnsafeRowError("a reply that was kept for another question")
            return reply

    def request(self, custom_id: str) -> RequestLine | None:
        """The request that the kept reply answers, or None when it came by file without its request."""
        with self._guarded():
            return self._read(_REQUEST_PREFIX + custom_id, RequestLine)

    def put(
        self,
        request: RequestLine | None,
        reply: ReplyLine | None = None,
        entry: LedgerEntry | None = None,
        key: str | None = None,
    ) -> bool:
        """Keep an answer, its request and its entry in the ledger, all or nothing; False when there is no answer.

        A reply that is no answer is not kept, its request and entry are. A reply kept before is replaced, a request
        never, nor an entry of the same `key`. Requests lie in rows of their own, so that reading a reply never unpacks
        the study text of its request.
        """
        with self._guarded(), self._cache.transact():
            if request is not None:
                self._cache.add(_REQUEST_PREFIX + request.custom_id, request.model_dump_json())
            if entry is not None:
                text = entry.model_dump_json(exclude_defaults=True)
                self._cache.add(_ENTRY_PREFIX + (key or secrets.token_hex(12)), text)
            if reply is not None and reply.is_answer:
                self._cache.set(reply.custom_id, reply.model_dump_json())
                return True
        return False

    def requests(self) -> Iterator[RequestLine]:
        """Every request that was kept, answered or not, in the order of keeping."""
        for key in self._keys():
            if key.startswith(_REQUEST_PREFIX):
                with self._guarded():
                    request = self._read(key, RequestLine)
                if request is not None:
                    yield request

    def entries(self) -> Iterator[tuple[str, LedgerEntry]]:
        """Every entry of the ledger with its key, in the order of writing."""
        for key in self._keys():
            if key.startswith(_ENTRY_PREFIX):
                with self._guarded():
                    entry = self._read(key, LedgerEntry)
                if entry is not None:
                    yield key, entry

    def drop(self, custom_ids: Iterable[str], entries: Iterable[str]) -> None:
        """Forget replies with their requests, and entries by their keys: all or nothing."""
        with self._guarded(), self._cache.transact():
            for custom_id in custom_ids:
                self._cache.delete(custom_id)
                self._cache.delete(_REQUEST_PREFIX + custom_id)
            for key in entries:
                self._cache.delete(key)

    def __contains__(self, custom_id: str) -> bool:
        with self._guarded():
            return custom_id in self._cache

    def __iter__(self) -> Iterator[str]:
        """The `custom_id` of every kept reply, in the order of keeping."""
        return (key for key in self._keys() if not key.startswith((_REQUEST_PREFIX, _ENTRY_PREFIX)))

    def close(self) -> None:
        """Close the database; harmless when done twice."""
        self._cache.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _keys(self) -> Iterator[str]:
        with self._guarded():
            yield from cast("Iterator[str]", self._cache)

    def _read(self, key: str, kind: type[Wire]) -> Wire | None:
        text = cast("bytes | None", self._cache.get(key))
        return None if text is None else kind.model_validate_json(text)

    @contextmanager
    def _guarded(self) -> Generator[None]:
        try:
            yield
        except ValidationError as error:
            raise self._damaged("a row that is no reply line") from error
        except (UnsafeRowError, *BROKEN) as error:
            raise self._damaged(str(error)) from error
        except RowsLockedError as error:
            raise ReplyFileError(
                f"{self.folder}: the kept replies are locked by another process or not writable; "
                "end that process or make the folder writable, then run again"
            ) from error
        except OSError as error:
            raise ReplyFileError(
                f"{self.folder}: replies cannot be kept here ({error.strerror or error}); "
                "give yourself the folder, or set MECHSYN_HOME to one that is yours"
            ) from error

    def _damaged(self, cause: str) -> ReplyFileError:
        return ReplyFileError(
            f"{self.folder}: the kept replies are damaged or were tampered with ({cause}); "
            "move the folder away and run again"
        )
