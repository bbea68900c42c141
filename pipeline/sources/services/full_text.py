"""The open full text of a publication: JATS from Europe PMC, else a PDF that Unpaywall knows, else none.

Promises that a text is that of the publication: a JATS article states the same identifiers and title. Whether a PDF is
the right one is seen when it is read (`adding`). A text that cannot be had is a remark, never a fault of the study.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pipeline.settings import Settings
from pipeline.sources.detection import is_pdf
from pipeline.sources.passages import Passage, Role
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.services.asking import Asking
from pipeline.sources.services.europe_pmc import JatsReader, ask_full_text
from pipeline.sources.services.faults import NoRecordError, ServiceFaultError
from pipeline.sources.services.identifiers import Identifier
from pipeline.sources.services.pace import Services
from pipeline.sources.services.service_record import ServiceRecord, agree, contradicts
from pipeline.sources.services.unpaywall import ask_unpaywall
from schemas.study import Citation

NO_CONTACT = "Unpaywall is not asked for open PDFs: it wants a contact address; set MECHSYN_CONTACT to yours"


@dataclass(frozen=True, slots=True)
class OpenText:
    """A full text: `passages` of a JATS article with its `record`, or the bytes of a `pdf`."""

    service: str
    url: str
    licence: str | None
    record: Record | None = None
    pdf: bytes | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """How to ask for full texts, and how old a kept one may be."""

    asking: Asking
    services: Services
    settings: Settings
    max_age: timedelta
    read: JatsReader

    async def find(
        self, given: Iterable[Identifier], citation: Citation, said: Iterable[ServiceRecord]
    ) -> tuple[OpenText | None, tuple[str, ...]]:
        """The open full text, if there is one, and remarks on what stood in the way."""
        remarks: list[str] = []
        for publication in said:
            if publication.open_text is not None:
                found = await self._jats(given, citation, publication, publication.open_text, remarks)
                if found is not None:
                    return found, tuple(remarks)
        return await self._pdf(citation.DOI, remarks), tuple(remarks)

    async def _jats(
        self, given: Iterable[Identifier], citation: Citation, by: ServiceRecord, article: str, remarks: list[str]
    ) -> OpenText | None:
        service = self.services.europe_pmc
        try:
            told = await ask_full_text(self.asking, service, article, self.read, self.max_age)
        except NoRecordError:
            remarks.append(f"{service.name} has no full text of it, although it says so")
            return None
        except ServiceFaultError as fault:
            remarks.append(f"{fault} (full text)")
            return None
        record = told.value
        if any(contradicts(record.citation, i) for i in given) or not agree(citation, record.citation):
            remarks.append(f"{service.name} gives the full text of another publication; it was left out")
            return None
        if not has_body(record.passages):
            return None
        return OpenText(service.name, told.url, by.licence, record=record)

    async def _pdf(self, doi: str | None, remarks: list[str]) -> OpenText | None:
        contact, service = self.settings.contact, self.services.unpaywall
        if doi is None or contact is None:
            return None
        try:
            places = await ask_unpaywall(self.asking, service, doi, contact, self.max_age)
        except NoRecordError:
            return None
        except ServiceFaultError as fault:
            remarks.append(str(fault))
            return None
        for place in places:
            try:
                told = await self.asking.fetch(place.url, service)
            except ServiceFaultError as fault:
                remarks.append(f"open PDF: {fault}")
                continue
            if is_pdf(told.value):
                return OpenText(service.name, told.url, place.licence, pdf=told.value)
            remarks.append(f"open PDF: {place.url[:120]} is no PDF")
        return None


def read_article(data: bytes) -> Iterable[Record | FaultyRecord]:
    """The article of an answer, read as any JATS file is."""
    from pipeline.sources.records.jats import read_jats

    return read_jats(data)


def has_body(passages: Iterable[Passage]) -> bool:
    """Whether there is text besides title and heads."""
    return any(p.role in {Role.BODY, Role.TABLE} for p in passages)
