"""Are two titles those of one publication? Compared word by word, so that "in women" never passes for "in men".

A ratio of characters alone cannot tell a misprint from another study: a title of 100 characters whose only other word
is "men" for "women" is 98 % equal. So rapidfuzz aligns the words; a word in place of another one is a misprint only if
it is long and nearly equal, numbers have to be equal, and the ratio is the last test, not the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from pipeline.sources.identity.letters import LONGEST, plain

SAME_RATIO = 92.0
"""Per cent of characters in common (rapidfuzz `fuzz.ratio`) that two titles with misprints need to be one (our choice;
`docs/decisions/0009-identity-of-studies.md` says how it was found)."""
CLOSE_RATIO = 85.0
"""Per cent from which two titles are shown to a person, if authors, year and place do not speak against it."""
SHORTEST_START = 30
"""Characters that the beginning of a title needs to stand for the whole of it, unless volume and page agree."""
SHORTEST_WORDING = 15
"""Characters that make what stands in brackets at the end of a title a title of its own."""
FEWEST_WORDS = 3
"""Words that the beginning of a title needs to be compared with the whole at all."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SEAM = re.compile(r"[:.?!;]|\s[-–—]|[–—]\s")
_DOTS = re.compile(r"(?:\.\.\.|…)[\W]*\Z")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_RAISED_POINT = re.compile(r"(?<=\d)(?:[·∙⋅•]|<middle dot>|&middot;)(?=\d)")
"""The decimal point of the Lancet ('PM2·5'), and how databases write it."""
SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "plus", "the", "to", "with", "s", "its"}
)
_AFTER_A_NAME = {"i": "1", "v": "5", "x": "10", "a": "(a)"}
"""Letters that are no small words there: 'phase I', 'vitamin A'."""
_NUMBERED = frozenset(
    {"part", "type", "phase", "class", "grade", "stage", "study", "experiment", "paper", "report", "chapter", "no"}
    | {"group", "vitamin", "hepatitis", "influenza"}
)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_SPELT = {"vs": "versus", "microg": "ug", "mug": "ug"} | _ROMAN
_OPPOSITE_STARTS = (("micro", "macro"), ("ab", "ad"), ("af", "ef"), ("ma", "pa"))
"""Beginnings that differ in one letter and make two words; all others differ in more."""


class Likeness(StrEnum):
    """How two titles stand to each other, from the same to nothing in common."""

    EQUAL = "equal"
    RESPELT = "respelt"
    SHORTENED = "shortened"
    CLOSE = "close"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Title:
    """A folded title. `words` carry no punctuation; letters and digits are words of their own ('CO2' is 'co', '2').

    `seams` are the numbers of words before which a subtitle may begin; `cut` titles end in dots.
    """

    words: tuple[str, ...]
    text: str
    seams: frozenset[int] = frozenset()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """`extra` are the words that only the longer of a shortened pair has; `at_seam` says that they are a subtitle,
    `cut` that the shorter title ends in dots or within a word. `numbers_differ` makes two works of a pair."""

    likeness: Likeness
    ratio: float = 0.0
    extra: tuple[str, ...] = ()
    at_seam: bool = False
    cut: bool = False
    numbers_differ: bool = False


@lru_cache(maxsize=4096)
def fold_title(text: str) -> Title:
    """A title as it is compared."""
    folded = _THOUSANDS.sub("", plain(_RAISED_POINT.sub(".", text))).replace("&", " and ").replace("%", " percent ")
    folded = folded.replace("per cent", "percent").strip()
    words: list[str] = []
    seams: set[int] = set()
    end = 0
    for found in _WORD.finditer(folded):
        if words and _SEAM.search(folded, end, found.start()):
            seams.add(len(words))
        end = found.end()
        raw = found.group()
        word = _SPELT.get(raw, raw.replace(",", "."))
        if words and words[-1] in _NUMBERED:
            word = _AFTER_A_NAME.get(word, word)
        words.append(word)
    return Title(tuple(words), " ".join(words), frozenset(seams), cut=_DOTS.search(folded) is not None)


def wordings(text: str) -> tuple[Title, ...]:
    """The title, and, where it stands in two languages ('Wirkung von X [Effect of X]'), each of them alone."""
    return tuple(t for t in (fold_title(p) for p in (text, *_languages(text[:LONGEST]))) if t.words)


def _languages(text: str) -> tuple[str, ...]:
    bare = text.rstrip(" .")
    if bare.endswith("]"):
        one, _, other = bare[:-1].partition("[")
    else:
        sign = next((s for s in (" = ", " / ") if s in bare), "")
        one, _, other = bare.partition(sign) if sign else (bare, "", "")
    return (one, other) if min(len(one.strip()), len(other.strip())) >= SHORTEST_WORDING else ()


def match_titles(ones: Sequence[Title], others: Sequence[Title]) -> TitleMatch:
    """The best match among the wordings of two titles; unknown when one of them has no title."""
    if not ones or not others:
        return TitleMatch(Likeness.UNKNOWN)
    if len(ones) == len(others) == 1:
        return _match(ones[0], others[0])
    order = list(Likeness)
    matches = [_match(a, b) for a in ones for b in others]
    return min(matches, key=lambda m: (order.index(m.likeness), -m.ratio, m.extra))


