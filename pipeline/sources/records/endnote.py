"""Reads EndNote XML, as EndNote, Bookends, Papers, Zotero and Covidence write it.

Promises one record or fault a <record>, each parsed by itself. Styled text loses its styles, raised figures stay
raised. Notes are searched for identifiers and links that carry their label, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.sources.records.charset import decode
from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, bounded, finished
from pipeline.sources.records.fields import bare_pmid, doi_in_url, doi_of, language_of, pages_of, pmcid_of, pmid_of
from pipeline.sources.records.fragments import Fragment, fragments
from pipeline.sources.records.kinds import document_of, is_preprint, publication_types
from pipeline.sources.records.names import names_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.relations import labelled_relations
from pipeline.sources.records.xml import Node, XmlError, open_xml, text_of

_TYPES = {
    "17": "article-journal", "0": "article-journal", "43": "article-journal", "19": "article-magazine",
    "23": "article-newspaper", "6": "book", "28": "book", "44": "book", "9": "book", "5": "chapter", "60": "chapter",
    "7": "chapter", "10": "paper-conference", "47": "paper-conference", "3": "paper-conference", "32": "thesis",
    "27": "report", "46": "report", "55": "report", "12": "webpage", "16": "webpage", "56": "webpage", "59": "dataset",
    "45": "dataset", "25": "patent", "36": "article", "34": "article", "31": "legislation", "4": "legislation",
    "58": "standard", "13": "document",
}  # fmt: skip
_BY_NAME = {
    "journal article": "article-journal", "electronic article": "article-journal", "book": "book",
    "edited book": "book", "electronic book": "book", "book section": "chapter", "conference paper": "paper-conference",
    "conference proceedings": "paper-conference", "thesis": "thesis", "report": "report", "web page": "webpage",
    "unpublished work": "article", "manuscript": "article", "dataset": "dataset",
    "magazine article": "article-magazine",
    "newspaper article": "article-newspaper", "patent": "patent", "generic": "document", "preprint": "article",
}  # fmt: skip
_PLACES = ("accession-num", "custom1", "custom2", "custom3", "custom5", "custom7", "label", "call-num")


def read_endnote_xml(source: str | bytes) -> Iterator[Record | FaultyRecord]:
    """The records of EndNote XML in their order."""
    return bounded(decode(source) if isinstance(source, bytes) else source, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    found = False
    for fragment in fragments(text, "record"):
        found = True
        yield _read(fragment)
    if not found and text.strip():
        yield FaultyRecord(1, "holds no EndNote record")


def _read(fragment: Fragment) -> Record | FaultyRecord:
    try:
        root = open_xml(fragment.text)
    except XmlError as error:
        return FaultyRecord(fragment.line, f"{error.cause}, on line {fragment.line + error.line - 1}")
    return finished(_draft(root, fragment.line))


def _draft(record: Node, line: int) -> Draft:
    csl_type = _type(record.find("ref-type"))
    container = _container(record, csl_type)
    notes = [text_of(node, breaks=True) for node in [*record.findall("notes"), *record.findall("research-notes")]]
    lines = [entry.strip() for note in notes for entry in note.split("\n")]
    stated = [entry for entry in lines if re.match(r"(?:PMC?ID|doi)\b", entry, re.IGNORECASE)]
    work_types = publication_types([_text(record, "work-type")])
    types = (*work_types, *(entry for entry in lines if len(entry) < 60 and document_of([entry])))
    urls = [text_of(node) for node in record.iter("url")]
    doi = doi_of(_text(record, "electronic-resource-num"))
    doi = doi or next(filter(None, [*map(doi_of, stated), *map(doi_in_url, urls)]), None)
    places = [_text(record, name) for name in _PLACES]
    return Draft(
        line=line,
        type=csl_type,
        title=_text(record, "titles/title"),
        author=names_of(text_of(node) for node in record.findall("contributors/authors/author")),
        issued=date_of(
            _text(record, "dates/year"), *(text_of(node) for node in record.findall("dates/pub-dates/date"))
        ),
        container=container,
        volume=_text(record, "volume"),
        issue=_text(record, "number"),
        page=pages_of(_text(record, "pages")) or pages_of(_text(record, "custom7")),
        doi=doi,
        pmid=_pmid(record, [*places, *stated, *urls]),
        pmcid=next(filter(None, map(pmcid_of, [*places, *urls, *stated])), None),
        url=next((url for url in urls if url.startswith("http")), ""),
        language=language_of(_text(record, "language")),
        types=types,
        abstract=text_of(record.find("abstract"), breaks=True),
        registered=[*places, *urls, *notes],
        relations=labelled_relations(notes, preprint=is_preprint(types, container, doi)),
    )


def _text(record: Node, path: str) -> str:
    return text_of(record.find(path))


def _type(node: Node | None) -> str:
    if node is None:
        return "article-journal"
    name = (node.get("name") or text_of(node)).strip().lower()
    return _BY_NAME.get(name) or _TYPES.get(text_of(node)) or "article-journal"


def _container(record: Node, csl_type: str) -> str:
    if csl_type in {"book", "thesis", "report"}:
        return ""
    names = ("periodical/full-title", "titles/secondary-title", "titles/alt-title", "periodical/abbr-1")
    return next(filter(None, (_text(record, name) for name in names)), "")


def _pmid(record: Node, places: list[str]) -> str | None:
    """A PMID that is named, or the accession number where the database is MEDLINE or PubMed, or PubMed is linked."""
    named = next(filter(None, map(pmid_of, places)), None)
    database = " ".join(_text(record, name) for name in ("remote-database-name", "remote-database-provider"))
    number = _text(record, "accession-num")
    if (
        named is None
        and re.search(r"medline|pubmed|\bNLM\b", database, re.IGNORECASE)
        and re.fullmatch(r"\d{4,8}", number)
    ):
        return bare_pmid(number)
    return named
