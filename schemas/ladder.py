"""The ladder of ideal evidence: the rungs that a claim type asks for, as a model fills them and rules settle them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.base import Line, Noun, Reply
from schemas.vocabulary import RungStatus


class Rung(StrEnum):
    """Every rung of table F; which ones a claim type has, and in what order, is in `pipeline.rules.ladder`."""

    REVIEW_OF_RCTS = "review_of_preregistered_rcts"
    MULTICENTRE_RCT = "powered_multicentre_rct"
    CONTROLLED_NRSI = "controlled_nrsi_or_target_trial"
    CASE_SERIES = "series_or_historical_control"
    MECHANISM = "mechanism_based_reasoning"
    BLOCK_RESCUE = "multi_laboratory_block_and_rescue"
    RCT_MEDIATION = "rct_with_prespecified_mediation"
    HUMAN_PERTURBATION = "human_single_link_perturbation"
    ANIMAL_PERTURBATION = "animal_or_ex_vivo_perturbation"
    CO_MEASUREMENT = "co_measurement"
    INFERENCE = "inference"
    REVIEW_OF_INCEPTION_COHORTS = "review_of_inception_cohorts"
    INCEPTION_COHORT = "inception_cohort"
    OTHER_COHORT = "other_cohort_or_trial_control_arm"
    CASE_CONTROL = "case_control_or_series"
    CENSUS = "local_random_sample_or_census"
    REVIEW_OF_SURVEYS = "review_of_matchable_surveys"
    NONRANDOM_SAMPLE = "nonrandom_sample"
    REVIEW_OF_ACCURACY = "review_of_blinded_cross_sectional_accuracy_studies"
    ACCURACY_STUDY = "blinded_cross_sectional_accuracy_study"
    ACCURACY_NONCONSECUTIVE = "nonconsecutive_accuracy_study"
    ACCURACY_CASE_CONTROL = "accuracy_case_control"
    REVIEW_OF_HARMS = "review_of_rcts_or_nested_case_control"
    RCT_OR_DRAMATIC = "rct_or_dramatic_observational"
    LARGE_COHORT = "large_long_cohort"


class RungOutcome(Reply):
    name: Line
    instrument: Line
    unit: Line
    minimal_important_difference: Line = Field(description="with its unit; say 'not established' if there is none")
    source_of_minimal_important_difference: Line


class TargetEffect(Reply):
    """The assumption from which code computes the sample size. Values are decimal numbers; unused ones are null.

    standardised_difference uses `value` (Cohen's d); two_proportions `value` (risk in the comparator) and `second`
    (risk with the cause); hazard_ratio `value` and `second` (share of people with an event); correlation `value`;
    proportion_precision `value` (expected share) and `second` (half-width of the interval); excluded_risk `value`
    (the risk to be excluded); not_applicable none.
    """

    kind: Literal[
        "standardised_difference",
        "two_proportions",
        "hazard_ratio",
        "correlation",
        "proportion_precision",
        "excluded_risk",
        "not_applicable",
    ]
    value: float | None
    second: float | None
    source: Line = Field(description="why this effect: realistic or important, and according to whom (DELTA2)")


class RungPlan(Reply):
    """One rung filled for the claim at hand. It has no sample size: code computes it from the target effect."""

    rung: Rung
    design: Line
    population: Line
    intervention_or_exposure: Line
    comparator: Line
    outcome: RungOutcome
    timepoint: Line
    duration: Line
    target_effect: TargetEffect
    allocation_ratio: float = Field(ge=0.2, le=5.0, description="comparator to intervention, 1 for equal groups")
    intracluster_correlation: float = Field(ge=0.0, le=0.5, description="0 when individuals are allocated")
    cluster_size: int = Field(ge=1, le=10_000, description="1 when individuals are allocated")
    dropout: float = Field(ge=0.0, le=0.6, description="share expected to be lost")
    randomisation_and_concealment: Line
    blinding: Line
    preregistration: Line
    analysis: Line
    confirms_if: Line = Field(description="refers to the confidence interval and the minimal important difference")
    refutes_if: Line = Field(description="refers to the confidence interval and the minimal important difference")
    tests: Line = Field(description="which parts of the claim or of its mechanism this rung would test")
    resolves: tuple[
        Literal["risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"], ...
    ] = Field(max_length=5)
    feasibility: Line
    ethics: Line


class LadderReply(Reply):
    """Stage ladder: every rung of the claim's type, filled for this very claim."""

    rungs: tuple[RungPlan, ...] = Field(min_length=1, max_length=8)


class SampleSize(Noun):
    """A computed sample size with the inputs and the formula behind it. `total` is null when none applies."""

    total: int | None
    per_group: tuple[int, ...] = ()
    formula: str
    alpha: float = 0.05
    power: float = 0.9


class SettledRung(Noun):
    """A rung in its place: rank 1 is the strongest. `met_by` lists the ids of studies that stand on it."""

    rank: int
    rung: Rung
    title: str
    status: RungStatus
    status_reason: str
    met_by: tuple[str, ...] = ()
    plan: RungPlan | None
    sample_size: SampleSize | None
