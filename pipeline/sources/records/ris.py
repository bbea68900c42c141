"""Reads RIS in the dialects of databases and reference managers.

Known by their habits: Scopus, Ovid (MEDLINE, PsycINFO, ERIC), Embase, Web of Science, the Cochrane Library, EBSCO,
Covidence, Rayyan, Zotero, EndNote, Mendeley, Citavi, RefWorks, Google Scholar. Promises one record or fault an entry,
whatever is missing between entries; text around the entries ('Record #3 of 18', links of Ovid) belongs to none. Reads
no lists of references, so that no identifier of a cited work becomes one of the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, bounded, cut_note, finished, unended_note
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
from pipeline.sources.records.kinds import csl_type_of_ris, document_of, is_preprint, publication_types
from pipeline.sources.records.names import names_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.relations import labelled_relations
from pipeline.sources.records.tagged import Dialect, TaggedRecord, tagged_records

_KNOWN = (
    "TY|AU|A[1-6]|T[I123]|PY|Y[12]|DA|AB|N[12]|J[AFO12]|BT|CT|VL|IS|SP|EP|DO|DI|UR|LK|L[1-4]|SN|KW|AN|ID|DB|DP|LA|"
    "M[1-4]|C[1-8]|U[1-5]|PB|CY|AD|ER|ED|ET|ST|SE|PT|CN"
)
_RIS = Dialect(
    tag=re.compile(
        r"[ \t\ufeff]{0,3}(?P<tag>[A-Z][A-Z0-9](?= {2}[-–](?:\s|$))"
        rf"|(?:{_KNOWN})(?=[ \t]{{1,3}}[-–](?:\s|$)| {{2}}[-–])|ER(?=[ \t]*$))"
        r"[ \t]{0,3}(?:[-–][ \t]*(?P<value>.*))?$"
    ),
    starts=frozenset({"TY"}),
    end="ER",
)
_CONTENT = ("TI", "T1", "AU", "A1", "AB", "N2", "DO", "PY", "Y1", "JF", "JO", "T2")
_URLS = ("UR", "L1", "L2", "L4")
_IDENTIFIERS = ("AN", "ID", "C1", "C2", "C3", "C4", "C5", "C6", "C8", "U1", "U2", "U3", "U4", "U5", "LB", *_URLS)
_FROM_MEDLINE = re.compile(r"medline|pubmed|\bNLM\b|\bmdc\b|\bcmedm\b", re.IGNORECASE)
_OVID_MEDLINE = re.compile(r"medline\(r\)|ovid medline|pubmed", re.IGNORECASE)
_CLASS_CODE = re.compile(r"\[\d{4}\]\s*$")
_LONGEST_NUMBER_FIELD = 300


def read_ris(text: str) -> Iterator[Record | FaultyRecord]:
    """The records of a RIS file in their order."""
    return bounded(text, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    for tagged in tagged_records(text, _RIS):
        if not tagged.started and not tagged.has(*_CONTENT):
            # Ovid prints 'NL  - ' behind the end mark: it belongs to the entry before
            continue
        second = _second_entry(tagged)
        if second is not None:
            yield FaultyRecord(tagged.line, f"runs into another entry, whose title stands on line {second}")
        else:
            yield finished(_draft(tagged))


def _second_entry(tagged: TaggedRecord) -> int | None:
    """The line of a second title when what follows it repeats what an entry has once: two entries without a border."""
    for tag in ("TI", "T1"):
        titles = [f for f in tagged.fields if f.tag == tag and "".join(f.lines).strip()]
        if len(titles) > 1 and titles[0].lines != titles[1].lines:
            at = tagged.fields.index(titles[1])
            before, after = ({f.tag for f in part} for part in (tagged.fields[:at], tagged.fields[at:]))
            if len(before & after & {"PY", "Y1", "DO", "JO", "JF", "T2", "VL", "SP", "ID", "AN"}) > 1:
                return titles[1].line
    return None


@dataclass(frozen=True, slots=True)
class _Numbers:
    doi: str | None
    pmid: str | None
    pmcid: str | None


def _draft(tagged: TaggedRecord) -> Draft:
    notes = _notes(tagged)
    numbers = _numbers(tagged, notes)
    csl_type = csl_type_of_ris(tagged.first("TY"))
    container = _container(tagged, csl_type)
    types = _types(tagged, notes)
    preprint = is_preprint(types, one_line(container), numbers.doi)
    authors = tagged.every("AU") or tagged.every("A1") or (tagged.every("A2", "ED") if csl_type == "book" else [])
    return Draft(
        line=tagged.line,
        type=csl_type,
        title=tagged.first("TI", "T1", "CT", *(["BT", "T2"] if csl_type == "book" else []), "ST"),
        author=names_of(line for author in authors for line in author.split("\n")),
        issued=date_of(*tagged.every("PY", "Y1", "DA", "PD")),
        container=container,
        volume=tagged.first("VL"),
        issue=tagged.first("IS", "CP"),
        page=pages_of(tagged.first("SP"), tagged.first("EP")) or pages_of(tagged.first("C7", "AR", "PG", "SE")),
        doi=numbers.doi,
        pmid=numbers.pmid,
        pmcid=numbers.pmcid,
        url=next((url for url in _urls(tagged)), ""),
        language=language_of(tagged.first("LA")),
        types=types,
        abstract="\n\n".join(dict.fromkeys(tagged.every("AB") or tagged.every("N2"))),
        registered=[*tagged.every(*_IDENTIFIERS, "CN", "SI", "JO", "JF", "T2"), *_short(tagged.every("M1")), *notes],
        relations=labelled_relations(notes, preprint=preprint),
        notes=[*([] if tagged.ended else [unended_note()]), *([cut_note()] if tagged.cut else [])],
    )


def _notes(tagged: TaggedRecord) -> list[str]:
    """Notes without the list of references that Scopus puts into them."""
    return [re.split(r"(?:^|;\s|\n)References:", note, maxsplit=1)[0] for note in tagged.every("N1", "RN", "NT")]


def _short(values: list[str]) -> list[str]:
    return [value for value in values if len(value) <= _LONGEST_NUMBER_FIELD]


def _urls(tagged: TaggedRecord) -> list[str]:
    return [word.rstrip(";,") for value in tagged.every(*_URLS) for word in value.split() if "://" in word]


def _numbers(tagged: TaggedRecord, notes: list[str]) -> _Numbers:
    own = _short(tagged.every(*_IDENTIFIERS))
    lines = [line.strip() for note in notes for line in re.split(r"[\n;]", note)]
    stated = [line for line in lines if re.match(r"(?:PMC?ID|doi|PubMed ID)\b", line, re.IGNORECASE)]
    doi = next(filter(None, map(doi_of, tagged.every("DO", "DI", "L3", "M3"))), None)
    doi = doi or next(filter(None, map(doi_of, [*_short(tagged.every("ID", "AN")), *stated])), None)
    doi = doi or next(filter(None, map(doi_in_url, _urls(tagged))), None)
    pmid = next(filter(None, map(pmid_of, [*own, *stated])), None) or _unnamed_pmid(tagged)
    pmcid = next(filter(None, map(pmcid_of, [*own, *(s for s in stated if s.upper().startswith("PMC"))])), None)
    return _Numbers(doi, pmid, pmcid)


def _unnamed_pmid(tagged: TaggedRecord) -> str | None:
    """A PMID that stands without its name where its database puts it: Embase in C5, Scopus in C2, others in AN."""
    database = " ".join(tagged.every("DB", "DP"))
    if "embase" in database.lower() and (found := bare_pmid(tagged.first("C5"))):
        return found
    if "scopus" in database.lower() and (found := bare_pmid(tagged.first("C2"))):
        return found
    if _FROM_MEDLINE.search(database) and re.fullmatch(r"\d{4,8}", tagged.first("AN", "UI")):
        return bare_pmid(tagged.first("AN", "UI"))
    # EndNote numbers its own entries in ID, so that only a long number of Ovid or PubMed counts
    if _OVID_MEDLINE.search(database) and re.fullmatch(r"\d{6,8}", tagged.first("ID")):
        return bare_pmid(tagged.first("ID"))
    return None


def _container(tagged: TaggedRecord, csl_type: str) -> str:
    if csl_type in {"book", "thesis", "report"}:
        return ""
    if csl_type in {"chapter", "paper-conference"}:
        return tagged.first("T2", "BT", "JF", "JO", "C3", "J2", "JA")
    return tagged.first("JF", "T2", "JO", "J2", "JA", "J1", "J9")


def _types(tagged: TaggedRecord, notes: list[str]) -> tuple[str, ...]:
    """Publication types: M3 and PT, and the lines of notes in which EndNote keeps those of PubMed."""
    fields = [value for value in _short(tagged.every("M3", "PT")) if not _CLASS_CODE.search(value)]
    noted = [line for line in publication_types(notes) if document_of([line]) or "retracted" in line.lower()]
    return (*publication_types(fields), *(line for line in noted if len(line) < 60))
