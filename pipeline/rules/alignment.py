"""Alignment: the passage that a misquotation most resembles, and the words in which it differs.

Promises an explanation, never an acceptance: a changed number scores 97 to 100 of 100 in any fuzzy search. Work is
bounded whatever the input: seeds with few hits, three windows, an alignment that anchors on rare words and compares
only short stretches in full. Null when less than six tenths of the quotation's letters stand there in order.

Source of the rules: the quote gate (docs/method.md); the threshold is our own choice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.rules.agreement import gap_kind
from pipeline.rules.folding import FoldedText, fold
from pipeline.rules.load_bearing import GROUP_NOUNS, SIGNS, Load, load_of, opposed

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)*|[\W_]")
_SEED_HITS = 40
_WINDOWS = 3
_DEPTH = 6
_IN_FULL = 60
_ENOUGH = 0.6


class Difference(NamedTuple):
    """A stretch in which a quotation differs: words of the source and of the quotation, and whether they bear load."""

    source: str
    quotation: str
    bearing: bool

    def __str__(self) -> str:
        if not self.quotation:
            return f"quotation leaves out '{self.source}'"
        if not self.source:
            return f"quotation adds '{self.quotation}'"
        return f"source has '{self.source}', quotation has '{self.quotation}'"


class Resemblance(NamedTuple):
    """The passage from `start` to `end` (original offsets) that a quotation resembles, and how they differ."""

    start: int
    end: int
    score: float
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Tokens:
    """Folded tokens of a text with their folded offsets, and where each pair of neighbours stands."""

    folded: FoldedText
    words: tuple[str, ...]
    at: tuple[int, ...]
    pairs: dict[tuple[str, str], list[int]]
    places: dict[str, list[int]]


@lru_cache(maxsize=64)
def _tokens_kept(text: str) -> _Tokens:
    return _tokens(text)


def _tokens(text: str) -> _Tokens:
    folded = fold(text)
    starts, flat = folded.starts, folded.folded
    seams = [i for i in range(1, len(flat)) if starts[i] != starts[i - 1] + 1 and gap_kind(folded, i) == "space"]
    words: list[str] = []
    at: list[int] = []
    for low, high in zip([0, *seams], [*seams, len(flat)], strict=True):
        for match in _TOKEN.finditer(flat, low, high):
            words.append(match.group())
            at.append(match.start())
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    places: dict[str, list[int]] = defaultdict(list)
    for i, word in enumerate(words):
        places[word].append(i)
        if i:
            pairs[words[i - 1], word].append(i - 1)
    return _Tokens(folded, tuple(words), tuple(at), dict(pairs), dict(places))


def resemblance(text: str, source: str, near: int) -> Resemblance | None:
    """The passage of `source` that `text` resembles most, or null. Among equals the one nearest to offset `near`.

    A 4,000-character quotation against a 60 KB text takes about 20 ms once the text was seen before.
    """
    if not fold(text).folded:
        return None
    quoted, whole = _tokens(text), _tokens_kept(source)
    slack = max(8, len(quoted.words) // 4)
    aligned = (_aligned(quoted, whole, low, slack) for low in _windows(quoted, whole, slack))
    found = [a for a in aligned if a is not None and a.score >= _ENOUGH]
    return max(found, key=lambda r: (round(r.score, 2), -abs(r.start - near)), default=None)


def _windows(quoted: _Tokens, whole: _Tokens, slack: int) -> list[int]:
    """First source tokens of the windows on which most rare pairs, else rare words, of the quotation agree."""
    votes: Counter[int] = Counter()
    for i, pair in enumerate(pairwise(quoted.words)):
        hits = whole.pairs.get(pair, ())
        if len(hits) <= _SEED_HITS:
            votes.update((hit - i) // slack for hit in hits)
    if not votes:
        for i, word in enumerate(quoted.words):
            hits = whole.places.get(word, ())
            if len(hits) <= _SEED_HITS:
                votes.update((hit - i) // slack for hit in hits)
    # Words left out or put in shift the diagonal, so that a passage's votes fall into neighbouring buckets.
    joined = Counter({b: n + votes.get(b - 1, 0) + votes.get(b + 1, 0) for b, n in votes.items()})
    return [max(0, (bucket - 1) * slack) for bucket, _ in joined.most_common(_WINDOWS)]


def _aligned(quoted: _Tokens, whole: _Tokens, low: int, slack: int) -> Resemblance | None:
    ours = quoted.words
    theirs = whole.words[low : low + len(ours) + 4 * slack]
    matches = _gathered(_matches(ours, theirs, (0, len(ours), 0, len(theirs)), _DEPTH), ours, theirs)
    if not matches:
        return None
    score = sum(len(ours[i]) for i, _ in matches) / sum(map(len, ours))
    (i0, j0), (i1, j1) = matches[0], matches[-1]
    # Words replaced at either end stand against as many words of the source.
    begin, stop = max(0, j0 - i0), min(len(theirs), j1 + 1 + len(ours) - 1 - i1)
    edges = [(-1, begin - 1), *matches, (len(ours), stop)]
    differences = [
        _difference(quoted, (i + 1, k), whole, (low + j + 1, low + m))
        for (i, j), (k, m) in pairwise(edges)
        if k > i + 1 or m > j + 1
    ]
    first, last = low + begin, low + stop - 1
    end = whole.at[last] + len(whole.words[last])
    return Resemblance(whole.folded.start(whole.at[first]), whole.folded.end(end), score, tuple(differences))


def _gathered(matches: list[tuple[int, int]], a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Matches without the strays at either end (a full stop three sentences on), grown again as far as words agree."""
    runs: list[list[tuple[int, int]]] = []
    for i, j in matches:
        if runs and runs[-1][-1] == (i - 1, j - 1):
            runs[-1].append((i, j))
        else:
            runs.append([(i, j)])
    while len(runs) > 1 and (_excess(runs[0], runs[1]) > len(runs[0]) <= sum(map(len, runs[1:]))):
        runs.pop(0)
    while len(runs) > 1 and (_excess(runs[-2], runs[-1]) > len(runs[-1]) <= sum(map(len, runs[:-1]))):
        runs.pop()
    kept = [pair for run in runs for pair in run]
    while kept and min(kept[0]) > 0 and a[kept[0][0] - 1] == b[kept[0][1] - 1]:
        kept.insert(0, (kept[0][0] - 1, kept[0][1] - 1))
    while kept and kept[-1][0] + 1 < len(a) and kept[-1][1] + 1 < len(b) and a[kept[-1][0] + 1] == b[kept[-1][1] + 1]:
        kept.append((kept[-1][0] + 1, kept[-1][1] + 1))
    return kept


