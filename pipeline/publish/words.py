"""Plain words for every closed list, and numbers and dates as a reader writes them. No rule is applied here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from schemas.quotation import LocatedQuote
from schemas.vocabulary import (
    AronsonLevel,
    Basis,
    BiasDomain,
    BiasJudgement,
    Certainty,
    ClaimType,
    Design,
    Direction,
    Level,
    MatchGrade,
    Metric,
    PicoElement,
    PublicationStatus,
    QuoteFault,
    RungStatus,
    SectionKind,
    Side,
    Species,
    Stance,
    StepLabel,
    VerdictLevel,
)

MINUS = "\N{MINUS SIGN}"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Not from the locale: the same analysis reads the same everywhere."""

CLAIM_TYPE = {
    ClaimType.CAUSAL_BENEFIT: "Cause and effect: a benefit",
    ClaimType.CAUSAL_HARM: "Cause and effect: a harm",
    ClaimType.MECHANISTIC: "Mechanism: how something works",
    ClaimType.PROGNOSTIC_ASSOCIATION: "Prognosis: what goes along with a later outcome",
    ClaimType.DESCRIPTIVE: "Description: how common or how large something is",
    ClaimType.DIAGNOSTIC: "Diagnosis: how well a test tells",
}

CLAIM_ABOUT = {
    ClaimType.CAUSAL_BENEFIT: "of a benefit",
    ClaimType.CAUSAL_HARM: "of a harm",
    ClaimType.MECHANISTIC: "about a mechanism",
    ClaimType.PROGNOSTIC_ASSOCIATION: "about what goes along with a later outcome",
    ClaimType.DESCRIPTIVE: "that describes",
    ClaimType.DIAGNOSTIC: "about a test",
}
"""How a sentence goes on after 'a claim'."""

VERDICT_MEANING = {
    VerdictLevel.STRONG: "Several independent studies of good certainty agree.",
    VerdictLevel.MODERATE: "More than one independent study points this way, with at least moderate certainty.",
    VerdictLevel.LIMITED: "The studies point this way, but better or larger ones could change the picture.",
    VerdictLevel.PRELIMINARY: "What there is points this way, but it is too little or too weak to rely on.",
    VerdictLevel.CONTESTED: "Studies point in both directions, and neither side clearly outweighs the other.",
    VerdictLevel.INCONCLUSIVE: "There are studies, but none of them carries weight for or against the claim.",
    VerdictLevel.NO_EVIDENCE: "No study among those searched measured what the claim is about.",
    VerdictLevel.NOT_SETTLED: "Parts of this analysis are missing, so no verdict is given.",
}
INCONCLUSIVE_WITH_SCORES = "What speaks for it weighs less than studies that found no clear difference."

BADGE_LOOK = {
    (VerdictLevel.STRONG, Side.SUPPORT): ("for", "strength-4"),
    (VerdictLevel.MODERATE, Side.SUPPORT): ("for", "strength-3"),
    (VerdictLevel.LIMITED, Side.SUPPORT): ("seen", "strength-2"),
    (VerdictLevel.PRELIMINARY, Side.SUPPORT): ("seen", "strength-1"),
    (VerdictLevel.STRONG, Side.AGAINST): ("against", "strength-4"),
    (VerdictLevel.MODERATE, Side.AGAINST): ("against", "strength-3"),
    (VerdictLevel.LIMITED, Side.AGAINST): ("weak", "strength-2"),
    (VerdictLevel.PRELIMINARY, Side.AGAINST): ("weak", "strength-1"),
    (VerdictLevel.CONTESTED, None): ("mixed", "contested"),
    (VerdictLevel.INCONCLUSIVE, None): ("none", "unknown"),
    (VerdictLevel.NO_EVIDENCE, None): ("none", "none"),
    (VerdictLevel.NOT_SETTLED, None): ("none", "warning"),
}
"""Colour family and shape of the badge; the bars of the shape show how strong the verdict is."""

