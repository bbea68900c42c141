"""Rows of JSON text in diskcache, without its pickles. The only module that imports diskcache.

Promises: rows are zlib(JSON) inside the database, and a row of any other form is refused before anything of it is
decoded, unpickled or opened (CVE-2025-69872; docs/decisions/0004-kept-replies.md). Nothing is evicted or expires: how
old an answer may be is for those who keep it. Not for network file systems; open after a fork.
"""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path
from typing import Any, NoReturn

import diskcache  # pyright: ignore[reportMissingTypeStubs]
from diskcache.core import MODE_RAW  # pyright: ignore[reportMissingTypeStubs]

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

BROKEN = (sqlite3.Error, zlib.error, TypeError, ValueError, AttributeError)
"""What diskcache lets out when the database holds what it never wrote."""

RowsLockedError = diskcache.Timeout
"""The database is locked by another process for a minute, or cannot be written."""


class UnsafeRowError(Exception):
    """A row that this program never writes."""


class JsonRows(diskcache.Disk):
    """Stores JSON text as zlib bytes in the row itself; refuses pickles, texts, files and keys that are not text.

    diskcache's own Disk, and its JSONDisk too, unpickle whatever a row says is a pickle, and join a row's file name to
    the folder unchecked. Nothing here reads, writes or removes a file, so no file name in a row is ever followed.
    """

    def put(self, key: object) -> tuple[str, bool]:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not isinstance(key, str):
            raise TypeError("keys are texts")
        return key, True

    def get(self, key: object, raw: object) -> str:
        if raw != 1 or not isinstance(key, str):
            raise UnsafeRowError("a key that is not a plain text")
        return key

    def store(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        value: object,
        read: bool,  # noqa: FBT001 - diskcache's signature
        key: object = None,  # noqa: ARG002 - diskcache's signature
    ) -> tuple[int, int, None, bytes]:
        if read or not isinstance(value, str):
            raise TypeError("values are JSON texts")
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
            raise UnsafeRowError("a row that is pickled or points at a file")
        if not isinstance(value, bytes):
            raise UnsafeRowError("a value that is not compressed JSON")
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(value, LARGEST_VALUE)
        if not unpacking.eof:
            raise UnsafeRowError("a value that is cut off or too large")
        return text

    def remove(self, file_path: object) -> NoReturn:  # noqa: ARG002 - diskcache's signature
        raise UnsafeRowError("a row that points at a file")


def open_rows(folder: Path) -> Any:
    """A diskcache.Cache of such rows in `folder`, which is made, and made its user's own (mode 0700).

    OSError, one of BROKEN, UnsafeRowError or RowsLockedError when that cannot be done.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return diskcache.Cache(str(folder.resolve()), disk=JsonRows, **_ENDLESS)


def has_rows(folder: Path) -> bool:
    """Whether rows have ever been kept in `folder`; opening it would make it."""
    return (folder / diskcache.core.DBNAME).exists()
