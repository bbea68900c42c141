"""From what a reader found in an entry to a `Record`: one road for every format.

Promises that a record has a title, an identifier, authors, a journal, a date or an abstract; an entry with none of them
is a `FaultyRecord`. What a field cannot be read as is left out, never guessed. Of files beyond the bounds as much is
read as the bounds allow, and the rest is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from pydantic import ValidationError

from pipeline.sources.citation import citation_id
from pipeline.sources.passages import Passage, Role
from pipeline.sources.records.abstracts import Part, abstract_passages, labelled_passages, registration_statement
from pipeline.sources.records.fields import LONGEST_FIELD, one_line
from pipeline.sources.records.kinds import document_of, is_preprint, registrations, states_retraction
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.relations import MOST_RELATIONS
from pipeline.sources.standing import implied_status, worst
from schemas.study import Citation, CslDate, Name, Relation, SourceNote
from schemas.vocabulary import PublicationStatus

MOST_RECORDS = 200_000
LARGEST_TEXT = 100_000_000
"""Characters of a file that are read."""

_LONGEST_LINE_FIELD = 2_000
"""Characters of a title or the name of a journal."""


@dataclass(slots=True)
class Draft:
    """The fields of an entry, as far as a reader knows them; `types` are publication types, single ones.

    `abstract` is one text or labelled parts; `registered` are the fields in which register numbers may stand.
    """

    line: int
    type: str = "article-journal"
    title: str = ""
    author: tuple[Name, ...] = ()
    issued: CslDate | None = None
    container: str = ""
    volume: str = ""
    issue: str = ""
    page: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str = ""
    language: str | None = None
    types: tuple[str, ...] = ()
    abstract: str | list[Part] = ""
    registered: list[str] = field(default_factory=list[str])
    relations: list[Relation] = field(default_factory=list[Relation])
    genre: str | None = None
    notes: list[SourceNote] = field(default_factory=list[SourceNote])


def finished(draft: Draft) -> Record | FaultyRecord:
    """The record that the draft makes."""
    title = one_line(draft.title)
    cut = _cut(draft)
    body, noted = _body(draft.abstract)
    if not (title or draft.doi or draft.pmid or draft.pmcid or body or draft.author or draft.container or draft.issued):
        return FaultyRecord(draft.line, "says nothing of a publication: no title, author, journal, date or identifier")
    preprint = is_preprint(draft.types, draft.container, draft.doi)
    try:
        citation = _citation(draft, title, preprint=preprint)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        return FaultyRecord(draft.line, f"has a field that cannot be one of a citation ({place})")
    retracted = PublicationStatus.RETRACTED if states_retraction(draft.types) else None
    return Record(
        line=draft.line,
        citation=citation,
        passages=(*([Passage(title, Role.TITLE)] if title else []), *body) if body else (),
        document=document_of(draft.types, title),
        status=worst([retracted, implied_status(draft.relations)]),
        registration=registrations(draft.registered) or registrations(registration_statement(body)),
        relations=tuple(dict.fromkeys(draft.relations))[:MOST_RELATIONS],
        notes=(*draft.notes, *cut, *noted),
    )


def _body(abstract: str | list[Part]) -> tuple[list[Passage], list[SourceNote]]:
    return abstract_passages(abstract) if isinstance(abstract, str) else labelled_passages(abstract)


def _cut(draft: Draft) -> list[SourceNote]:
    """Cuts an abstract or a title that is longer than any is, and says so."""
    if not isinstance(draft.abstract, str) or len(draft.abstract) <= LONGEST_FIELD:
        return []
    draft.abstract = draft.abstract[:LONGEST_FIELD]
    return [cut_note()]


def cut_note() -> SourceNote:
    """That a field was longer than any abstract is, or that there were too many of them."""
    bounds = f"a field ends after {LONGEST_FIELD:,} characters, and further fields were left out"
    return SourceNote(kind="truncated", message=f"the record was too large: {bounds}")


def unended_note() -> SourceNote:
    """That the record may go on where the file or the record broke off."""
    return SourceNote(kind="truncated", message="the record has no end mark in the export; it may be incomplete")


def _citation(draft: Draft, title: str, *, preprint: bool) -> Citation:
    citation = Citation.model_validate(
        {
            "id": "record",
            "type": "article" if preprint and draft.type == "article-journal" else draft.type,
            "genre": "preprint" if preprint else draft.genre,
            "title": title[:_LONGEST_LINE_FIELD] or None,
            "author": draft.author,
            "issued": draft.issued,
            "container-title": one_line(draft.container)[:_LONGEST_LINE_FIELD] or None,
            "volume": one_line(draft.volume)[:100] or None,
            "issue": one_line(draft.issue)[:100] or None,
            "page": draft.page,
            "DOI": draft.doi,
            "PMID": draft.pmid,
            "PMCID": draft.pmcid,
            "URL": draft.url.strip()[:_LONGEST_LINE_FIELD] or None,
            "language": draft.language,
        }
    )
    return citation.model_copy(update={"id": citation_id(citation)})


def bounded(source: str, read: Callable[[str], Iterable[Record | FaultyRecord]]) -> Iterator[Record | FaultyRecord]:
    """The records that `read` finds in `source`, within the bounds; what lies beyond them is one FaultyRecord."""
    text = source.removeprefix("\ufeff")
    beyond: list[FaultyRecord] = []
    if len(text) > LARGEST_TEXT:
        text = text[:LARGEST_TEXT]
        cause = f"stands beyond the first {LARGEST_TEXT // 1_000_000} million characters; export in several files"
        beyond.append(FaultyRecord(text.count("\n") + 1, cause))
    for number, record in enumerate(chain(read(text), beyond)):
        if number >= MOST_RECORDS:
            yield FaultyRecord(
                record.line, f"stands beyond the first {MOST_RECORDS:,} records; export in several files"
            )
            return
        yield record
