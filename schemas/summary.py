"""Plain-language summary: sentences, each with the facts that it rests on."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Line, Noun, Reply


class SummarySentence(Reply):
    """One sentence and the ids of the settled facts (F1, F2 ...) that carry it."""

    text: Line
    rests_on: tuple[Line, ...] = Field(min_length=1, max_length=8)


class SummaryReply(Reply):
    """Stage summary: a teaser, how it works, and the same in simple terms."""

    teaser: SummarySentence
    how_it_works: tuple[SummarySentence, ...] = Field(min_length=1, max_length=5)
    in_simple_terms: tuple[SummarySentence, ...] = Field(min_length=2, max_length=9)


class Fact(Noun):
    """Something that the rules let stand, in words made by code; the only material of the summary."""

    id: str
    text: str


class Readability(Noun):
    """Flesch-Kincaid grade level = 0.39 words/sentence + 11.8 syllables/word - 15.59, and the word count."""

    grade_level: float
    words: int
    sentences: int
