"""Splits tagged exports (RIS, Web of Science, MEDLINE) into records and fields; one engine for the three.

Promises that every line belongs to one record or to none, that a record ends before the next one begins whatever is
missing between them, and that the line of each field is known. Line ends may be mixed. Does not know what a tag means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.sources.records.fields import LONGEST_FIELD

MOST_FIELDS = 100_000
"""Fields of one record; MEDLINE has three an author, and the largest study has 15,000."""

_LINE = re.compile(r"([^\r\n]*)(\r{0,2}\n|\r|\Z)")
"""Files that went through two conversions end their lines with CR, CR, LF."""


@dataclass(slots=True)
class Field:
    """A tag with its lines as they stand in the file, the tag cut off."""

    tag: str
    line: int
    lines: list[str]
    size: int = 0


@dataclass(slots=True)
class TaggedRecord:
    """The fields of one record in their order; `values` are theirs by tag, once they have been asked for.

    `started` and `ended` are false where the start mark and the end mark are missing, `cut` is true where a field was
    longer than any is, or where there were more fields than any record has.
    """

    line: int
    fields: list[Field] = field(default_factory=list[Field])
    started: bool = True
    ended: bool = False
    cut: bool = False
    values: dict[str, list[str]] | None = None

    def every(self, *tags: str) -> list[str]:
        """The values of these tags, in the order of the tags; each is one text, its lines kept apart by line ends."""
        values = self._read()
        return [value for tag in tags for value in values.get(tag, ())]

    def first(self, *tags: str) -> str:
        """The first value of the first of these tags that has one; '' for none."""
        return next(iter(self.every(*tags)), "")

    def has(self, *tags: str) -> bool:
        return any(f.tag in tags for f in self.fields)

    def _read(self) -> dict[str, list[str]]:
        if self.values is None:
            self.values = {}
            for found in self.fields:
                value = "\n".join(line.strip() for line in found.lines).strip()
                if value:
                    self.values.setdefault(found.tag, []).append(value)
        return self.values


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a tagged format is written.

    `tag` matches a line that begins a field, with the groups `tag` and `value`. `starts` begin a record, `end` ends
    it; `file` are tags of the file. With `blank_ends`, a blank line ends a record as well.
    """

    tag: re.Pattern[str]
    starts: frozenset[str]
    end: str | None = None
    file: frozenset[str] = frozenset()
    blank_ends: bool = False


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers from 1, whatever ends them."""
    for number, match in enumerate(_LINE.finditer(text), start=1):
        yield number, match.group(1)
        if not match.group(2):
            return


def tagged_records(text: str, dialect: Dialect) -> Iterator[TaggedRecord]:
    """The records of `text`. Fields that stand before any start mark make a record of their own (`started` false)."""
    record: TaggedRecord | None = None
    for number, line in numbered_lines(text):
        match = dialect.tag.match(line)
        tag = match.group("tag").strip() if match else ""
        ends = tag == dialect.end if match else dialect.blank_ends and not line.strip()
        if match is None and not ends:
            if record is not None and record.fields:
                _go_on(record, line)
        elif ends:
            if record is not None:
                record.ended = True
                yield record
            record = None
        elif match is not None and tag not in dialect.file:
            if record is None or tag in dialect.starts:
                if record is not None:
                    yield record
                record = TaggedRecord(number, started=tag in dialect.starts)
            _begin(record, Field(tag, number, [match.group("value") or ""]))
    if record is not None:
        yield record


def _begin(record: TaggedRecord, begun: Field) -> None:
    if len(record.fields) < MOST_FIELDS:
        record.fields.append(begun)
    else:
        record.cut = True


def _go_on(record: TaggedRecord, line: str) -> None:
    last = record.fields[-1]
    last.size += len(line) + 1
    if last.size <= LONGEST_FIELD:
        last.lines.append(line)
    elif line.strip():
        record.cut = True


def unwrapped(value: str) -> str:
    """The lines of a wrapped value as one; a word broken at its own hyphen is put together again."""
    return re.sub(r"(?<=\w-)\n(?!(?:and|or|to)\b)(?=[a-z\d])", "", value).replace("\n", " ")
