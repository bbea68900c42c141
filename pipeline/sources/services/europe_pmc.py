"""What Europe PMC knows of an identifier: the record, its other identifiers, its notices, and the open full text.

The full text is asked for only where Europe PMC says that the article is open access and that it holds the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from pydantic import ValidationError

from pipeline.sources.citation import LONGEST_TITLE
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.services.asking import Asking, Question, Told
from pipeline.sources.services.faults import NoRecordError, NotAskedError
from pipeline.sources.services.fragments import fragment_passages, fragment_text
from pipeline.sources.services.identifiers import Identifier, IdentifierKind, identifiers_of, parse_identifier
from pipeline.sources.services.json_fields import Fields, fields, fields_of, is_web_page, objects, text, texts
from pipeline.sources.services.pace import Service
from pipeline.sources.services.publication import Publication
from pipeline.sources.standing import implied_status, worst
from schemas.study import Citation, Name, Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind

MOST_AUTHORS = 200
JatsReader = Callable[[bytes], Iterable[Record | FaultyRecord]]
_QUERIES = {
    IdentifierKind.DOI: 'DOI:"{}"',
    IdentifierKind.PMID: "EXT_ID:{} AND SRC:MED",
    IdentifierKind.PMCID: "PMCID:{}",
}
_RELATIONS = (
    (
        re.compile(r"(?:partial )?retraction in\b|retracted and republished in\b", re.IGNORECASE),
        RelationKind.RETRACTED_BY,
    ),
    (re.compile(r"(?:expression of concern|partial retraction) in\b", re.IGNORECASE), RelationKind.CONCERN_BY),
    (re.compile(r"(?:erratum|corrected and republished|correction) in\b", re.IGNORECASE), RelationKind.CORRECTED_BY),
    (re.compile(r"comment in\b", re.IGNORECASE), RelationKind.COMMENTED_BY),
    (re.compile(r"(?:partial )?retraction of\b", re.IGNORECASE), RelationKind.RETRACTS),
    (re.compile(r"erratum for\b|correction (?:to|for|of)\b", re.IGNORECASE), RelationKind.CORRECTS),
    (re.compile(r"comment on\b", re.IGNORECASE), RelationKind.COMMENTS_ON),
    (re.compile(r"preprint of\b", re.IGNORECASE), RelationKind.HAS_ARTICLE),
    (re.compile(r"preprint in\b", re.IGNORECASE), RelationKind.HAS_PREPRINT),
)
_DOCUMENTS = {
    "retraction of publication": DocumentKind.RETRACTION_NOTICE,
    "published erratum": DocumentKind.CORRECTION,
    "editorial": DocumentKind.EDITORIAL,
    "systematic review": DocumentKind.SYSTEMATIC_REVIEW,
    "meta-analysis": DocumentKind.SYSTEMATIC_REVIEW,
    "case reports": DocumentKind.CASE_REPORT,
    "clinical trial protocol": DocumentKind.PROTOCOL,
}
_DOI_IN_REFERENCE = re.compile(r"\b10\.\d{4,9}/[^\s;,]+")


async def ask_europe_pmc(asking: Asking, service: Service, identifier: Identifier, max_age: timedelta) -> Publication:
    """What Europe PMC says of `identifier`. NoRecordError, or NotAskedError when no usable answer comes."""
    parameters = {"query": _QUERIES[identifier.kind].format(identifier.value), "resultType": "core", "format": "json"}
    question = Question("/search", {**parameters, "pageSize": "5"})
    told = await asking.ask(service, question, lambda body: _result(body, service.name, identifier), max_age=max_age)
    try:
        return _publication(told, service.name)
    except ValidationError as error:
        raise NotAskedError(service.name, "answers with a record that cannot be used") from error


async def ask_full_text(
    asking: Asking, service: Service, article: str, read: JatsReader, max_age: timedelta
) -> Told[Record]:
    """The full text of an open article by its id there (PMC123). NoRecordError where it is not given after all."""
    question = Question(f"/{article}/fullTextXML")
    return await asking.ask(service, question, lambda body: _article(body, service.name, read), max_age=max_age)


def _result(body: bytes, service: str, identifier: Identifier) -> Fields:
    """The record whose identifier is the one asked for; a search may give others as well."""
    answer = fields_of(body, service)
    if "resultList" not in answer:
        said = text(answer, "errMsg") or text(answer, "message")
        raise NotAskedError(
            service, f"reports an error ({said[:120]})" if said else "answers without a list of results"
        )
    for result in objects(fields(answer, "resultList"), "result"):
        if identifier in identifiers_of(_citation(result)):
            return result
    raise NoRecordError(service, "has no such record")


def _article(body: bytes, service: str, read: JatsReader) -> Record:
    if is_web_page(body):
        raise NotAskedError(service, "answers with a web page instead of the full text")
    found = next(iter(read(body)), None)
    if found is None or isinstance(found, FaultyRecord):
        raise NotAskedError(service, f"gives a full text that {found.cause if found else 'is empty'}")
    return found


def _publication(told: Told[Fields], service: str) -> Publication:
    result = told.value
    relations = tuple(_relations(result))
    kinds = {k.casefold() for k in texts(fields(result, "pubTypeList"), "pubType")}
    retracted = PublicationStatus.RETRACTED if "retracted publication" in kinds else None
    pmcid = text(result, "pmcid")
    is_open = text(result, "isOpenAccess") == "Y" and text(result, "inEPMC") == "Y"
    preprint = text(result, "source") == "PPR"
    return Publication(
        service=service,
        url=told.url,
        on=told.on,
        citation=_citation(result),
        passages=fragment_passages(text(result, "abstractText") or ""),
        document=next((_DOCUMENTS[k] for k in kinds if k in _DOCUMENTS), None),
        status=worst([retracted, implied_status(relations)]),
        relations=relations,
        open_text=(pmcid or (text(result, "id") if preprint else None)) if is_open else None,
        licence=text(result, "license"),
    )


def _citation(result: Fields) -> Citation:
    journal = fields(result, "journalInfo")
    kinds = {k.casefold() for k in texts(fields(result, "pubTypeList"), "pubType")}
    preprint = text(result, "source") == "PPR" or "preprint" in kinds
    year = text(result, "pubYear") or text(journal, "yearOfPublication")
    doi = parse_identifier(text(result, "doi") or "")
    stated = {
        "id": "study",
        "type": "article" if preprint else "article-journal",
        "genre": "preprint" if preprint else None,
        "title": fragment_text(text(result, "title") or "")[:LONGEST_TITLE].removesuffix(".") or None,
        "author": tuple(_authors(result))[:MOST_AUTHORS],
        "issued": {"date-parts": [[int(year)]]} if year and re.fullmatch(r"[12]\d{3}", year) else None,
        "container-title": text(fields(journal, "journal"), "title"),
        "volume": text(journal, "volume"),
        "issue": text(journal, "issue"),
        "page": text(result, "pageInfo"),
        "DOI": doi.value if doi is not None and doi.kind is IdentifierKind.DOI else None,
        "PMID": text(result, "pmid"),
        "PMCID": text(result, "pmcid"),
        "language": text(result, "language"),
    }
    return Citation.model_validate(stated)


def _authors(result: Fields) -> Iterator[Name]:
    for author in objects(fields(result, "authorList"), "author"):
        family, given = text(author, "lastName"), text(author, "initials") or text(author, "firstName")
        literal = text(author, "collectiveName") or (text(author, "fullName") if not family else None)
        if family or literal:
            yield Name(family=family, given=given, literal=literal)


def _relations(result: Fields) -> Iterator[Relation]:
    for notice in objects(fields(result, "commentCorrectionList"), "commentCorrection"):
        said = text(notice, "type") or ""
        kind = next((kind for pattern, kind in _RELATIONS if pattern.match(said)), None)
        if kind is None:
            continue
        reference = text(notice, "reference")
        doi = _DOI_IN_REFERENCE.search(reference or "")
        found = parse_identifier(doi.group()) if doi else None
        of_medline = text(notice, "source") in {"MED", None}
        yield Relation(
            kind=kind,
            DOI=found.value if found is not None else None,
            PMID=text(notice, "id") if of_medline else None,
            reference=reference,
        )
