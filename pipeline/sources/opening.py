"""Opens a source: bytes, bounded, and their decoding to text.

Promises bytes or a SourceError that names the file, the cause and the remedy, whatever the path. Reads nothing that
is no regular file, and does not look at what the content means.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.detection import other_binary
from pipeline.sources.records.charset import decode

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 100_000_000
"""Bytes; an export of ten thousand records has 40 million."""

LONGEST_NAME = 300
"""Characters of a path in a message."""

FORMATS_REMEDY = (
    "give the study as PDF, text, Markdown or a study form, or an export (PubMed, RIS, Ovid, Web of Science, "
    "BibTeX, EndNote, CSL-JSON, JATS)"
)


@dataclass(frozen=True)
class Opened:
    """A file as the user named it, its base name and its bytes."""

    file: str
    name: str
    data: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def text(self) -> str:
        """The bytes as text with \\n line ends; SourceError when they are none."""
        return decoded(self.data, self.file)


def opened(path: Path) -> Opened:
    """Reads the whole file; SourceError when it is missing, empty, too large, no file or not ours to read."""
    file = shown(path)
    try:
        if path.is_dir():
            raise SourceError(
                file, "is a folder, and a file is read here", "name the folder itself, or the files in it"
            )
        if not path.exists():
            raise SourceError(file, "does not exist", "check the path")
        if not path.is_file():
            raise SourceError(file, "is not a regular file", FORMATS_REMEDY)
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size or LARGEST_FILE  # of some files a system tells no size
            data = stream.read(min(size, LARGEST_FILE) + 1)
    except (OSError, ValueError) as error:
        cause = f"cannot be opened ({getattr(error, 'strerror', None) or type(error).__name__})"
        raise SourceError(file, cause, "check the path and that you may read the file") from error
    if not data or data.isspace():
        raise SourceError(file, "is empty", "give a file with the text of the study")
    if len(data) > LARGEST_FILE:
        cause = f"is larger than {LARGEST_FILE // 1_000_000} MB"
        raise SourceError(file, cause, "give the article without its attachments, or split the export")
    return Opened(file, path.name, data)


def shown(path: Path) -> str:
    """A path as a message names it: bounded, without what no terminal prints."""
    name = str(path).encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."


def decoded(data: bytes, file: str) -> str:
    """The text of a file that is no PDF; SourceError for binary content."""
    known = other_binary(data)
    if known is not None:
        raise SourceError(file, *known)
    text = decode(data)
    sample = text[:20_000]
    damaged = sum(c in "\x00\ufffd" or (c < " " and c not in "\t\n\r\f\v") for c in sample)
    if damaged > 0.01 * len(sample):
        raise SourceError(file, "is binary and of no format that is read here", FORMATS_REMEDY)
    return text
