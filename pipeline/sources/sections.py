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
    is_label,
    is_reference_head,
    opens_anywhere,
    opens_introduction,
    opens_side_box,
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
_OF_PAPER = _MAIN_SECTIONS | {SectionKind.INTRODUCTION}
_OF_ABSTRACTS = _MAIN_SECTIONS | {SectionKind.ABSTRACT, SectionKind.INTRODUCTION}
_BOX_INDENT = 24.0
"""Points by which a paragraph in a side box may be indented against its head."""

_SHORTEST_OPENING = 200
"""Characters; what is shorter below an abstract is a note, not the beginning of the text."""

_INSTITUTION = (
    r"(?:Department|Division|Institute|University|Hospital|Faculty|School of|College of|Cent(?:er|re) (?:for|of))\b"
)
_FRONT_MATTER = re.compile(
    r"\W{0,2}\s?(?:(?i:correspond(?:ence|ing author)\b|received:? \d|accepted:? \d|author affiliations)|"
    r"(?:[a-z]|\d{1,2})?\s?"
    rf"(?:[A-Z][\w.’'&-]*,? |of |and |the |for ){{0,6}}{_INSTITUTION}"
    r".{0,200}(?:University|Hospital|Institute|School|College|Faculty|Center|Centre|[A-Z]{2}\b))"
)
_ABOUT_THE_PAPER = re.compile(
    r"\W*(?:copyright\b|\(c\)|this is an open|citation:|funding:|key ?words\b|editors?:|edited by|reviewed by|"
    r"(?:academic|external) editors?\b|received\b|published\b|licen[cs]e|competing interests|data availability|doi\b|"
    r"\d{4}\b.{0,200}\b(?:open.access|creative commons|all rights reserved)\b)",
    re.IGNORECASE,
)
_END_OF_A_SENTENCE = re.compile(r"[a-z\d)\]%]\.(?:\s|$)")
"""Which a list of authors has not."""
_LAST_FRONT = 3
"""Covers of repositories have a page or two; an abstract that begins later than this is not that of the paper."""

_SHORTEST_TITLE = 20
"""Letters from which a title that is printed twice tells where the paper begins behind a cover."""
_NUMBERED = re.compile(r"\[?\d{1,3}[\].]?\s+[A-Z]")
_LONGEST_ENTRY = 600
_YEAR_AND_VOLUME = re.compile(
    r"(?:19|20)(?<!\w..)\d\d(?:\s?[;,)]\s?(?!(?:19|20)\d\d\b)\d+|\b.{0,60}\bdoi\b)", re.IGNORECASE
)
"""A year before a year is a list of years ('in 2005, 2006 and 2007').

That no word runs into the year is asked behind its first digits: these are found quickly, word bounds are not.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage with the section that it belongs to. `is_head`: its text is the head itself, no sentence."""

    passage: Passage
    kind: SectionKind
    heading: str
    is_head: bool


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


def front_page(passages: Sequence[Passage]) -> int:
    """The page on which title and abstract stand: the first, but for a cover in front of it.

    Behind a cover the title is printed again, or the head of the abstract stands there, with the paper below it.
    """
    title = _letters("".join(p.text for p in passages if p.role is Role.TITLE and (p.page or 1) == 1))
    front = 1
    for number, passage in enumerate(passages):
        page = passage.page or 1
        kind = head_kind(passage.text) if passage.role is Role.HEAD else None
        if page > _LAST_FRONT or kind in _OF_PAPER:
            break
        if page > front:
            begins = len(title) >= _SHORTEST_TITLE and _letters(passage.text[: 2 * len(title)]).startswith(title)
            if begins or (kind is SectionKind.ABSTRACT and _has_paper(passages[number + 1 :])):
                front = page
    return front


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _has_paper(passages: Sequence[Passage]) -> bool:
    return any(p.role is Role.HEAD and head_kind(p.text) in _OF_PAPER for p in passages)


