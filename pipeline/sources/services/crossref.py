"""What Crossref knows of a DOI: metadata, abstract, and what was published about the article later.

A notice carries `update-to` (the DOIs that it updates), the article `updated-by`; some publishers put the notice under
the article's own DOI, which then updates itself. Statements of publishers and of Retraction Watch count alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from pydantic import ValidationError

from pipeline.sources.citation import LONGEST_TITLE
from pipeline.sources.services.asking import Asking, Question, Told
from pipeline.sources.services.faults import NoRecordError, NotAskedError, WrongAnswerError
from pipeline.sources.services.fragments import fragment_passages, fragment_text
from pipeline.sources.services.identifiers import same_doi
from pipeline.sources.services.json_fields import (
    Fields,
    date_parts,
    fields,
    fields_of,
    first_text,
    objects,
    text,
    texts,
    written_date,
)
from pipeline.sources.services.pace import Service
from pipeline.sources.services.publication import Publication
from pipeline.sources.standing import implied_status
from schemas.study import Citation, Name, Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind

MOST_AUTHORS = 200
_TYPES = {
    "journal-article": "article-journal",
    "posted-content": "article",
    "proceedings-article": "paper-conference",
    "book-chapter": "chapter",
    "book": "book",
    "monograph": "book",
    "report": "report",
    "dissertation": "thesis",
    "dataset": "dataset",
    "peer-review": "review",
}
_LATER = {
    "retraction": RelationKind.RETRACTED_BY,
    "withdrawal": RelationKind.RETRACTED_BY,
    "removal": RelationKind.RETRACTED_BY,
    # Part of an article that is retracted leaves a rest that somebody has to look at (our choice).
    "partial_retraction": RelationKind.CONCERN_BY,
    "expression_of_concern": RelationKind.CONCERN_BY,
    "correction": RelationKind.CORRECTED_BY,
    "corrigendum": RelationKind.CORRECTED_BY,
    "erratum": RelationKind.CORRECTED_BY,
    "addendum": RelationKind.COMMENTED_BY,
    "clarification": RelationKind.COMMENTED_BY,
}
_EARLIER = {
    RelationKind.RETRACTED_BY: RelationKind.RETRACTS,
    RelationKind.CORRECTED_BY: RelationKind.CORRECTS,
    RelationKind.COMMENTED_BY: RelationKind.COMMENTS_ON,
}
_RELATIONS = {
    "is-preprint-of": RelationKind.HAS_ARTICLE,
    "has-preprint": RelationKind.HAS_PREPRINT,
    "is-comment-on": RelationKind.COMMENTS_ON,
    "has-comment": RelationKind.COMMENTED_BY,
}
_NOTICES = {RelationKind.RETRACTS: DocumentKind.RETRACTION_NOTICE, RelationKind.CORRECTS: DocumentKind.CORRECTION}


async def ask_crossref(asking: Asking, service: Service, doi: str, max_age: timedelta) -> Publication:
    """What Crossref says of `doi`. NoRecordError, NotAskedError, or WrongAnswerError when it answers about another."""
    question = Question(f"/works/{quote(doi, safe='')}")
    told = await asking.ask(service, question, lambda body: _work(body, service.name, doi), max_age=max_age)
    try:
        return _publication(told, service.name)
    except ValidationError as error:
        raise NotAskedError(service.name, "answers with a record that cannot be used") from error


def _work(body: bytes, service: str, doi: str) -> Fields:
    if body.strip() == b"Resource not found.":
        raise NoRecordError(service, "has no such record")
    answer = fields_of(body, service)
    work = fields(answer, "message")
    if answer.get("status") != "ok" or not text(work, "DOI"):
        raise NotAskedError(service, "answers without a record")
    # A DOI that the publisher gave up is answered for by the one that is in use, which names it as an alias.
    if not any(same_doi(name, doi) for name in (text(work, "DOI"), *texts(work, "aliases"))):
        raise WrongAnswerError(service, f"answers about {text(work, 'DOI')}")
    return work


def _publication(told: Told[Fields], service: str) -> Publication:
    work = told.value
    relations = tuple(_relations(work))
    document = next((_NOTICES[r.kind] for r in relations if r.kind in _NOTICES), None)
    trial = next((t for o in objects(work, "clinical-trial-number") if (t := text(o, "clinical-trial-number"))), None)
    return Publication(
        service=service,
        url=told.url,
        on=told.on,
        citation=_citation(work),
        passages=fragment_passages(text(work, "abstract") or ""),
        document=document,
        status=_status(work, relations),
        registration=trial.upper()[:200] if trial else None,
        relations=relations,
        former_dois=tuple(doi.lower() for doi in texts(work, "aliases")),
    )


def _citation(work: Fields) -> Citation:
    issued = date_parts(work, "issued") or date_parts(work, "published") or date_parts(work, "posted")
    titles = [fragment_text(t) for key in ("title", "subtitle") if (t := first_text(work, key))]
    kind = text(work, "type") or ""
    doi = text(work, "DOI")
    stated = {
        "id": "study",
        "type": _TYPES.get(kind, "document"),
        "genre": text(work, "subtype") if kind == "posted-content" else None,
        "title": ": ".join(t for t in titles if t)[:LONGEST_TITLE] or None,
        "author": tuple(_authors(work))[:MOST_AUTHORS],
        "issued": {"date-parts": [issued]} if issued else None,
        "container-title": fragment_text(first_text(work, "container-title") or "") or None,
        "volume": text(work, "volume"),
        "issue": text(work, "issue"),
        "page": text(work, "page") or text(work, "article-number"),
        "DOI": doi.lower() if doi else None,
        "language": text(work, "language"),
    }
    return Citation.model_validate(stated)


def _authors(work: Fields) -> Iterator[Name]:
    for author in objects(work, "author"):
        name = Name(family=text(author, "family"), given=text(author, "given"), literal=text(author, "name"))
        if name.family or name.given or name.literal:
            yield name


def _relations(work: Fields) -> Iterator[Relation]:
    own = text(work, "DOI")
    for update in objects(work, "updated-by"):
        yield from _update(update, later=True)
    for update in objects(work, "update-to"):
        yield from _update(update, later=same_doi(text(update, "DOI"), own))
    for name, kind in _RELATIONS.items():
        for other in objects(fields(work, "relation"), name):
            doi = text(other, "id") if text(other, "id-type") == "doi" else None
            if doi and not same_doi(doi, own):
                yield Relation(kind=kind, DOI=doi.lower())


def _update(update: Fields, *, later: bool) -> Iterator[Relation]:
    kind = _LATER.get(_kind_of(update))
    if kind is not None and not later:
        kind = _EARLIER.get(kind)
    if kind is None:
        return
    doi = text(update, "DOI")
    day = written_date(date_parts(update, "updated"))
    yield Relation(kind=kind, DOI=doi.lower() if doi else None, reference=text(update, "label"), date=day)


def _kind_of(update: Fields) -> str:
    return (text(update, "type") or "").lower().replace("-", "_").replace(" ", "_")


def _status(work: Fields, relations: tuple[Relation, ...]) -> PublicationStatus | None:
    """The worst that is stated; a retraction before the last reinstatement no longer counts."""
    days = [
        written_date(date_parts(u, "updated")) for u in objects(work, "updated-by") if _kind_of(u) == "reinstatement"
    ]
    reinstated = max((day or "" for day in days), default="")
    undone = [r for r in relations if r.kind is RelationKind.RETRACTED_BY and (r.date or "9") <= reinstated]
    standing = implied_status(r for r in relations if r not in undone)
    return standing or (PublicationStatus.PUBLISHED if undone else None)
