"""The closed lists: every classification that a model may choose from and every label that rules may settle.

Sources: method.md A and B (OCEBM 2011 designs, GRADE levels, RoB 2 and ROBINS-I judgements, table B of step labels).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ClaimType(StrEnum):
    CAUSAL_BENEFIT = "causal_benefit"
    CAUSAL_HARM = "causal_harm"
    MECHANISTIC = "mechanistic"
    PROGNOSTIC_ASSOCIATION = "prognostic_association"
    DESCRIPTIVE = "descriptive"
    DIAGNOSTIC = "diagnostic"


class Design(StrEnum):
    """Study design, judged per contrast and not per paper."""

    SR_MA = "sr_ma"
    RCT_PARALLEL = "rct_parallel"
    RCT_CROSSOVER = "rct_crossover"
    RCT_CLUSTER = "rct_cluster"
    RCT_WITHIN_SUBJECT = "rct_within_subject"
    N_OF_1 = "n_of_1"
    NRSI_CONTROLLED = "nrsi_controlled"
    ITS = "its"
    PREPOST_SINGLE_ARM = "prepost_single_arm"
    INCEPTION_COHORT = "inception_cohort"
    COHORT_PROSPECTIVE = "cohort_prospective"
    COHORT_RETROSPECTIVE = "cohort_retrospective"
    NESTED_CASE_CONTROL = "nested_case_control"
    CASE_CONTROL = "case_control"
    CROSS_SECTIONAL = "cross_sectional"
    RANDOM_SURVEY = "random_survey"
    NONRANDOM_SURVEY = "nonrandom_survey"
    DTA_CONSECUTIVE = "dta_consecutive"
    DTA_CASE_CONTROL = "dta_case_control"
    MENDELIAN_RANDOMISATION = "mendelian_randomisation"
    CASE_SERIES = "case_series"
    ANIMAL_RANDOMISED = "animal_randomised"
    ANIMAL_OTHER = "animal_other"
    IN_VITRO = "in_vitro"
    IN_SILICO = "in_silico"
    NARRATIVE_OPINION = "narrative_opinion"
    UNCLEAR = "unclear"


RANDOMISED = frozenset(
    {Design.RCT_PARALLEL, Design.RCT_CROSSOVER, Design.RCT_CLUSTER, Design.RCT_WITHIN_SUBJECT, Design.N_OF_1}
)
NON_HUMAN = frozenset({Design.ANIMAL_RANDOMISED, Design.ANIMAL_OTHER, Design.IN_VITRO, Design.IN_SILICO})
CONCURRENT_COMPARATOR = RANDOMISED | {
    Design.NRSI_CONTROLLED,
    Design.SR_MA,
    Design.MENDELIAN_RANDOMISATION,
    Design.ANIMAL_RANDOMISED,
    Design.ANIMAL_OTHER,
    Design.IN_VITRO,
}
"""Designs in which a cause can be set against a comparator that runs at the same time (method.md A, MANIPULATED)."""


class DocumentKind(StrEnum):
    PRIMARY_STUDY = "primary_study"
    SYSTEMATIC_REVIEW = "systematic_review"
    NARRATIVE_REVIEW = "narrative_review"
    CASE_REPORT = "case_report"
    PROTOCOL = "protocol"
    EDITORIAL = "editorial"
    RETRACTION_NOTICE = "retraction_notice"
    CORRECTION = "correction"
    OTHER = "other"


NO_FINDINGS = frozenset(
    {DocumentKind.PROTOCOL, DocumentKind.EDITORIAL, DocumentKind.RETRACTION_NOTICE, DocumentKind.CORRECTION}
)
"""Documents that report no result of their own: nothing in them can carry a basis above ASSERTED."""


class PublicationStatus(StrEnum):
    PUBLISHED = "published"
    CORRECTED = "corrected"
    EXPRESSION_OF_CONCERN = "expression_of_concern"
    RETRACTED = "retracted"


class RelationKind(StrEnum):
    """How a publication stands to another one: the links that PubMed, Crossref and JATS record; another report of its
    study that was found by comparing citations; and, last, what a person decided: under which other identifier it is
    known, which is another report of its study, which is not."""

    RETRACTED_BY = "retracted_by"
    CONCERN_BY = "concern_by"
    CORRECTED_BY = "corrected_by"
    COMMENTED_BY = "commented_by"
    HAS_PREPRINT = "has_preprint"
    HAS_ARTICLE = "has_article"
    RETRACTS = "retracts"
    CORRECTS = "corrects"
    COMMENTS_ON = "comments_on"
    OTHER_REPORT = "other_report"
    SAME_PUBLICATION = "same_publication"
    SAME_STUDY = "same_study"
    OTHER_STUDY = "other_study"


class SectionKind(StrEnum):
    TITLE = "title"
    ABSTRACT = "abstract"
    INTRODUCTION = "introduction"
    METHODS = "methods"
    RESULTS = "results"
    TABLE = "table"
    DISCUSSION = "discussion"
    CONCLUSION = "conclusion"
    OTHER = "other"


class Species(StrEnum):
    HUMAN = "human"
    ANIMAL = "animal"
    CELLS = "cells"
    COMPUTER_MODEL = "computer_model"
    UNCLEAR = "unclear"


class Reported(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_REPORTED = "not_reported"


class BiasDomain(StrEnum):
    ALLOCATION = "allocation"
    CONFOUNDING = "confounding"
    DEVIATIONS = "deviations_from_intervention"
    MISSING_DATA = "missing_data"
    MEASUREMENT = "outcome_measurement"
    SELECTIVE_REPORTING = "selective_reporting"


class BiasJudgement(StrEnum):
    LOW = "low"
    SOME_CONCERNS = "some_concerns"
    HIGH = "high"
    CRITICAL = "critical"
    NOT_REPORTED = "not_reported"


class Metric(StrEnum):
    SMD = "standardised_mean_difference"
    MD = "mean_difference"
    RISK_RATIO = "risk_ratio"
    ODDS_RATIO = "odds_ratio"
    HAZARD_RATIO = "hazard_ratio"
    RISK_DIFFERENCE = "risk_difference"
    PERCENT_CHANGE = "percent_change"
    CORRELATION = "correlation"
    OTHER = "other"


RATIOS = frozenset({Metric.RISK_RATIO, Metric.ODDS_RATIO, Metric.HAZARD_RATIO})


class Comparison(StrEnum):
    BETWEEN_GROUPS = "between_groups_at_the_same_time"
    WITHIN_PEOPLE_CONDITIONS = "same_people_under_both_conditions"
    BEFORE_AFTER = "before_and_after_without_comparator"
    CORRELATION = "correlation_or_association"
    NONE = "none"


class ConstructMatch(StrEnum):
    """How well what a study measured or set stands for one end of a link."""

    SAME = "same"
    PROXY = "proxy"
    DIFFERENT = "different"
    NOT_MEASURED = "not_measured"


class Direction(StrEnum):
    INCREASES = "increases"
    DECREASES = "decreases"
    CHANGES = "changes"
    NO_CHANGE = "does_not_change"


class Level(StrEnum):
    """Level of organisation at which a link stands (EBM+)."""

    MOLECULAR = "molecular"
    CELLULAR = "cellular"
    TISSUE = "tissue"
    ORGAN_SYSTEM = "organ_or_system"
    WHOLE_BODY = "whole_body_or_behaviour"
    POPULATION = "population"


class Basis(StrEnum):
    """What a study did about one link (method.md A), strongest first."""

    MANIPULATED = "manipulated"
    CO_MEASURED = "co_measured"
    END_ONLY = "end_only"
    ASSERTED = "asserted"
    CITED = "cited"
    NOT_ADDRESSED = "not_addressed"

    @property
    def rank(self) -> int:
        """5 for MANIPULATED down to 0 for NOT_ADDRESSED."""
        return _BASIS_RANK[self]


_BASIS_RANK = {basis: len(Basis) - 1 - place for place, basis in enumerate(Basis)}


class Finding(StrEnum):
    """What a study's own result says of a link, as the model reads it; rules turn it into a `Stance`."""

    SUPPORTS = "supports"
    OPPOSITE = "opposite"
    NO_DIFFERENCE = "no_difference"
    MIXED = "mixed"
    UNCLEAR = "unclear"