def _match(a: Title, b: Title) -> TitleMatch:
    if a.words == b.words:
        return TitleMatch(Likeness.EQUAL, 100.0)
    short, long = (a, b) if (len(a.text), a.text) <= (len(b.text), b.text) else (b, a)
    ratio = fuzz.ratio(short.text, long.text)
    if ratio < CLOSE_RATIO and _end_ratio(short.text, long.text) < CLOSE_RATIO:
        return TitleMatch(Likeness.OTHER, ratio)
    blocks = list(_differences(short.words, long.words))
    extra, seam, cut = _tail(blocks, short, long)
    if extra:
        blocks = [b for b in blocks if b.inner]
    numbers_differ = any(not b.same_numbers for b in blocks)
    if all(b.benign for b in blocks):
        if extra:
            enough = len(short.words) >= FEWEST_WORDS
            return TitleMatch(Likeness.SHORTENED if enough else Likeness.OTHER, ratio, extra, at_seam=seam, cut=cut)
        if all(b.silent for b in blocks):
            return TitleMatch(Likeness.EQUAL, ratio)
        if ratio >= SAME_RATIO:
            return TitleMatch(Likeness.RESPELT, ratio)
    return TitleMatch(Likeness.CLOSE if ratio >= CLOSE_RATIO else Likeness.OTHER, ratio, numbers_differ=numbers_differ)


def _end_ratio(short: str, long: str) -> float:
    n = len(short)
    return max(fuzz.ratio(short, long[:n]), fuzz.ratio(short, long[-n:]))


@dataclass(frozen=True, slots=True)
class _Block:
    """Words that stand in one title in place of the others in the other one; `inner` unless at an end of both."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    inner: bool

    @property
    def same_numbers(self) -> bool:
        return _numbers(self.ours) == _numbers(self.theirs)

    @property
    def silent(self) -> bool:
        """Only spaces, hyphens and small words differ."""
        return _content(self.ours) == _content(self.theirs)

    @property
    def benign(self) -> bool:
        """A difference that printing and typing make, and not another study."""
        return self.silent or (self.same_numbers and nearly(_content(self.ours), _content(self.theirs)))


def _numbers(words: Sequence[str]) -> list[str]:
    return [w for w in words if w[0].isdigit()]


def _content(words: Sequence[str]) -> str:
    return "".join(w for w in words if w not in SMALL_WORDS)


def nearly(one: str, other: str) -> bool:
    """Whether two words of five letters or more differ by a misprint: one letter, or two that changed places.

    With two letters they are two words too often: increases and decreases, sitagliptin and saxagliptin.
    """
    one, other = one.replace("rn", "m"), other.replace("rn", "m")  # what text recognition takes for each other
    short, long = sorted((one, other), key=len)
    if one == other:
        return True
    if len(short) < 5:
        return len(short) == 4 and long == short + "s"
    if long == f"a{short}" and short[0] != "e":  # symptomatic, asymptomatic; but esthetic, aesthetic
        return False
    if any(_opposite(one, other, p, q) for p, q in _OPPOSITE_STARTS):
        return False
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _opposite(one: str, other: str, p: str, q: str) -> bool:
    starts = (one.startswith(p) and other.startswith(q)) or (one.startswith(q) and other.startswith(p))
    first, second = (p, q) if one.startswith(p) else (q, p)
    return starts and one[len(first) :] == other[len(second) :]


def _differences(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[_Block]:
    """The stretches in which two titles differ, neighbouring operations joined."""
    start: tuple[int, int] | None = None
    end = (0, 0)
    for op in Levenshtein.opcodes(ours, theirs):
        if op.tag == "equal":
            if start is not None:
                yield _Block(ours[start[0] : end[0]], theirs[start[1] : end[1]], inner=start != (0, 0))
                start = None
            continue
        start = start or (op.src_start, op.dest_start)
        end = (op.src_end, op.dest_end)
    if start is not None:
        yield _Block(ours[start[0] : end[0]], theirs[start[1] : end[1]], inner=False)


def _tail(blocks: Sequence[_Block], short: Title, long: Title) -> tuple[tuple[str, ...], bool, bool]:
    """The words that the longer title has more, if the shorter one is its beginning or its end; whether they are set
    off as a subtitle; and whether the shorter title is visibly cut ('of the treatm')."""
    ends = [b for b in blocks if not b.inner and not b.benign]
    if len(ends) != 1 or not _content(ends[0].theirs):
        return (), False, False
    ours, theirs = ends[0].ours, ends[0].theirs
    if not _content(ours):
        at_the_end = theirs == long.words[-len(theirs) :]
        where = len(long.words) - len(theirs) if at_the_end else len(theirs)
        return theirs, where in long.seams, short.cut
    if ours == short.words[-1:] and any(w.startswith(ours[0]) for w in theirs[:1]):
        return theirs, False, True
    return (), False, False
