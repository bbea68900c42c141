"""Reads the tagged format of Web of Science ('FN', 'VR', 'PT' ... 'ER', 'EF'), also called ISI, .ciw or .txt.

Promises one record or fault an entry. Lines that go on are names of their own in fields of names, wrapped text
elsewhere. Does not read cited references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, bounded, cut_note, finished, unended_note
from pipeline.sources.records.fields import bare_pmid, doi_of, language_of, pages_of, pmcid_of, pmid_of
from pipeline.sources.records.kinds import publication_types
from pipeline.sources.records.names import names_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.tagged import Dialect, TaggedRecord, tagged_records, unwrapped

_WOS = Dialect(
    tag=re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?:[ \t](?P<value>.*))?$"),
    starts=frozenset({"PT"}),
    end="ER",
    file=frozenset({"FN", "VR", "EF"}),
)
_CONTENT = ("TI", "AU", "AB", "DI", "SO", "UT")
_TYPES = {"J": "article-journal", "S": "chapter", "B": "book", "P": "patent", "C": "paper-conference"}


def read_wos(text: str) -> Iterator[Record | FaultyRecord]:
    """The records of a Web of Science export in their order."""
    return bounded(text, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    for tagged in tagged_records(text, _WOS):
        if tagged.started or tagged.has(*_CONTENT):
            yield finished(_draft(tagged))


def _draft(tagged: TaggedRecord) -> Draft:
    accession = tagged.first("UT")
    full = [name for value in tagged.every("AF") for name in value.split("\n")]
    short = [name for value in tagged.every("AU") for name in value.split("\n")]
    return Draft(
        line=tagged.line,
        type=_type(tagged),
        title=unwrapped(tagged.first("TI")),
        author=names_of(full if len(full) >= len(short) else short) or names_of(tagged.every("CA", "GP")),
        issued=date_of(*tagged.every("PY", "PD", "EY", "EA")),
        container=unwrapped(tagged.first("SO", "SE", "J9", "JI")),
        volume=tagged.first("VL"),
        issue=tagged.first("IS"),
        page=pages_of(tagged.first("BP"), tagged.first("EP")) or pages_of(tagged.first("AR", "PS")),
        doi=doi_of(tagged.first("DI", "D2")),
        pmid=bare_pmid(tagged.first("PM")) or pmid_of(accession),
        pmcid=pmcid_of(tagged.first("C2")),
        url=tagged.first("UR").split("\n")[0],
        language=language_of(tagged.first("LA")),
        types=publication_types([unwrapped(value) for value in tagged.every("DT")]),
        abstract="\n".join(unwrapped(value) for value in tagged.every("AB")),
        registered=tagged.every("CN", "SI", "RG"),
        notes=[*([] if tagged.ended else [unended_note()]), *([cut_note()] if tagged.cut else [])],
    )


def _type(tagged: TaggedRecord) -> str:
    if "proceedings paper" in tagged.first("DT").lower() and tagged.first("PT")[:1] != "J":
        return "paper-conference"
    return _TYPES.get(tagged.first("PT")[:1].upper(), "article-journal")
