"""Joins lines that a typesetter broke, by the document's own vocabulary.

A hyphen at a line end is either part of the word ("double-/blind") or an artefact ("inter-/vention"). Which it is, the
rest of the document tells better than any dictionary. Does not touch hyphens within a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.sources.pdf.runs import SOFT_HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHENS = (SOFT_HYPHEN, "-")
_BROKEN = re.compile(r"([^\W\d_]+)[-\u00ad]$")
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD_BEFORE_HYPHEN = re.compile(r"\w.$")


_PARTICLES = frozenset(
    (
        "under",
        "over",
        "with",
        "out",
        "down",
        "back",
        "after",
        "through",
        "fore",
        "for",
        "there",
        "where",
        "what",
        "when",
    )
)
"""Words that make compounds with and without a hyphen alike ("under-powered", "understanding")."""


def vocabulary(lines: Iterable[str]) -> frozenset[str]:
    """The words of the document that stand whole on one line, in lower case; compounds with their hyphens.

    A word that begins two compounds or more ("knowledge-based", "knowledge-rich") is in it with a hyphen behind it too.
    """
    words: set[str] = set()
    seen: set[str] = set()
    broken = False
    for line in lines:
        first, broken = int(broken), line.endswith(_HYPHENS)
        if first or broken:
            words.update(_WORD.findall(line.lower())[first : -1 if broken else None])
        else:
            seen.update(line.lower().split())
    words.update(_WORD.findall(" ".join(seen)))  # once for each, however often it stands in the document
    begun = Counter(word.partition("-")[0] for word in words if "-" in word)
    words.update([f"{first}-" for first in (begun.keys() & words) - _PARTICLES if begun[first] > 1])
    return frozenset(words)


def joined(before: str, after: str, known: frozenset[str]) -> str:
    """`before` and the line `after` as running text.

    The hyphen goes if the joined word is `known` or its parts are not both words. It stays where the document writes
    the word with it or makes compounds of its first part, before a capital or a number, after a single letter
    ("t-/test") and in chains ("intention-/to-treat").
    """
    if not before.endswith(_HYPHENS) or not _WORD_BEFORE_HYPHEN.search(before, max(len(before) - 3, 0)):
        return f"{before} {after}"
    # the last word is all that counts; behind a space there is at most one of it to be tried
    left, right = _BROKEN.search(before, before.rfind(" ") + 1), _LETTERS.match(after)
    kept = before[:-1] + "-" + after
    if left is None or right is None:
        return kept
    first, second = left.group(1).lower(), right.group().lower()
    shouted = left.group(1).isupper() and right.group().isupper()
    if first + second in known and (shouted or not right.group()[0].isupper()):
        return before[:-1] + after
    if right.group()[0].isupper():
        return kept
    if len(first) > 3 and len(second) > 3 and f"{first}-" in known:
        return kept
    in_chain = len(second) < 4 and after[right.end() : right.end() + 1] == "-"
    two_words = min(len(first), len(second)) > 2 and {first, second} <= known
    return kept if len(first) == 1 or in_chain or two_words or f"{first}-{second}" in known else before[:-1] + after
