"""Splits passages into sentences with exact offsets.

The splitting is sentencex's (rule based, made for Wikipedia's languages). It breaks after some abbreviations of
scientific prose ("approx.", "yrs.", "Figs.", "i.v."), so pieces that cannot end a sentence are joined again here.
Does not cross the bounds that it is given, and does not drop a character that is not white space.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache

LONGEST_SENTENCE = 1500
"""Characters; a longer piece is a table or a list without full stops and is cut at lines, semicolons or spaces."""

_ABBREVIATION_BEFORE_DETAIL = re.compile(
    r"(?:^|[\s(\[–-])(?:approx|ca|yrs?|yr|mos?|wks?|hrs?|mins?|secs?|eqs?|figs?|refs?|no|nos|vs|vol|pp?|ed|eds|cf|viz|"
    r"sp|spp|resp|incl|excl|max|min|avg|dept|suppl|tabs?|ch|sec|i\.v|i\.m|i\.p|s\.c|p\.o|b\.w|e\.g|i\.e|et al|St|Dr|"
    r"Prof|Inc|Ltd)"
    r"\.[)\]]?$",
    re.IGNORECASE,
)
"""Ends a piece that goes on if a number, a lower-case letter or an opening bracket follows."""

_NEVER_LAST = re.compile(r"(?:^|[\s(\[])(?:Figs?|Eqs?|Refs?|e\.g|i\.e|cf|vs|Dr|Prof|viz)\.$")
"""Ends a piece that goes on whatever follows."""

_LONGEST_NEVER_LAST = 6
"""Characters of the longest of these and what stands before it."""

_CITED_AUTHORS = re.compile(r"\bet al\.?,?\s?\[[\d,\s–-]+\]$")
"""'Smith et al. [5]', behind which the sentence goes on with what they did."""

_BRACKET = re.compile(r"\([^()\n]{1,100}\)")
_END_OF_BRACKET = re.compile(r"(?<=[^()\n]) (?=\d{1,5}\))")
"""The space in '(1, 171)' and '(n = 45)', before what would elsewhere be the number of an item of a list."""

_LOOK_BACK = 40
"""Characters in which the abbreviation that decides stands."""

_LIST_NUMBER = re.compile(r"\s*\(?(?:\d{1,3}|[ivx]{1,4}|[a-z])[.)]\s*")
_DETAIL_START = re.compile(r"[\s(\[<>=≤≥≈~±+−–-]*[a-zα-ω0-9]|\s*[(\[]")
_MARK_ONLY = re.compile(r"\s*(?:\[[\d,\s–-]+\]|[)\]”\"’']+)\s*")
_CUTS = (re.compile(r"\n"), re.compile(r";\s"), re.compile(r"[,.]\s"), re.compile(r"\s"))


def split_sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """(start, end) of each sentence of one paragraph, without surrounding white space; [] for blank text.

    Lines of a table (text with line breaks) are taken as sentences of their own.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _lines(text):
        for left, right in _rejoined(text, list(_boundaries(text, start, end, language))):
            spans.extend(_short_enough(text, left, right))
    return spans


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        if line:
            yield start, start + len(line)
        start += len(line) + 1


def _boundaries(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    for piece in _splitter()(language, _BRACKET.sub(_in_one_piece, text[start:end])):
        yield start, start + len(piece)
        start += len(piece)


@cache
def _splitter() -> Callable[[str, str], list[str]]:
    """Gives the pieces of a text in a language, which together are the text; loaded when a text is first split."""
    return importlib.import_module("sentencex").segment


def _in_one_piece(bracket: re.Match[str]) -> str:
    return _END_OF_BRACKET.sub("_", bracket.group())


def _rejoined(text: str, pieces: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and _continues(text[max(joined[-1][0], start - _LOOK_BACK) : start], text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    for start, end in joined:
        piece = text[start:end].rstrip()
        if piece:
            yield start + len(piece) - len(piece.lstrip()), start + len(piece)


def _continues(before: str, after: str) -> bool:
    """Whether `after` belongs to the same sentence as `before`, judged by the abbreviation between them."""
    before = before.rstrip()
    if not before or _LIST_NUMBER.fullmatch(before):
        return True
    if _NEVER_LAST.search(before, len(before) - _LONGEST_NEVER_LAST):
        return True
    if after[:1].isupper():  # as most do, and none of what is looked for from here on
        return False
    if _MARK_ONLY.fullmatch(after):
        return True
    if before.endswith("]") and after.lstrip()[:1].islower() and _CITED_AUTHORS.search(before):
        return True
    return bool(_DETAIL_START.match(after) and _ABBREVIATION_BEFORE_DETAIL.search(before))


def _short_enough(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span itself, or its parts of at most LONGEST_SENTENCE characters."""
    while end - start > LONGEST_SENTENCE:
        cut = _last_cut(text, start, start + LONGEST_SENTENCE)
        piece = text[start:cut].rstrip()
        yield start, start + len(piece)
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    yield start, end


def _last_cut(text: str, start: int, limit: int) -> int:
    for pattern in _CUTS:
        ends = [m.end() for m in pattern.finditer(text, start + 1, limit)]
        if ends and text[start : ends[-1]].strip():
            return ends[-1]
    return limit