def _excess(before: list[tuple[int, int]], behind: list[tuple[int, int]]) -> int:
    """How many more words of the source than of the quotation lie between two runs."""
    return (behind[0][1] - before[-1][1]) - (behind[0][0] - before[-1][0])


_Box = tuple[int, int, int, int]


def _matches(a: Sequence[str], b: Sequence[str], box: _Box, depth: int) -> list[tuple[int, int]]:
    """Pairs of equal tokens, rising in both: ends first, then anchors that are unique on both sides, then what is left.

    Patience diff; unlike difflib alone it stays near-linear on hostile repetition.
    """
    alo, ahi, blo, bhi = box
    head: list[tuple[int, int]] = []
    while alo < ahi and blo < bhi and a[alo] == b[blo]:
        head.append((alo, blo))
        alo, blo = alo + 1, blo + 1
    tail: list[tuple[int, int]] = []
    while alo < ahi and blo < bhi and a[ahi - 1] == b[bhi - 1]:
        ahi, bhi = ahi - 1, bhi - 1
        tail.append((ahi, bhi))
    middle: list[tuple[int, int]] = []
    if alo < ahi and blo < bhi:
        middle = _middle(a, b, (alo, ahi, blo, bhi), depth)
    return [*head, *middle, *reversed(tail)]


