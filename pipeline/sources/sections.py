"""Finds the sections of a paper or a structured abstract by their heads.

Heads are recognised by their words (numbered, in capitals, spaced out or run into the paragraph), since looks differ
from journal to journal. Inside an abstract the structured parts count as what they are called. An unknown subhead
belongs to the section in which it stands; an unknown numbered main head is OTHER.
Does not read files and does not split sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.sources.front_page import (
    ABOUT_THE_PAPER,
    MAIN_SECTIONS,
    OF_ABSTRACTS,
    OF_PAPER,
    SHORTEST_OPENING,
    abstract_flags,
    abstract_without_head,
    front_page,
    is_front_matter,
)
from pipeline.sources.heads import (
    head_kind,
    is_label,
    opens_anywhere,
    opens_side_box,
    run_in_head,
)
from pipeline.sources.passages import Passage, Role
from schemas.vocabulary import SectionKind

_SENTENCE_START = re.compile(r"(?<=[.?!)\]])\s+")


_BOX_INDENT = 24.0
"""Points by which a paragraph in a side box may be indented against its head."""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage with the section that it belongs to. `is_head`: its text is the head itself, no sentence."""

    passage: Passage
    kind: SectionKind
    heading: str
    is_head: bool


def split_run_in_heads(passages: Sequence[Passage]) -> Iterator[Passage]:
    """Passages in which a head run into its paragraph ('Results: Of 30 ...') stands as a passage of its own.

    At the start of a paragraph of an abstract a head needs no punctuation ('Methods We searched'), and within one that
    begins so neither; elsewhere it needs a colon, a full stop or capitals. In the body of a paper only main heads with
    a colon at the start count.
    """
    for passage, in_abstract in zip(passages, abstract_flags(passages, front_page(passages)), strict=True):
        if passage.role is Role.BODY:
            yield from _split(passage, in_abstract=in_abstract)
        else:
            yield passage


def _split(passage: Passage, *, in_abstract: bool) -> Iterator[Passage]:
    text, begin, position, bare, heads = passage.text, 0, 0, True, set[str]()
    while position < len(text):
        found = run_in_head(text, position, in_abstract=in_abstract, bare=bare)
        if position == 0:
            bare = found is not None and text[found[0] : found[1]].isspace() and not text[: found[0]].isupper()
        if found is not None and text[position : found[0]] not in heads:
            head_end, body = found
            heads.add(text[position:head_end])
            if text[begin:position].strip():
                yield passage.part(begin, position)
            yield replace(passage.part(position, head_end), role=Role.HEAD)
            begin = body
            if in_abstract and head_kind(text[position:head_end]) is SectionKind.ABSTRACT:
                position = body
                continue
        following = _SENTENCE_START.search(text, max(position + 1, begin)) if in_abstract else None
        position = following.end() if following else len(text)
    if begin < len(text):
        yield passage.part(begin, len(text))


def assign_sections(passages: Sequence[Passage], *, short: bool) -> Iterator[Part]:
    """Each passage with its section, in order. `short`: text without heads is an abstract, not an unmarked paper."""
    front = front_page(passages)
    assigning = _Assigning(SectionKind.ABSTRACT if short else SectionKind.OTHER, front)
    unheaded = abstract_without_head(passages, front)
    for number, (passage, in_abstract) in enumerate(zip(passages, abstract_flags(passages, front), strict=True)):
        part = assigning.part(passage, in_abstract=in_abstract)
        yield replace(part, kind=SectionKind.ABSTRACT, heading="") if number in unheaded else part


class _Assigning:
    """One pass over the passages; holds the section that is open, the side box, and how the abstract is printed."""

    def __init__(self, kind: SectionKind, front: int) -> None:
        self.kind, self.heading, self.front = kind, "", front
        self.box: Passage | None = None
        self.around_box = (kind, "")
        self.abstract: tuple[str, float] | None = None
        self.has_begun = False
        self.is_under_head = False

    def part(self, passage: Passage, *, in_abstract: bool) -> Part:
        if self.box is not None and not _in_box(passage, self.box):
            self.kind, self.heading = self.around_box
            self.box = None
        if passage.role is Role.TITLE:
            return Part(passage, SectionKind.TITLE, "", is_head=False)
        if passage.role is Role.TABLE:
            return Part(passage, SectionKind.TABLE, _caption(passage.text)[:120], is_head=False)
        if passage.role is Role.HEAD:
            self._open(passage, in_abstract=in_abstract and not self.has_begun)
            return Part(passage, self.kind, self.heading, is_head=True)
        if is_front_matter(passage, self.front):
            return Part(passage, SectionKind.OTHER, "", is_head=False)
        if in_abstract and self.box is None and self.kind in OF_ABSTRACTS:
            self._look_for_the_text(passage)
        self.is_under_head = False
        return Part(passage, self.kind, self.heading, is_head=False)

    def _open(self, head: Passage, *, in_abstract: bool) -> None:
        if is_label(head.text) and self.kind in OF_PAPER and not in_abstract:
            if (head.page or 1) > self.front:
                return
            is_box = True
        else:
            is_box = opens_side_box(head.text)
        if head.lines and self.box is None and is_box:
            self.box, self.around_box = head, (self.kind, self.heading)
        early = (head.page or 9) <= self.front and self.kind not in MAIN_SECTIONS
        in_abstract = in_abstract or (early and head_kind(head.text) is SectionKind.ABSTRACT)
        self.kind, self.heading = _next_kind(head.text, self.kind, in_abstract=in_abstract), head.text
        if self.box is head and head_kind(head.text) is None:
            self.kind = SectionKind.ABSTRACT  # 'Key points' sum up the paper
        self.is_under_head = True

    def _look_for_the_text(self, passage: Passage) -> None:
        """Notes how the abstract is printed, and where the paper goes on below it without a head of its own."""
        is_headed = self.is_under_head and head_kind(self.heading) is not None
        if (is_headed or len(passage.text) >= SHORTEST_OPENING) and ABOUT_THE_PAPER.match(passage.text) is None:
            self.abstract = self.abstract or passage.look
        differs = self.abstract is not None and _is_first_of_text(passage, self.abstract)
        if differs and not self.is_under_head and not self.has_begun:
            self.kind, self.heading = SectionKind.INTRODUCTION, ""
        self.has_begun = self.has_begun or differs


def _in_box(passage: Passage, head: Passage) -> bool:
    """Whether the passage stands under the head of a side box, on its page and at its left edge."""
    if not passage.lines:
        return True
    place, top = passage.lines[0], head.lines[0]
    return place.page == top.page and abs(place.left - top.left) < _BOX_INDENT and place.top <= top.top


def _is_first_of_text(passage: Passage, abstract: tuple[str, float]) -> bool:
    """Whether the text of the paper begins here, without a head, after an abstract that is printed otherwise."""
    if passage.look is None or len(passage.text) < SHORTEST_OPENING:
        return False
    return passage.look[0] != abstract[0] or abs(passage.look[1] - abstract[1]) > 0.3


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
    return current if is_weak and current in MAIN_SECTIONS else known
