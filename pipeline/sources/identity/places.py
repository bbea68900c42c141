"""Do two citations name the same place of print: journal, volume, first page?

Journal names are compared token by token as ISO 4 shortens them ("Eur J Appl Physiol"), page ranges by their first
page ("123-9" is "123-129"). Null means that nothing can be said, which is no sign against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.sources.identity.letters import plain
from schemas.study import Citation

_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(_WORD.findall("a an and the of for in on et de la le les du der die das des fur und y e i"))
_ELIDED = re.compile(r"\b[dl](?:['’]\s?|\s)(?=[^\W\d_]{2})")
"""The article before a vowel, with or without its apostrophe: 'Annales d'Anesthesie'."""
_PAGE = re.compile(
    r"(?:pages?|pp?|art(?:icle)?|no|unsp|id|cd(?=\d))?[\s.:]*(?:no\b[\s.:]*)?([a-z]{0,3})[\s.:-]*0*(\d{1,9})"
)
_VOLUME = re.compile(r"(?:vol(?:ume)?)?[\s.]*0*(\d{1,6}|[a-z]{1,3}\d{1,6})")


class Place(StrEnum):
    """Whether two citations name one place. `PART` is a volume or a page that agrees where the other is unknown."""

    SAME = "same"
    PART = "part"
    UNKNOWN = "unknown"
    DOUBTFUL = "doubtful"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a citation says that it is printed, folded; what is unknown is empty."""

    journal: tuple[str, ...]
    small_words_too: tuple[str, ...]
    volume: str
    page: str

    @classmethod
    def of(cls, citation: Citation) -> Printed:
        journal = re.sub(r"\([^)]*\)", " ", plain(citation.container_title or "")).replace("&", " and ")
        words = tuple(_WORD.findall(_ELIDED.sub("", journal).replace("'", "")))
        volume, page = _volume(citation.volume), first_page(citation.page)
        return cls(
            journal=tuple(w for w in words if w not in _SMALL) or words,
            small_words_too=words,
            volume=volume,
            page="" if page == "1" and not volume else page,  # before print, every article begins on page 1
        )


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What agrees (true), differs (false) or is unknown (null)."""

    journal: bool | None
    volume: bool | None
    page: bool | None

    @property
    def place(self) -> Place:
        if self.page and self.volume:
            return Place.SAME
        if self.page and self.volume is None and self.journal:
            return Place.SAME
        if self.volume is False and self.page is False:
            return Place.OTHER
        if False in {self.volume, self.page, self.journal}:
            return Place.DOUBTFUL
        return Place.PART if self.volume or self.page else Place.UNKNOWN


def match_places(a: Printed, b: Printed) -> PlaceMatch:
    volume = a.volume == b.volume if a.volume and b.volume else None
    return PlaceMatch(match_journals(a, b), volume, _match_pages(a.page, b.page))


def match_journals(a: Printed, b: Printed) -> bool | None:
    """True for one journal, in full or shortened; null where one name goes on ("Gut", "Gut Microbes") or is missing."""
    if not a.journal or not b.journal:
        return None
    if a.journal == b.journal or _acronym(a, b) or _acronym(b, a):
        return True
    short, long = sorted((a.journal, b.journal), key=lambda t: (len(t), t))
    matched = _aligned(short, long)
    if matched == len(short) == len(long):
        return True
    return None if matched >= max(1, len(short) - 1) and not _another_word(short, long) else False


def _another_word(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether one word stands in place of another ("American Heart Journal", "European Heart Journal"). What only
    shortens a word keeps its first letter ("Dtsch", "Deutsche")."""
    if len(short) != len(long):
        return False
    other = [(a, b) for a, b in zip(short, long, strict=True) if not _abbreviates(a, b)]
    return len(other) == 1 and other[0][0][0] != other[0][1][0]


def _aligned(short: Sequence[str], long: Sequence[str]) -> int:
    """How many words of `short` stand, shortened or not, in `long` in the same order."""
    at = found = 0
    for word in short:
        place = next((i for i in range(at, len(long)) if _abbreviates(word, long[i])), None)
        if place is not None:
            found, at = found + 1, place + 1
    return found


def _abbreviates(a: str, b: str) -> bool:
    """'physiol' for 'physiology', 'natl' for 'national'."""
    short, long = sorted((a, b), key=len)
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _acronym(a: Printed, b: Printed) -> bool:
    """'JAMA', 'PNAS' for the words that they begin."""
    if len(a.journal) != 1 or len(b.journal) < 3 or len(a.journal[0]) < 3:
        return False
    name = a.journal[0]
    return any("".join(w[0] for w in words).startswith(name) for words in (b.journal, b.small_words_too))


def first_page(text: str | None) -> str:
    """The first page: 's12' of 'S12-S19', '123' of 'pp. 123-9', '#77' of 'Article 77'; empty for what is none."""
    match = _PAGE.match(plain(text or "").strip())
    if match is None:
        return ""
    mark = "#" if match[0].startswith("art") else "" if match[1] == "e" else match[1]
    return f"{mark}{match[2]}"


def _volume(text: str | None) -> str:
    """The volume; nothing of what is left of '57 (Suppl. 1)' where a vendor cut it at the bracket ('1)')."""
    folded = plain(text or "").strip()
    match = _VOLUME.match(folded) if folded.count(")") <= folded.count("(") else None
    return match[1] if match else ""


def _match_pages(a: str, b: str) -> bool | None:
    """An article number beside a page says nothing: databases give the one or the other."""
    if not a or not b:
        return None
    if a.strip("#") == b.strip("#"):
        return True
    numbered = [p[0] == "#" or len(p.lstrip("abcdefghijklmnopqrstuvwxyz")) >= 5 for p in (a, b)]
    if "#" in {a[0], b[0]} and a[0] != b[0]:
        return None
    return None if numbered[0] != numbered[1] else False
