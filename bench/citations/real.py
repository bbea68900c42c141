"""Real citations out of the measuring data: reference lists, exports and facts, each title once."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import rispy  # pyright: ignore[reportMissingTypeStubs]
from lxml import etree


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
        if match is None:
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
        text = (data / "references" / name).read_text(encoding="utf-8-sig")
        text = re.sub(r"^(?:\d+\.)?\s*$|^(?![A-Z][A-Z0-9]  -).*$", "", text, flags=re.MULTILINE)
        entries = rispy.loads(text)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for entry in cast("list[dict[str, object]]", entries):
            found = _of_export(entry)
            if found is not None:
                yield found


def _of_export(entry: dict[str, object]) -> Reference | None:
    title = _first(entry, "title", "primary_title")
    names = cast("list[str]", entry.get("authors") or entry.get("first_authors") or [])
    year = re.search(r"\d{4}", _first(entry, "year", "publication_year"))
    journal = _first(entry, "secondary_title", "journal_name", "alternate_title3")
    if not (title and names and year and journal):
        return None
    authors = tuple((f.strip(), g.strip()) for f, _, g in (_split(n) for n in names))
    start, end = _first(entry, "start_page"), _first(entry, "end_page")
    page = "-".join(p for p in (start, end) if p) if start[:1].isdigit() else ""
    doi = _first(entry, "doi").removeprefix("http://dx.doi.org/")
    return Reference(title.rstrip("."), authors, int(year[0]), journal, _first(entry, "volume"), page, doi)


def _first(entry: dict[str, object], *names: str) -> str:
    return next((str(entry[name]) for name in names if entry.get(name)), "")


def _split(name: str) -> tuple[str, str, str]:
    return name.partition(",") if "," in name else name.rpartition(" ")


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
