"""Two records of one publication become one study that knows what both knew.

Promises that no identifier is lost and that of two statuses the worse is kept. Does not judge whether they are one.
"""

from __future__ import annotations

from pipeline.rules.identifiers import identifiers
from pipeline.sources.standing import worst
from schemas.study import Citation, Relation, Study
from schemas.vocabulary import RelationKind

_FIELDS = (
    "genre",
    "title",
    "issued",
    "container_title",
    "volume",
    "issue",
    "page",
    "DOI",
    "PMID",
    "PMCID",
    "URL",
    "language",
)


def merged(one: Study, other: Study) -> Study:
    """The study of two records of one publication, under the id of `one`.

    The text is that of the full text, if one is an abstract, else of the record that cites more; the citation is that
    of the record with more authors, filled from the other one. Identifiers that differ stay as relations.
    """
    better, lesser = (other, one) if len(other.citation.author) > len(one.citation.author) else (one, other)
    text = lesser if lesser.extent == "full_text" and better.extent == "abstract" else better
    citation = _filled(better.citation, lesser.citation).model_copy(update={"id": one.id})
    known = {*identifiers(citation)}
    others = [i for c in (better.citation, lesser.citation) for i in identifiers(c) if i not in known]
    aliases = tuple(_alias(i) for i in dict.fromkeys(others))
    return text.model_copy(
        update={
            "citation": citation,
            "status": worst([one.status, other.status]),
            "registration": _both(better.registration, lesser.registration),
            "document": better.document or lesser.document,
            "relations": tuple(dict.fromkeys((*better.relations, *lesser.relations, *aliases))),
            "notes": tuple(dict.fromkeys((*text.notes, *better.notes, *lesser.notes))),
        }
    )


def _filled(citation: Citation, more: Citation) -> Citation:
    missing = {name: getattr(more, name) for name in _FIELDS if getattr(citation, name) is None}
    return citation.model_copy(update=missing | ({} if citation.author else {"author": more.author}))


def _both(one: str | None, other: str | None) -> str | None:
    """Both registration numbers: one trial may stand in two registries."""
    found = dict.fromkeys(part.strip() for text in (one, other) if text for part in text.split(";"))
    return "; ".join(found) or None


def _alias(identifier: str) -> Relation:
    kind, _, value = identifier.partition(":")
    same = RelationKind.SAME_PUBLICATION
    if kind == "doi":
        return Relation(kind=same, DOI=value)
    return Relation(kind=same, PMID=value) if kind == "pmid" else Relation(kind=same, reference=value)
