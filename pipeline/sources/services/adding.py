"""Studies by identifier, into a folder of study forms: what is known is not fetched again, nothing is written twice.

Promises an item for every identifier that was given, in the order given. Does not change claims files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pipeline.errors import InputError, OutputError, SourceError
from pipeline.settings import Settings
from pipeline.sources.reading import read_study
from pipeline.sources.rewriting import create
from pipeline.sources.services.asking import Manners
from pipeline.sources.services.fetching import RECORD_AGE, Fetched, NotFetched, Readers, fetch_studies
from pipeline.sources.services.form_files import (
    FormFile,
    Shelf,
    Warn,
    change_form,
    fields_of_form,
    read_form,
    write_form,
)
from pipeline.sources.services.full_text import NO_CONTACT
from pipeline.sources.services.identifiers import Identifier, identifiers_of, parse_identifier
from pipeline.sources.services.service_record import is_printed_in
from pipeline.sources.study_form import StudyForm
from schemas.source_report import SourceItem, SourceOutcome
from schemas.study import Study
from schemas.vocabulary import PublicationStatus

NO_IDENTIFIER = (
    "is no DOI, PMID or PMCID, and no file; write it as 10.1234/abc, PMID 12345678 or PMC1234567, or check the path"
)
NO_TEXT = "the record has no abstract and no open text; put the text or the file into the form"
WITHDRAWN = "it was withdrawn or retracted, and its record has no text"
_FETCHED_FIELDS = ("status", "document", "registration", "relations", "source", "checked_on")


@dataclass
class Added:
    """What became of everything that was given, and the files that a claim can name now, each once."""

    shelf: Shelf
    items: list[SourceItem] = field(default_factory=list[SourceItem])
    files: list[Path] = field(default_factory=list[Path])

    def note(self, item: SourceItem, file: Path | None = None) -> None:
        """One outcome, and the form that it led to."""
        self.items.append(item)
        if file is not None and file not in self.files:
            self.files.append(file)


def add_studies(
    given: Sequence[str],
    folder: Path,
    settings: Settings,
    *,
    warn: Warn,
    refresh: bool = False,
    max_age: timedelta = RECORD_AGE,
    manners: Manners | None = None,
    readers: Readers | None = None,
) -> Added:
    """Fetches what `given` identifies into study forms in `folder`, and says what became of each.

    A form there with the same DOI, PMID or PMCID and a text is not fetched again unless `refresh`. SetupError when
    answers cannot be kept, OutputError when a form cannot be written.
    """
    shelf = Shelf(folder, warn)
    parsed = [parse_identifier(text) for text in given]
    wanted = dict.fromkeys(i for i in parsed if i is not None and (refresh or not _has_text(shelf.find([i]))))
    if wanted and settings.contact is None:
        warn(NO_CONTACT)
    age = timedelta() if refresh else max_age
    found = fetch_studies(list(wanted), settings, max_age=age, manners=manners, readers=readers) if wanted else []
    answers = dict(zip(wanted, found, strict=True))
    adding = _Adding(shelf, refresh=refresh)
    for text, identifier in zip(given, parsed, strict=True):
        if identifier is None:
            adding.done.note(SourceItem(source=text, outcome=SourceOutcome.FAILED, reason=NO_IDENTIFIER))
        else:
            adding.take(text, identifier, answers.get(identifier))
    return adding.done


class _Adding:
    """Takes in one answer after the other. `fresh` are the forms that this run wrote or fetched anew."""

    def __init__(self, shelf: Shelf, *, refresh: bool) -> None:
        self.shelf = shelf
        self.refresh = refresh
        self.fresh: set[Path] = set()
        self.done = Added(shelf)

    def take(self, text: str, identifier: Identifier, answer: Fetched | NotFetched | None) -> None:
        """Notes what became of one identifier; writes or changes a form where that is called for."""
        known = self.shelf.find([identifier])
        if known is None and isinstance(answer, Fetched):
            known = self.shelf.find(identifiers_of(answer.form.citation))
        if known is not None and known.path in self.fresh:
            self._note(text, known, SourceOutcome.DUPLICATE, duplicate_of=known.form.citation.id)
        elif isinstance(answer, NotFetched):
            self._failed(text, identifier, answer.reason, known)
        elif known is not None and (answer is None or (known.has_text and not self.refresh)):
            self.shelf.put(known, [identifier])
            self._note(text, known, SourceOutcome.KNOWN)
        elif answer is not None:
            self._written(text, identifier, answer, known)

    def _written(self, text: str, identifier: Identifier, answer: Fetched, known: FormFile | None) -> None:
        remarks = list(answer.remarks)
        try:
            file = self._with_text(answer, known, remarks)
        except (InputError, OutputError) as error:
            self._failed(text, identifier, str(error), None)
            return
        self.fresh.add(file.path)
        self.shelf.put(file, [identifier])
        reason = "; ".join(remarks) or None
        if file.has_text:
            self._note(text, file, SourceOutcome.READ, reason=reason)
        else:
            gone = file.form.status is PublicationStatus.RETRACTED
            why = "; ".join([WITHDRAWN if gone else NO_TEXT, *remarks])
            self._note(text, file, SourceOutcome.CITATION_ONLY, reason=why)

    def _with_text(self, answer: Fetched, known: FormFile | None, remarks: list[str]) -> FormFile:
        """The form of an answer as a file; a PDF that turns out not to be of the study is left out."""
        pdf = answer.text.pdf if answer.text is not None else None
        if pdf is None:
            return self._file(answer.form, known)
        study = known.form.citation.id if known is not None else answer.form.citation.id
        path = create(self.shelf.folder, lambda n: f"{study}.pdf" if n == 1 else f"{study[:74]}-{n}.pdf", pdf)
        fault = _fault_of_pdf(path, answer.form)
        if fault is not None:
            path.unlink()
            remarks.append(f"open PDF: {fault}")
            return self._file(_without_text_of(answer), known)
        return self._file(answer.form.model_copy(update={"file": path.name, "sections": None, "text": None}), known)

    def _file(self, form: StudyForm, known: FormFile | None) -> FormFile:
        if known is None:
            return write_form(self.shelf.folder, form)
        wanted = fields_of_form(form, *_FETCHED_FIELDS)
        # What a person wrote about the study stays where the services say nothing.
        kept = {k: v for k, v in wanted.items() if v is not None}
        citation = fields_of_form(form, "citation")["citation"]
        kept["citation"] = {k: v for k, v in citation.items() if k != "id"}
        if form.file or form.sections:
            kept |= fields_of_form(form, "sections", "file") | {"text": None}
        change_form(known.path, kept)
        return _reread(known.path)

    def _failed(self, text: str, identifier: Identifier, reason: str, known: FormFile | None) -> None:
        ids = {identifier.kind.value: identifier.value}
        study = known.form.citation.id if known is not None else None
        item = SourceItem.model_validate(
            {"source": text, "outcome": SourceOutcome.FAILED, "reason": reason, "study": study, **ids}
        )
        self.done.note(item)

    def _note(
        self,
        text: str,
        file: FormFile,
        outcome: SourceOutcome,
        *,
        reason: str | None = None,
        duplicate_of: str | None = None,
    ) -> None:
        if not file.has_text:
            self.done.note(_item_of_form(text, file.form, outcome, reason, duplicate_of))
            return
        try:
            study = read_study(file.path)
        except SourceError as error:
            self.done.note(_item_of_form(text, file.form, SourceOutcome.FAILED, f"{error.cause}; {error.remedy}"))
            return
        item = SourceItem.of_study(text, study, outcome, pages=_pages(study), reason=reason, duplicate_of=duplicate_of)
        self.done.note(item, file.path)


def _has_text(file: FormFile | None) -> bool:
    return file is not None and file.has_text


def _reread(path: Path) -> FormFile:
    found = read_form(path)
    if found is None:
        raise OutputError(f"{path}: is no study form any more; run again")
    return found


def _fault_of_pdf(path: Path, form: StudyForm) -> str | None:
    """Why the PDF is not the text of the study; null when it is."""
    try:
        study = read_study(path)
    except SourceError as error:
        return error.cause
    return None if is_printed_in(form.citation, study.text) else "is the text of another publication; it was left out"


def _without_text_of(answer: Fetched) -> StudyForm:
    """The form with the abstract; its source no longer names the PDF."""
    form, text = answer.form, answer.text
    if form.source is None or text is None:
        return form
    services = tuple(s for s in form.source.services if s != text.service)
    return form.model_copy(
        update={"source": form.source.model_copy(update={"services": services, "URL": None, "licence": None})}
    )


def _item_of_form(
    text: str, form: StudyForm, outcome: SourceOutcome, reason: str | None, duplicate_of: str | None = None
) -> SourceItem:
    citation = form.citation
    return SourceItem(
        source=text,
        outcome=outcome,
        study=citation.id,
        label=citation.label,
        title=citation.title,
        DOI=citation.DOI,
        PMID=citation.PMID,
        PMCID=citation.PMCID,
        document=form.document,
        status=form.status,
        reason=reason,
        duplicate_of=duplicate_of,
    )


def _pages(study: Study) -> int | None:
    return max((s.page for s in study.sentences if s.page is not None), default=None)


def listed(lines: Iterable[str]) -> list[str]:
    """The identifiers of a list with one a line; empty lines, and what stands behind a # that begins a word, are left
    out."""
    bare = (re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip() for line in lines)
    return [line for line in bare if line]
