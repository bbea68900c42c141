"""Are the authors of two citations the same people? Initials against full names, accents, particles, "et al.".

Compares what is printed. Does not know who a person is, and takes nothing for sure where a name is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from pipeline.sources.identity.letters import plain
from schemas.study import Name

MOST_AUTHORS = 200
"""Authors that are compared; physics has papers of thousands."""

LONGEST_NAME = 200
"""Characters of a name that are compared."""

FIRST_AUTHORS = 3
"""Authors that a text has to name to be theirs."""

_ET_AL = re.compile(r"\W*(?:et\.? ?al\b|and others\b|u\. ?a\.|\.\.\.|…).*", re.IGNORECASE)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "md", "phd"})
_WORD = re.compile(r"[^\W\d_]+")
_PARTICLES = frozenset(
    _WORD.findall("van von der den de du da di do dos das del della la le el al bin ibn ter ten zu af st")
)
_UMLAUT = re.compile(r"(?<=[aou])e|(?<=a)a")
_TRAILING_INITIALS = re.compile(r"(.+?)[\s,]+((?:[A-Z]\.?[\s-]?){1,4})")


class Authorship(StrEnum):
    """How two lists of authors stand to each other; lists that are cut by "et al." are compared as far as they go."""

    ALL = "all"
    FIRST = "first"
    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Author:
    """A folded author: the words of the family name, the initials, and the words of the given name."""

    family: tuple[str, ...]
    initials: str
    given: tuple[str, ...]
    body: bool = False

    @property
    def key(self) -> str:
        """The last word of the family name: what particles and double names leave."""
        return self.family[-1] if self.family else ""


def fold_authors(names: Sequence[Name]) -> tuple[Author, ...]:
    """The authors as they are compared, in order, "et al." left out."""
    folded = (_fold(n) for n in names[:MOST_AUTHORS] if not _ET_AL.fullmatch(n.short[:LONGEST_NAME]))
    return tuple(a for a in folded if a.family)


def _fold(name: Name) -> Author:
    if name.family:
        return _author(name.family[:LONGEST_NAME], (name.given or "")[:LONGEST_NAME])
    literal = (name.literal or name.given or "")[:LONGEST_NAME]
    family, comma, given = literal.partition(",")
    if comma:
        return _author(family, given)
    if match := _TRAILING_INITIALS.fullmatch(literal.strip()):
        return _author(match[1], match[2])
    words = _words(literal)
    return Author(tuple(words), "", (), body=len(words) > 2 or len(words) == 1)


def _author(family: str, given: str) -> Author:
    if not given and (match := _TRAILING_INITIALS.fullmatch(family.strip())):
        family, given = match[1], match[2]
    names = _words(family)
    kept = [w for w in names if w not in _PARTICLES and w not in _SUFFIXES] or names
    givens = [w for w in _words(given) if w not in _PARTICLES and w not in _SUFFIXES]
    return Author(tuple(kept), _initials(given, givens), tuple(givens))


def _initials(given: str, words: Sequence[str]) -> str:
    """'Goncalo V.' -> 'gv'; 'GV' -> 'gv'."""
    bare = given.strip()
    if len(words) == 1 and len(words[0]) <= 3 and bare.isupper():
        return words[0]
    return "".join(w[0] for w in words)


def _words(text: str) -> list[str]:
    """Words without accents; 'ue' and 'u' for 'ü' are one spelling."""
    return [_UMLAUT.sub("", w) for w in _WORD.findall(plain(text).replace("'", "").replace("’", ""))]


def same_person(a: Author, b: Author) -> bool:
    """Whether two printed names may be one person's: family name and first initial, as far as both are given."""
    if _family_agrees(a.family, b.family):
        return not a.initials or not b.initials or a.initials[0] == b.initials[0]
    return bool(a.given and b.given) and a.family == b.given and a.given == b.family


def _family_agrees(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    one, other = "".join(a), "".join(b)
    if one == other or (min(len(one), len(other)) >= 5 and Levenshtein.distance(one, other, score_cutoff=1) <= 1):
        return True
    short, long = sorted((a, b), key=len)
    return len(short) < len(long) and set(short) <= set(long) and max(map(len, short)) >= 3


def match_authors(ones: Sequence[Author], others: Sequence[Author]) -> Authorship:
    """How two lists of folded authors stand to each other. Two names of bodies never differ for sure: they are
    shortened in many ways."""
    if not ones or not others or ones[0].body != others[0].body:
        return Authorship.UNKNOWN
    short, long = sorted((ones, others), key=len)
    shared = sum(any(same_person(a, b) for b in long) for a in short)
    if not same_person(ones[0], others[0]):
        if ones[0].body:
            return Authorship.UNKNOWN
        return Authorship.SOME if shared else Authorship.NONE
    if shared == len(short) and (len(short) >= 2 or len(long) == 1):
        return Authorship.ALL
    if len(short) >= 3 and shared < len(short) / 2:
        return Authorship.SOME
    return Authorship.FIRST


def named_in(authors: Sequence[Author], text: str) -> bool:
    """Whether a text begins as the work of these authors does: the first three, or all if they are fewer, are named."""
    words = set(_words(text))
    return bool(authors) and all(words.issuperset(a.family) for a in authors[:FIRST_AUTHORS])
