"""A publication as one source cites it, prepared for comparison once, so that thousands can be compared in pairs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.rules.identifiers import JOINING, identifiers, own, plain_doi, registration_numbers, targets
from pipeline.sources.identity.names import Author, fold_authors
from pipeline.sources.identity.nature import Character, character
from pipeline.sources.identity.places import Printed
from pipeline.sources.identity.titles import Title, wordings
from schemas.study import Citation, Relation, Study
from schemas.vocabulary import DocumentKind, RelationKind

_REVIEW_VERSION = re.compile(r"10\.1002/14651858\.(\w+?)(?:\.pub\d+)?")
_REVIEW_NUMBER = re.compile(r"(cd\d{6})", re.IGNORECASE)
_TRIAL_NAME = re.compile(r"\b([A-Z][A-Z0-9]{3,}(?:-[A-Z0-9]+)*)\)?[:,]?\s+(?:trial|study|cohort|registry)\b")


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
    registrations: frozenset[str]
    links: tuple[tuple[RelationKind, str], ...]
    review: str
    trial_names: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """Everything by which others may point to it."""
        return self.identifiers | {own(self.publication.citation.id)}

    @classmethod
    def of(cls, publication: Publication) -> Prepared:
        citation = publication.citation
        also = (t for r in publication.relations if r.kind is RelationKind.SAME_PUBLICATION for t in targets(r))
        marked = character(citation, publication.document)
        return cls(
            publication=publication,
            identifiers=frozenset((*identifiers(citation), *also)),
            character=marked,
            titles=wordings(marked.title) or wordings(citation.title or ""),
            authors=fold_authors(citation.author),
            printed=Printed.of(citation),
            year=citation.year,
            registrations=registration_numbers(publication.registration),
            links=tuple((r.kind, t) for r in publication.relations if r.kind in JOINING for t in targets(r)),
            review=_review(citation),
            trial_names=_trial_names(citation.title or ""),
        )


def _review(citation: Citation) -> str:
    """The number that all versions of a Cochrane review have in common, out of the DOI or in the place of a page."""
    match = _REVIEW_VERSION.fullmatch(plain_doi(citation.DOI) or "")
    if match is None and "cochrane" in (citation.container_title or "").casefold():
        match = _REVIEW_NUMBER.fullmatch((citation.page or "").strip())
    return match[1].lower() if match else ""


def _trial_names(title: str) -> frozenset[str]:
    """Names like LEADER in 'the LEADER trial'; a title in capitals names everything and so nothing."""
    return frozenset() if title.isupper() else frozenset(_TRIAL_NAME.findall(title[:2_000]))
