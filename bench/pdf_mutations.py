"""Reads mutated PDFs, and the bombs of the suite, through the reader of studies, two at a time.

    python bench/pdf_mutations.py [--data ../shared/data/pdf] [--count 1000] [--seed 1] [--keep FOLDER]

Files of DIR are mutated (`tests/sources/pdf/mutations.py`), each kind in turn, sometimes twice over. Every file must
end as a study or as a SourceError, within the time of a file and the memory of the process that parses it. Prints what
came of each kind and why files were refused, and exits 1 when anything else happened. `--keep` writes offenders there.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.sources import read_study
from pipeline.sources.pdf.limits import Limits
from tests.sources.pdf.hostile import BOMBS
from tests.sources.pdf.mutations import MUTATIONS

ROOT = Path(__file__).resolve().parent.parent
SLACK_SECONDS = 5.0
"""For starting processes and for building the study, on top of the seconds of a file."""


@dataclass(frozen=True)
class Case:
    kind: str
    name: str
    data: bytes


@dataclass(frozen=True)
class Outcome:
    case: Case
    what: str
    seconds: float


def cases(files: dict[str, bytes], count: int, seed: int) -> Iterator[Case]:
    """`count` files, the bombs among them; the same for the same seed."""
    yield from (Case("bombs", name, make()) for name, make in BOMBS.items())
    others = list(files.values())
    kinds = list(MUTATIONS)
    for number in range(count - len(BOMBS)):
        chance = random.Random(f"{seed} {number}")
        kind = kinds[number % len(kinds)]
        name = chance.choice(list(files))
        data = MUTATIONS[kind](files[name], chance, others)
        if data and chance.random() < 0.2:
            data = MUTATIONS[chance.choice(kinds)](data, chance, others)
        yield Case(kind, f"{number} {name}", data)


def read(case: Case) -> Outcome:
    """What comes of a file: "study", the cause of its refusal, or the exception that must not be."""
    start = time.perf_counter()
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(case.data)
        file.flush()
        try:
            study = read_study(Path(file.name), password="1234")
            what = "study" if study.sentences else "a study without sentences"
        except SourceError as error:
            what = re.sub(r"\d+", "#", error.cause)
        except Exception as error:  # noqa: BLE001 - this is what the bench looks for
            what = f"! {type(error).__name__}: {error}"
    return Outcome(case, what, time.perf_counter() - start)


def report(outcomes: list[Outcome]) -> None:
    kinds = Counter(o.case.kind for o in outcomes)
    studies = Counter(o.case.kind for o in outcomes if o.what == "study")
    print("| kind | files | studies | refused |\n|---|---|---|---|")
    for kind, count in kinds.items():
        print(f"| {kind} | {count} | {studies[kind]} | {count - studies[kind]} |")
    print(f"| all | {len(outcomes)} | {studies.total()} | {len(outcomes) - studies.total()} |")
    print("\n| refused because it | files |\n|---|---|")
    for what, count in Counter(o.what for o in outcomes if o.what != "study").most_common():
        print(f"| {what} | {count} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/pdf")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    files = {path.name: path.read_bytes() for path in sorted(given.data.glob("*.pdf"))}
    if not files:
        sys.exit(f"there are no PDFs in {given.data}")
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(2) as threads:
        for chunk in chunked(cases(files, given.count, given.seed), 20):
            outcomes += threads.map(read, chunk)
    limits = Limits()
    late = [o for o in outcomes if o.seconds > limits.file_seconds + SLACK_SECONDS]
    wrong = [o for o in outcomes if o.what.startswith("!")]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    report(outcomes)
    slowest = max(outcomes, key=lambda o: o.seconds)
    what = f"{slowest.case.kind}: {slowest.case.name}"
    print(f"\nslowest {slowest.seconds:.1f} s ({what}), limit {limits.file_seconds:g} s")
    print(f"most memory of a process that parses {peak / 1e6:.0f} MB, limit {limits.memory_bytes / 1e6:.0f} MB")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"most memory of this process {own / 1e6:.0f} MB")
    print(f"neither a study nor an error: {len(wrong)}; too late: {len(late)}")
    for outcome in (*wrong, *late):
        print(outcome.what, outcome.case.kind, outcome.case.name)
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{outcome.case.kind} {outcome.case.name}".replace(" ", "_")).write_bytes(outcome.case.data)
    sys.exit(1 if wrong or late or peak > limits.memory_bytes else 0)


def chunked(given: Iterator[Case], size: int) -> Iterator[list[Case]]:
    """Pieces of `size`, so that no more files than that are in memory."""
    piece: list[Case] = []
    for case in given:
        piece.append(case)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece


if __name__ == "__main__":
    main()
