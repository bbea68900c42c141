"""Shows what is read of real exports of databases and reference managers, against the counts of their manifest.

Prints one row a file: format, records found and expected, how many have an abstract, faulty entries, first title and
first sentence of the first abstract; then hits and misses. Exits 1 on a miss. Reads the folder `references` of the
measuring data beside the checkout.

    python bench/references.py [--data DIR] [--wide]
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, cast

from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.records.bibtex import read_bibtex
from pipeline.sources.records.charset import decode
from pipeline.sources.records.csl_json import read_csl_json
from pipeline.sources.records.endnote import read_endnote_xml
from pipeline.sources.records.medline import read_medline
from pipeline.sources.records.pubmed import read_pubmed_xml
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.ris import read_ris
from pipeline.sources.records.wos import read_wos
from schemas.vocabulary import SectionKind

Reader = Callable[[str], Iterable[Record | FaultyRecord]]
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "references"
READERS: dict[str, Reader] = {
    "ris": read_ris,
    "ris-wos": read_wos,
    "ciw": read_wos,
    "nbib": read_medline,
    "pubmed-xml": read_pubmed_xml,
    "endnote-xml": read_endnote_xml,
    "bibtex": read_bibtex,
    "csl-json": read_csl_json,
}


class Expected(NamedTuple):
    file: str
    format: str
    records: int
    has_abstracts: bool


class Row(NamedTuple):
    expected: Expected
    records: list[Record]
    faulty: list[FaultyRecord]

    @property
    def with_abstract(self) -> int:
        return sum(bool(record.passages) for record in self.records)

    @property
    def faults(self) -> list[str]:
        """What is not as the manifest says."""
        found: list[str] = []
        if len(self.records) != self.expected.records:
            found.append(f"{len(self.records)} records, not {self.expected.records}")
        if bool(self.with_abstract) != self.expected.has_abstracts:
            found.append("no abstract" if self.expected.has_abstracts else "an abstract where there is none")
        if any(not (record.citation.title or record.citation.DOI) for record in self.records):
            found.append("a record without title and DOI")
        return found + [f"line {fault.line} {fault.cause}" for fault in self.faulty]


def main() -> int:
    """Prints the table; 1 when a file is not read as its manifest says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--wide", action="store_true", help="titles and sentences in full")
    arguments = parser.parse_args()
    folder = cast("Path", arguments.data)
    if not (folder / "manifest.json").is_file():
        print(f"{folder.name}: no manifest.json there; give the folder with --data")
        return 1
    rows, skipped = _rows(folder)
    width = None if arguments.wide else 46
    print("| file | format | found/expected | with abstract | faulty | first title | first sentence of the abstract |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        first = next((record for record in row.records if record.passages), None)
        title = next((record.citation.title or "" for record in row.records), "")
        cells = (
            row.expected.file,
            row.expected.format,
            f"{len(row.records)}/{row.expected.records}",
            str(row.with_abstract),
            str(len(row.faulty)),
            title[:width],
            first_sentence(first)[:width],
        )
        print("| " + " | ".join(cells) + " |")
    misses = [(row.expected.file, fault) for row in rows for fault in row.faults]
    for file, fault in misses:
        print(f"MISS {file}: {fault}")
    for file in skipped:
        print(f"SKIPPED {file}: no reader of its format is built in")
    hits = len(rows) - len({file for file, _ in misses})
    print(f"{hits} hits, {len(rows) - hits} misses, {len(skipped)} skipped")
    return 1 if misses else 0


def _rows(folder: Path) -> tuple[list[Row], list[str]]:
    entries = cast("list[dict[str, object]]", json.loads((folder / "manifest.json").read_text("utf-8")))
    rows: list[Row] = []
    skipped: list[str] = []
    for entry in entries:
        expected = Expected(
            str(entry["file"]),
            str(entry["format"]),
            int(str(entry["records_by_line_count"])),
            bool(entry["has_abstracts"]),
        )
        reader = READERS.get(expected.format) or (_jats_reader() if expected.format == "jats" else None)
        if reader is None:
            skipped.append(expected.file)
            continue
        found = [*reader(decode((folder / expected.file).read_bytes()))]
        records = [record for record in found if isinstance(record, Record)]
        rows.append(Row(expected, records, [fault for fault in found if isinstance(fault, FaultyRecord)]))
    return rows, skipped


def _jats_reader() -> Reader | None:
    """The reader of JATS, where it is built in."""
    try:
        module = importlib.import_module("pipeline.sources.records.jats")
    except ModuleNotFoundError:
        return None
    return cast("Reader", module.read_jats)


def first_sentence(record: Record | None) -> str:
    """The first sentence that is no title, as a study has it."""
    if record is None:
        return ""
    study = build_study(record.passages, record.citation, Origin("export", "0" * 64))
    numbers = [s.number for s in study.sentences if s.section is not SectionKind.TITLE]
    return study.sentence_text(numbers[0]) if numbers else ""


if __name__ == "__main__":
    sys.exit(main())
