"""How much of the text that addresses a machine is found, and how often ordinary sentences are taken for it.

    python bench/instructions.py [--data ../shared/data] [--missed]

Recall on `datasets/injection_strings.jsonl` by family, as visible and as hidden text; false alarms over every sentence
of the other data sets and of the readable PDFs, as visible text. Exits 1 when recall as hidden text is under 0.9, as
visible text under 0.75, or more than one ordinary sentence in 5,000 is taken for an instruction.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.sources import read_study
from pipeline.sources.instructions import is_instruction_like
from pipeline.sources.sentences import split_sentences

ROOT = Path(__file__).resolve().parent.parent
INJECTIONS = "injection_strings.jsonl"
QUOTING = "arxiv_about_prompts_visible.pdf"
"""It quotes such sentences openly, so it is counted apart."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def ordinary(folder: Path) -> Iterator[str]:
    """The sentences of the data sets that are not about instructions."""
    for path in sorted(folder.glob("*.jsonl")):
        for row in rows(path) if path.name != INJECTIONS else ():
            for key in ("text", "claim_or_question"):
                text = str(row.get(key) or "")
                yield from (text[start:end] for start, end in split_sentences(text))


def printed(folder: Path) -> Iterator[tuple[str, str]]:
    """The sentences of the PDFs that can be read, each with its file."""
    for path in sorted(folder.glob("*.pdf")):
        try:
            study = read_study(path, password="1234")
        except SourceError:
            continue
        yield from ((path.name, study.sentence_text(s.number)) for s in study.sentences)


def recall(injections: list[dict[str, Any]], *, show_missed: bool) -> tuple[float, float]:
    """Prints a table by family; the shares found as visible and as hidden text."""
    all_, visible, hidden = Counter[str](), Counter[str](), Counter[str]()
    for row in injections:
        family, text = str(row["meta"]["family"]).partition("/")[0], str(row["text"])
        all_[family] += 1
        visible[family] += is_instruction_like(text)
        hidden[family] += is_instruction_like(text, hidden=True)
        if show_missed and not is_instruction_like(text):
            print(f"missed as visible text ({family}): {text}")
    print("| family | texts | found as visible text | found as hidden text |\n|---|---|---|---|")
    for family, count in all_.items():
        print(f"| {family} | {count} | {visible[family]} | {hidden[family]} |")
    return visible.total() / all_.total(), hidden.total() / all_.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--missed", action="store_true", help="print what is missed")
    given = parser.parse_args()
    folder: Path = given.data / "datasets"
    if not (folder / INJECTIONS).is_file():
        sys.exit(f"there is no {INJECTIONS} in {folder}")
    texts = list(rows(folder / INJECTIONS))
    seen, unseen = recall([r for r in texts if r["label"] == "injection"], show_missed=given.missed)
    benign = [str(r["text"]) for r in texts if r["label"] != "injection"]
    pages = list(printed(given.data / "pdf"))
    plain = [*benign, *ordinary(folder), *(text for name, text in pages if name != QUOTING)]
    alarms = [text for text in plain if is_instruction_like(text)]
    quoted = sum(is_instruction_like(text) for name, text in pages if name == QUOTING)
    print(f"\nfound as visible text {seen:.2f}, as hidden text {unseen:.2f}")
    print(f"ordinary sentences taken for instructions: {len(alarms)} of {len(plain):,}")
    print(f"sentences found in a paper that quotes them openly: {quoted}")
    for text in alarms:
        print(f"  {text}")
    sys.exit(1 if unseen < 0.9 or seen < 0.75 or len(alarms) > len(plain) / 5_000 else 0)


if __name__ == "__main__":
    main()