def abstract_flags(passages: Sequence[Passage], front: int) -> list[bool]:
    """For each passage, whether it stands where an abstract stands: before the introduction, up to the front page."""

    def ends(passage: Passage) -> bool:
        return (passage.page or 1) > front or (passage.role is Role.HEAD and opens_introduction(passage.text))

    end = next((number for number, passage in enumerate(passages) if ends(passage)), len(passages))
    return [number < end for number in range(len(passages))]


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
    unheaded = _abstract_without_head(passages, front)
    for number, (passage, in_abstract) in enumerate(zip(passages, abstract_flags(passages, front), strict=True)):
        part = assigning.part(passage, in_abstract=in_abstract)
        yield replace(part, kind=SectionKind.ABSTRACT, heading="") if number in unheaded else part


def _abstract_without_head(passages: Sequence[Passage], front: int) -> range:
    """The paragraphs of the front page that are an abstract by their place: the last ones before the introduction.

    Journals that print no head over an abstract print a head over the introduction. What is printed otherwise than the
    last long paragraph before it (authors, institutions, licence) stands above the abstract; key words may stand below.
    """
    heads = [(n, p) for n, p in enumerate(passages) if p.role is Role.HEAD]
    at = next((n for n, p in heads if opens_introduction(p.text) and 0 < (p.page or 0) <= front + 1), None)
    if at is None or any(n < at and head_kind(p.text) in _OF_ABSTRACTS for n, p in heads):
        return range(0)
    end = next((n for n in range(at - 1, -1, -1) if _may_be_abstract(passages[n], front)), -1) + 1
    begin, look = end, passages[end - 1].look
    while begin > 0 and _may_be_abstract(passages[begin - 1], front) and passages[begin - 1].look == look:
        begin -= 1
    return range(begin, end)


def _may_be_abstract(passage: Passage, front: int) -> bool:
    long = passage.role is Role.BODY and passage.page == front and len(passage.text) >= _SHORTEST_OPENING
    if not long or _is_front_matter(passage, front) or _ABOUT_THE_PAPER.match(passage.text) is not None:
        return False
    return _END_OF_A_SENTENCE.search(passage.text) is not None


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
        if _is_front_matter(passage, self.front):
            return Part(passage, SectionKind.OTHER, "", is_head=False)
        if in_abstract and self.box is None and self.kind in _OF_ABSTRACTS:
            self._look_for_the_text(passage)
        self.is_under_head = False
        return Part(passage, self.kind, self.heading, is_head=False)

    def _open(self, head: Passage, *, in_abstract: bool) -> None:
        if is_label(head.text) and self.kind in _OF_PAPER and not in_abstract:
            if (head.page or 1) > self.front:
                return
            is_box = True
        else:
            is_box = opens_side_box(head.text)
        if head.lines and self.box is None and is_box:
            self.box, self.around_box = head, (self.kind, self.heading)
        early = (head.page or 9) <= self.front and self.kind not in _MAIN_SECTIONS
        in_abstract = in_abstract or (early and head_kind(head.text) is SectionKind.ABSTRACT)
        self.kind, self.heading = _next_kind(head.text, self.kind, in_abstract=in_abstract), head.text
        if self.box is head and head_kind(head.text) is None:
            self.kind = SectionKind.ABSTRACT  # 'Key points' sum up the paper
        self.is_under_head = True

    def _look_for_the_text(self, passage: Passage) -> None:
        """Notes how the abstract is printed, and where the paper goes on below it without a head of its own."""
        is_headed = self.is_under_head and head_kind(self.heading) is not None
        if (is_headed or len(passage.text) >= _SHORTEST_OPENING) and _ABOUT_THE_PAPER.match(passage.text) is None:
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
    if passage.look is None or len(passage.text) < _SHORTEST_OPENING:
        return False
    return passage.look[0] != abstract[0] or abs(passage.look[1] - abstract[1]) > 0.3


def _is_front_matter(passage: Passage, front: int) -> bool:
    """Whether a passage up to the front page says where the authors work or when the paper came in."""
    return 0 < (passage.page or 0) <= front and _FRONT_MATTER.match(passage.text) is not None


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
