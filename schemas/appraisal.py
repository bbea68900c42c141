"""Appraisal of one study, made without knowing any claim, so that it serves every claim."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.base import Line, Reply
from schemas.quotation import Quote
from schemas.vocabulary import (
    BiasDomain,
    BiasJudgement,
    Comparison,
    Design,
    DocumentKind,
    Metric,
    Reported,
    Species,
)


class NumberRole(StrEnum):
    """What a reported count stands for."""

    TOTAL_RANDOMISED = "total_randomised"
    TOTAL_ANALYSED = "total_analysed"
    GROUP = "group"
    EVENTS = "events"
    STUDIES_INCLUDED = "studies_included"


class Contrast(Reply):
    """One comparison that the study makes; the design belongs to the contrast, not to the paper."""

    name: Line
    set_or_exposed: Line = Field(description="the condition of interest")
    comparator: Line = Field(description="what it is compared with; empty if nothing")
    comparison: Comparison
    design: Design
    quote: Quote


class ReportedNumber(Reply):
    """A count that the study reports; `value` is copied from the quotation and read again from it by code."""

    what: Line = Field(description="what is counted, in a few words")
    role: NumberRole = Field(description="total_analysed and total_randomised are for the whole study")
    value: Line = Field(description="the digits or the word exactly as in the quotation")
    quote: Quote


class ReportedEffect(Reply):
    """A result with its numbers, copied as they stand; a part that the study does not report is empty."""

    outcome: Line
    metric: Metric
    estimate: Line
    ci_low: Line
    ci_high: Line
    p: Line = Field(description="with its sign, for example '< 0.05'")
    quote: Quote


class BiasItem(Reply):
    """One bias domain (RoB 2 and ROBINS-I merged). NOT_REPORTED when the text does not tell."""

    domain: BiasDomain
    reason: Line
    quote: Quote | None
    judgement: BiasJudgement


class Statement(Reply):
    """Something that the study says of itself: what it is, and the quotation; both empty if it does not say."""

    says: Line
    quote: Quote | None


class Registration(Reply):
    identifier: Line = Field(description="as printed, for example NCT01234567; empty if none")
    before_enrolment: Reported
    quote: Quote | None


class AppraisalReply(Reply):
    """Stage appraisal: designs, population, numbers, bias domains, registration, funding, all with quotations."""

    document: DocumentKind
    species: Species
    population: Statement
    contrasts: tuple[Contrast, ...] = Field(max_length=8)
    numbers: tuple[ReportedNumber, ...] = Field(max_length=12)
    effects: tuple[ReportedEffect, ...] = Field(max_length=16)
    bias: tuple[BiasItem, ...] = Field(max_length=6)
    registration: Registration
    funding: Statement
    conflict_of_interest: Statement
    multicentre: Reported
    site: Statement = Field(description="institution or place where the study was done")
    cohort: Statement = Field(description="name of a named cohort or data set, if any")
    dates: Statement = Field(description="when the data were collected")
