"""Quotations: what a model says it copied, and where the quote gate found it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Line, Noun, Paragraph, Reply
from schemas.vocabulary import MatchGrade, QuoteFault, SectionKind


class Quote(Reply):
    """A quotation as a model gave it: the number of the sentence that it starts in, and the words copied from there."""

    sentence: int = Field(ge=0, le=100_000, description="number of the sentence in which the quotation starts")
    text: Paragraph = Field(description="copied from the study letter by letter, whole sentences where possible")


class StudyQuote(Quote):
    """A quotation with the study that it is said to stand in."""

    study: Line = Field(description="the study's id")


class JudgedQuote(Quote):
    """A quotation with the part that it plays in the judgement of a link."""

    role: Literal["result", "method", "interpretation", "background"] = Field(
        description="result: this study's own finding; method: what was done or measured; interpretation: what the "
        "authors make of it; background: somebody else's work"
    )


class QuoteKey(Noun):
    """What identifies a quotation within an analysis: study, claimed sentence and text."""

    study: str
    sentence: int
    text: str


VERBATIM = frozenset({MatchGrade.EXACT, MatchGrade.REFORMATTED})
"""The grades of a quotation that says the same as its source, up to typesetting."""


class LocatedQuote(Noun):
    """The quote gate's finding about one quotation.

    `start` and `end` are character offsets into the study's text, and `located` is always exactly
    `study.text[start:end]`; all three are null when nothing was found. `context` is the whole sentence or sentences
    around it. For WRONG_STUDY the offsets refer to `found_in`.
    """

    key: QuoteKey
    match: MatchGrade
    fault: QuoteFault | None
    source_sha256: str
    found_in: str | None = None
    start: int | None = None
    end: int | None = None
    located: str | None = None
    context: str | None = None
    sentences: tuple[int, ...] = ()
    section: SectionKind | None = None
    page: int | None = None
    differences: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when the quotation may carry evidence: verbatim up to typesetting, in the right study."""
        return self.fault is None and self.match in VERBATIM
