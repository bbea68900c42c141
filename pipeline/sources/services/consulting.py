"""Asks several services about many publications at once, and puts together what each says of the same one.

Promises that nothing is put together that does not belong together: every answer is held against the identifiers that
were given and against what the service says that the identifier belongs to. One service that cannot be asked, or one
identifier that nobody knows, costs the others nothing. Full texts are for `full_text`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pipeline.settings import Settings
from pipeline.sources.services.asking import Asking
from pipeline.sources.services.crossref import ask_crossref
from pipeline.sources.services.europe_pmc import ask_europe_pmc
from pipeline.sources.services.faults import NoRecordError, ServiceFaultError, WrongAnswerError
from pipeline.sources.services.identifiers import Identifier, IdentifierKind, identifiers_of
from pipeline.sources.services.pace import Services
from pipeline.sources.services.pubmed import (
    MOST_CONVERTED,
    MOST_PMIDS,
    RecordsReader,
    ask_pubmed,
    convert,
    ncbi_private,
    read_pubmed,
)
from pipeline.sources.services.service_record import ServiceRecord, agree, confirms
from schemas.study import Citation


@dataclass
class Case:
    """One publication that is asked about: the identifiers that were given, what is known of it, and what was said.

    `stated` is the citation that somebody else vouches for (a study form); answers about another one are refused.
    `faults` are by service, for those that gave no usable answer.
    """

    given: tuple[Identifier, ...]
    stated: Citation | None = None
    together: dict[IdentifierKind, Identifier] = field(default_factory=dict[IdentifierKind, Identifier])
    answers: dict[str, ServiceRecord] = field(default_factory=dict[str, ServiceRecord])
    faults: dict[str, ServiceFaultError] = field(default_factory=dict[str, ServiceFaultError])

    def __post_init__(self) -> None:
        self.learn(self.given)

    def learn(self, identifiers: Sequence[Identifier]) -> None:
        """Further identifiers of it; one that is known is never replaced."""
        for identifier in identifiers:
            self.together.setdefault(identifier.kind, identifier)

    def value(self, kind: IdentifierKind) -> str | None:
        """Its identifier of a kind, if it is known."""
        found = self.together.get(kind)
        return found.value if found is not None else None


@dataclass(frozen=True, slots=True)
class Consulting:
    """How to ask: whom, with what, and how old a kept answer may be."""

    asking: Asking
    services: Services
    settings: Settings
    max_age: timedelta
    read: RecordsReader = read_pubmed

    async def consult(self, cases: Sequence[Case], *, europe_pmc: bool = True) -> None:
        """Fills in what every service says of every case; without `europe_pmc` only those that state retractions."""
        lacking = [c for c in cases if len(c.together) < len(IdentifierKind)]
        await asyncio.gather(
            self._converted([c for c in lacking if europe_pmc or IdentifierKind.PMID not in c.together]),
            *(self._europe_pmc(c) for c in cases if europe_pmc),
            *(self._crossref(c) for c in cases if c.value(IdentifierKind.DOI)),
        )
        await self._pubmed([c for c in cases if c.value(IdentifierKind.PMID)])
        crossref = self.services.crossref.name
        late = [c for c in cases if c.value(IdentifierKind.DOI) and crossref not in {*c.answers, *c.faults}]
        await asyncio.gather(*(self._crossref(c) for c in late))
        for case in cases:
            self._keep_what_belongs(case)

    async def _converted(self, cases: Sequence[Case]) -> None:
        """What the ID converter knows. It is asked for one kind of identifier at a time."""
        service, private = self.services.pmc_ids, ncbi_private(self.settings)

        async def ask(part: Sequence[Case]) -> None:
            known = list(dict.fromkeys(c.given[0] for c in part))
            found = await convert(self.asking, service, known, private, self.max_age)
            for case in part:
                case.learn(found.get(case.given[0], ()))

        for kind in IdentifierKind:
            of_kind = [c for c in cases if c.given[0].kind is kind]
            await _in_parts(of_kind, MOST_CONVERTED, ask)

    async def _europe_pmc(self, case: Case) -> None:
        asked = case.given[0]
        answer = ask_europe_pmc(self.asking, self.services.europe_pmc, asked, self.max_age)
        if (said := await _answered(case, answer)) is not None:
            case.learn(identifiers_of(said.citation))

    async def _pubmed(self, cases: Sequence[Case]) -> None:
        service, private = self.services.pubmed, ncbi_private(self.settings)

        async def ask(part: Sequence[Case]) -> None:
            pmids = list(dict.fromkeys(c.together[IdentifierKind.PMID].value for c in part))
            found = await ask_pubmed(self.asking, service, pmids, private, self.max_age, self.read)
            for case in part:
                said = found.get(case.together[IdentifierKind.PMID].value)
                if said is None:
                    case.faults[service.name] = NoRecordError(service.name, "has no such record")
                else:
                    case.answers[service.name] = said
                    case.learn(identifiers_of(said.citation))

        await _in_parts(cases, MOST_PMIDS, ask)

    async def _crossref(self, case: Case) -> None:
        doi = case.together[IdentifierKind.DOI].value
        await _answered(case, ask_crossref(self.asking, self.services.crossref, doi, self.max_age))

    def said(self, case: Case) -> list[ServiceRecord]:
        """What the services say, in the order in which they are believed about the citation."""
        order = (self.services.pubmed.name, self.services.crossref.name, self.services.europe_pmc.name)
        return [case.answers[name] for name in order if name in case.answers]

    def unheard(self, case: Case) -> list[ServiceFaultError]:
        """The faults of those who should have been heard about a publication and were not; that a service has no record
        is an answer. The ID converter only finds identifiers, and does not count once something was found."""
        return [
            fault
            for name, fault in case.faults.items()
            if not isinstance(fault, NoRecordError) and (name != self.services.pmc_ids.name or not case.answers)
        ]

    def _keep_what_belongs(self, case: Case) -> None:
        """Drops answers about another publication than the one that was given.

        The one to go by is the citation that somebody vouches for, else the record of the registry whose identifier
        was given (Crossref for a DOI, PubMed for a PMID), else the first that confirms the identifier.
        """
        said = self.said(case)
        authority = case.stated if case.stated is not None and case.stated.title else self._authority(case, said)
        for publication in said:
            other = any(publication.contradicts(given) for given in case.given)
            if other or authority is None or not agree(authority, publication.citation):
                cause = f"answers about another publication ({publication.citation.label[:80]})"
                case.faults[publication.service] = WrongAnswerError(publication.service, cause)
                del case.answers[publication.service]

    def _authority(self, case: Case, said: Sequence[ServiceRecord]) -> Citation | None:
        given = case.given[0]
        registries = {
            IdentifierKind.DOI: self.services.crossref.name,
            IdentifierKind.PMID: self.services.pubmed.name,
            IdentifierKind.PMCID: self.services.europe_pmc.name,
        }
        own = case.answers.get(registries[given.kind])
        first = next((p for p in said if confirms(p.citation, given)), None)
        chosen = own or first or (said[0] if said else None)
        return chosen.citation if chosen is not None else None


async def _answered(case: Case, answer: Awaitable[ServiceRecord]) -> ServiceRecord | None:
    try:
        said = await answer
    except ServiceFaultError as fault:
        case.faults[fault.service] = fault
        return None
    case.answers[said.service] = said
    return said


async def _in_parts(cases: Sequence[Case], most: int, ask: Callable[[Sequence[Case]], Awaitable[None]]) -> None:
    """Asks for so many at a time; a part that fails is noted with each of its cases."""
    for start in range(0, len(cases), most):
        part = cases[start : start + most]
        try:
            await ask(part)
        except ServiceFaultError as fault:
            for case in part:
                case.faults[fault.service] = fault
