"""Clipping: whether a passage was cut out of its surroundings so that words or their sense were damaged.

Promises to name two kinds of damage at the ends of a passage: a cut through a word or number ("significant" out of
"nonsignificant", "5 %" out of "15 %", "0.05" out of "< 0.05", "15" out of "15 mg"), and a negation or hedge left out of
the same clause ("no evidence that ...", "... was not significant"). Sees English only, and clauses only as far as
punctuation and conjunctions show them: when in doubt it calls a passage clipped, and quoting the whole sentence helps.

Source of the rules: the quote gate (docs/method.md); method.md A, basis gate (hedges).
"""

from __future__ import annotations

import re

from pipeline.rules.folding import INVISIBLE_HYPHENS, spaced
from pipeline.rules.load_bearing import HEDGES, NEGATIONS, SIGNS, Load, load_of
from pipeline.rules.reference_markers import is_footnote, marker_digits

_DASHES = "-‐‑‒–−" + INVISIBLE_HYPHENS
_DASH = re.escape(_DASHES)
_WINDOW = 400
"""Characters looked at on either side: bounds the work, and no clause is longer."""

_INTO_NUMBER = re.compile(
    rf"\w\Z|\d[.,·]\Z|[.·×{_DASH}/^]\Z|[<>≤≥≦≧⩽⩾±≈~∼≠]\s*\Z|[(\[=<>≤≥,;:]\s?[-–−]\s+\Z|−\s+\Z|\d\s?%?\sto\s\Z"
)
_INTO_WORD = re.compile(rf"\w\Z|[^\W_][{_DASH}'’]\s{{0,2}}\Z")
_INTO_WORD_REACH = 4
"""Characters that it can match at most."""
_OUT_OF_NUMBER = re.compile(
    rf"\w|[.,·/^]\d|\s?[%‰°×^±]|[{_DASH}]\s{{0,2}}[\w.]|\s[-–−]\s?\d|\s?[x*]\s?10|\sto\s[-–−]?\d"
)
_OUT_OF_WORD = re.compile(rf"\w|[{_DASH}]\s{{0,2}}[^\W_]|['’][^\W\d_]")
_RAISED = re.compile("[⁰¹²³⁴-⁹]+")
_NUMBER_NEXT = re.compile(r"\s?[\d.]")
_NEXT_WORD = re.compile(r"\s?([^\W\d_]+)")

_CLAUSE = re.compile(r"[;:.!?]\s|,?\s(?:but|whereas|while|although|though|yet|however)\s", re.IGNORECASE)
_OPENING = re.compile(
    r"\W*(?:although|though|while|whereas|despite|because|since|when|after|before|as|unlike|in|among|for|during|with|at|on"
    r"|compared|contrary|following|of|to|by|based|given|from|under|within)\b(?!\s+(?:no|neither|none|not)\b)",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\b(?:with|versus|vs\.?|than|or|and)\s+(?:no|without)\b", re.IGNORECASE)
_MONTH = re.compile(r"\bMay\b(?=\s+\d)|\bMay\b(?!\s+[a-z])")
_BREAK_BEHIND = re.compile(
    r"[;:.!?](?:\s|$)|\b(?:whereas|while|however|who|whom|whose|which)\b"
    r"|,?\s*\b(?:but|although|though|yet|albeit)\s+(?!not\b|non|no\b|only\b|insignificant)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_REACH = 8
"""Words behind the passage in which a negation or hedge still speaks of it."""


def cut_through(text: str, start: int, end: int) -> tuple[str, ...]:
    """What `text[start:end]` cuts in two at its ends: words, numbers, signs and units; empty for clean cuts."""
    found = (_cut_before(text, start), _cut_behind(text, end))
    return tuple(f for f in found if f)


def _cut_before(text: str, start: int) -> str:
    before, first = text[max(0, start - 40) : start], text[start : start + 1]
    if first.isdigit() or (first == "." and text[start + 1 : start + 2].isdigit()):
        damaged = _INTO_NUMBER.search(before)
    elif first.isalnum():
        damaged = _INTO_WORD.search(before[-_INTO_WORD_REACH:])
    else:
        damaged = None
    return f"quotation begins inside '{_token_at(text, start)}'" if damaged else ""


def _cut_behind(text: str, end: int) -> str:
    behind, last = text[end : end + 40], text[end - 1 : end]
    if last.isdigit():
        unit = _NEXT_WORD.match(behind)
        damaged = _OUT_OF_NUMBER.match(behind) or (unit and load_of(unit.group(1).casefold()) is Load.UNIT)
    elif last.isalpha():
        raised = _RAISED.match(behind)
        marked = raised and is_footnote(text, end, end + raised.end(), marker_digits(raised.group()))
        damaged = _OUT_OF_WORD.match(behind) and not marked
    elif last in {".", ",", "·"}:
        damaged = text[end - 2 : end - 1].isdigit() and behind[:1].isdigit()
    else:
        damaged = (last in SIGNS or last in _DASHES) and last not in {"%", "°"} and _NUMBER_NEXT.match(behind)
    return f"quotation ends inside '{_token_at(text, end)}'" if damaged else ""


def _token_at(text: str, at: int) -> str:
    left = re.search(r"\S*\s?\Z", text[max(0, at - 30) : at])
    right = re.match(r"\s?\S*", text[at : at + 30])
    return ((left.group() if left else "") + (right.group() if right else "")).strip()


def left_out(text: str, start: int, end: int, first: int, last: int) -> tuple[str, ...]:
    """Negations and hedges that stand in the clause of `text[start:end]` but outside of it.

    `first` and `last` are the offsets at which the sentence of the passage's start begins and that of its end ends.
    """
    found: list[str] = []
    before, after = text[max(first, start - _WINDOW) : start], text[end : min(last, end + _WINDOW)]
    if before.strip() and (words := _loaded(clause := _clause_before(spaced(before)))):
        found.append(f"leaves out '{words[0]}' before the quoted words: '{_tail(clause)}'")
    if after.strip() and (words := _loaded(clause := _clause_behind(spaced(after)))):
        found.append(f"leaves out '{words[0]}' behind the quoted words: '{clause.strip()}'")
    return tuple(found)


def _clause_before(ahead: str) -> str:
    """The part of the sentence before the passage that belongs to the passage's own clause."""
    clause = _CLAUSE.split(ahead)[-1]
    # "Although strength did not change, ..." says nothing against what follows its comma.
    if _OPENING.match(clause) and "," in clause:
        clause = clause.rpartition(",")[2]
    return clause


def _clause_behind(behind: str) -> str:
    """The words directly behind the passage in its own clause; "but not" is taken as belonging to it."""
    clause = _BREAK_BEHIND.split(behind, maxsplit=1)[0]
    words = list(_WORD.finditer(clause))
    return clause[: words[_REACH - 1].end()] if len(words) > _REACH else clause


def _loaded(clause: str) -> list[str]:
    """Negations and hedges of a clause. May, the month, is none, nor is the "no" of "compared with no training"."""
    plain = _MONTH.sub("", _COMPARED.sub("", clause))
    return [
        word
        for word in _WORD.findall(plain)
        if (bare := word.casefold().replace("'", "").replace("-", "")) in NEGATIONS or bare in HEDGES
        if not (word.isupper() and word in {"NO", "NS"} and not clause.isupper() and word != "NS")
    ]


def _tail(clause: str) -> str:
    words = clause.split()
    return " ".join(words[-12:])
