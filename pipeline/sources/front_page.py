"""Finds the front page of a paper, and on it what is the abstract and what is about the paper.

Promises that nothing but place and looks decides where no head does. Does not assign sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.heads import head_kind, opens_introduction
from pipeline.sources.passages import Passage, Role
from schemas.vocabulary import SectionKind

MAIN_SECTIONS = frozenset({SectionKind.METHODS, SectionKind.RESULTS, SectionKind.DISCUSSION, SectionKind.CONCLUSION})
OF_PAPER = MAIN_SECTIONS | {SectionKind.INTRODUCTION}
OF_ABSTRACTS = MAIN_SECTIONS | {SectionKind.ABSTRACT, SectionKind.INTRODUCTION}

SHORTEST_OPENING = 200
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
ABOUT_THE_PAPER = re.compile(
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


def front_page(passages: Sequence[Passage]) -> int:
    """The page on which title and abstract stand: the first, but for a cover in front of it.

    Behind a cover the title is printed again, or the head of the abstract stands there, with the paper below it.
    """
    title = _letters("".join(p.text for p in passages if p.role is Role.TITLE and (p.page or 1) == 1))
    front = 1
    for number, passage in enumerate(passages):
        page = passage.page or 1
        kind = head_kind(passage.text) if passage.role is Role.HEAD else None
        if page > _LAST_FRONT or kind in OF_PAPER:
            break
        if page > front:
            begins = len(title) >= _SHORTEST_TITLE and _letters(passage.text[: 2 * len(title)]).startswith(title)
            if begins or (kind is SectionKind.ABSTRACT and _has_paper(passages[number + 1 :])):
                front = page
    return front


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _has_paper(passages: Sequence[Passage]) -> bool:
    return any(p.role is Role.HEAD and head_kind(p.text) in OF_PAPER for p in passages)


def abstract_flags(passages: Sequence[Passage], front: int) -> list[bool]:
    """For each passage, whether it stands where an abstract stands: before the introduction, up to the front page."""

    def ends(passage: Passage) -> bool:
        return (passage.page or 1) > front or (passage.role is Role.HEAD and opens_introduction(passage.text))

    end = next((number for number, passage in enumerate(passages) if ends(passage)), len(passages))
    return [number < end for number in range(len(passages))]


def abstract_without_head(passages: Sequence[Passage], front: int) -> range:
    """The paragraphs of the front page that are an abstract by their place: the last ones before the introduction.

    Journals that print no head over an abstract print a head over the introduction. What is printed otherwise than the
    last long paragraph before it (authors, institutions, licence) stands above the abstract; key words may stand below.
    """
    heads = [(n, p) for n, p in enumerate(passages) if p.role is Role.HEAD]
    at = next((n for n, p in heads if opens_introduction(p.text) and 0 < (p.page or 0) <= front + 1), None)
    if at is None or any(n < at and head_kind(p.text) in OF_ABSTRACTS for n, p in heads):
        return range(0)
    end = next((n for n in range(at - 1, -1, -1) if _may_be_abstract(passages[n], front)), -1) + 1
    begin, look = end, passages[end - 1].look
    while begin > 0 and _may_be_abstract(passages[begin - 1], front) and passages[begin - 1].look == look:
        begin -= 1
    return range(begin, end)


def _may_be_abstract(passage: Passage, front: int) -> bool:
    long = passage.role is Role.BODY and passage.page == front and len(passage.text) >= SHORTEST_OPENING
    if not long or is_front_matter(passage, front) or ABOUT_THE_PAPER.match(passage.text) is not None:
        return False
    return _END_OF_A_SENTENCE.search(passage.text) is not None


def is_front_matter(passage: Passage, front: int) -> bool:
    """Whether a passage up to the front page says where the authors work or when the paper came in."""
    return 0 < (passage.page or 0) <= front and _FRONT_MATTER.match(passage.text) is not None
