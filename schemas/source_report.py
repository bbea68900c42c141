"""What became of each thing that was to be read or fetched: the table in which every import ends.

One item stands for one study wanted: a file, one record of an export, or one identifier. Nothing that was given is
without an item; an item that is no study says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.base import Noun
from schemas.study import Relation, SourceNote, Study
from schemas.vocabulary import DocumentKind, PublicationStatus


class SourceOutcome(StrEnum):
    """What became of an item, the best first."""

    READ = "read"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    CITATION_ONLY = "citation_only"
    FAILED = "failed"

    @property
    def in_words(self) -> str:
        """As a table prints it: 'already known'."""
        return _WORDS[self]


_WORDS = {
    SourceOutcome.READ: "read",
    SourceOutcome.KNOWN: "already known",
    SourceOutcome.DUPLICATE: "duplicate of",
    SourceOutcome.CITATION_ONLY: "citation only",
    SourceOutcome.FAILED: "failed",
}


class SourceItem(Noun):
    """One thing that was given and what it turned out to be.

    `source` is the file or identifier as it was given; `record` and `line` count from 1 and say where in an export the
    entry stands; `study` is the id of the study that the item is now, or is already. `duplicate_of` names what was read
    or known before: a file with the number of the record ('a.ris #2'), or the id of a form. `reason` is why an item
    failed or is a citation only, as a clause without a subject. `pages` is null for what has no pages, `extent` and
    `sentences` for what was not read.
    """

    source: str
    record: int | None = Field(default=None, ge=1)
    line: int | None = Field(default=None, ge=1)
    outcome: SourceOutcome
    study: str | None = None
    label: str | None = None
    title: str | None = None
    DOI: str | None = None
    PMID: str | None = None
    PMCID: str | None = None
    document: DocumentKind | None = None
    status: PublicationStatus | None = None
    extent: Literal["abstract", "full_text"] | None = None
    sentences: int | None = Field(default=None, ge=0)
    pages: int | None = Field(default=None, ge=1)
    notes: tuple[SourceNote, ...] = ()
    reason: str | None = None
    duplicate_of: str | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.outcome in {SourceOutcome.FAILED, SourceOutcome.CITATION_ONLY} and not self.reason:
            raise ValueError(f"an item that is '{self.outcome}' needs a reason")
        if (self.outcome is SourceOutcome.DUPLICATE) != (self.duplicate_of is not None):
            raise ValueError("a duplicate, and nothing else, says of what it is one")
        return self

    @classmethod
    def of_study(
        cls,
        source: str,
        study: Study,
        outcome: SourceOutcome = SourceOutcome.READ,
        *,
        record: int | None = None,
        line: int | None = None,
        pages: int | None = None,
        reason: str | None = None,
        duplicate_of: str | None = None,
    ) -> Self:
        """The item of a study that was read; `pages` is the number of pages of its file, where it has pages."""
        citation = study.citation
        return cls(
            source=source,
            record=record,
            line=line,
            outcome=outcome,
            study=study.id,
            label=citation.label,
            title=citation.title,
            DOI=citation.DOI,
            PMID=citation.PMID,
            PMCID=citation.PMCID,
            document=study.document,
            status=study.status,
            extent=study.extent,
            sentences=len(study.sentences),
            pages=pages,
            notes=study.notes,
            reason=reason,
            duplicate_of=duplicate_of,
        )


class SourceReport(Noun):
    """All items in the order in which they were given, and how many there are of each outcome, 0 included."""

    items: tuple[SourceItem, ...]
    counts: Mapping[SourceOutcome, int]

    @model_validator(mode="after")
    def _counts_are_those_of_the_items(self) -> Self:
        if dict(self.counts) != _counted(self.items):
            raise ValueError("counts are not those of the items")
        return self

    @classmethod
    def of(cls, items: Iterable[SourceItem]) -> Self:
        """The report of `items`, counted."""
        kept = tuple(items)
        return cls(items=kept, counts=_counted(kept))


class CheckOutcome(StrEnum):
    """What asking again for the state of a study led to."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_ASKED = "not_asked"
    NO_IDENTIFIER = "no_identifier"
    UNREADABLE = "unreadable"

    @property
    def in_words(self) -> str:
        """As a table prints it: 'not asked'."""
        return self.value.replace("_", " ")


class CheckItem(Noun):
    """The state of one known study. `file` is its form; `was` and `now` are its status before and after; `notices` are
    the relations that are new. `reason` says who could not be asked, or what a person should look at."""

    file: str
    outcome: CheckOutcome
    study: str | None = None
    label: str | None = None
    was: PublicationStatus | None = None
    now: PublicationStatus | None = None
    notices: tuple[Relation, ...] = ()
    reason: str | None = None
    unheard: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all that was to be asked was answered; a study without an identifier has nobody to ask."""
        return not self.unheard and self.outcome not in {CheckOutcome.NOT_ASKED, CheckOutcome.UNREADABLE}


class CheckReport(Noun):
    """All studies in the order in which they were found, and how many there are of each outcome, 0 included."""

    items: tuple[CheckItem, ...]
    counts: Mapping[CheckOutcome, int]

    @classmethod
    def of(cls, items: Iterable[CheckItem]) -> Self:
        """The report of `items`, counted."""
        kept = tuple(items)
        found = Counter(item.outcome for item in kept)
        return cls(items=kept, counts={outcome: found[outcome] for outcome in CheckOutcome})


def _counted(items: Iterable[SourceItem]) -> dict[SourceOutcome, int]:
    found = Counter(item.outcome for item in items)
    return {outcome: found[outcome] for outcome in SourceOutcome}
