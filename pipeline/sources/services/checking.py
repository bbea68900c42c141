"""Asks Crossref and PubMed again what was published about known studies: retraction, concern, erratum, the article of
a preprint.

Promises an item for every file; a study's status only gets worse: that services no longer state what a form says is
for a person to decide, and said. A form that was asked about in vain keeps its `checked_on`. Also called by runs that
nobody watches; prints nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipeline.errors import InputError, OutputError, SourceError
from pipeline.settings import Settings
from pipeline.sources.gathering import LEADS_OUT, files_in, path_of
from pipeline.sources.services.asking import Asking, Manners
from pipeline.sources.services.consulting import Case, Consulting
from pipeline.sources.services.fetching import Readers, oldest
from pipeline.sources.services.form_files import ENDINGS, FormFile, change_form, fields_of_form, read_form
from pipeline.sources.services.identifiers import identifiers_of
from pipeline.sources.services.kept_answers import FOLDER, KeptAnswers
from pipeline.sources.services.pace import services_of
from pipeline.sources.services.service_record import new_relations, status_of
from pipeline.sources.standing import worst
from schemas.source_report import CheckItem, CheckOutcome, CheckReport
from schemas.study import Relation
from schemas.vocabulary import PublicationStatus

NO_FORM = "is no study form, so that nothing can be noted in it"
NO_IDENTIFIER = "has no DOI, PMID or PMCID"
NO_RECORD = "no record at Crossref or PubMed"


def check_studies(
    paths: Iterable[Path],
    settings: Settings,
    *,
    max_age: timedelta = timedelta(),
    dry_run: bool = False,
    manners: Manners | None = None,
    readers: Readers | None = None,
) -> CheckReport:
    """Asks for the state of every study form in `paths` (files and folders), and notes what is new in the forms.

    Answers kept for less than `max_age` will do; by default everything is asked afresh. With `dry_run` nothing is
    written. SetupError when answers cannot be kept at all.
    """
    found = _found(paths)
    cases = {
        f.path: Case(ids, f.form.citation)
        for f in found
        if isinstance(f, FormFile) and (ids := identifiers_of(f.form.citation))
    }
    with KeptAnswers(Path(settings.home) / FOLDER) as kept:
        consulting = asyncio.run(_asked(list(cases.values()), settings, kept, max_age, manners, readers or Readers()))
    return CheckReport.of(
        _Checked(f, cases.get(f.path), consulting).item(dry_run=dry_run) if isinstance(f, FormFile) else f
        for f in found
    )


async def _asked(
    cases: Sequence[Case],
    settings: Settings,
    kept: KeptAnswers,
    max_age: timedelta,
    manners: Manners | None,
    readers: Readers,
) -> Consulting:
    async with Asking(settings.contact, kept, manners) as asking:
        consulting = Consulting(asking, services_of(settings), settings, max_age, readers.pubmed)
        await consulting.consult(cases, europe_pmc=False)
        return consulting


def _found(paths: Iterable[Path]) -> list[FormFile | CheckItem]:
    """The forms, each once; a folder stands for the forms in it, at any depth, and for nothing else that lies there."""
    found: dict[Path, FormFile | CheckItem] = {}
    for path in paths:
        inside = path.is_dir()
        for each in files_in([path]):
            file = path_of(each)
            if file in found or (inside and file.suffix.lower() not in ENDINGS):
                continue
            opened = _opened(file) if file is each else _led_out(file)
            if opened is not None or not inside:
                found[file] = opened or CheckItem(file=str(file), outcome=CheckOutcome.NO_IDENTIFIER, reason=NO_FORM)
    return list(found.values())


def _led_out(link: Path) -> CheckItem:
    return CheckItem(file=str(link), outcome=CheckOutcome.NO_IDENTIFIER, reason=LEADS_OUT)


def _opened(path: Path) -> FormFile | CheckItem | None:
    """The form in a file, or why it cannot be read; null when the file is something else."""
    try:
        return read_form(path)
    except SourceError as error:
        return CheckItem(file=str(path), outcome=CheckOutcome.UNREADABLE, reason=f"{error.cause}; {error.remedy}")


@dataclass(frozen=True, slots=True)
class _Checked:
    """A form and what was said about its study."""

    file: FormFile
    case: Case | None
    consulting: Consulting

    def item(self, *, dry_run: bool) -> CheckItem:
        """What is new, written into the form unless `dry_run`."""
        if self.case is None:
            return self._item(CheckOutcome.NO_IDENTIFIER, reason=NO_IDENTIFIER)
        said = self.consulting.said(self.case)
        unheard = tuple(str(f) for f in self.consulting.unheard(self.case))
        if not said:
            reason = "; ".join(unheard) or NO_RECORD
            return self._item(CheckOutcome.NOT_ASKED, reason=reason, unheard=unheard)
        form = self.file.form
        was = form.status or PublicationStatus.PUBLISHED
        stated = status_of(said) or PublicationStatus.PUBLISHED
        now = worst([was, stated]) or was
        new = new_relations(form.relations, (r for p in said for r in p.relations))
        fault = None if dry_run else self._noted(now, (*form.relations, *new), None if unheard else oldest(said))
        changed = CheckOutcome.CHANGED if now is not was or new else CheckOutcome.UNCHANGED
        remarks = (*unheard, *(s for s in (fault, _for_a_person(was, stated)) if s is not None))
        reason = "; ".join(remarks) or None
        return self._item(
            CheckOutcome.UNREADABLE if fault else changed, now=now, notices=new, reason=reason, unheard=unheard
        )

    def _noted(self, now: PublicationStatus, relations: tuple[Relation, ...], on: date | None) -> str | None:
        """Writes what is known into the form; why that could not be done, or null."""
        form = self.file.form
        changes = {"status": now if form.status is not None or now is not PublicationStatus.PUBLISHED else None}
        updated = form.model_copy(update={**changes, "relations": relations, "checked_on": on or form.checked_on})
        try:
            change_form(self.file.path, fields_of_form(updated, "status", "relations", "checked_on"))
        except (InputError, OutputError) as error:
            return str(error)
        return None

    def _item(
        self,
        outcome: CheckOutcome,
        *,
        now: PublicationStatus | None = None,
        notices: tuple[Relation, ...] = (),
        reason: str | None = None,
        unheard: tuple[str, ...] = (),
    ) -> CheckItem:
        form = self.file.form
        was = form.status or PublicationStatus.PUBLISHED
        return CheckItem(
            file=str(self.file.path),
            outcome=outcome,
            study=form.citation.id,
            label=form.citation.label,
            was=was,
            now=now or was,
            notices=notices,
            reason=reason,
            unheard=unheard,
        )


def _for_a_person(was: PublicationStatus, stated: PublicationStatus) -> str | None:
    """What to look at when services no longer state what the form says."""
    if worst([was, stated]) is stated:
        return None
    return f"the form says {was.value}, the services say {stated.value}: change it by hand if they are right"
