"""One item of CSL-JSON -> a draft of a record; items of Crossref's answers, which differ in a few names, too.

Promises that a value of a wrong kind is left out and never raises. Zotero keeps 'PMID: ...' lines in `note`, Crossref
keeps titles in lists, links to preprints in `relation` and retractions in `update-to` and `updated-by`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from pipeline.rules.identifiers import plain_doi
from pipeline.sources.json_fields import Fields, first_text, objects
from pipeline.sources.records.dates import csl_date, date_of, written
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
from pipeline.sources.standing import link_by_notice
from schemas.study import CslDate, Name, Relation
from schemas.vocabulary import RelationKind

_OF_CROSSREF = {
    "journal-article": "article-journal", "proceedings-article": "paper-conference", "book-chapter": "chapter",
    "monograph": "book", "edited-book": "book", "reference-book": "book", "dissertation": "thesis",
    "posted-content": "article", "report-component": "report", "reference-entry": "entry-encyclopedia",
    "peer-review": "review", "book-section": "chapter", "book-part": "chapter", "proceedings": "book",
    "other": "document", "component": "document",
}  # fmt: skip
_VERSIONS = {
    "has-preprint": RelationKind.HAS_PREPRINT,
    "is-preprint-of": RelationKind.HAS_ARTICLE,
    "is-comment-on": RelationKind.COMMENTS_ON,
    "has-comment": RelationKind.COMMENTED_BY,
}
_WITH_OTHERS = re.compile(r"[,\s]*\bet al\.?$", re.IGNORECASE)
_CSL_TYPE = re.compile(r"[a-z]+(?:[-_][a-z]+){0,3}")


def draft_of_item(item: Fields, line: int) -> Draft:
    """The draft of one item that begins on `line`."""
    printed = _text(item, "type")
    csl_type = _OF_CROSSREF.get(printed, printed if _CSL_TYPE.fullmatch(printed) else "article-journal")
    note, address = _text(item, "note"), _text(item, "URL")
    stated = [line for line in note.split("\n") if re.match(r"\s*(?:PMC?ID|doi)\b", line, re.IGNORECASE)]
    posted = printed == "posted-content"
    genre = _text(item, "genre") or (_text(item, "subtype") or "preprint" if posted else "")
    container, doi = _text(item, "container-title"), _doi(item, stated)
    types = publication_types([genre, _text(item, "subtype")])
    types = (*types, *(line for line in publication_types([note]) if len(line) < 60 and document_of([line])))
    links = [*_updates(item, doi), *_versions(item, doi)]
    dates = (csl_date_in(item, key) for key in ("issued", "published-print", "published", "posted"))
    return Draft(
        line=line,
        type=csl_type,
        title=": ".join(filter(None, (_text(item, "title"), _text(item, "subtitle")))),
        author=tuple(_names(item)),
        issued=next(filter(None, dates), None),
        container=container,
        volume=_text(item, "volume"),
        issue=_text(item, "issue"),
        page=pages_of(_text(item, "page") or _text(item, "article-number")),
        doi=doi,
        pmid=bare_pmid(_text(item, "PMID")) or next(filter(None, map(pmid_of, [*stated, address])), None),
        pmcid=next(filter(None, map(pmcid_of, [_text(item, "PMCID"), *stated, address])), None),
        url=address,
        language=language_of(_text(item, "language")),
        types=types,
        abstract=_text(item, "abstract"),
        registered=[_text(item, "clinical-trial-number"), *_trials(item), note, address],
        relations=[*links, *labelled_relations([note], preprint=is_preprint(types, one_line(container), doi))],
        genre=genre[:100] or None,
    )


def csl_date_in(item: Fields, key: str) -> CslDate | None:
    """The date under `key`: parts as CSL has them, or a text."""
    for entry in objects(item, key):
        parts = entry.get("date-parts")
        first = cast("list[object]", parts)[0] if isinstance(parts, list) and parts else None
        numbers = [_number(part) for part in cast("list[object]", first)] if isinstance(first, list) else []
        date = csl_date([n for n in numbers[: numbers.index(None) if None in numbers else 3] if n is not None])
        date = date or date_of(_text(entry, "raw"), _text(entry, "literal"), _text(entry, "year"))
        if date:
            return date
    value = item.get(key)
    return date_of(value) if isinstance(value, str) else None


def _text(item: Fields, key: str) -> str:
    return first_text(item, key) or ""


def _doi(item: Fields, stated: list[str]) -> str | None:
    doi = doi_of(_text(item, "DOI")) or next(filter(None, map(doi_of, stated)), None)
    return doi or doi_in_url(_text(item, "URL"))


def _names(item: Fields) -> Iterator[Name]:
    for entry in objects(item, "author")[:MOST_NAMES]:
        family, given = one_line(_text(entry, "family")), _WITH_OTHERS.sub("", one_line(_text(entry, "given")))
        particles = " ".join(one_line(_text(entry, f"{kind}-particle")) for kind in ("dropping", "non-dropping"))
        whole = one_line(_text(entry, "literal") or _text(entry, "name"))
        if family:
            given = " ".join(part for part in (given, one_line(_text(entry, "suffix"))) if part)
            yield Name(family=f"{particles} {family}".strip(), given=given or None)
        elif whole or given:
            yield name_of(given) or Name(literal=given) if not whole else Name(literal=whole)


def _number(part: object) -> int | None:
    text = str(part).strip() if isinstance(part, str | int) and not isinstance(part, bool) else ""
    return int(text) if re.fullmatch(r"\d{1,4}", text) else None


def _trials(item: Fields) -> list[str]:
    return [_text(entry, "clinical-trial-number") for entry in objects(item, "clinical-trial-number")]


def _updates(item: Fields, own: str | None) -> Iterator[Relation]:
    """What this work updates ('update-to'), and by what it was updated ('updated-by'). Some publishers put the notice
    under the article's own DOI, which then updates itself."""
    for key in ("updated-by", "update-to"):
        for entry in objects(item, key):
            doi, label = doi_of(_text(entry, "DOI")), one_line(_text(entry, "label"))
            later = key == "updated-by" or _is_one(doi, own)
            kind = link_by_notice(_text(entry, "type"), on_article=later)
            if kind is not None and (doi or label):
                day = written(csl_date_in(entry, "updated"))
                yield Relation(kind=kind, DOI=doi, reference=label[:500] or None, date=day)


def _versions(item: Fields, own: str | None) -> Iterator[Relation]:
    for relation in objects(item, "relation"):
        for key, kind in _VERSIONS.items():
            for entry in objects(relation, key):
                doi = doi_of(_text(entry, "id"))
                if doi and not _is_one(doi, own):
                    yield Relation(kind=kind, DOI=doi)


def _is_one(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and plain_doi(one) == plain_doi(other)
