"""One study once: 500 references with 60 known duplicates and 80 traps, precision and recall over pairs.

Every reference is a real one from the measuring data (`--data`); identifiers are given to those that lack one, because
reference lists print none. A duplicate is a real reference with two to five of the changes that vendors make
(`citations/variants.py`; those held out at first in rows of their own); a trap bears the title of a reference and is
something else (`citations/traps.py`). A trap that bears title and authors of an article and differs in the place alone
is not set beside a duplicate without place: nobody could say which of the two that is. `--timing` adds the time for
1,000 and 10,000 records, made by recombining the words of the real titles. Exit 1 when precision or recall falls under
0.97 for any seed, or a trap is merged.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from citations.real import Reference, real_references
from citations.traps import TRAPS, TWINS
from citations.variants import FRESH, HELD_OUT, KNOWN, Change, varied

from pipeline.sources.identity.grouping import resolve
from pipeline.sources.identity.publication import Publication
from schemas.study import Citation, Name

RECORDS, DUPLICATES, TRAPS_SET = 500, 60, 80
LEAST = 0.97
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Case:
    """The records, the pairs that are one publication, and what each trap is."""

    records: list[Reference]
    same: frozenset[tuple[int, int]]
    traps: dict[int, str]


def publication(r: Reference, number: int) -> Publication:
    fields = {
        "id": f"r{number}",
        "title": r.title,
        "author": [Name(family=f or None, given=g or None) for f, g in r.authors],
        "issued": {"date-parts": [[r.year]]},
        "container-title": r.journal or None,
        "volume": r.volume or None,
        "page": r.page or None,
        "DOI": r.doi or None,
        "PMID": r.pmid or None,
        "genre": r.genre or None,
    }
    return Publication(Citation.model_validate(fields))


def pool(data: Path) -> list[Reference]:
    """Real references, each place of print once: an article in two reference lists would be counted as a fault."""
    places: dict[tuple[str, str, str], Reference] = {}
    for r in real_references(data):
        first = re.sub(r"\D.*", "", r.page)
        key = (r.journal[:1].lower(), r.volume, first) if first and r.volume else (r.title, "", "")
        places.setdefault(key, r)
    return list(places.values())


def identified(r: Reference, rng: random.Random) -> Reference:
    """With DOI, PMID or both, as databases have them; made up where the reference list prints none."""
    doi = r.doi or (f"10.{rng.randint(1000, 9999)}/j.{rng.randrange(10**9):09d}" if rng.random() < 0.7 else "")
    return replace(r, doi=doi, pmid=r.pmid or (str(rng.randrange(10**6, 4 * 10**7)) if rng.random() < 0.5 else ""))


def made(data: Sequence[Reference], changes: Mapping[str, Change], seed: int) -> Case:
    rng = random.Random(seed)
    originals = [identified(r, rng) for r in rng.sample(list(data), RECORDS - DUPLICATES - TRAPS_SET)]
    records: list[tuple[Reference, int, str]] = [(r, i, "") for i, r in enumerate(originals)]
    copied = {i: varied(originals[i], changes, rng) for i in rng.sample(range(len(originals)), DUPLICATES)}
    records.extend((r, i, "") for i, r in copied.items())
    placed = [i for i, r in enumerate(originals) if r.volume and r.page]
    rng.shuffle(placed)
    names = [*TRAPS] * (TRAPS_SET // len(TRAPS) + 1)
    for name in names[:TRAPS_SET]:
        i = next(i for i in placed if name not in TWINS or _tells_apart(copied.get(i)))
        placed.remove(i)
        records.append((TRAPS[name](originals[i], rng), -1, name))
    rng.shuffle(records)
    by_original: dict[int, list[int]] = {}
    for position, (_, original, name) in enumerate(records):
        if not name:
            by_original.setdefault(original, []).append(position)
    same = frozenset((p[0], p[1]) for p in by_original.values() if len(p) == 2)
    return Case(
        [r for r, _, _ in records],
        same,
        {p: name for p, (_, _, name) in enumerate(records) if name},
    )


def _tells_apart(copy: Reference | None) -> bool:
    """Whether a duplicate still says which of two works of one title and author it is."""
    return copy is None or bool(copy.volume and copy.page and not copy.page.startswith("Art"))


@dataclass(frozen=True)
class Figures:
    precision: float
    recall: float
    traps: int
    asked: int
    """Pairs that are left to a person."""
    asked_true: int


def measured(case: Case, *, verbose: bool) -> Figures:
    found = resolve([publication(r, i) for i, r in enumerate(case.records)])
    merged = {pair for group in found.groups for pair in combinations(group, 2)}
    right = merged & case.same
    caught = [p for p in merged if p[0] in case.traps or p[1] in case.traps]
    if verbose:
        for title, pairs in (("missed", case.same - merged), ("wrong", merged - case.same)):
            for a, b in sorted(pairs):
                asked = found.undecided.get((a, b), ("", "not asked"))[1]
                trap = case.traps.get(a) or case.traps.get(b) or "no trap"
                print(f"{title} ({asked}; {trap})\n  {case.records[a]}\n  {case.records[b]}")
    return Figures(
        len(right) / len(merged) if merged else 1.0,
        len(right) / len(case.same),
        len(caught),
        len(found.undecided),
        len(case.same & set(found.undecided)),
    )


def recombined(data: Sequence[Reference], count: int, seed: int) -> list[Reference]:
    """Records of the size and vocabulary of real ones: titles of words of two real titles, one in ten twice."""
    rng = random.Random(seed)
    made_up: list[Reference] = []
    while len(made_up) < count:
        a, b = rng.sample(list(data), 2)
        words = a.title.split()[: rng.randint(3, 9)] + b.title.split()[-rng.randint(3, 9) :]
        volume, page = str(rng.randint(1, 300)), str(rng.randint(1, 4000))
        r = identified(replace(a, title=" ".join(words), volume=volume, page=page, doi="", pmid=""), rng)
        made_up.append(r)
        if rng.random() < 0.1:
            made_up.append(varied(r, KNOWN, rng))
    return made_up[:count]


def timing(data: Sequence[Reference], count: int) -> float:
    """Seconds to resolve `count` records, preparation included."""
    records = [publication(r, i) for i, r in enumerate(recombined(data, count, 0))]
    start = time.perf_counter()
    resolve(records)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds in a row")
    parser.add_argument("--timing", action="store_true", help="also the time for 1,000 and 10,000 records")
    parser.add_argument("--verbose", action="store_true", help="show every pair that is missed or wrongly merged")
    given = parser.parse_args()
    if not given.data.is_dir():
        parser.error(f"no folder {given.data.name} with real references; name it with --data")
    data = pool(given.data)
    print(
        f"{len(data)} distinct real references; {RECORDS} records, {DUPLICATES} duplicates, {TRAPS_SET} traps a seed\n"
    )
    print("| changes | seeds | least precision | least recall | mean recall | traps merged | asked | asked rightly |")
    print("|---|---|---|---|---|---|---|---|")
    broken = False
    for name, changes in (("tried", KNOWN), ("held out", HELD_OUT), ("held out again", FRESH)):
        rows = [measured(made(data, changes, given.seed + n), verbose=given.verbose) for n in range(given.seeds)]
        precision, recall = min(r.precision for r in rows), min(r.recall for r in rows)
        caught = sum(r.traps for r in rows)
        broken |= precision < LEAST or recall < LEAST or caught > 0
        asked, true = (statistics.mean(column) for column in zip(*((r.asked, r.asked_true) for r in rows), strict=True))
        mean = statistics.mean(r.recall for r in rows)
        figures = (
            given.seeds,
            f"{precision:.3f}",
            f"{recall:.3f}",
            f"{mean:.3f}",
            caught,
            f"{asked:.1f}",
            f"{true:.1f}",
        )
        print(f"| {name} | " + " | ".join(map(str, figures)) + " |")
    if given.timing:
        for count in (1_000, 10_000):
            print(f"\n{count:,} records: {timing(data, count):.1f} s")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
