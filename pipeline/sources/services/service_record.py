"""What one service says about one publication, and what follows when several speak about the same one.

The worst of all statements is the status; every relation is kept once; a field of the citation is that of the first
service that has it. Does not ask anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from pipeline.sources.citation import citation_id
from pipeline.sources.passages import Passage
from pipeline.sources.records.record import Record
from pipeline.sources.services.identifiers import Identifier, identifiers_of, parse_identifier
from pipeline.sources.standing import implied_status, worst
from schemas.study import Citation, Relation
from schemas.vocabulary import DocumentKind, PublicationStatus

SAME_TITLE = 70.0
"""Least similarity (0 to 100, rapidfuzz's token_set_ratio) of two titles of one publication (our choice: subtitles and
markup may differ). Below it, an answer whose identifier is not confirmed on both sides is about another publication."""

PRINTED_TITLE = 85.0
"""Least likeness (rapidfuzz's partial_ratio) of a title to the place in a PDF's first pages that is most like it."""

FIRST_PAGES = 8_000
"""Characters, two pages or so."""

SHORTEST_TITLE = 15
"""Characters of a title that can tell one text from another."""


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """What `service` says. `passages` are those of the abstract, empty without one; `url` has no keys in it.

    `open_text` is the id under which the service gives the full text, null where it gives none; `licence` is that of
    the text.
    """

    service: str
    url: str
    on: date
    citation: Citation
    passages: tuple[Passage, ...] = ()
    document: DocumentKind | None = None
    status: PublicationStatus | None = None
    registration: str | None = None
    relations: tuple[Relation, ...] = ()
    open_text: str | None = None
    licence: str | None = None
    former_dois: tuple[str, ...] = ()

    @classmethod
    def of_record(cls, service: str, record: Record, url: str, on: date) -> ServiceRecord:
        """What a record of `service` says; its DOI in the one spelling that identifiers have."""
        citation = record.citation
        doi = parse_identifier(citation.DOI or "")
        return cls(
            service=service,
            url=url,
            on=on,
            citation=citation.model_copy(update={"DOI": doi.value}) if doi is not None else citation,
            passages=record.passages,
            document=record.document,
            status=record.status,
            registration=record.registration,
            relations=record.relations,
        )

    def contradicts(self, given: Identifier) -> bool:
        """Whether it states another identifier of that kind; a DOI that was given up for its own counts as its own."""
        return contradicts(self.citation, given) and given.value not in self.former_dois


def status_of(said: Sequence[ServiceRecord]) -> PublicationStatus | None:
    """The worst that any service says, by its status or else by its relations."""
    return worst(p.status or implied_status(p.relations) for p in said)


def joined_relations(lists: Iterable[Iterable[Relation]]) -> tuple[Relation, ...]:
    """Every relation once: two of one kind that share a DOI or PMID are one, and it knows what either knows."""
    joined: list[Relation] = []
    for relation in (r for several in lists for r in several):
        place = next((i for i, known in enumerate(joined) if _same(known, relation)), None)
        if place is None:
            joined.append(relation)
        else:
            known = joined[place]
            filled = {k: v for k, v in relation.model_dump().items() if getattr(known, k) is None}
            joined[place] = known.model_copy(update=filled)
    return tuple(joined)


def new_relations(known: Iterable[Relation], said: Iterable[Relation]) -> tuple[Relation, ...]:
    """What of `said` is not known yet, each once."""
    held = tuple(known)
    return tuple(r for r in joined_relations([said]) if not any(_same(k, r) for k in held))


def _same(one: Relation, other: Relation) -> bool:
    if one.kind is not other.kind:
        return False
    dois = (one.DOI or "").lower(), (other.DOI or "").lower()
    if all(dois):
        return dois[0] == dois[1]
    if one.PMID and other.PMID:
        return one.PMID == other.PMID
    unnumbered = not any((one.DOI, other.DOI, one.PMID, other.PMID))
    return unnumbered and one.reference == other.reference


def joined_citation(said: Sequence[ServiceRecord]) -> Citation:
    """One citation out of several: each field from the first that has it, with an id of its own."""
    first, *others = [p.citation for p in said]
    filled: dict[str, object] = {}
    for name in Citation.model_fields:
        mine = getattr(first, name)
        if name not in {"id", "type", "genre"} and (mine is None or mine == ()):
            filled[name] = next((v for c in others if (v := getattr(c, name)) not in {None, ()}), mine)
    whole = first.model_copy(update=filled)
    return whole.model_copy(update={"id": citation_id(whole)})


def contradicts(citation: Citation, asked: Identifier) -> bool:
    """Whether a citation states another identifier of the kind that was asked for."""
    return any(i.kind is asked.kind and i != asked for i in identifiers_of(citation))


def confirms(citation: Citation, asked: Identifier) -> bool:
    """Whether a citation states the very identifier."""
    return asked in identifiers_of(citation)


def agree(one: Citation, other: Citation) -> bool:
    """Whether two citations may be of one publication: by title, or by first author and year where titles are
    translated. What is not known contradicts nothing."""
    if same_title(one.title, other.title):
        return True
    first, second = (_folded(c.author[0].short) if c.author else "" for c in (one, other))
    years = one.year, other.year
    near = years[0] is not None and years[1] is not None and abs(years[0] - years[1]) <= 1
    return bool(first) and first == second and near


def is_printed_in(citation: Citation, text: str) -> bool:
    """Whether a text is that of the publication: its DOI or its title stands at its beginning."""
    start = text[:FIRST_PAGES]
    if citation.DOI and citation.DOI.lower() in start.lower():
        return True
    title = _folded(citation.title or "")
    return len(title) >= SHORTEST_TITLE and fuzz.partial_ratio(title, _folded(start)) >= PRINTED_TITLE


def same_title(one: str | None, other: str | None) -> bool:
    """Whether two titles may be those of one publication; a title that is not known contradicts nothing."""
    if not one or not other:
        return True
    return fuzz.token_set_ratio(_folded(one), _folded(other)) >= SAME_TITLE


def _folded(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
