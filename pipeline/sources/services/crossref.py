"""What Crossref knows of a DOI: metadata, abstract, and what was published about the article later.

A work is read as an item of CSL-JSON is. Statements of publishers and of Retraction Watch count alike.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from pipeline.sources.json_fields import Fields, fields, objects, text, texts
from pipeline.sources.records.csl_items import csl_date_in, draft_of_item
from pipeline.sources.records.dates import written
from pipeline.sources.records.draft import finished
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.services.asking import Asking, Question, Told
from pipeline.sources.services.bodies import fields_of
from pipeline.sources.services.faults import NoRecordError, NotAskedError, WrongAnswerError
from pipeline.sources.services.identifiers import same_doi
from pipeline.sources.services.pace import Service
from pipeline.sources.services.service_record import ServiceRecord
from pipeline.sources.standing import implied_status
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind

_NOTICES = {RelationKind.RETRACTS: DocumentKind.RETRACTION_NOTICE, RelationKind.CORRECTS: DocumentKind.CORRECTION}


async def ask_crossref(asking: Asking, service: Service, doi: str, max_age: timedelta) -> ServiceRecord:
    """What Crossref says of `doi`. NoRecordError, NotAskedError, or WrongAnswerError when it answers about another."""
    question = Question(f"/works/{quote(doi, safe='')}")
    told = await asking.ask(service, question, lambda body: _work(body, service.name, doi), max_age=max_age)
    record = finished(draft_of_item(told.value, 1))
    if isinstance(record, FaultyRecord):
        raise NotAskedError(service.name, f"answers with a record that {record.cause}")
    return _publication(told, record, service.name)


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


def _publication(told: Told[Fields], record: Record, service: str) -> ServiceRecord:
    notice = next((_NOTICES[r.kind] for r in record.relations if r.kind in _NOTICES), None)
    return replace(
        ServiceRecord.of_record(service, record, told.url, told.on),
        document=notice or record.document,
        status=_status(told.value, record),
        former_dois=tuple(doi.lower() for doi in texts(told.value, "aliases")),
    )


def _status(work: Fields, record: Record) -> PublicationStatus | None:
    """The worst that is stated; a retraction before the last reinstatement no longer counts."""
    undoing = (u for u in objects(work, "updated-by") if (text(u, "type") or "").lower() == "reinstatement")
    reinstated = max((written(csl_date_in(update, "updated")) or "" for update in undoing), default="")
    relations = record.relations
    undone = [r for r in relations if r.kind is RelationKind.RETRACTED_BY and (r.date or "9") <= reinstated]
    standing = implied_status(r for r in relations if r not in undone)
    return standing or (PublicationStatus.PUBLISHED if undone else None)