DESIGN = {
    Design.SR_MA: "systematic review or meta-analysis",
    Design.RCT_PARALLEL: "randomised trial",
    Design.RCT_CROSSOVER: "randomised crossover trial",
    Design.RCT_CLUSTER: "cluster-randomised trial",
    Design.RCT_WITHIN_SUBJECT: "trial randomised within people",
    Design.N_OF_1: "n-of-1 trial",
    Design.NRSI_CONTROLLED: "controlled, not randomised",
    Design.ITS: "interrupted time series",
    Design.PREPOST_SINGLE_ARM: "before and after, no comparator",
    Design.INCEPTION_COHORT: "inception cohort",
    Design.COHORT_PROSPECTIVE: "prospective cohort",
    Design.COHORT_RETROSPECTIVE: "retrospective cohort",
    Design.NESTED_CASE_CONTROL: "nested case-control study",
    Design.CASE_CONTROL: "case-control study",
    Design.CROSS_SECTIONAL: "cross-sectional study",
    Design.RANDOM_SURVEY: "survey of a random sample",
    Design.NONRANDOM_SURVEY: "survey of a non-random sample",
    Design.DTA_CONSECUTIVE: "accuracy study, consecutive patients",
    Design.DTA_CASE_CONTROL: "accuracy study, cases and controls",
    Design.MENDELIAN_RANDOMISATION: "Mendelian randomisation",
    Design.CASE_SERIES: "case series",
    Design.ANIMAL_RANDOMISED: "randomised animal experiment",
    Design.ANIMAL_OTHER: "animal experiment",
    Design.IN_VITRO: "experiment on cells",
    Design.IN_SILICO: "computer model",
    Design.NARRATIVE_OPINION: "narrative review or opinion",
    Design.UNCLEAR: "design unclear",
}

BASIS = {
    Basis.MANIPULATED: "tested directly: the cause was changed and compared",
    Basis.CO_MEASURED: "both ends measured; cause not tested",
    Basis.END_ONLY: "one end measured, or only an indirect sign of it",
    Basis.ASSERTED: "said by the authors, not measured",
    Basis.CITED: "taken from other work",
    Basis.NOT_ADDRESSED: "not addressed",
}

STANCE = {
    Stance.SUPPORTS: "supports it",
    Stance.CONTRADICTS: "contradicts it",
    Stance.NULL_INFORMATIVE: "rules out an effect large enough to matter",
    Stance.NULL_UNINFORMATIVE: "found no difference, but could have missed one",
    Stance.MIXED: "mixed results",
    Stance.UNCLEAR: "unclear",
}

BIAS = {
    BiasJudgement.LOW: "low",
    BiasJudgement.SOME_CONCERNS: "some concerns",
    BiasJudgement.HIGH: "high",
    BiasJudgement.CRITICAL: "critical",
    BiasJudgement.NOT_REPORTED: "not reported",
}

BIAS_DOMAIN = {
    BiasDomain.ALLOCATION: "how people came into groups",
    BiasDomain.CONFOUNDING: "other causes that differ between groups",
    BiasDomain.DEVIATIONS: "departures from the planned intervention",
    BiasDomain.MISSING_DATA: "missing data",
    BiasDomain.MEASUREMENT: "how outcomes were measured",
    BiasDomain.SELECTIVE_REPORTING: "selective reporting",
}

SPECIES = {
    Species.HUMAN: "people",
    Species.ANIMAL: "animals",
    Species.CELLS: "cells",
    Species.COMPUTER_MODEL: "computer model",
    Species.UNCLEAR: "species unclear",
}

METRIC = {
    Metric.SMD: "standardised mean difference",
    Metric.MD: "mean difference",
    Metric.RISK_RATIO: "risk ratio",
    Metric.ODDS_RATIO: "odds ratio",
    Metric.HAZARD_RATIO: "hazard ratio",
    Metric.RISK_DIFFERENCE: "risk difference",
    Metric.PERCENT_CHANGE: "change in per cent",
    Metric.CORRELATION: "correlation",
    Metric.OTHER: "result",
}

