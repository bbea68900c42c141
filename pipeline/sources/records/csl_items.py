"""One item of CSL-JSON -> a draft of a record; items of Crossref's answers, which differ in a few names, too.

Promises that a value of a wrong kind is left out and never raises. Zotero keeps 'PMID: ...' lines in `note`, Crossref
keeps titles in lists, links to preprints in `relation` and retractions in `update-to` and `updated-by`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from pipeline.sources.records.dates import csl_date, date_of
from pipeline.sources.records.draft import Draft
from pipeline.sources.records.fields import (
    bare_pmid,
    doi_in_url,
    doi_of,
    language_of,
    one_line,
    pages_of,
    pmcid_of,
    pmid_of,
)
from pipeline.sources.records.kinds import document_of, is_preprint, publication_types
from pipeline.sources.records.names import MOST_NAMES, name_of
from pipeline.sources.records.relations import labelled_relations
from schemas.study import CslDate, Name, Relation
from schemas.vocabulary import RelationKind

Item = dict[str, object]

_OF_CROSSREF = {
    "journal-article": "article-journal", "proceedings-article": "paper-conference", "book-chapter": "chapter",
    "monograph": "book", "edited-book": "book", "reference-book": "book", "dissertation": "thesis",
    "posted-content": "article", "report-component": "report", "reference-entry": "entry-encyclopedia",
    "peer-review": "review", "book-section": "chapter", "book-part": "chapter",
}  # fmt: skip
_UPDATES = {
    "retraction": (RelationKind.RETRACTS, RelationKind.RETRACTED_BY),
    "withdrawal": (RelationKind.RETRACTS, RelationKind.RETRACTED_BY),
    "removal": (RelationKind.RETRACTS, RelationKind.RETRACTED_BY),
    "expression_of_concern": (None, RelationKind.CONCERN_BY),
    "correction": (RelationKind.CORRECTS, RelationKind.CORRECTED_BY),
    "corrigendum": (RelationKind.CORRECTS, RelationKind.CORRECTED_BY),
    "erratum": (RelationKind.CORRECTS, RelationKind.CORRECTED_BY),
    "addendum": (RelationKind.CORRECTS, RelationKind.CORRECTED_BY),
    "partial_retraction": (RelationKind.CORRECTS, RelationKind.CORRECTED_BY),
}
_PREPRINTS = {"has-preprint": RelationKind.HAS_PREPRINT, "is-preprint-of": RelationKind.HAS_ARTICLE}
_WITH_OTHERS = re.compile(r"[,\s]*\bet al\.?$", re.IGNORECASE)
_CSL_TYPE = re.compile(r"[a-z]+(?:[-_][a-z]+){0,3}")


def draft_of_item(item: Item, line: int) -> Draft:
    """The draft of one item that begins on `line`."""
    printed = _text(item, "type")
    csl_type = _OF_CROSSREF.get(printed, printed if _CSL_TYPE.fullmatch(printed) else "article-journal")
    notes = [_text(item, "note")]
    stated = [line for line in notes[0].split("\n") if re.match(r"\s*(?:PMC?ID|doi)\b", line, re.IGNORECASE)]
    genre, container, doi = _text(item, "genre"), _text(item, "container-title"), _doi(item, stated)
    types = publication_types([genre, _text(item, "subtype"), *(["preprint"] if printed == "posted-content" else [])])
    types = (*types, *(line for line in publication_types(notes) if len(line) < 60 and document_of([line])))
    relations = [*_updates(item), *_versions(item)]
    return Draft(
        line=line,
        type=csl_type,
        title=_text(item, "title"),
        author=tuple(_names(item.get("author"))),
        issued=next(filter(None, (_date(item.get(key)) for key in ("issued", "published-print", "published"))), None),
        container=container,
        volume=_text(item, "volume"),
        issue=_text(item, "issue"),
        page=pages_of(_text(item, "page") or _text(item, "article-number")),
        doi=doi,
        pmid=bare_pmid(_text(item, "PMID")) or next(filter(None, map(pmid_of, [*stated, _text(item, "URL")])), None),
        pmcid=next(filter(None, map(pmcid_of, [_text(item, "PMCID"), *stated, _text(item, "URL")])), None),
        url=_text(item, "URL"),
        language=language_of(_text(item, "language")),
        types=types,
        abstract=_text(item, "abstract"),
        registered=[_text(item, "clinical-trial-number"), *_trials(item), *notes, _text(item, "URL")],
        relations=[*relations, *labelled_relations(notes, preprint=is_preprint(types, one_line(container), doi))],
        genre=genre[:100] or None,
    )


def _text(item: Item, key: str) -> str:
    """A value as text: the first of a list, figures as they are, '' for anything else."""
    value = item.get(key)
    if isinstance(value, list):
        value = next(iter(cast("list[object]", value)), None)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _items(value: object) -> Iterator[Item]:
    if isinstance(value, dict):
        yield cast("Item", value)
    for entry in cast("list[object]", value) if isinstance(value, list) else []:
        if isinstance(entry, dict):
            yield cast("Item", entry)


def _doi(item: Item, stated: list[str]) -> str | None:
    doi = doi_of(_text(item, "DOI")) or next(filter(None, map(doi_of, stated)), None)
    return doi or doi_in_url(_text(item, "URL"))


def _names(value: object) -> Iterator[Name]:
    for entry in [*_items(value)][:MOST_NAMES]:
        family, given = one_line(_text(entry, "family")), _WITH_OTHERS.sub("", one_line(_text(entry, "given")))
        particles = " ".join(one_line(_text(entry, f"{kind}-particle")) for kind in ("dropping", "non-dropping"))
        whole = one_line(_text(entry, "literal") or _text(entry, "name"))
        if family:
            given = " ".join(part for part in (given, one_line(_text(entry, "suffix"))) if part)
            yield Name(family=f"{particles} {family}".strip(), given=given or None)
        elif whole or given:
            yield name_of(given) or Name(literal=given) if not whole else Name(literal=whole)


def _date(value: object) -> CslDate | None:
    for entry in _items(value):
        parts = entry.get("date-parts")
        first = cast("list[object]", parts)[0] if isinstance(parts, list) and parts else None
        numbers = [_number(part) for part in cast("list[object]", first)] if isinstance(first, list) else []
        date = csl_date([n for n in numbers[: numbers.index(None) if None in numbers else 3] if n is not None])
        date = date or date_of(_text(entry, "raw"), _text(entry, "literal"), _text(entry, "year"))
        if date:
            return date
    return date_of(value) if isinstance(value, str) else None


def _number(part: object) -> int | None:
    text = str(part).strip() if isinstance(part, str | int) and not isinstance(part, bool) else ""
    return int(text) if re.fullmatch(r"\d{1,4}", text) else None


def _trials(item: Item) -> list[str]:
    return [_text(entry, "clinical-trial-number").upper() for entry in _items(item.get("clinical-trial-number"))]


def _updates(item: Item) -> Iterator[Relation]:
    """What this work updates ('update-to'), and by what it was updated ('updated-by')."""
    for place, key in enumerate(("update-to", "updated-by")):
        for entry in _items(item.get(key)):
            kind = _UPDATES.get(_text(entry, "type").lower().replace(" ", "_"), (None, None))[place]
            doi = doi_of(_text(entry, "DOI"))
            if kind is not None and doi:
                yield Relation(kind=kind, DOI=doi)


def _versions(item: Item) -> Iterator[Relation]:
    for relation in _items(item.get("relation")):
        for key, kind in _PREPRINTS.items():
            for entry in _items(relation.get(key)):
                doi = doi_of(_text(entry, "id"))
                if doi:
                    yield Relation(kind=kind, DOI=doi)
