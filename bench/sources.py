"""Reads every file of the measuring data as commands do, against its manifest: exports of references, and PDFs.

    python bench/sources.py [--data DIR] [--wide]

Prints a row a file, then hits and misses: for exports the format that was found, records, abstracts, faults, first
title and first sentence; for PDFs what became of it, title, first sentence of the abstract, pages and hidden text.
Exits 1 on a miss. DIR holds the folders `references` and `pdf`, each with its `manifest.json`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.sources import PdfOptions, Reading, read_source
from pipeline.sources.detection import format_of
from pipeline.sources.opening import opened
from schemas.study import Study
from schemas.vocabulary import DocumentKind, PublicationStatus, SectionKind

DATA = Path(__file__).resolve().parents[2] / "shared/data"
FORMATS = {
    "ris": "RIS",
    "ris-wos": "Web of Science export",
    "ciw": "Web of Science export",
    "nbib": "MEDLINE export",
    "pubmed-xml": "PubMed XML",
    "jats": "JATS XML",
    "bibtex": "BibTeX",
    "endnote-xml": "EndNote XML",
    "csl-json": "CSL-JSON",
}
REFUSALS = {"no_text": "is a scan", "encrypted": "is protected by a password", "corrupt": "is damaged"}
Entry = dict[str, Any]
Row = tuple[list[str], list[str]]


def letters(text: str | None) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text or "")).lower()


def sentences(study: Study) -> list[str]:
    """The sentences besides the title."""
    return [study.sentence_text(s.number) for s in study.sentences if s.section is not SectionKind.TITLE]


def export(path: Path, entry: Entry) -> Row:
    readings = list(read_source(path))
    found = str(format_of(opened(path).text))
    records = [r for r in readings if r.citation is not None]
    studies = [r.study for r in readings if r.study is not None]
    faulty = [r for r in readings if r.citation is None]
    expected = int(entry["records_by_line_count"])
    misses = [f"{r.fault}" for r in faulty]
    misses += [f"{len(records)} records, not {expected}"] * (len(records) != expected)
    misses += ["abstracts are not as expected"] * (bool(studies) != bool(entry["has_abstracts"]))
    misses += [f"taken for {found}"] * (found != FORMATS[entry["format"]])
    title = next((r.citation.title or "" for r in records if r.citation), "")
    first = sentences(studies[0])[0] if studies else ""
    return [path.name, found, f"{len(records)}/{expected}", str(len(studies)), str(len(faulty)), title, first], misses


def pdf(path: Path, entry: Entry) -> Row:
    (reading,) = read_source(path)
    misses: list[str] = []
    if entry["expect"] in REFUSALS:
        cause = reading.fault.cause if reading.fault else "was read"
        misses += [cause] * (not cause.startswith(REFUSALS[entry["expect"]]))
        if entry["password"]:
            (reading,) = read_source(path, PdfOptions(entry["password"]))
        if reading.study is None:
            return [path.name, cause, "", "", "", ""], misses
        outcome = f"{cause}; read with it"
    else:
        outcome = "read"
    return [path.name, outcome, *_checked(reading, entry, misses)], misses


def _checked(reading: Reading, entry: Entry, misses: list[str]) -> Iterator[str]:
    """Title, first sentence, pages and hidden text as they came out; what is not as expected goes into `misses`."""
    study = reading.study
    if study is None:
        misses.append(str(reading.fault))
        return
    wanted = entry["abstract_first"]
    hit = wanted is None or letters(wanted) in {letters(s) for s in sentences(study)}
    hidden = next((n.excerpt for n in study.notes if n.kind == "hidden_text"), "")
    misses += ["title"] * (entry["title"] is not None and letters(study.citation.title) != letters(entry["title"]))
    misses += ["first sentence of the abstract"] * (not hit)
    misses += [f"{study.pages} pages"] * (study.pages != entry["pages"])
    misses += ["hidden text"] * (not letters(hidden).startswith(letters(entry["hidden_text"])[:60]))
    misses += ["hidden text where there is none"] * (bool(hidden) and not entry["hidden_text"])
    retraction = study.document is DocumentKind.RETRACTION_NOTICE and study.status is PublicationStatus.RETRACTED
    misses += ["retraction"] * (retraction != (entry["expect"] == "retraction"))
    misses += ["protocol"] * ((study.document is DocumentKind.PROTOCOL) != entry["kind"].startswith("trial PROTOCOL"))
    yield from (
        study.citation.title or "",
        (wanted or "") if hit else "not found",
        f"{study.pages}/{entry['pages']}",
        hidden,
    )


def table(
    folder: Path, head: tuple[str, ...], read: Callable[[Path, Entry], Row], width: int | None
) -> tuple[int, int]:
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    entries: list[Entry] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    missed: list[str] = []
    for entry in entries:
        cells, misses = read(folder / entry["file"], entry)
        print("| " + " | ".join(" ".join(cell.split())[:width] for cell in cells) + " |")
        missed += [f"MISS {entry['file']}: {'; '.join(misses)}"] * bool(misses)
    print("\n" + "".join(f"{line}\n" for line in missed))
    return len(entries) - len(missed), len(missed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--wide", action="store_true", help="titles and sentences in full")
    arguments = parser.parse_args()
    data, width = Path(arguments.data), None if arguments.wide else 44
    if not (data / "references" / "manifest.json").is_file():
        sys.exit(f"{data.name}: holds no references/manifest.json; name the measuring data with --data")
    first = ("file", "format", "records", "with abstract", "faulty", "first title", "first sentence")
    second = ("file", "outcome", "title", "first sentence of the abstract", "pages", "hidden text")
    results = [table(data / "references", first, export, width), table(data / "pdf", second, pdf, width)]
    hits, misses = (sum(counts) for counts in zip(*results, strict=True))
    print(f"{hits} hits, {misses} misses")
    sys.exit(1 if misses else 0)


if __name__ == "__main__":
    main()
