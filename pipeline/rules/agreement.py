"""Agreement: whether a quotation that folds like a stretch of a source also says the same.

Promises to find every way in which two texts with equal folding can still differ in meaning: words joined or parted
("not able", "notable"), numbers joined, parted or signed differently, units in another case, "no" against "NO", and
reference markers that the source does not have. Takes texts whose folded forms are equal; does not search or grade.

Source of the rules: the quote gate (docs/method.md): numbers and signs are compared on the unsquashed span.
"""

from __future__ import annotations

import itertools
import re

from pipeline.rules.folding import INVISIBLE_HYPHENS, FoldedText, spaced
from pipeline.rules.load_bearing import JOINTS, NEGATIONS, Number, numbers_of

_CASED_WORDS = re.compile(r"\b(?:no|or|all|who|us|may|it|as|an|is|in|are|his|met|per)\b", re.IGNORECASE)
"""Words that in capitals mean something else: nitric oxide, odds ratio, leukaemia, months."""

_LONGEST = 24
"""Letters of a word that are looked at: no word that bears load is longer."""

_MOST = 8
"""Disagreements of one sort that are reported; one is enough to refuse a quotation."""


def disagreements(source: FoldedText, at: int, quotation: FoldedText) -> tuple[str, ...]:
    """What a quotation and the stretch of `source` from folded offset `at` on say differently; empty when they agree.

    Both must have been folded alike, and the stretch must equal `quotation.folded`.
    """
    length = len(quotation.folded)
    passage = source.text[source.start(at) : source.end(at + length)]
    found = itertools.chain(
        _split_characters(source, at, at + length),
        _parted_words(source, at, quotation),
        _numbers(passage, quotation),
        _capitals(passage, quotation.text),
        _markers(source, at, quotation),
    )
    return tuple(dict.fromkeys(found))


def _split_characters(source: FoldedText, at: int, stop: int) -> list[str]:
    """A ligature or another character that folds to several, cut in two at an end of the stretch."""
    return [
        f"quotation cuts through '{source.text[source.start(i) : source.end(i + 1)]}'"
        for i in (at, stop)
        if 0 < i < len(source.folded) and source.start(i) == source.start(i - 1)
    ]


def gap_kind(folded: FoldedText, i: int) -> str:
    """What parts the folded characters `i - 1` and `i`: "" (nothing visible), "space", "hyphen" or "break".

    A break is a hyphen that a line end may have put there: it may belong to the word or not.
    """
    if folded.start(i) <= folded.end(i):
        return ""
    gap = folded.between(i)
    if "[" in gap:
        return "space"
    if any(c in INVISIBLE_HYPHENS for c in gap):
        return "break"
    solid = "".join(gap.split())
    if any(c in "-‐‑‒–−⁃﹣－" for c in solid):
        return "break" if "\n" in gap or "\r" in gap else "hyphen"
    return "space" if len(solid) < len(gap) else ""


def _gaps(folded: FoldedText, at: int, length: int) -> dict[int, str]:
    """Gaps between letters, by their offset from `at`."""
    text = folded.folded
    return {
        i - at: kind
        for i in range(at + 1, at + length)
        if folded.starts[i] != folded.starts[i - 1] + 1
        and text[i].isalpha()
        and text[i - 1].isalpha()
        and (kind := gap_kind(folded, i))
    }


def _parted_words(source: FoldedText, at: int, quotation: FoldedText) -> list[str]:
    length = len(quotation.folded)
    ours, theirs = _gaps(quotation, 0, length), _gaps(source, at, length)
    found: list[str] = []
    for i in sorted(ours.keys() | theirs.keys()):
        kinds = (theirs.get(i, ""), ours.get(i, ""))
        if kinds[0] == kinds[1]:
            continue
        pieces = _pieces(quotation.folded, i, ours if _parts_more(ours, theirs, i) else theirs)
        if _carries(kinds, pieces):
            here, there = _around(source, at + i), _around(quotation, i)
            found.append(f"source has '{here}', quotation has '{there}'")
            if len(found) >= _MOST:
                break
    return found


def _parts_more(ours: dict[int, str], theirs: dict[int, str], i: int) -> bool:
    """True when the quotation parts the words more plainly than the source: a space parts more than a hyphen."""
    order = ("", "break", "hyphen", "space")
    return order.index(ours.get(i, "")) > order.index(theirs.get(i, ""))


def _pieces(folded: str, i: int, gaps: dict[int, str]) -> tuple[str, str]:
    """The words left and right of the gap at `i`, as far as letters without a gap go (no listed word is longer)."""
    left = right = i
    while left > max(0, i - _LONGEST) and folded[left - 1].isalpha() and (left == i or left not in gaps):
        left -= 1
    while right < min(len(folded), i + _LONGEST) and folded[right].isalpha() and (right == i or right not in gaps):
        right += 1
    return folded[left:i], folded[i:right]


def _carries(kinds: tuple[str, str], pieces: tuple[str, str]) -> bool:
    """True when parting or joining these pieces may change the meaning."""
    pair = set(kinds)
    if pair == {"break", ""} or ("hyphen" in pair and "" not in pair):
        return False
    if "space" in pair:
        return any(piece in JOINTS for piece in pieces)
    return any(piece in NEGATIONS for piece in pieces)


def _around(folded: FoldedText, i: int) -> str:
    """The original words around the folded offset `i`, for showing."""
    middle, end = folded.start(i), folded.end(i)
    left = re.search(r"\w*$", folded.text[max(0, end - 24) : end])
    right = re.match(r"\w*", folded.text[middle : middle + 24])
    return (left.group() if left else "") + folded.between(i) + (right.group() if right else "")


def _shown(number: Number) -> str:
    return f"{number.sign}{number.digits[:40]} {number.unit}".strip()


def _numbers(passage: str, quotation: FoldedText) -> list[str]:
    theirs = numbers_of(spaced(passage, drop_markers=quotation.drop_markers))
    ours = numbers_of(spaced(quotation.text, drop_markers=quotation.drop_markers))
    unequal = ((a, b) for a, b in itertools.zip_longest(theirs, ours) if a != b)
    return [
        f"source has '{_shown(a) if a else ''}', quotation has '{_shown(b) if b else ''}'"
        for a, b in itertools.islice(unequal, _MOST)
    ]


def _capitals(passage: str, quoted: str) -> list[str]:
    if passage.isupper() or quoted.isupper():
        return []
    pairs = zip(_CASED_WORDS.findall(spaced(passage)), _CASED_WORDS.findall(spaced(quoted)), strict=False)
    return [f"source has '{a}', quotation has '{b}'" for a, b in pairs if a.isupper() != b.isupper()]


def _markers(source: FoldedText, at: int, quotation: FoldedText) -> list[str]:
    """Markers of the quotation that the source lacks. Leaving out a marker is allowed, putting one in is not."""
    theirs = {(m.at - at, m.digits) for m in source.markers}
    return [f"quotation adds '[{m.digits}]'" for m in quotation.markers if (m.at, m.digits) not in theirs]
