"""From identifiers to study forms: what the services say, verified, with the open full text or else the abstract.

Promises an outcome for every identifier. Order of belief: PubMed, Crossref, Europe PMC; the status is the worst that
any of them states, and every relation is kept. Does not write anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipeline.settings import Settings
from pipeline.sources.passages import Passage, Role
from pipeline.sources.services.asking import Asking, Manners
from pipeline.sources.services.consulting import Case, Consulting
from pipeline.sources.services.europe_pmc import JatsReader
from pipeline.sources.services.faults import NotAskedError, WrongAnswerError
from pipeline.sources.services.full_text import OpenText, Texts, has_body, read_article
from pipeline.sources.services.identifiers import Identifier, IdentifierKind
from pipeline.sources.services.kept_answers import FOLDER, KeptAnswers
from pipeline.sources.services.pace import services_of
from pipeline.sources.services.pubmed import RecordsReader, read_pubmed
from pipeline.sources.services.service_record import (
    ServiceRecord,
    joined_citation,
    joined_relations,
    status_of,
)
from pipeline.sources.study_form import FormSection, FormSource, StudyForm
from schemas.study import Citation
from schemas.vocabulary import PublicationStatus

TEXT_AGE = timedelta(days=30)
"""How old a kept full text may be: it hardly ever changes, and what happens to the article is asked for apart."""

RECORD_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads the services' XML; the readers of exports."""

    pubmed: RecordsReader = read_pubmed
    jats: JatsReader = read_article


@dataclass(frozen=True, slots=True)
class Fetched:
    """A study as the services give it. `form` holds the abstract, or nothing, where the text is a `pdf`.

    `text` is whose the full text is; null when the form holds the abstract only, and the text is empty when there is
    none either. `remarks` are clauses about what stood in the way.
    """

    given: Identifier
    form: StudyForm
    text: OpenText | None
    remarks: tuple[str, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether there is anything to analyse."""
        return self.text is not None or bool(self.form.sections)


@dataclass(frozen=True, slots=True)
class NotFetched:
    """An identifier of which there is no study, and why, as a clause without a subject."""

    given: Identifier
    reason: str


def fetch_studies(
    wanted: Sequence[Identifier],
    settings: Settings,
    *,
    max_age: timedelta = RECORD_AGE,
    manners: Manners | None = None,
    readers: Readers | None = None,
) -> list[Fetched | NotFetched]:
    """What the services have of each identifier, in the order given. SetupError when answers cannot be kept at all."""
    with KeptAnswers(Path(settings.home) / FOLDER) as kept:
        return asyncio.run(_fetched(wanted, settings, kept, max_age, manners, readers or Readers()))


async def _fetched(
    wanted: Sequence[Identifier],
    settings: Settings,
    kept: KeptAnswers,
    max_age: timedelta,
    manners: Manners | None,
    readers: Readers,
) -> list[Fetched | NotFetched]:
    services = services_of(settings)
    async with Asking(settings.contact, kept, manners) as asking:
        consulting = Consulting(asking, services, settings, max_age, readers.pubmed)
        texts = Texts(asking, services, settings, TEXT_AGE if max_age else timedelta(), readers.jats)
        cases = [Case((identifier,)) for identifier in wanted]
        await consulting.consult(cases)
        return list(await asyncio.gather(*(_study(case, consulting, texts) for case in cases)))


async def _study(case: Case, consulting: Consulting, texts: Texts) -> Fetched | NotFetched:
    said = consulting.said(case)
    if not said:
        return NotFetched(case.given[0], _why_nothing(case))
    citation = joined_citation(said)
    text, remarks = await texts.find(case.given, citation, said)
    unheard = consulting.unheard(case)
    form = _form(citation, said, text, checked=not unheard)
    return Fetched(case.given[0], form, text, (*map(str, unheard), *remarks))


def _why_nothing(case: Case) -> str:
    """Why there is no record: nobody has one, or somebody could not be asked."""
    failed = [str(f) for f in case.faults.values() if isinstance(f, NotAskedError | WrongAnswerError)]
    if failed:
        return "; ".join(failed)
    asked = {
        IdentifierKind.DOI: (
            "no record at Crossref or PubMed; check the identifier, or give the file if somebody else registered it "
            "(DataCite: data sets, arXiv)"
        ),
        IdentifierKind.PMID: "no record at PubMed; check the identifier",
        IdentifierKind.PMCID: "no record at Europe PMC or PubMed; check the identifier",
    }
    return asked[case.given[0].kind]


def _form(citation: Citation, said: Sequence[ServiceRecord], text: OpenText | None, *, checked: bool) -> StudyForm:
    record = text.record if text is not None else None
    abstract = next((p for p in said if has_body(p.passages)), None)
    passages = record.passages if record is not None else abstract.passages if abstract is not None else ()
    sections = form_sections(passages)
    documents = [*(p.document for p in said), record.document if record is not None else None]
    trials = [*(p.registration for p in said), record.registration if record is not None else None]
    services = [*(p.service for p in said), *([text.service] if text is not None else [])]
    on = max(p.on for p in said)
    return StudyForm(
        citation=citation,
        document=next((d for d in documents if d is not None), None),
        registration=next((t for t in trials if t), None),
        status=status_of(said) or PublicationStatus.PUBLISHED,
        relations=joined_relations(p.relations for p in said),
        source=FormSource(
            services=tuple(dict.fromkeys(services)),
            retrieved_on=on,
            URL=text.url if text is not None else abstract.url if abstract is not None else None,
            licence=(text.licence or "")[:300] or None if text is not None else None,
        ),
        checked_on=oldest(said) if checked else None,
        sections=sections or None,
        text=None if sections else "",
    )


def oldest(said: Iterable[ServiceRecord]) -> date | None:
    """The day of the oldest statement: since when everything is known."""
    return min((p.on for p in said), default=None)


def form_sections(passages: Iterable[Passage]) -> tuple[FormSection, ...]:
    """Passages as the sections of a form, which reads as the same text; the title is in the citation."""
    sections: list[tuple[str, list[str]]] = []
    for passage in passages:
        if passage.role is Role.TITLE:
            continue
        if passage.role is Role.HEAD:
            sections.append((passage.text[:300], []))
            continue
        if not sections:
            sections.append(("", []))
        sections[-1][1].append(_rows(passage.text) if passage.role is Role.TABLE else passage.text)
    return tuple(FormSection(heading=head, text="\n\n".join(texts)) for head, texts in sections)


def _rows(table: str) -> str:
    """A table as a form writes it: rows between bars, two at the least, which is how it is known again."""
    rows = [f"| {row.replace('  ', ' | ')} |" for row in table.split("\n")]
    return "\n".join(rows if len(rows) > 1 else [*rows, "| --- |"])
