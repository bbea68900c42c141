"""Splits names as exports write them: 'Lee, Anna B', 'Lee, A.B.', 'Lee AB', 'Lee A B', 'Anna B. Lee'.

Promises family and given name where the form shows them, `literal` for groups and for what cannot be split, and
nothing for 'et al.' and for anonymous works. Does not put names into another case or order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.sources.records.fields import one_line
from schemas.study import Name

MOST_NAMES = 20_000
"""Authors of one record; the largest of medicine has 15,000."""

LONGEST_NAME = 300

_NOBODY = re.compile(
    r"\W*(?:et al\.?|and others|others|anon(?:ymous|\.)?|no authorship indicated|no authors? listed|unknown|n/?a|"
    r"undefined|none|-*)\W*",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:group|collaborat\w*|consortium|study|trial|investigators|committee|association|society|organi[sz]ation|"
    r"institut\w*|university|department|ministry|agency|network|team|foundation|cent(?:er|re)s?|council|office|board|"
    r"bureau|college|federation|initiative|force|panel|alliance|project|program(?:me)?|hospital|laborator\w+|company|"
    r"inc|ltd|llc|gmbh|registry|commission|service|school|academy|union|party|the|of|for|and)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\s*†‡§¶#^]+$|\s*\((?:ed|eds|editor|author|corresponding author)\.?\)$", re.IGNORECASE)
_ADDRESS = re.compile(r"[\[(<][^\s@()\[\]<>]+@[^\s@()\[\]<>]+[\])>]")
_ORCID = re.compile(r"[\[(]?(?:ORCID:?\s*)?(?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX][\])]?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|2nd|3rd|4th|5th|ii|iii|iv)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_a-zß-ÿ]\.?(?:[a-zß-ÿ]\.)?-?){1,5}")
_PAIRS = re.compile(r"(?:[^,;]+,\s*(?:[^\W\d_a-z]\.?[\s-]?){1,4},\s*){2,}[^,;]+,\s*(?:[^\W\d_a-z]\.?[\s-]?){1,4}")
_VANCOUVER = re.compile(r"(?:[^\W\d_][^,;]* [A-Z](?:\.?[ -]?[A-Z]){0,3}\.?(?:, ?|$)){2,}(?:et al\.?)?", re.DOTALL)

_WITH_INITIALS = re.compile(r"[^\s,]*[^\W\d_A-Z][^\s,]*(?:\s[^\s,]+){0,2}\s(?:[^\W\d_a-z]\.?[\s-]?){1,4}")
_PERSON = re.compile(rf"[^,]{{2,40}},\s?[^,]{{1,30}}|{_WITH_INITIALS.pattern}")
_AND = re.compile(r",?\s+(?:and|&)\s+")


def names_of(fields: Iterable[str]) -> tuple[Name, ...]:
    """The names that the fields of a record hold, in order; a field may hold several between semicolons."""
    names: list[Name] = []
    for field in fields:
        for printed in _single(one_line(field)[:100_000]):
            name = name_of(printed)
            if name is not None and len(names) < MOST_NAMES:
                names.append(name)
    return tuple(names)


def _single(field: str) -> list[str]:
    if ";" in field:
        return [part for part in field.split(";") if part.strip()]
    if len(field) < 2_000 and _PAIRS.fullmatch(field):
        parts = [part.strip() for part in field.split(",")]
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=False)]
    if len(field) < 5_000 and _VANCOUVER.fullmatch(field) and not _GROUP.search(field):
        return [part for part in field.split(",") if part.strip()]
    if len(field) < 2_000:
        joined, listed = _AND.split(field), [part.strip() for part in re.split(r",|\band\b", field) if part.strip()]
        if len(listed) > 2 and all(_WITH_INITIALS.fullmatch(part) for part in listed):
            return listed
        if all(_PERSON.fullmatch(part) for part in joined):
            return joined
    return [field]


def name_of(printed: str) -> Name | None:
    """One name, as printed in any of the forms; null for nobody."""
    text = _MARKS.sub("", _ADDRESS.sub("", _ORCID.sub("", one_line(printed)))).strip(" ;")[:LONGEST_NAME]
    if not text or _NOBODY.fullmatch(text):
        return None
    if "," in text:
        return _inverted(text)
    words = text.split()
    tail = [words.pop()] if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else []
    given: list[str] = []
    while len(words) > 1 and _INITIALS.fullmatch(words[-1]) and len(words[-1].replace(".", "")) <= 5:
        given.insert(0, words.pop())
    if given and not _GROUP.search(" ".join(words)):
        return Name(family=" ".join(words), given=" ".join([*given, *tail]))
    return _straight(text)


def is_group(printed: str) -> bool:
    """Whether words of it are those of bodies ('Organization', 'Study Group') and not of persons."""
    return _GROUP.search(printed) is not None


def _inverted(text: str) -> Name | None:
    family, _, rest = text.partition(",")
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    if not parts:
        return Name(literal=family.strip()) if family.strip() else None
    if not family.strip():
        return Name(literal=rest.strip(" ,"))
    if _GROUP.search(family) and len(family.split()) > 2:
        return Name(literal=text)
    return Name(family=family.strip(), given=" ".join(parts))


def _straight(text: str) -> Name:
    """'Anna B. Lee' and 'Anna Lee' are persons; groups, single words and long lines of words stay as they are."""
    words = text.split()
    if not 2 <= len(words) <= 4 or _GROUP.search(text) or not all(word[0].isupper() for word in words):
        return Name(literal=text)
    if any(word.isupper() and len(word) > 2 for word in words):
        return Name(literal=text)
    return Name(family=words[-1], given=" ".join(words[:-1]))
