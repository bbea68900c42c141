"""Finds the sections of a paper or a structured abstract by their heads.

Heads are recognised by their words (numbered, in capitals, spaced out or run into the paragraph), since looks differ
from journal to journal. Inside an abstract the structured parts count as what they are called. An unknown subhead
belongs to the section in which it stands; an unknown numbered main head is OTHER. The reference list is cut off.
Does not read files and does not split sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.sources.heads import (
    head_kind,
    is_reference_head,
    opens_anywhere,
    opens_introduction,
    run_in_head,
)
from pipeline.sources.passages import Passage, Role
from schemas.vocabulary import SectionKind

_MAIN_SECTIONS = frozenset({SectionKind.METHODS, SectionKind.RESULTS, SectionKind.DISCUSSION, SectionKind.CONCLUSION})
_SENTENCE_START = re.compile(r"(?<=[.?!)\]])\s+")
_APPENDIX = re.compile(
    r"(?:(?:appendix|appendices|supplement|annex|supporting information)\b|[A-H]\.?\s+[A-Z][a-z])", re.IGNORECASE
)


_ENTRY = re.compile(r"\[?\d{1,3}[\].]?\s+[A-Z][\w'’-]+,? (?:[A-Z]{1,3}\b|[A-Z]\.)")
_YEAR_AND_VOLUME = re.compile(r"\b(?:19|20)\d\d\s?[;,)]\s?\d+|\b(?:19|20)\d\d\b.{0,60}\bdoi\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A passage with the section that it belongs to. `is_head`: its text is the head itself, no sentence."""

    passage: Passage
    kind: SectionKind
    heading: str
    is_head: bool


def without_references(passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages without the reference list; what follows under an appendix or another known head is kept.

    A head of that name in the first third of the text is no list of references that ends a paper.
    """
    whole, read, inside = sum(len(p.text) for p in passages), 0, False
    for passage in passages:
        read += len(passage.text)
        if passage.role is Role.HEAD and is_reference_head(passage.text) and read > whole / 3:
            inside = True
        elif inside and passage.role is Role.HEAD:
            inside = not (_APPENDIX.match(passage.text) or head_kind(passage.text) is not None)
        elif inside and passage.role is Role.TABLE and re.match(r"table\s*\w?\d", passage.text, re.IGNORECASE):
            yield passage
            continue
        if not inside and not _is_reference_entry(passage):
            yield passage


def _is_reference_entry(passage: Passage) -> bool:
    """Whether the passage is an entry or a run of entries of a list that has no head of its own."""
    if passage.role is not Role.BODY:
        return False
    cited = len(_YEAR_AND_VOLUME.findall(passage.text))
    return (cited >= 4 and cited * 400 > len(passage.text)) or bool(cited and _ENTRY.match(passage.text))


def abstract_flags(passages: Sequence[Passage]) -> list[bool]:
    """For each passage, whether it stands where an abstract stands: before the introduction, on the first page."""
    flags: list[bool] = []
    inside = True
    for passage in passages:
        introduction = passage.role is Role.HEAD and opens_introduction(passage.text)
        if introduction or ((passage.page or 1) > 1):
            inside = False
        flags.append(inside)
    return flags


def split_run_in_heads(passages: Sequence[Passage]) -> Iterator[Passage]:
    """Passages in which a head run into its paragraph ('Results: Of 30 ...') stands as a passage of its own.

    At the start of a paragraph of an abstract a head needs no punctuation ('Methods We searched'), within one it needs
    a colon, a full stop or capitals. In the body of a paper only main heads with a colon at the start count.
    """
    for passage, in_abstract in zip(passages, abstract_flags(passages), strict=True):
        if passage.role is Role.BODY:
            yield from _split(passage, in_abstract=in_abstract)
        else:
            yield passage


def _split(passage: Passage, *, in_abstract: bool) -> Iterator[Passage]:
    text, begin, position = passage.text, 0, 0
    while position < len(text):
        found = run_in_head(text, position, in_abstract=in_abstract)
        if found is not None:
            head_end, body = found
            if text[begin:position].strip():
                yield passage.part(begin, position)
            yield replace(passage.part(position, head_end), role=Role.HEAD)
            begin = body
        following = _SENTENCE_START.search(text, max(position + 1, begin)) if in_abstract else None
        position = following.end() if following else len(text)
    yield passage.part(begin, len(text))


def assign_sections(passages: Sequence[Passage], *, short: bool) -> Iterator[Part]:
    """Each passage with its section, in order. `short`: text without heads is an abstract, not an unmarked paper."""
    kind, heading = (SectionKind.ABSTRACT if short else SectionKind.OTHER), ""
    for passage, in_abstract in zip(passages, abstract_flags(passages), strict=True):
        if passage.role is Role.TITLE:
            yield Part(passage, SectionKind.TITLE, "", is_head=False)
        elif passage.role is Role.TABLE:
            yield Part(passage, SectionKind.TABLE, _caption(passage.text)[:120], is_head=False)
        else:
            if passage.role is Role.HEAD:
                kind, heading = _next_kind(passage.text, kind, in_abstract=in_abstract), passage.text
            yield Part(passage, kind, heading, is_head=passage.role is Role.HEAD)


def _caption(table: str) -> str:
    """The row of a table that names it, else its first."""
    rows = table.split("\n")
    return next((row for row in rows if re.match(r"table\s*\w?\d", row, re.IGNORECASE)), rows[0])


def _next_kind(head: str, current: SectionKind, *, in_abstract: bool) -> SectionKind:
    known = head_kind(head)
    if known is None:
        is_numbered = re.match(r"\s*\d{1,2}\.?\s+[A-Z]", head) is not None
        return SectionKind.OTHER if is_numbered else current
    if in_abstract:
        return known
    if known is SectionKind.ABSTRACT:
        return SectionKind.CONCLUSION
    is_weak = known in {SectionKind.METHODS, SectionKind.INTRODUCTION} and not opens_anywhere(head)
    return current if is_weak and current in _MAIN_SECTIONS else known
