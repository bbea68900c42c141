"""Which pairs of many publications are worth comparing, found by keys instead of all against all.

Two records meet if they share an identifier, the beginning of the title, two of their rarest title words, the place
of print, or long sentences of the text. Promises the same pairs for every order of the records, and work that grows
with their number: a key that more than `LARGEST_BLOCK` records share is no key, unless the first author is the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.sources.identity.publication import Prepared
from pipeline.sources.identity.texts import landmarks
from pipeline.sources.identity.titles import SMALL_WORDS

LARGEST_BLOCK = 60
"""Records under one key that are compared each with each; of more, only neighbours in order."""
NEIGHBOURS = 8
RAREST = 5
"""Title words, the rarest of all records, that pair records: a misprint changes one of them."""
BEGINNING = 14
"""Letters of the title that pair records, so that a cut title meets the whole one."""


def candidate_pairs(records: Sequence[Prepared]) -> list[tuple[int, int]]:
    """Pairs of positions in `records` that share a key, each once, the smaller position first."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    frequency = Counter(w for r in records for w in _words(r))
    for position, record in enumerate(records):
        for key in _keys(record, frequency):
            blocks[key].append(position)
    found: set[tuple[int, int]] = set()
    for block in blocks.values():
        found.update(_pairs(block, records))
    return sorted(found)


def _pairs(block: Sequence[int], records: Sequence[Prepared]) -> Iterable[tuple[int, int]]:
    if len(block) <= LARGEST_BLOCK:
        return combinations(block, 2)
    ordered = sorted(block, key=lambda i: (_order(records[i]), i))
    near = (tuple(sorted((a, b))) for i, a in enumerate(ordered) for b in ordered[i + 1 : i + 1 + NEIGHBOURS])
    return ((a, b) for a, b in near)


def _order(record: Prepared) -> tuple[str, str, int, str]:
    title = record.titles[0].text if record.titles else ""
    author = record.authors[0].key if record.authors else ""
    return (title, author, record.year or 0, record.printed.page)


def _words(record: Prepared) -> set[str]:
    return {w for t in record.titles for w in t.words if w not in SMALL_WORDS and len(w) > 1}


def _keys(record: Prepared, frequency: Counter[str]) -> Iterator[str]:
    yield from record.identifiers | {target for _, target in record.links}
    yield from (f"registered:{number}" for number in record.registrations)
    for title in record.titles:
        whole = "".join(w for w in title.words if w not in SMALL_WORDS)
        yield f"start:{whole[:BEGINNING]}"
        yield f"end:{whole[-BEGINNING:]}"
    rare = sorted(_words(record), key=lambda w: (frequency[w], w))[:RAREST]
    yield from (f"words:{a} {b}" for a, b in combinations(sorted(rare), 2))
    printed = record.printed
    if printed.page and (printed.volume or record.authors):
        yield f"place:{printed.volume} {printed.page}"
        yield f"place:{record.authors[0].key if record.authors else ''} {printed.page} {record.year}"
    if record.publication.study is not None:
        yield from (f"text:{mark}" for mark in landmarks(record.publication.study))
