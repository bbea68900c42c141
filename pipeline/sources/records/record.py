"""What one entry of an export says: a citation, its text as passages, and what the database knows about it.

Every reader of this folder turns the content of a file into records, in the order of the file, and never lets one bad
entry cost the others: a `FaultyRecord` says where it stands and what is wrong. Does not read files, and does not
decide whether two records are one study.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.sources.passages import Passage
from schemas.study import Citation, Relation, SourceNote
from schemas.vocabulary import DocumentKind, PublicationStatus


@dataclass(frozen=True, slots=True)
class Record:
    """One entry. `line` is the line of the file on which it starts, from 1.

    `passages` hold title, heads and paragraphs of the abstract, or of the full text; without an abstract they are
    empty, and the record is a citation that cannot be analysed. `document`, `status`, `registration` and `relations`
    are what the database states; null and empty leave them to what the text says.
    """

    line: int
    citation: Citation
    passages: tuple[Passage, ...] = ()
    document: DocumentKind | None = None
    status: PublicationStatus | None = None
    registration: str | None = None
    relations: tuple[Relation, ...] = ()
    notes: tuple[SourceNote, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultyRecord:
    """An entry that cannot be read: the line on which it starts, from 1, and why, as a clause without a subject."""

    line: int
    cause: str
