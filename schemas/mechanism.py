"""Mechanism chains as proposed, and the judgement of one link (or of the claim itself) by one study."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from schemas.appraisal import ReportedEffect
from schemas.base import Line, Reply
from schemas.quotation import JudgedQuote, StudyQuote
from schemas.vocabulary import (
    Basis,
    Comparison,
    ConstructMatch,
    Design,
    Direction,
    Finding,
    Level,
    PicoElement,
    Reported,
)


class Link(Reply):
    """One arrow: cause -> effect. Links are judged, nodes are not (Craver, Glennan & Povich 2021)."""

    cause: Line
    effect: Line
    direction: Direction
    level: Level
    statement: Line = Field(description="the link as one plain sentence")
    quotes: tuple[StudyQuote, ...] = Field(max_length=4)


class Chain(Reply):
    """A mechanism: 3 to 6 contiguous links, each starting where the one before ended."""

    name: Line
    links: tuple[Link, ...] = Field(min_length=3, max_length=6)
    counteracting: Line = Field(description="a mechanism that would work against this one; empty if none is known")

    @model_validator(mode="after")
    def _contiguous(self) -> Self:
        for before, after in zip(self.links, self.links[1:], strict=False):
            if before.effect.strip().casefold() != after.cause.strip().casefold():
                raise ValueError(
                    f"links must be contiguous: one ends in {before.effect!r}, the next starts at {after.cause!r}"
                )
        return self


class MechanismReply(Reply):
    """Stage mechanism: one to three rival chains."""

    chains: tuple[Chain, ...] = Field(min_length=1, max_length=3)


class LinkJudgement(Reply):
    """What one study did about one link, with quotations. `link` is the link's id, or 'claim' for the claim itself."""

    link: Line
    quotes: tuple[JudgedQuote, ...] = Field(max_length=5)
    rationale: Line = Field(description="one or two sentences: what the study did about this link")
    cause_measure: Line = Field(description="the words of a quotation that name what was set or measured as the cause")
    cause_match: ConstructMatch
    effect_measure: Line = Field(description="the words of a quotation that name what was measured as the effect")
    effect_match: ConstructMatch
    comparison: Comparison
    design: Design = Field(description="design of the contrast that bears on this link")
    effect: ReportedEffect | None = Field(description="the result that bears most directly on the link, if reported")
    dose_response: Reported
    mismatches: tuple[PicoElement, ...] = Field(max_length=4, description="in what the study differs from the claim")
    basis: Basis
    finding: Finding


class StanceReply(Reply):
    """Stage stance: one study's judgement of the claim's own cause -> effect."""

    judgement: LinkJudgement


class VerificationReply(Reply):
    """Stage verification: one study's judgements of all links."""

    judgements: tuple[LinkJudgement, ...] = Field(max_length=18)
