"""Keeps every paid reply for ever, found by `custom_id`. The only module that imports diskcache.

Promises: nothing is evicted or expires; only answers (status 200) are kept, errors never; rows are zlib(JSON) inside
the database, and a row of any other form is refused before anything of it is decoded, unpickled or opened
(CVE-2025-69872; docs/decisions/0004-kept-replies.md). The folder belongs to its user alone (mode 0700).
Not for network file systems; open after a fork.
"""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar, cast

import diskcache  # pyright: ignore[reportMissingTypeStubs]
from diskcache.core import MODE_RAW  # pyright: ignore[reportMissingTypeStubs]
from pydantic import BaseModel, ValidationError

from pipeline.errors import ReplyFileError
from schemas.ledger import LedgerEntry
from schemas.wire import ReplyLine, RequestLine

LARGEST_VALUE = 64 * 2**20
"""Bytes of JSON that one row may unfold to: a bound against compression bombs, far above any reply."""

_ENDLESS: dict[str, Any] = {
    "eviction_policy": "none",
    "cull_limit": 0,
    "size_limit": 2**50,
    "disk_min_file_size": 2**40,
    "statistics": 0,
    "tag_index": 0,
    # Its own 64 MB of mapped file and 32 MB of pages would make a long run look, and be, larger than a short one.
    "sqlite_mmap_size": 0,
    "sqlite_cache_size": 1024,
}
"""Given at every opening, so that they overrule what the database itself says."""

_BROKEN = (sqlite3.Error, zlib.error, TypeError, ValueError, AttributeError)
"""What diskcache lets out when the database holds what it never wrote."""

_REQUEST_PREFIX = "request:"
_ENTRY_PREFIX = "entry:"
Wire = TypeVar("Wire", bound=BaseModel)


class _UnsafeRowError(Exception):
    """A row that this program never writes."""


class JsonRows(diskcache.Disk):
    """Stores JSON text as zlib bytes in the row itself; refuses pickles, texts, files and keys that are not text.

    diskcache's own Disk, and its JSONDisk too, unpickle whatever a row says is a pickle, and join a row's file name to
    the folder unchecked. Nothing here reads, writes or removes a file, so no file name in a row is ever followed.
    """

    def put(self, key: object) -> tuple[str, bool]:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not isinstance(key, str):
            raise TypeError("keys of kept replies are texts")
        return key, True

    def get(self, key: object, raw: object) -> str:
        if raw != 1 or not isinstance(key, str):
            raise _UnsafeRowError("a key that is not a plain text")
        return key

    def store(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        value: object,
        read: bool,  # noqa: FBT001 - diskcache's signature
        key: object = None,  # noqa: ARG002 - diskcache's signature
    ) -> tuple[int, int, None, bytes]:
        if read or not isinstance(value, str):
            raise TypeError("values of kept replies are JSON texts")
        packed = zlib.compress(value.encode(), 1)
        return len(packed), MODE_RAW, None, packed

    def fetch(
        self,
        mode: object,
        filename: object,
        value: object,
        read: bool,  # noqa: FBT001 - diskcache's signature
    ) -> bytes:
        if mode != MODE_RAW or filename is not None or read:
            raise _UnsafeRowError("a row that is pickled or points at a file")
        if not isinstance(value, bytes):
            raise _UnsafeRowError("a value that is not compressed JSON")
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(value, LARGEST_VALUE)
        if not unpacking.eof:
            raise _UnsafeRowError("a value that is cut off or too large")
        return text

    def remove(self, file_path: object) -> NoReturn:  # noqa: ARG002 - diskcache's signature
        raise _UnsafeRowError("a row that points at a file")


class KeptReplies:
    """A store of reply lines by `custom_id`, with the requests that they answer. A context manager.

    Every method raises ReplyFileError, naming the folder and the remedy, when the store is damaged, hostile, locked for
    a minute by another process, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._guarded():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            self._cache: Any = diskcache.Cache(str(folder.resolve()), disk=JsonRows, **_ENDLESS)

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether replies have ever been kept in `folder`; opening it would make it."""
        return (folder / diskcache.core.DBNAME).exists()

    def get(self, custom_id: str) -> ReplyLine | None:
        """The kept reply, or None. About 50 microseconds."""
        with self._guarded():
            reply = self._read(custom_id, ReplyLine)
            if reply is not None and reply.custom_id != custom_id:
                raise _UnsafeRowError("a reply that was kept for another question")
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
        except (_UnsafeRowError, *_BROKEN) as error:
            raise self._damaged(str(error)) from error
        except diskcache.Timeout as error:
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
