"""JSONL files, read with bounds and written beside, then renamed.

Promises: a bad line is named as `file:line: cause; remedy`; a file that never ends or a line that never ends costs
no more memory than the bounds; a file is never half written. Knows nothing of what the lines mean.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic_core import from_json

from pipeline.errors import ReplyFileError
from pipeline.whole_files import replacing
from schemas.wire import canonical_json

LONGEST_LINE = 8 * 2**20
"""Bytes of one line. The largest request of method and study text stays far below."""

LARGEST_FILE = 512 * 2**20
"""Bytes of one file: what the OpenAI files API takes (facts: files of 512 MB)."""


def damaged(path: Path, line: int, cause: str, remedy: str) -> ReplyFileError:
    """The error of one bad line, as `file:line: cause; remedy`."""
    return ReplyFileError(f"{path}:{line}: {cause}; {remedy}")


def parsed(text: bytes) -> object:
    """The JSON value of `text`, as it stands.

    Raises ValueError for what is no JSON, is nested too deeply, or would change when written again: NaN, numbers
    beyond a double, half of a surrogate pair.
    """
    value: object = from_json(text, allow_inf_nan=False)
    canonical_json(value)
    return value


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line number, from 1, and text of every line that is not blank.

    Raises ReplyFileError when the file is missing, unreadable or larger than LARGEST_FILE, or a line is longer than
    LONGEST_LINE.
    """
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > LARGEST_FILE:
                raise ReplyFileError(f"{path}: larger than {LARGEST_FILE // 2**20} MB; split the file")
            number = 0
            while line := stream.readline(LONGEST_LINE + 2):
                number += 1
                text = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip(b" \t\r\n")
                if len(text) > LONGEST_LINE:
                    raise damaged(path, number, f"the line is longer than {LONGEST_LINE // 2**20} MB", "remove it")
                if text:
                    yield number, text
    except OSError as error:
        raise ReplyFileError(f"{path}: cannot be read ({error.strerror or error}); name a readable file") from error


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write the lines beside `path` and rename, so that the file is either the old one or the new one, whole.

    Raises ReplyFileError when the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as stream:
            stream.writelines(f"{line}\n".encode() for line in lines)
    except OSError as error:
        raise ReplyFileError(
            f"{path}: cannot be written ({error.strerror or error}); choose a folder of yours"
        ) from error