DIRECTION = {
    Direction.INCREASES: "increases",
    Direction.DECREASES: "decreases",
    Direction.CHANGES: "changes",
    Direction.NO_CHANGE: "does not change",
}

LEVEL = {
    Level.MOLECULAR: "molecules",
    Level.CELLULAR: "cells",
    Level.TISSUE: "tissue",
    Level.ORGAN_SYSTEM: "organ or system",
    Level.WHOLE_BODY: "whole body or behaviour",
    Level.POPULATION: "population",
}

MISMATCH = {
    PicoElement.POPULATION: "population",
    PicoElement.INTERVENTION: "intervention or exposure",
    PicoElement.COMPARATOR: "comparator",
    PicoElement.OUTCOME: "outcome",
}

PUBLICATION = {
    PublicationStatus.PUBLISHED: "",
    PublicationStatus.CORRECTED: "Corrected after publication",
    PublicationStatus.EXPRESSION_OF_CONCERN: "The journal has published an expression of concern",
    PublicationStatus.RETRACTED: "Retracted: listed, but counts for nothing",
}

MATCH = {
    MatchGrade.EXACT: "Word for word",
    MatchGrade.REFORMATTED: "Word for word apart from typesetting",
    MatchGrade.CLIPPED: "Cut short in a way that may change its sense",
    MatchGrade.SLIP: "Small slips in copying",
    MatchGrade.ALTERED: "A number, sign, negation or direction was changed",
    MatchGrade.NOT_FOUND: "Not found",
}

FAULT = {
    QuoteFault.INVENTED: ("Invented", "These words stand in none of the studies."),
    QuoteFault.MISQUOTED: ("Misquoted", "The study has a similar passage, but it says something else."),
    QuoteFault.WRONG_STUDY: ("Wrong study", "These words stand in another study than the one named."),
    QuoteFault.STALE_SOURCE: ("Stale source", "The study's text is no longer the one that was quoted from."),
    QuoteFault.UNSUPPORTIVE: (
        "Quoted for a step, but a second, blind reading found no bearing on it",
        "The words stand in the study as quoted.",
    ),
}
UNNAMED_FAULT = ("Not accepted", "The words differ from the study's by more than typesetting.")

SECTION = {
    SectionKind.TITLE: "Title",
    SectionKind.ABSTRACT: "Abstract",
    SectionKind.INTRODUCTION: "Introduction",
    SectionKind.METHODS: "Methods",
    SectionKind.RESULTS: "Results",
    SectionKind.TABLE: "Table",
    SectionKind.DISCUSSION: "Discussion",
    SectionKind.CONCLUSION: "Conclusion",
    SectionKind.OTHER: "Text",
}

NOTE = {
    "hidden_text": "Hidden text found",
    "instruction_like_text": "Instruction-like text found; reported, never obeyed",
    "unreadable_page": "Page could not be read",
    "unreadable_signs": "Signs could not be read",
    "not_english": "Not in English",
    "no_results": "Reports no results",
    "retraction_notice": "Retraction notice",
    "truncated": "Only part of the text was read",
    "retelling": "Retelling, not the authors' text",
    "ocr_text": "Read from a scan by OCR",
    "preprint": "Preprint, not peer reviewed",
}

CERTAINTY = {
    Certainty.VERY_LOW: "Very low",
    Certainty.LOW: "Low",
    Certainty.MODERATE: "Moderate",
    Certainty.HIGH: "High",
}
CERTAINTY_MEANING = {
    Certainty.VERY_LOW: "The true effect is likely to be quite different from what these studies found.",
    Certainty.LOW: "The true effect may be quite different from what these studies found.",
    Certainty.MODERATE: "The true effect is probably close to what these studies found.",
    Certainty.HIGH: "The true effect is very likely close to what these studies found.",
}

