"""Heads that vendors run into an abstract, beyond those that `sections` knows how to find.

Heads in capitals before a colon, listed or not; known heads in capitals before a sentence ('BACKGROUND AND AIMS We');
known heads that lost the space before them ('... health).Design: A range') or behind them ('BackgroundArtificial',
as Dimensions and Springer export them), with 'Method(s):' as Embase writes them. An unlisted head that joins known
ones ('Methodology/Principal Findings') gets the first of them as a head before it, so that its part stands in the
right section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.sources.cleaning import clean_text
from pipeline.sources.heads import head_kind
from pipeline.sources.passages import Passage, Role

_START = r"(?:\A|(?<=[.?!)\]”\"])\s*)"
_COLON = re.compile(_START + r"([A-Z][A-Z][A-Z0-9 &/,()’'-]{1,70}):\s*(?=\S)")
_CAPITALS = re.compile(_START + r"((?:[A-Z]{3,}|&)(?:[ /,]{1,2}(?:[A-Z]{2,}|&)){0,7})\s+(?=[A-Z0-9(])")
_WORDS = re.compile(
    _START + r"([A-Z][a-z]+(?:\(s\))?(?:[/ ](?:&|and|of|the|in|[A-Z]?[a-z]+(?:\(s\))?)){0,5}):\s*(?=\S)"
)
_GLUED = re.compile(
    _START
    + r"(Background|Introduction|Objectives?|Aims?|Purpose|Methods?|Materials and methods|Design|Results?|Findings|"
    r"Discussion|Conclusions?|Trial registration|Systematic review registration)(?=[A-Z][\w’'-]*[\s,])"
)
_JOINT = re.compile(r"[/&,]| and ", re.IGNORECASE)
_FEWEST_GLUED = 2
_LONGEST_IN_WORDS = 8


class _Head(NamedTuple):
    start: int
    text: str
    body: int


def parted(text: str) -> Iterator[Passage]:
    """`text` as heads and bodies; one body where no such head is run in."""
    begin = 0
    for head in _heads(text):
        if head.start < begin:
            continue
        if text[begin : head.start].strip():
            yield Passage(clean_text(text[begin : head.start]))
        known = joined_head(head.text)
        if known is not None and head_kind(head.text) is None:
            yield Passage(known, Role.HEAD)
        yield Passage(head.text, Role.HEAD)
        begin = head.body
    if text[begin:].strip():
        yield Passage(clean_text(text[begin:]))


def joined_head(text: str) -> str | None:
    """The first known head of a joined one: 'Methodology' of 'Methodology/Principal Findings'."""
    parts = (part.strip() for part in _JOINT.split(text))
    return next((part.capitalize() for part in parts if part and head_kind(part) is not None), None)


def _heads(text: str) -> list[_Head]:
    found = [_Head(m.start(1), m.group(1).strip(), m.end()) for m in _COLON.finditer(text)]
    found = [head for head in found if len(head.text.split()) <= _LONGEST_IN_WORDS]
    for match in _WORDS.finditer(text):
        if head_kind(match.group(1)) is not None or joined_head(match.group(1)) is not None:
            found.append(_Head(match.start(1), match.group(1), match.end()))
    found += [head for match in _CAPITALS.finditer(text) if (head := _in_capitals(match)) is not None]
    glued = [*_GLUED.finditer(text)]
    if len({match.group(1) for match in glued}) >= _FEWEST_GLUED:
        found += [_Head(match.start(1), match.group(1), match.end(1)) for match in glued]
    return sorted(found, key=lambda head: (head.start, -head.body))


def _in_capitals(match: re.Match[str]) -> _Head | None:
    """The longest known head among the capitals: an abbreviation behind it begins the sentence."""
    words = match.group(1).split(" ")
    for length in range(len(words), 0, -1):
        head = " ".join(words[:length])
        if head_kind(head) is not None:
            return _Head(match.start(1), head.rstrip(", "), match.start(1) + len(head))
    return None
