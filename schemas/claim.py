"""The claim: as it was put, and as a model framed it, each part tied to the claim's own words."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Line, Noun, Paragraph, Reply
from schemas.quotation import StudyQuote
from schemas.vocabulary import ClaimType, Direction


class Claim(Noun):
    """What is to be analysed. `id` names the output folder; `type` overrules the model's classification."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    text: str = Field(min_length=1)
    type: ClaimType | None = None


class FramePart(Reply):
    """One part of a claim: its words as they stand there (empty when the claim is silent) and what they mean."""

    words: Line = Field(description="copied from the claim letter by letter; empty if the claim does not say")
    meaning: Line = Field(description="what is meant, in plain words")


class FramedClaim(Reply):
    """A testable claim taken apart."""

    text: Paragraph = Field(description="the claim as one sentence")
    population: FramePart
    cause: FramePart
    effect: FramePart
    comparator: FramePart
    direction: Direction
    claim_type: ClaimType
    type_reason: Line
    quotes: tuple[StudyQuote, ...] = Field(max_length=6, description="where studies make this claim; may be empty")


class ClaimReply(Reply):
    """Stage claim: the one given claim framed, or the testable claims that the studies make, main claim first."""

    claims: tuple[FramedClaim, ...] = Field(min_length=1, max_length=6)