GRADE_DOMAIN = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
    "large_effect": "Large effect",
    "gradient": "Dose-response gradient",
}

ARONSON = {
    AronsonLevel.L1: "Level 1 of 5 (1 is strongest)",
    AronsonLevel.L2: "Level 2 of 5 (1 is strongest)",
    AronsonLevel.L3: "Level 3 of 5 (1 is strongest)",
    AronsonLevel.L4: "Level 4 of 5 (1 is strongest)",
    AronsonLevel.L5: "Level 5 of 5 (1 is strongest)",
    AronsonLevel.UNRATED: "Not rated",
}

STEP_TONE = {
    StepLabel.CONTRADICTED: ("against", "contradicted"),
    StepLabel.CONTESTED: ("mixed", "contested"),
    StepLabel.TESTED_MULTIPLE: ("for", "tested-multiple"),
    StepLabel.TESTED_ONE: ("for", "tested-one"),
    StepLabel.SEEN_MULTIPLE: ("seen", "seen-multiple"),
    StepLabel.SEEN_ONE: ("seen", "seen-one"),
    StepLabel.PARTLY_MEASURED: ("weak", "partly"),
    StepLabel.PROPOSED: ("weak", "proposed"),
    StepLabel.BACKGROUND_ONLY: ("none", "background"),
    StepLabel.NO_EVIDENCE: ("none", "none"),
    StepLabel.NO_CLEAR_RESULT: ("mixed", "no-clear-result"),
}
"""Colour family and shape of each label: two labels never differ by colour alone."""

TARGET_EFFECT = {
    "standardised_difference": "standardised difference:",
    "two_proportions": "shares compared:",
    "hazard_ratio": "hazard ratio and share with an event:",
    "correlation": "correlation:",
    "proportion_precision": "share and half of its interval's width:",
    "excluded_risk": "risk to be excluded:",
    "not_applicable": "",
}

RUNG_STATUS = {
    RungStatus.EXISTS: ("for", "tested-one", "Exists"),
    RungStatus.PARTIAL: ("weak", "partly", "Exists in part"),
    RungStatus.MISSING: ("none", "none", "Missing"),
}

STAGE = {
    "claim": "the claim taken apart",
    "appraisal": "the appraisal of a study",
    "stance": "what a study says of the claim",
    "mechanism": "the mechanism",
    "verification": "the check of the mechanism's steps",
    "second_verification": "the second check of the mechanism's steps",
    "ladder": "the ladder of ideal evidence",
    "summary": "the plain-language summary",
}


def day(when: date) -> str:
    """'22 November 2026'."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def number(value: float, digits: int = 2) -> str:
    """`value` with `digits` significant digits, all of its whole digits, no exponent, and a real minus sign."""
    if abs(value) < 10**digits:
        value = float(f"{value:.{digits}g}") + 0.0  # the sum makes minus zero plain zero
        return f"{value:.12f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return f"{value:.0f}".replace("-", MINUS)


def signed(change: int) -> str:
    """'+1', '0' or a real minus sign and the number."""
    return f"+{change}" if change > 0 else str(change).replace("-", MINUS)


def counted(n: int, one: str, many: str | None = None) -> str:
    """'1 study', '3 studies': `many` defaults to `one` with an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def capital(text: str) -> str:
    """`text` with its first letter large; the rest is left alone."""
    return text[:1].upper() + text[1:]


def place(quote: LocatedQuote) -> str:
    """'Results, page 3, sentence 12': as much of it as is known."""
    parts = [SECTION[quote.section]] if quote.section else []
    if quote.page is not None:
        parts.append(f"page {quote.page}")
    if quote.sentences:
        first, last = quote.sentences[0], quote.sentences[-1]
        parts.append(f"sentence {first}" if first == last else f"sentences {first} to {last}")
    return ", ".join(parts)
