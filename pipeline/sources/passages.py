"""The one thing that every format is turned into before it becomes a `Study`: passages in reading order.

Promises plain data. Does not read files, find sections or split sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a passage is by its looks; what it is by its words is for `sections`."""

    TITLE = "title"
    HEAD = "head"
    BODY = "body"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a head or a table in reading order.

    `pages` holds (offset into `text`, page from 1) pairs in rising order, the first at offset 0; empty without pages.
    Rows of a table stand on lines of their own; every other passage is one line.
    """

    text: str
    role: Role = Role.BODY
    pages: tuple[tuple[int, int], ...] = ()
