"""Splits passages into sentences with exact offsets.

The splitting is sentencex's (rule based, made for Wikipedia's languages). It breaks after some abbreviations of
scientific prose ("approx.", "yrs.", "Figs.", "i.v."), so pieces that cannot end a sentence are joined again here.
Does not cross the bounds that it is given, and does not drop a character that is not white space.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

LONGEST_SENTENCE = 1500
"""Characters; a longer piece is a table or a list without full stops and is cut at lines, semicolons or spaces."""

_ABBREVIATION_BEFORE_DETAIL = re.compile(
    r"(?:^|[\s(\[–-])(?:approx|ca|yrs?|yr|mos?|wks?|hrs?|mins?|secs?|eqs?|figs?|refs?|no|nos|vs|vol|pp?|ed|eds|cf|viz|"
    r"sp|spp|resp|incl|excl|max|min|avg|dept|suppl|tabs?|ch|sec|i\.v|i\.m|i\.p|s\.c|p\.o|b\.w|e\.g|i\.e|et al|St|Dr|"
    r"Prof|Inc|Ltd)"
    r"\.[)\]]?\s*$",
    re.IGNORECASE,
)
"""Ends a piece that goes on if a number, a lower-case letter or an opening bracket follows."""

_NEVER_LAST = re.compile(r"(?:^|[\s(\[])(?:Figs?|Eqs?|Refs?|e\.g|i\.e|cf|vs|Dr|Prof|viz)\.\s*$")
"""Ends a piece that goes on whatever follows."""

_CITED_AUTHORS = re.compile(r"\bet al\.?,?\s?\[[\d,\s–-]+\]\s*$")
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
    for match in re.finditer(r"[^\n]+", text):
        yield match.start(), match.end()


def _boundaries(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    sentencex: Any = importlib.import_module("sentencex")
    for piece in sentencex.get_sentence_boundaries(language, _BRACKET.sub(_in_one_piece, text[start:end])):
        yield start + int(piece["start_index"]), start + int(piece["end_index"])


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
        piece = text[start:end]
        if piece.strip():
            yield start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _continues(before: str, after: str) -> bool:
    """Whether `after` belongs to the same sentence as `before`, judged by the abbreviation between them."""
    if not before.strip() or _MARK_ONLY.fullmatch(after):
        return True
    if _NEVER_LAST.search(before) or _LIST_NUMBER.fullmatch(before):
        return True
    if _CITED_AUTHORS.search(before) and after.lstrip()[:1].islower():
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
