"""A publication as one source cites it, prepared for comparison once, so that thousands can be compared in pairs."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.rules.identifiers import identifiers
from pipeline.sources.identity.names import Author, fold_authors
from pipeline.sources.identity.nature import Character, character
from pipeline.sources.identity.places import Printed
from pipeline.sources.identity.titles import Title, wordings
from pipeline.sources.records.record import Record
from schemas.study import Citation, Relation, Study
from schemas.vocabulary import DocumentKind


@dataclass(frozen=True, slots=True)
class Publication:
    """What identity is judged from. `where` is file and line, for a person; it decides nothing.

    `study` is there only where the text was read as well.
    """

    citation: Citation
    document: DocumentKind | None = None
    registration: str | None = None
    relations: tuple[Relation, ...] = ()
    where: str = ""
    study: Study | None = None

    @classmethod
    def of_record(cls, record: Record, where: str = "") -> Publication:
        return cls(record.citation, record.document, record.registration, record.relations, where)

    @classmethod
    def of_study(cls, study: Study) -> Publication:
        return cls(study.citation, study.document, study.registration, study.relations, study.file_name, study)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A publication with its citation folded."""

    publication: Publication
    identifiers: frozenset[str]
    character: Character
    titles: tuple[Title, ...]
    authors: tuple[Author, ...]
    printed: Printed
    year: int | None

    @classmethod
    def of(cls, publication: Publication) -> Prepared:
        citation = publication.citation
        marked = character(citation, publication.document)
        return cls(
            publication=publication,
            identifiers=frozenset(identifiers(citation)),
            character=marked,
            titles=wordings(marked.title) or wordings(citation.title or ""),
            authors=fold_authors(citation.author),
            printed=Printed.of(citation),
            year=citation.year,
        )
