"""Reads the tagged layout of Ovid ('<1. >', 'VN  - Ovid Technologies'), saved as .cgi, .ovd or .txt from any database.

Promises one record or fault an entry; an entry begins at its number. Journal, volume, pages and identifiers come from
fields of their own where the database has them, else from the address of the link resolver, else from the source line
('Arms. 12(3):4-9, 2019.'). Does not read cited references, addresses or headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, bounded, cut_note, finished
from pipeline.sources.records.fields import bare_pmid, doi_of, language_of, pages_of, pmcid_of
from pipeline.sources.records.kinds import publication_types
from pipeline.sources.records.names import names_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.tagged import Dialect, TaggedRecord, tagged_records, unwrapped

_OVID = Dialect(
    tag=re.compile(
        r"[ \t\ufeff]{0,2}(?P<tag><(?=\d{1,7}\.? ?>\s*$)|[A-Z][A-Z0-9](?= {1,2}-(?:\s|$)))"
        r"(?:\d{1,7}\.? ?>| {1,2}-[ \t]?)(?P<value>.*)$"
    ),
    starts=frozenset({"<"}),
)
_MEDLINE = re.compile(r"medline|pubmed", re.IGNORECASE)
_CONTENT = ("TI", "AU", "AB", "SO", "DO", "UI", "AN")
_TOGETHER = frozenset({*_CONTENT, "VN", "DB", "YR"})
_TYPES = (
    (re.compile(r"dissertation", re.IGNORECASE), "thesis"),
    (re.compile(r"patent", re.IGNORECASE), "patent"),
    (re.compile(r"chapter", re.IGNORECASE), "chapter"),
    (re.compile(r"(?:authored|edited)? ?book", re.IGNORECASE), "book"),
)
_BEHIND_A_TITLE = re.compile(r"(?<=[.?!\"”)\]])(?:\s*\[(?:[A-Z][\w ,;:-]{2,40}|\d+ refs?)\]\.?)+\s*$")
_BEHIND_A_NAME = re.compile(r"\s*\[[^\[\]]*\]|\s+[\d,+*#^]+$|\.$(?<=[^\W\d_]{3}\.)")
_SOURCE = re.compile(
    r"(.{3,300}?)(?:\. |\s(?=[A-Z][a-z]+(?:/[A-Z][a-z]+)? \d{4};))(?:Conference: .*\. )?"
    r"(?:Vol\.\s?|[A-Z][a-z]+(?:/[A-Z][a-z]+)? \d{4};)?(\d[\w-]{0,9})\s?(?:\(([^()]{1,30})\))?"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PAGES = re.compile(r"(?<=[\d)]):\s?([A-Za-z]{0,3}\d[\w.-]{0,20})|\bpp?\. ([A-Za-z]{0,3}\d[\w-]{0,20})")


def read_ovid(text: str) -> Iterator[Record | FaultyRecord]:
    """The records of an Ovid file in their order."""
    return bounded(text, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    for tagged in (entry for found in tagged_records(text, _OVID) for entry in _entries(found)):
        if tagged.has(*_CONTENT):
            yield finished(_draft(tagged))
        elif tagged.started:
            yield FaultyRecord(tagged.line, "has neither a title nor authors, abstract, source or number")


def _entries(tagged: TaggedRecord) -> Iterator[TaggedRecord]:
    """The entries of a record: the lines of a tag stand together, so that one that comes again is of the next."""
    entry = TaggedRecord(tagged.line, started=tagged.started, cut=tagged.cut)
    for field in tagged.fields:
        if field.tag in _TOGETHER and entry.has(field.tag) and entry.fields[-1].tag != field.tag:
            yield entry
            entry = TaggedRecord(field.line, started=False, cut=tagged.cut)
        entry.fields.append(field)
    yield entry


def _draft(tagged: TaggedRecord) -> Draft:
    link = _link(tagged)
    source = unwrapped(tagged.first("SO"))
    journal, volume, issue = _source(source) if not (link or tagged.has("JN")) else ("", "", "")
    types = publication_types([unwrapped(value) for value in tagged.every("PT", "DT")])
    pages = _PAGES.search(source)
    return Draft(
        line=tagged.line,
        type=next(
            (name for words, name in _TYPES for kind in types if words.fullmatch(kind.strip())), "article-journal"
        ),
        title=_BEHIND_A_TITLE.sub("", unwrapped(tagged.first("TI", "OT", "TT"))),
        author=names_of(_BEHIND_A_NAME.sub("", name) for value in tagged.every("AU") for name in value.split("\n")),
        issued=date_of(tagged.first("DP")) or date_of(tagged.first("YR")) or date_of(*_YEAR.findall(source)[:1]),
        container=unwrapped(tagged.first("JN")) or link.get("title", "") or journal,
        volume=tagged.first("VO") or link.get("volume", "") or volume,
        issue=tagged.first("IP") or link.get("issue", "") or issue,
        page=pages_of(tagged.first("PG")) or pages_of(link.get("pages")) or pages_of(pages and (pages[1] or pages[2])),
        doi=doi_of(tagged.first("DO", "DI")) or doi_of(link.get("doi")),
        pmid=_pmid(tagged) or bare_pmid(link.get("pmid")),
        pmcid=next(filter(None, map(pmcid_of, tagged.every("OI", "PM"))), None),
        language=language_of(tagged.first("LG")),
        types=types,
        abstract="\n".join(unwrapped(value) for value in tagged.every("AB")),
        registered=tagged.every("CN", "SI", "NT"),
        notes=[cut_note()] if tagged.cut else [],
    )


def _source(line: str) -> tuple[str, str, str]:
    """Journal, volume and issue of a source line; empty where it has another form."""
    match = _SOURCE.match(line)
    return (match[1], match[2], match[3] or "") if match is not None else ("", "", "")


def _link(tagged: TaggedRecord) -> dict[str, str]:
    """What the address of a link resolver says of the record: title, volume, issue, pages, pmid, doi."""
    for address in tagged.every("XL"):
        query = parse_qs(urlsplit("".join(address.split())).query)
        if query.get("sid", [""])[0].upper().startswith("OVID"):
            said = {name: query[name][0] for name in ("title", "volume", "issue", "pages") if name in query}
            numbers = (number.partition(":") for number in query.get("id", ()))
            return {**said, **{name: value for name, _, value in numbers if value}}
    return {}


def _pmid(tagged: TaggedRecord) -> str | None:
    """The PMID: a field of its own, or the accession number of MEDLINE."""
    stated = re.match(r"\d{1,8}\b", tagged.first("PM"))
    if stated is not None:
        return bare_pmid(stated.group())
    return bare_pmid(tagged.first("UI")) if _MEDLINE.search(tagged.first("DB")) else None
