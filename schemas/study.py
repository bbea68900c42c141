"""A study as it was read: citation (CSL-JSON names), text, sections, numbered sentences, the reader's notes."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from schemas.base import Noun
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind, SectionKind


class Name(Noun):
    """A person or body, as CSL-JSON has it."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None

    @property
    def short(self) -> str:
        return self.family or self.literal or self.given or "?"


class CslDate(Noun):
    """A CSL-JSON date; `date_parts` holds [[year, month, day]], shortened as far as is known."""

    date_parts: tuple[Annotated[tuple[int, ...], Field(min_length=1, max_length=3)], ...] = Field(alias="date-parts")


class Citation(Noun):
    """Bibliographic data under their CSL-JSON names; whatever is unknown is null."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")
    type: str = "article-journal"
    genre: str | None = None
    title: str | None = None
    author: tuple[Name, ...] = ()
    issued: CslDate | None = None
    container_title: str | None = Field(default=None, alias="container-title")
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    DOI: str | None = None
    PMID: str | None = None
    PMCID: str | None = None
    URL: str | None = None
    language: str | None = None

    @property
    def year(self) -> int | None:
        return self.issued.date_parts[0][0] if self.issued and self.issued.date_parts else None

    @property
    def label(self) -> str:
        """Author and year as a reader says it: 'Mendonca et al. 2021'; the title, else the id, without an author."""
        names = [n.short for n in self.author]
        if not names:
            return self.title or self.id
        who = names[0] if len(names) == 1 else f"{names[0]} & {names[1]}" if len(names) == 2 else f"{names[0]} et al."
        if len(names) == 2 and names[1] == "et al.":
            who = f"{names[0]} et al."
        return f"{who} {self.year}" if self.year else who


class Section(Noun):
    """A part of the text; `start` and `end` are character offsets into `Study.text`."""

    kind: SectionKind
    heading: str
    start: int
    end: int


def _is_false(value: object) -> bool:
    return value is False


class Sentence(Noun):
    """One sentence: `number` and `page` count from 1 (page is null without pages), offsets are into `Study.text`.

    `ocr`: a machine read it from a picture of the page, so letters and numbers in it may be wrong.
    """

    number: int
    start: int
    end: int
    section: SectionKind
    page: int | None = None
    ocr: bool = Field(default=False, exclude_if=_is_false)


class Rectangle(NamedTuple):
    """A part of a printed page: page from 1, PDF points of the unrotated page, origin at its bottom left."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class PrintedLine(NamedTuple):
    """Where a stretch of `Study.text` is printed: offsets, page from 1, box in PDF points rounded to 0.1.

    The coordinates are those of the page before /Rotate, y upward, as PDF libraries give them. One line of print, or
    one cell of a table row; characters that nobody printed (the space at a line end) belong to none.
    """

    start: int
    end: int
    page: int
    left: float
    bottom: float
    right: float
    top: float

    def part(self, start: int, end: int) -> PrintedLine:
        """The line from offset `start` to `end`, its box cut in proportion; turned lines keep their box whole."""
        start, end = max(start, self.start), min(end, self.end)
        width, length = self.right - self.left, self.end - self.start
        if (start, end) == (self.start, self.end) or width < self.top - self.bottom or start >= end:
            return self._replace(start=start, end=max(start, end))
        left = round(self.left + width * (start - self.start) / length, 1)
        right = round(self.left + width * (end - self.start) / length, 1)
        return self._replace(start=start, end=end, left=left, right=right)


class SourceNote(Noun):
    """Something that the reader of the file noticed and a person should know."""

    kind: Literal[
        "hidden_text",
        "instruction_like_text",
        "unreadable_page",
        "unreadable_signs",
        "not_english",
        "no_results",
        "retraction_notice",
        "truncated",
        "retelling",
        "ocr_text",
        "preprint",
    ]
    message: str
    excerpt: str = ""
    page: int | None = None


class Relation(Noun):
    """A link of this publication to another one. `reference` is as printed where neither DOI nor PMID is known; `date`
    is the day of the notice as far as it is known: '2024', '2024-03', '2024-03-26'."""

    kind: RelationKind
    DOI: str | None = None
    PMID: str | None = None
    reference: str | None = None
    date: str | None = None


class Study(Noun):
    """A study: what a claim analysis reads. `sha256` is that of `text` in UTF-8; `file_sha256` that of the file.

    `record_line` is the line of an export on which its record starts, from 1; null for a file of one study.
    `pages` is how many its file has, null for a source without pages. `lines` tell where the text is printed, in the
    order of the text; empty for a source without pages.
    """

    citation: Citation
    text: str
    sha256: str
    file_name: str
    file_sha256: str
    extent: Literal["abstract", "full_text"]
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    document: DocumentKind | None = None
    status: PublicationStatus = PublicationStatus.PUBLISHED
    registration: str | None = None
    relations: tuple[Relation, ...] = ()
    record_line: int | None = None
    pages: int | None = None
    notes: tuple[SourceNote, ...] = ()
    lines: tuple[PrintedLine, ...] = ()

    def __hash__(self) -> int:
        """By id and text: hashing every sentence would cost more than what is cached by study."""
        return hash((self.citation.id, self.sha256))

    @property
    def id(self) -> str:
        return self.citation.id

    def sentence_text(self, number: int) -> str:
        """The text of sentence `number` (1-based); IndexError when there is none."""
        if number < 1:
            raise IndexError(number)
        s = self.sentences[number - 1]
        return self.text[s.start : s.end]

    def places(self, start: int, end: int) -> tuple[Rectangle, ...]:
        """The rectangles in which `text[start:end]` is printed, one for each line that it touches, in reading order."""
        first = max(0, bisect_right(self.lines, start, key=lambda line: line.start) - 1)
        last = bisect_right(self.lines, end - 1, key=lambda line: line.start)
        touched = [line.part(start, end) for line in self.lines[first:last] if line.end > start]
        return tuple(Rectangle(*line[2:]) for line in touched)
