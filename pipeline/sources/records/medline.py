"""Reads MEDLINE text (PubMed's 'PubMed' format, NBIB of PubMed and of ERIC), several records a file.

Promises one record or fault an entry; records begin with PMID and after a blank line, so that an entry without its
first lines does not run into the one before. A piece without number and title is a fault. Says what PubMed says of
retraction, concern, erratum, comments and preprints. Reads the English abstract only; 'OAB' and its languages are
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, bounded, cut_note, finished
from pipeline.sources.records.fields import article_number, bare_pmid, doi_of, language_of, pages_of, pmcid_of
from pipeline.sources.records.kinds import publication_types
from pipeline.sources.records.names import names_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.relations import MEDLINE_TAGS, relation_of
from pipeline.sources.records.tagged import Dialect, TaggedRecord, tagged_records, unwrapped
from schemas.study import Name

_MEDLINE = Dialect(
    tag=re.compile(
        r"(?P<tag>PMID(?= ?- ?\d)|IS[SB]N(?= - )|"
        r"(?:[A-Z][A-Z0-9]{3}|[A-Z][A-Z0-9]{2} |[A-Z][A-Z0-9] {2})(?=-(?:[ \t]|$)))"
        r" ?-[ \t]?(?P<value>.*)$"
    ),
    starts=frozenset({"PMID"}),
    blank_ends=True,
)
_IDENTITY = ("PMID", "UI", "TI", "BTI")


def read_medline(text: str) -> Iterator[Record | FaultyRecord]:
    """The records of a MEDLINE or NBIB file in their order."""
    return bounded(text, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    for tagged in tagged_records(text, _MEDLINE):
        if tagged.has(*_IDENTITY):
            yield finished(_draft(tagged))
        else:
            yield FaultyRecord(tagged.line, "has neither a PMID nor a title; it may be a piece of the entry before")


def _draft(tagged: TaggedRecord) -> Draft:
    types = publication_types(tagged.every("PT"))
    preprint = any(name.lower() == "preprint" for name in types)
    links = [
        relation_of(MEDLINE_TAGS[f.tag], unwrapped("\n".join(line.strip() for line in f.lines)), preprint=preprint)
        for f in tagged.fields
        if f.tag in MEDLINE_TAGS
    ]
    identifiers = [value for value in tagged.every("LID", "AID", "DOI") if "[pii]" not in value]
    numbers = [value.removesuffix("[pii]") for value in tagged.every("LID") if value.endswith("[pii]")]
    return Draft(
        line=tagged.line,
        type="article-journal" if tagged.has("TA", "JT") or not tagged.has("BTI") else "book",
        title=unwrapped(tagged.first("TI", "BTI", "TT")),
        author=_authors(tagged),
        issued=date_of(tagged.first("DP")) or date_of(*tagged.every("DEP")),
        container=unwrapped(tagged.first("JT", "TA", "BTI" if tagged.has("TI") else "JT")),
        volume=tagged.first("VI"),
        issue=tagged.first("IP"),
        page=pages_of(tagged.first("PG")) or next(filter(None, map(article_number, numbers)), None),
        doi=next(filter(None, map(doi_of, identifiers)), None) or doi_of(_source_doi(tagged)),
        pmid=bare_pmid(tagged.first("PMID", "UI")),
        pmcid=pmcid_of(tagged.first("PMC")),
        language=language_of(tagged.first("LA")),
        types=types,
        abstract="\n".join(unwrapped(value) for value in tagged.every("AB") or _other_english(tagged)),
        registered=tagged.every("SI"),
        relations=[link for link in links if link is not None],
        notes=[cut_note()] if tagged.cut else [],
    )


def _authors(tagged: TaggedRecord) -> tuple[Name, ...]:
    """Persons and groups in the order of the file; full names where there are any."""
    persons = "FAU" if tagged.has("FAU") else "AU"
    names: list[Name] = []
    for f in tagged.fields:
        text = unwrapped("\n".join(line.strip() for line in f.lines))
        if f.tag == persons:
            names += names_of([text])
        elif f.tag == "CN" and text.strip():
            names.append(Name(literal=text.strip()))
    return tuple(names)


def _source_doi(tagged: TaggedRecord) -> str:
    """The DOI that PubMed prints behind the source."""
    return unwrapped(tagged.first("SO")).partition("doi:")[2]


def _other_english(tagged: TaggedRecord) -> list[str]:
    return tagged.every("OAB") if tagged.first("OABL").lower().startswith("en") else []
