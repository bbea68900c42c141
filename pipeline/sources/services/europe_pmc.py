"""What Europe PMC knows of an identifier: the record, its other identifiers, its notices, and the open full text.

The full text is asked for only where Europe PMC says that the article is open access and that it holds the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from pipeline.sources.json_fields import Fields, fields, objects, text, texts
from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, finished
from pipeline.sources.records.fields import bare_pmid, doi_of, language_of, pages_of, pmcid_of
from pipeline.sources.records.names import MOST_NAMES
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.relations import relation_of
from pipeline.sources.services.asking import Asking, Question, Told
from pipeline.sources.services.bodies import fields_of, is_web_page
from pipeline.sources.services.faults import NoRecordError, NotAskedError
from pipeline.sources.services.identifiers import Identifier, IdentifierKind, identifiers_of
from pipeline.sources.services.pace import Service
from pipeline.sources.services.service_record import ServiceRecord
from schemas.study import Name, Relation

JatsReader = Callable[[bytes], Iterable[Record | FaultyRecord]]
_QUERIES = {
    IdentifierKind.DOI: 'DOI:"{}"',
    IdentifierKind.PMID: "EXT_ID:{} AND SRC:MED",
    IdentifierKind.PMCID: "PMCID:{}",
}


async def ask_europe_pmc(asking: Asking, service: Service, identifier: Identifier, max_age: timedelta) -> ServiceRecord:
    """What Europe PMC says of `identifier`. NoRecordError, or NotAskedError when no usable answer comes."""
    parameters = {"query": _QUERIES[identifier.kind].format(identifier.value), "resultType": "core", "format": "json"}
    question = Question("/search", {**parameters, "pageSize": "5"})
    told = await asking.ask(service, question, lambda body: _result(body, service.name, identifier), max_age=max_age)
    return _publication(told, service.name)


async def ask_full_text(
    asking: Asking, service: Service, article: str, read: JatsReader, max_age: timedelta
) -> Told[Record]:
    """The full text of an open article by its id there (PMC123). NoRecordError where it is not given after all."""
    question = Question(f"/{article}/fullTextXML")
    return await asking.ask(service, question, lambda body: _article(body, service.name, read), max_age=max_age)


def _result(body: bytes, service: str, identifier: Identifier) -> tuple[Fields, Record]:
    """The result, and its record, whose identifier is the one asked for; a search may give others as well."""
    answer = fields_of(body, service)
    if "resultList" not in answer:
        said = text(answer, "errMsg") or text(answer, "message")
        raise NotAskedError(
            service, f"reports an error ({said[:120]})" if said else "answers without a list of results"
        )
    for result in objects(fields(answer, "resultList"), "result"):
        record = _record(result)
        if isinstance(record, Record) and identifier in identifiers_of(record.citation):
            return result, record
    raise NoRecordError(service, "has no such record")


def _article(body: bytes, service: str, read: JatsReader) -> Record:
    if is_web_page(body):
        raise NotAskedError(service, "answers with a web page instead of the full text")
    found = next(iter(read(body)), None)
    if found is None or isinstance(found, FaultyRecord):
        raise NotAskedError(service, f"gives a full text that {found.cause if found else 'is empty'}")
    return found


def _publication(told: Told[tuple[Fields, Record]], service: str) -> ServiceRecord:
    result, record = told.value
    is_open = text(result, "isOpenAccess") == "Y" and text(result, "inEPMC") == "Y"
    article = record.citation.PMCID or (text(result, "id") if _is_preprint(result) else None)
    return replace(
        ServiceRecord.of_record(service, record, told.url, told.on),
        open_text=article if is_open else None,
        licence=text(result, "license"),
    )


def _is_preprint(result: Fields) -> bool:
    return text(result, "source") == "PPR"


def _record(result: Fields) -> Record | FaultyRecord:
    journal = fields(result, "journalInfo")
    types = (*texts(fields(result, "pubTypeList"), "pubType"), *(["preprint"] if _is_preprint(result) else []))
    draft = Draft(
        line=1,
        title=(text(result, "title") or "").removesuffix("."),
        author=tuple(_authors(result))[:MOST_NAMES],
        issued=date_of(text(result, "pubYear") or text(journal, "yearOfPublication")),
        container=text(fields(journal, "journal"), "title") or "",
        volume=text(journal, "volume") or "",
        issue=text(journal, "issue") or "",
        page=pages_of(text(result, "pageInfo")),
        doi=doi_of(text(result, "doi")),
        pmid=bare_pmid(text(result, "pmid")),
        pmcid=pmcid_of(text(result, "pmcid")),
        language=language_of(text(result, "language")),
        types=types,
        abstract=text(result, "abstractText") or "",
        relations=list(_relations(result)),
    )
    return finished(draft)


def _authors(result: Fields) -> Iterator[Name]:
    for author in objects(fields(result, "authorList"), "author"):
        family, given = text(author, "lastName"), text(author, "initials") or text(author, "firstName")
        literal = text(author, "collectiveName") or (text(author, "fullName") if not family else None)
        if family or literal:
            yield Name(family=family, given=given, literal=literal)


def _relations(result: Fields) -> Iterator[Relation]:
    for notice in objects(fields(result, "commentCorrectionList"), "commentCorrection"):
        of_medline = text(notice, "source") in {"MED", None}
        pmid = bare_pmid(text(notice, "id")) if of_medline else None
        link = relation_of(text(notice, "type") or "", text(notice, "reference") or "", pmid=pmid)
        if link is not None:
            yield link
