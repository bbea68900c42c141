"""Real citations out of the measuring data: reference lists, exports and facts, each title once."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from pipeline.sources.records.record import Record
from pipeline.sources.records.ris import read_ris
from schemas.study import Citation


@dataclass(frozen=True)
class Reference:
    """A citation as plain fields; `authors` are (family, given or initials)."""

    title: str
    authors: tuple[tuple[str, str], ...]
    year: int
    journal: str
    volume: str = ""
    page: str = ""
    doi: str = ""
    pmid: str = ""
    genre: str = ""


_CITED = re.compile(
    r"(?P<authors>(?:[^,]{2,40}, (?:[A-Z]\.[- ]?)+, )+)(?P<title>.{20,}) \((?P<year>\d{4})\) (?P<journal>[^,]+?)"
    r", (?P<volume>\d+)(?: \([^)]*\))?, (?:pp?\.|art\. no\.) (?P<page>[\w-]+)"
)


def real_references(data: Path) -> list[Reference]:
    """Every distinct reference with title, author, year and journal, in a fixed order."""
    found: dict[str, Reference] = {}
    sources = (_scopus(data), _jats(data), _exports(data), _facts(data))
    for reference in (r for source in sources for r in source):
        plain = unicodedata.normalize("NFKD", reference.title).encode("ascii", "ignore").decode().lower()
        key = re.sub(r"[^a-z0-9]", "", plain)[:60]
        found.setdefault(key, reference)
    return list(found.values())


def _scopus(data: Path) -> Iterator[Reference]:
    """The reference lists of a Scopus export."""
    text = (data / "references" / "scopus.ris").read_text(encoding="utf-8-sig")
    for line in text.splitlines():
        match = _CITED.match(line.removeprefix("N1  - References: "))
        if match is None or re.search(r"\(\d{4}\)", match["title"]):  # two references that the export ran together
            continue
        pairs = re.findall(r"([^,]{2,40}), ((?:[A-Z]\.[- ]?)+), ", match["authors"])
        authors = tuple((family.strip(), initials.strip()) for family, initials in pairs)
        page = match["page"].strip("-")
        yield Reference(match["title"], authors, int(match["year"]), match["journal"], match["volume"], page)


def _jats(data: Path) -> Iterator[Reference]:
    """The reference list of a full text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    tree = etree.parse(str(data / "references" / "jats_plos_pone.0046493.nxml"), parser)
    for cited in tree.iter("mixed-citation"):
        title, year = cited.find("article-title"), cited.findtext("year")
        names = [(n.findtext("surname") or "", n.findtext("given-names") or "") for n in cited.iter("name")]
        if title is None or not year or not names:
            continue
        last = cited.findtext("lpage")
        page = (cited.findtext("fpage") or "") + (f"-{last}" if last else "")
        yield Reference(
            "".join(str(t) for t in title.itertext()),
            tuple(names),
            int(year[:4]),
            cited.findtext("source") or "",
            cited.findtext("volume") or "",
            page,
            pmid=next((p.text or "" for p in cited.iter("pub-id") if p.get("pub-id-type") == "pmid"), ""),
        )


def _exports(data: Path) -> Iterator[Reference]:
    """The records of the RIS exports."""
    for name in ("embase.ris", "ovid_psycinfo.ris", "ovid.medline.ris", "scopus.ris"):
        for record in read_ris((data / "references" / name).read_text(encoding="utf-8-sig")):
            if isinstance(record, Record) and (found := _of_citation(record.citation)) is not None:
                yield found


def _of_citation(c: Citation) -> Reference | None:
    authors = tuple((n.family or n.literal or "", n.given or "") for n in c.author)
    if not (c.title and authors and c.year and c.container_title):
        return None
    page = c.page if c.page and c.page[:1].isdigit() else ""
    return Reference(
        c.title.rstrip("."), authors, c.year, c.container_title, c.volume or "", page, c.DOI or "", c.PMID or ""
    )


def _facts(data: Path) -> Iterator[Reference]:
    """The studies of the facts: 'Eur J Appl Physiol 121(8):2305-2321'."""
    claims = json.loads((data / "facts" / "claim_facts.json").read_text(encoding="utf-8"))["claims"]
    more = json.loads((data / "facts" / "cross_education_facts.json").read_text(encoding="utf-8"))
    for study in [s for c in [*claims, more] for s in c["studies"]]:
        printed = re.match(r"(?P<name>[^\d(]+?) (?P<volume>\d+)(?:\([^)]*\))?:(?P<page>[\w-]+)", study["journal"] or "")
        names = [n for n in study["authors"] if n != "et al."]
        if printed is None or not names:
            continue
        authors = tuple((f, g) for f, _, g in (n.rpartition(" ") for n in names) if f)
        if authors:
            yield Reference(
                study["title"],
                authors,
                int(study["year"]),
                printed["name"],
                printed["volume"],
                printed["page"],
                study["doi"] or "",
                study["pmid"] or "",
            )
