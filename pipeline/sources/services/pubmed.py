"""What PubMed knows of a PMID, and how DOIs, PMIDs and PMCIDs belong together: NCBI's E-utilities and ID converter.

Many PMIDs are asked for in one question. The key goes into the body of a POST, never into an address. NCBI refuses too
many requests with JSON under whatever status, and reports errors as XML or JSON with status 200; both are understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from pipeline.settings import Settings
from pipeline.sources.json_fields import Fields, objects, text
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.services.asking import Asking, Question, Told
from pipeline.sources.services.bodies import fields_of, is_web_page
from pipeline.sources.services.faults import NotAskedError
from pipeline.sources.services.identifiers import Identifier, IdentifierKind, parse_identifier
from pipeline.sources.services.pace import Service
from pipeline.sources.services.service_record import ServiceRecord

MOST_PMIDS = 100
MOST_CONVERTED = 100
"""Identifiers in one question; the converter takes 200, and addresses stay short."""

RecordsReader = Callable[[bytes], Iterable[Record | FaultyRecord]]
_BUSY = re.compile(rb"\A\s*\{\s*\"error\"\s*:\s*\"[^\"]{0,200}(?:rate limit|too many requests)", re.IGNORECASE)
_ERROR = re.compile(
    rb"<ERROR>\s*(.{0,200}?)\s*</ERROR>|\A\s*\{\s*\"error\"\s*:\s*\"([^\"]{0,200})", re.DOTALL | re.IGNORECASE
)
_ARTICLE = re.compile(rb"<Pubmed(?:Book)?Article[\s>]")
_NOTHING_FOUND = re.compile(
    r"cannot (?:retrieve|get)|empty id list|id list is empty|no (?:records|uids?) ", re.IGNORECASE
)


def ncbi_private(settings: Settings) -> dict[str, str]:
    """What NCBI wants to know of a program: its name, whom to write to, and the key where there is one."""
    private = {"tool": "mechsyn"}
    if settings.contact is not None:
        private["email"] = settings.contact
    if settings.ncbi_api_key is not None:
        private["api_key"] = settings.ncbi_api_key.get_secret_value()
    return private


def read_pubmed(data: bytes) -> Iterable[Record | FaultyRecord]:
    """The records of an answer, read as an export of PubMed is."""
    from pipeline.sources.records.pubmed import read_pubmed_xml

    return read_pubmed_xml(data)


async def ask_pubmed(
    asking: Asking,
    service: Service,
    pmids: Sequence[str],
    private: dict[str, str],
    max_age: timedelta,
    read: RecordsReader = read_pubmed,
) -> dict[str, ServiceRecord]:
    """What PubMed says of each PMID that it knows. At most MOST_PMIDS; NotAskedError when no usable answer comes."""
    form = {"db": "pubmed", "retmode": "xml", "id": ",".join(pmids)}
    question = Question("/efetch.fcgi", form=form, private=private)
    try:
        told = await asking.ask(
            service, question, lambda body: _records(body, service.name, read), max_age=max_age, busy=is_busy
        )
    except NotAskedError as fault:
        if _NOTHING_FOUND.search(fault.cause):  # NCBI refuses a list of which it knows no number
            return {}
        raise
    return {p: _publication(told, record, service) for p, record in _wanted(told.value, pmids)}


async def convert(
    asking: Asking, service: Service, known: Sequence[Identifier], private: dict[str, str], max_age: timedelta
) -> dict[Identifier, tuple[Identifier, ...]]:
    """The identifiers that belong to each of `known`, which are all of one kind. PMC knows its own articles only."""
    parameters = {"ids": ",".join(i.value for i in known), "idtype": known[0].kind.value.lower(), "format": "json"}
    question = Question(
        "/", {**parameters, "versions": "no"}, private={k: private[k] for k in private if k != "api_key"}
    )
    told = await asking.ask(
        service, question, lambda body: fields_of(body, service.name), max_age=max_age, busy=is_busy
    )
    converted: dict[Identifier, tuple[Identifier, ...]] = {}
    for record in objects(told.value, "records"):
        together = tuple(_together(record))
        for identifier in together:
            if identifier in known:
                converted[identifier] = together
    return converted


def is_busy(body: bytes) -> bool:
    """Whether an answer with status 200 says that there are too many requests."""
    return _BUSY.match(body) is not None


def _together(record: Fields) -> Iterator[Identifier]:
    if text(record, "status") == "error":
        return
    for key, kind in (("doi", IdentifierKind.DOI), ("pmid", IdentifierKind.PMID), ("pmcid", IdentifierKind.PMCID)):
        found = parse_identifier(text(record, key) or "")
        if found is not None and found.kind is kind:
            yield found


def _records(body: bytes, service: str, read: RecordsReader) -> tuple[Record, ...]:
    """The records of a whole answer; NotAskedError for a web page, an error, or XML that ends too early."""
    if is_web_page(body):
        raise NotAskedError(service, "answers with a web page instead of XML")
    if (match := _ERROR.search(body[:5000])) is not None:
        said = " ".join((match.group(1) or match.group(2) or b"").decode("utf-8", "replace").split())
        if _NOTHING_FOUND.search(said):
            return ()
        raise NotAskedError(service, f"reports an error ({_unkeyed(said)[:120]})")
    if not re.search(rb"</PubmedArticleSet\s*>|<PubmedArticleSet\s*/>", body[-500:]):
        raise NotAskedError(service, "answers with XML that ends too early")
    if not _ARTICLE.search(body):
        return ()
    found = list(read(body))
    faults = [f for f in found if isinstance(f, FaultyRecord)]
    if faults and len(faults) == len(found):
        raise NotAskedError(service, f"answers with a record that {faults[0].cause}")
    return tuple(r for r in found if isinstance(r, Record))


def _unkeyed(said: str) -> str:
    """NCBI repeats a wrong key in its error."""
    return re.sub(r"[0-9a-fA-F]{20,}", "…", said)


def _wanted(records: Sequence[Record], pmids: Sequence[str]) -> Iterator[tuple[str, Record]]:
    for record in records:
        pmid = record.citation.PMID
        if pmid is not None and pmid in pmids:
            yield pmid, record


def _publication(told: Told[tuple[Record, ...]], record: Record, service: Service) -> ServiceRecord:
    address = f"{service.url}/efetch.fcgi?db=pubmed&retmode=xml&id={record.citation.PMID}"
    return ServiceRecord.of_record(service.name, record, address, told.on)
