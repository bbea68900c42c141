"""Cuts off the reference list of a paper, by its head or by its entries. Keeps appendices and tables behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.sources.heads import head_kind, is_reference_head
from pipeline.sources.passages import Passage, Role

_APPENDIX = re.compile(
    r"(?:(?:appendix|appendices|supplement|annex|supporting information)\b|[A-H]\.?\s+[A-Z][a-z])", re.IGNORECASE
)
_ENTRY = re.compile(r"\[?\d{1,3}[\].]?\s+[A-Z][\w'’-]+,? (?:[A-Z]{1,3}\b|[A-Z]\.)")
_NUMBERED = re.compile(r"\[?\d{1,3}[\].]?\s+[A-Z]")
_LONGEST_ENTRY = 600
_YEAR_AND_VOLUME = re.compile(
    r"(?:19|20)(?<!\w..)\d\d(?:\s?[;,)]\s?(?!(?:19|20)\d\d\b)\d+|\b.{0,60}\bdoi\b)", re.IGNORECASE
)
"""A year before a year is a list of years ('in 2005, 2006 and 2007').

That no word runs into the year is asked behind its first digits: these are found quickly, word bounds are not.
"""


def without_references(passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages without the reference list; what follows under an appendix or another known head is kept.

    What stands in the first third of the text, head or entry, is no list of references that ends a paper: an abstract
    may cite in full. A list without a head is known by its entries; once two have come, whatever looks like a part of
    one belongs to it, up to the next head.
    """
    whole, read, inside, entries = sum(len(p.text) for p in passages), 0, False, 0
    for passage in passages:
        read += len(passage.text)
        is_head = passage.role is Role.HEAD
        entries = 0 if is_head else entries
        if is_head and is_reference_head(passage.text) and read > whole / 3:
            inside = True
        elif inside and is_head:
            inside = not (_APPENDIX.match(passage.text) or head_kind(passage.text) is not None)
        elif inside and passage.role is Role.TABLE and re.match(r"table\s*\w?\d", passage.text, re.IGNORECASE):
            yield passage
            continue
        late = read - len(passage.text) > whole / 3
        listed = (late and _is_reference_entry(passage)) or (
            entries > 1 and read > whole / 2 and _is_part_of_entry(passage)
        )
        entries += listed
        if not inside and not listed:
            yield passage


def _is_reference_entry(passage: Passage) -> bool:
    """Whether the passage is an entry or a run of entries of a list that has no head of its own."""
    if passage.role is not Role.BODY:
        return False
    cited = len(_YEAR_AND_VOLUME.findall(passage.text))
    return (cited >= 4 and cited * 400 > len(passage.text)) or bool(cited and _ENTRY.match(passage.text))


def _is_part_of_entry(passage: Passage) -> bool:
    """Whether the passage would pass for an entry, or for the end of one, among entries."""
    if passage.role is not Role.BODY or len(passage.text) > _LONGEST_ENTRY:
        return False
    return _NUMBERED.match(passage.text) is not None or _YEAR_AND_VOLUME.search(passage.text) is not None
