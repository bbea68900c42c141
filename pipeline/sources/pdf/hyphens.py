"""Joins lines that a typesetter broke, by the document's own vocabulary.

A hyphen at a line end is either part of the word ("double-/blind") or an artefact ("inter-/vention"). Which it is, the
rest of the document tells better than any dictionary. Does not touch hyphens within a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.sources.pdf.runs import SOFT_HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHENS = (SOFT_HYPHEN, "-")
_BROKEN = re.compile(r"([^\W\d_]+)[-\u00ad]$")


def vocabulary(lines: Iterable[str]) -> frozenset[str]:
    """The words of the document that stand whole on one line, in lower case; compounds with their hyphens."""
    words: set[str] = set()
    broken = False
    for line in lines:
        found = _WORD.findall(line.lower())
        first, broken = int(broken), line.endswith(_HYPHENS)
        words.update(found[first : -1 if broken else None])
    return frozenset(words)


def joined(before: str, after: str, known: frozenset[str]) -> str:
    """`before` and the line `after` as running text.

    The hyphen goes if the joined word is `known` or its parts are not both words. It stays where the document writes
    the word with it, before a capital or a number, after a single letter ("t-/test") and in chains
    ("intention-/to-treat").
    """
    if not before.endswith(_HYPHENS) or not re.search(r"\w.$", before):
        return f"{before} {after}"
    left, right = _BROKEN.search(before), re.match(r"[^\W\d_]+", after)
    kept = before[:-1] + "-" + after
    if left is None or right is None or right.group()[0].isupper():
        return kept
    first, second = left.group(1).lower(), right.group().lower()
    if first + second in known:
        return before[:-1] + after
    in_chain = len(second) < 4 and after[right.end() : right.end() + 1] == "-"
    two_words = min(len(first), len(second)) > 2 and {first, second} <= known
    return kept if len(first) == 1 or in_chain or two_words or f"{first}-{second}" in known else before[:-1] + after
