"""The one thing that every format is turned into before it becomes a `Study`: passages in reading order.

Promises plain data. Does not read files, find sections or split sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.study import PrintedLine


class Role(StrEnum):
    """What a passage is by its looks; what it is by its words is for `sections`."""

    TITLE = "title"
    HEAD = "head"
    BODY = "body"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a head or a table in reading order.

    `lines` tell where `text` is printed, offsets into it in rising order; empty for a source without pages.
    `look` is the font family and size in points of most of it, where the source has print.
    Rows of a table stand on lines of their own; every other passage is one line.
    """

    text: str
    role: Role = Role.BODY
    lines: tuple[PrintedLine, ...] = ()
    look: tuple[str, float] | None = None

    @property
    def page(self) -> int | None:
        """The page on which it begins, from 1; null without pages."""
        return self.lines[0].page if self.lines else None

    def part(self, start: int, end: int) -> Passage:
        """The passage of `text[start:end]` without surrounding white space, with the lines that print it."""
        text = self.text[start:end]
        begin = start + len(text) - len(text.lstrip())
        text = text.strip()
        touched = (line for line in self.lines if line.start < begin + len(text) and line.end > begin)
        cut = (line.part(begin, begin + len(text)) for line in touched)
        lines = tuple(line._replace(start=line.start - begin, end=line.end - begin) for line in cut)
        return Passage(text, self.role, lines, self.look)
