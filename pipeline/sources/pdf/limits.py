"""How much a PDF may cost. Limits of the process that parses it, and of what is taken from it.

Promises constants with their units. Does not enforce any of them.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """What one file may cost the process that parses it, and how much is read of it.

    A journal article takes 0.1 to 0.7 s and 100 MB; the limits leave room for a slow machine, not for a hostile file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_seconds: float = Field(default=60, gt=0, le=3600)
    """Seconds of a clock and of CPU for a file, all attempts together."""

    page_seconds: float = Field(default=15, gt=0, le=3600)
    """Seconds of a clock for one page; a page of print takes 0.03."""

    inspection_seconds: float = Field(default=3, gt=0, le=3600)
    """Seconds of CPU for metadata, annotations and attachments; an article takes 0.02."""

    memory_bytes: int = Field(default=1_000_000_000, gt=0)
    """Bytes of address space, as the operating system counts them."""

    answer_bytes: int = Field(default=32_000_000, gt=0)
    """Bytes of what the process may answer; an article answers 0.2 million."""

    pages: int = Field(default=500, gt=0)
    """Pages that are read; the rest is named in a note."""

    characters: int = Field(default=1_500_000, gt=0)
    """Characters after which no further page is read; far more than is kept of any study."""

    skipped_pages: int = Field(default=5, ge=0)
    """Pages that may kill or stop the process before the file is given up."""

    files: int = Field(default=100, gt=0)
    """Files that one process reads before a fresh one takes its place."""

    kept_bytes: int = Field(default=250_000_000, gt=0)
    """Bytes of resident memory at its peak with which a process is still kept for the next file."""


OPEN_FILES = 32
"""File descriptors of the process: its own three, and the fonts and modules that its libraries load late."""

LONGEST_PASSWORD = 1_000
"""Characters; the PDF standard reads 127 bytes."""