def _middle(a: Sequence[str], b: Sequence[str], box: _Box, depth: int) -> list[tuple[int, int]]:
    alo, ahi, blo, bhi = box
    if ahi - alo <= _IN_FULL and bhi - blo <= _IN_FULL:
        blocks = SequenceMatcher(None, a[alo:ahi], b[blo:bhi], autojunk=False).get_matching_blocks()
        return [(alo + x + k, blo + y + k) for x, y, size in blocks for k in range(size)]
    anchors = _anchors(a, b, box) if depth else []
    found: list[tuple[int, int]] = []
    i, j = alo, blo
    for x, y in anchors:
        found += _matches(a, b, (i, x, j, y), depth - 1)
        found.append((x, y))
        i, j = x + 1, y + 1
    return found + _matches(a, b, (i, ahi, j, bhi), depth - 1) if anchors else found


def _anchors(a: Sequence[str], b: Sequence[str], box: _Box) -> list[tuple[int, int]]:
    """Tokens that occur once in either stretch, thinned to the longest run that rises in both."""
    alo, ahi, blo, bhi = box
    count_a, count_b = Counter(a[alo:ahi]), Counter(b[blo:bhi])
    where = {b[j]: j for j in range(blo, bhi)}
    unique = [(i, where[a[i]]) for i in range(alo, ahi) if count_a[a[i]] == 1 == count_b.get(a[i], 0)]
    tops: list[int] = []
    owners: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(unique):
        place = bisect_left(tops, j)
        before.append(owners[place - 1] if place else -1)
        tops[place : place + 1] = [j]
        owners[place : place + 1] = [at]
    chain: list[tuple[int, int]] = []
    at = owners[-1] if owners else -1
    while at >= 0:
        chain.append(unique[at])
        at = before[at]
    return chain[::-1]


def _difference(quoted: _Tokens, ours: tuple[int, int], whole: _Tokens, theirs: tuple[int, int]) -> Difference:
    while ours[0] < ours[1] and theirs[0] < theirs[1] and quoted.words[ours[1] - 1] == whole.words[theirs[1] - 1]:
        ours, theirs = (ours[0], ours[1] - 1), (theirs[0], theirs[1] - 1)
    said, stands = quoted.words[slice(*ours)], whole.words[slice(*theirs)]
    loads = (_loads(quoted, *ours), _loads(whole, *theirs))
    following = quoted.words[ours[1] : ours[1] + 1]
    bearing = (
        loads[0] != loads[1]
        or (len(said) == len(stands) and any(opposed(x, y) for x, y in zip(said, stands, strict=True)))
        or bool(said and stands and following and following[0] in GROUP_NOUNS)
    )
    return Difference(_shown(whole, *theirs), _shown(quoted, *ours), bearing)


def _loads(tokens: _Tokens, low: int, high: int) -> list[str]:
    """The load-bearing tokens of a stretch; of a compound ("placebo-controlled") those of its parts."""
    found: list[str] = []
    for i in range(low, high):
        word = tokens.words[i]
        if load_of(word):
            found.append(word)
        else:
            original = tokens.folded.text[
                tokens.folded.start(tokens.at[i]) : tokens.folded.end(tokens.at[i] + len(word))
            ]
            found += [p for p in re.findall(r"[^\W\d_]+", original.casefold()) if load_of(p)]
    return found


def _shown(tokens: _Tokens, low: int, high: int) -> str:
    """The original words of a stretch; a number or sign in it brings its sign and its unit along."""
    if low >= high:
        return ""
    words = tokens.words
    kinds = {load_of(w) for w in words[low:high]}
    if Load.NUMBER in kinds or Load.SIGN in kinds:
        if words[low - 1 : low] and words[low - 1] in SIGNS and low:
            low -= 1
        if high < len(words) and (load_of(words[high]) in {Load.UNIT, Load.NUMBER} or words[high] in SIGNS):
            high += 1
    folded = tokens.folded
    shown = folded.text[folded.start(tokens.at[low]) : folded.end(tokens.at[high - 1] + len(words[high - 1]))]
    shown = " ".join(shown.split())
    return shown if len(shown) <= 120 else shown[:117] + "..."