class Stance(StrEnum):
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    NULL_INFORMATIVE = "null_informative"
    NULL_UNINFORMATIVE = "null_uninformative"
    MIXED = "mixed"
    UNCLEAR = "unclear"


AGAINST = frozenset({Stance.CONTRADICTS, Stance.NULL_INFORMATIVE})


class PicoElement(StrEnum):
    POPULATION = "population"
    INTERVENTION = "intervention_or_exposure"
    COMPARATOR = "comparator"
    OUTCOME = "outcome"


class StepLabel(IntEnum):
    """Rows of table B (method.md B), the row number as value, and one more: studies looked and saw nothing clear."""

    CONTRADICTED = 1
    CONTESTED = 2
    TESTED_MULTIPLE = 3
    TESTED_ONE = 4
    SEEN_MULTIPLE = 5
    SEEN_ONE = 6
    PARTLY_MEASURED = 7
    PROPOSED = 8
    BACKGROUND_ONLY = 9
    NO_EVIDENCE = 10
    NO_CLEAR_RESULT = 11


class AronsonLevel(IntEnum):
    """Five levels of mechanism evidence (Aronson et al., BMJ EBM, Table 2); 6 stands for unrated."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4
    L5 = 5
    UNRATED = 6


class MechanismStatus(StrEnum):
    """EBM+ status words (Parkkinen et al. 2018), as method.md B maps them."""

    ESTABLISHED = "established"
    PROVISIONALLY_ESTABLISHED = "provisionally established"
    ARGUABLY_TRUE = "arguably true"
    SPECULATIVE = "speculative"
    ARGUABLY_FALSE = "arguably false"


class Certainty(IntEnum):
    """GRADE certainty of evidence."""

    VERY_LOW = 1
    LOW = 2
    MODERATE = 3
    HIGH = 4


class Side(StrEnum):
    SUPPORT = "support"
    AGAINST = "against"


class VerdictLevel(StrEnum):
    STRONG = "strong"
    MODERATE = "moderate"
    LIMITED = "limited"
    PRELIMINARY = "preliminary"
    CONTESTED = "contested"
    INCONCLUSIVE = "inconclusive"
    NO_EVIDENCE = "no_evidence"
    NOT_SETTLED = "not_settled"


class VerbTier(IntEnum):
    """How strongly prose may speak of cause (Adams et al. 2017, three tiers; method.md 7)."""

    LINKED = 1
    CAN = 2
    DIRECT = 3


class MatchGrade(StrEnum):
    """How a quotation stands in its source. Only EXACT and REFORMATTED are accepted as evidence."""

    EXACT = "exact"
    REFORMATTED = "reformatted"
    CLIPPED = "clipped"
    SLIP = "slip"
    ALTERED = "altered"
    NOT_FOUND = "not_found"


class QuoteFault(StrEnum):
    INVENTED = "invented"
    MISQUOTED = "misquoted"
    WRONG_STUDY = "wrong_study"
    STALE_SOURCE = "stale_source"
    UNSUPPORTIVE = "unsupportive"


class RungStatus(StrEnum):
    EXISTS = "exists"
    PARTIAL = "partial"
    MISSING = "missing"
