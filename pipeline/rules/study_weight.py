"""How much a study weighs, and what the weights of all clusters add up to: table C.

Weights order and display evidence and set the direction of a verdict. They are never the certainty: summing quality
items is poorly supported (Lundh & Gøtzsche 2008; Cochrane advises against it); grade.py and verdict.py settle strength.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from pipeline.rules.contrast import spoken
from pipeline.rules.independence import pairwise_independent
from schemas.base import Noun
from schemas.settlement import Balance, SettledJudgement, StudyWeight, WeighedCluster
from schemas.vocabulary import AGAINST, Basis, BiasJudgement, ClaimType, Design, Species, Stance

DESIGN_WEIGHT: Mapping[int, float] = MappingProxyType({1: 1.0, 2: 0.8, 3: 0.5, 4: 0.25, 5: 0.1})
"""Factor D by OCEBM level (method.md C)."""

_COLUMNS = (
    ClaimType.CAUSAL_BENEFIT,
    ClaimType.CAUSAL_HARM,
    ClaimType.MECHANISTIC,
    ClaimType.PROGNOSTIC_ASSOCIATION,
    ClaimType.DESCRIPTIVE,
    ClaimType.DIAGNOSTIC,
)
_OCEBM: Mapping[Design, tuple[int, int, int, int, int, int]] = MappingProxyType(
    {
        # design: benefit, harm, mechanistic, prognostic, descriptive, diagnostic
        Design.SR_MA: (1, 1, 3, 1, 2, 1),
        Design.RCT_PARALLEL: (2, 2, 2, 3, 4, 3),
        Design.RCT_CROSSOVER: (2, 2, 2, 3, 4, 3),
        Design.RCT_CLUSTER: (2, 2, 2, 3, 4, 3),
        Design.RCT_WITHIN_SUBJECT: (2, 2, 2, 3, 4, 3),
        Design.N_OF_1: (3, 3, 3, 4, 4, 5),
        Design.NRSI_CONTROLLED: (3, 3, 3, 3, 4, 4),
        Design.ITS: (4, 4, 3, 4, 3, 5),
        Design.PREPOST_SINGLE_ARM: (4, 4, 3, 4, 4, 5),
        Design.INCEPTION_COHORT: (3, 3, 3, 2, 3, 3),
        Design.COHORT_PROSPECTIVE: (3, 3, 3, 3, 3, 3),
        Design.COHORT_RETROSPECTIVE: (3, 3, 3, 3, 3, 3),
        Design.NESTED_CASE_CONTROL: (4, 3, 3, 4, 4, 4),
        Design.CASE_CONTROL: (4, 4, 3, 4, 4, 4),
        Design.CROSS_SECTIONAL: (4, 4, 3, 4, 3, 3),
        Design.RANDOM_SURVEY: (4, 4, 3, 4, 1, 4),
        Design.NONRANDOM_SURVEY: (4, 4, 3, 4, 3, 4),
        Design.DTA_CONSECUTIVE: (5, 5, 3, 4, 3, 2),
        Design.DTA_CASE_CONTROL: (5, 5, 3, 5, 4, 4),
        Design.MENDELIAN_RANDOMISATION: (3, 3, 3, 4, 4, 5),
        Design.CASE_SERIES: (4, 4, 3, 4, 4, 4),
        Design.ANIMAL_RANDOMISED: (5, 5, 2, 5, 5, 5),
        Design.ANIMAL_OTHER: (5, 5, 3, 5, 5, 5),
        Design.IN_VITRO: (5, 5, 3, 5, 5, 5),
        Design.IN_SILICO: (5, 5, 5, 5, 5, 5),
        Design.NARRATIVE_OPINION: (5, 5, 5, 5, 5, 5),
        Design.UNCLEAR: (5, 5, 5, 5, 5, 5),
    }
)
_BIAS: Mapping[BiasJudgement, float] = MappingProxyType(
    {
        BiasJudgement.LOW: 1.0,
        BiasJudgement.SOME_CONCERNS: 0.7,
        BiasJudgement.NOT_REPORTED: 0.7,
        BiasJudgement.HIGH: 0.4,
        BiasJudgement.CRITICAL: 0.0,
    }
)
_SPECIES: Mapping[Species, tuple[float, str]] = MappingProxyType(
    {
        Species.HUMAN: (1.0, ""),
        Species.UNCLEAR: (0.7, "It is not clear who or what was studied."),
        Species.ANIMAL: (0.25, "It was done in animals."),
        Species.CELLS: (0.1, "It was done in cells."),
        Species.COMPUTER_MODEL: (0.1, "It was done in a computer model."),
    }
)
_CAUSAL_BASIS: Mapping[Basis, float] = MappingProxyType(
    {Basis.MANIPULATED: 1.0, Basis.CO_MEASURED: 0.6, Basis.END_ONLY: 0.3}
)
_OTHER_BASIS: Mapping[Basis, float] = MappingProxyType(
    {Basis.MANIPULATED: 1.0, Basis.CO_MEASURED: 1.0, Basis.END_ONLY: 0.3}
)
_SINGLE, _ONE_GROUP, _SEVERAL = 0.40, 0.20, 0.05


class WeighingFacts(Noun):
    """What one study's weight is made of. `n` is the number of people (or animals) analysed, null when unknown."""

    claim_type: ClaimType
    design: Design
    bias: BiasJudgement
    n: int | None
    optimal_information_size: int = Field(default=400, ge=1)
    mismatches: int = Field(default=0, ge=0)
    species: Species
    basis: Basis
    preregistered: bool = False
    decision_error: bool = False
    retracted: bool = False


def half_up(value: float) -> int:
    """Round to the nearest whole number, halves up; float noise below a billionth is no half."""
    return math.floor(round(value, 9) + 0.5)


def evidence_level(claim_type: ClaimType, design: Design) -> int:
    """OCEBM 2011 level of a design for a type of question, 1 (best) to 5 (method.md C).

    Causal claims follow "Does this intervention help?" and "What are the harms?", prognosis "What will happen?",
    description "How common is it?", diagnosis "Is this test accurate?". A systematic review is taken to be one of the
    question's best primary design. Our placings where OCEBM is silent: a single n-of-1 trial is level 3 (one person
    speaks for nobody else); mendelian randomisation ranks with controlled cohorts; cross-sectional work and surveys
    rank with case-control studies for causes; animals, cells, computer models and opinion are mechanism-based
    reasoning, level 5. Mechanistic claims have no OCEBM row: randomised .8 (2), other empirical .5 (3), else .1 (5).
    """
    return _OCEBM[design][_COLUMNS.index(claim_type)]


def weigh(facts: WeighingFacts) -> StudyWeight:
    """w = D*R*P*I*B*G, each factor 0..1, with a sentence for every factor that takes something away (method.md C)."""
    design = DESIGN_WEIGHT[evidence_level(facts.claim_type, facts.design)]
    bias = _BIAS[facts.bias]
    precision, of_size = _precision(facts)
    directness, of_directness = _directness(facts)
    basis = _basis(facts)
    integrity, of_integrity = _integrity(facts)
    weight = design * bias * precision * directness * basis * integrity
    reasons = (
        f"Design, {spoken(facts.design)}, for a {_words(facts.claim_type)} claim: {design:g}.",
        f"Risk of bias {_words(facts.bias)}: {bias:g}." if bias < 1 else "",
        of_size,
        of_directness,
        f"Basis {_words(facts.basis)}: {basis:g}." if basis < 1 else "",
        of_integrity,
    )
    return StudyWeight(
        design=design,
        bias=bias,
        precision=precision,
        directness=directness,
        basis=basis,
        integrity=integrity,
        weight=weight,
        score=half_up(100 * weight),
        reasons=tuple(r for r in reasons if r),
    )


def weigh_cluster(
    cluster_id: str, members: Sequence[tuple[SettledJudgement, StudyWeight]], group: tuple[str, ...] = ()
) -> WeighedCluster:
    """One cluster from its reports: the heaviest counts; reports that disagree make it MIXED (method.md C).

    A MIXED cluster puts half of its heaviest report for the claim on one side and half of its heaviest against on the
    other, so that a contradicting report never raises Pro. A report that weighs nothing (retracted, asserted, critical
    risk of bias) cannot make a cluster MIXED. Otherwise stance and basis are those of the heaviest report on a side.
    Raises ValueError without members.
    """
    if not members:
        raise ValueError(f"cluster {cluster_id!r} has no reports")
    best_for = max((w.weight for j, w in members if j.stance in {Stance.SUPPORTS, Stance.MIXED}), default=0.0)
    best_against = max((w.weight for j, w in members if j.stance in AGAINST | {Stance.MIXED}), default=0.0)
    disagree = best_for > 0 and best_against > 0
    share = 0.5 if disagree else 1.0
    sided = [m for m in members if m[1].weight > 0 and m[0].stance in AGAINST | {Stance.SUPPORTS, Stance.MIXED}]
    lead, _ = max(sided or members, key=lambda m: (m[1].weight, m[0].basis.rank, m[0].stance.value, m[0].study))
    return WeighedCluster(
        cluster=cluster_id,
        stance=Stance.MIXED if disagree else lead.stance,
        basis=lead.basis,
        for_weight=share * best_for,
        against_weight=share * best_against,
        group=group,
    )


def aggregate(clusters: Sequence[WeighedCluster], directions: Mapping[str, bool] | None = None) -> Balance:
    """Pro and Against, 0..100: 100*(1-s)*(1-prod(1-w)) of each side's weights (method.md C; after INDRA's belief).

    s is the error that all studies of a side may share: .40 for a single study, .20 when no two of them are known to
    come from independent groups (unknown authors count as not known), .05 otherwise. `for_clusters` and
    `against_clusters` (k) count clusters wholly on one side that weigh something; a MIXED one is in neither.
    `directions` says by cluster id whether its effect points the claim's way, significant or not, where that is known;
    it fills the tally `positive_directions` of `directions`, without it sides do. The order does not matter.
    """
    pro = _side([(c.for_weight, c.group) for c in clusters])
    against = _side([(c.against_weight, c.group) for c in clusters])
    for_k = sum(c.stance is Stance.SUPPORTS and c.for_weight > 0 for c in clusters)
    against_k = sum(c.stance in AGAINST and c.against_weight > 0 for c in clusters)
    return Balance(
        pro=half_up(pro),
        against=half_up(against),
        pro_exact=pro,
        against_exact=against,
        for_clusters=for_k,
        against_clusters=against_k,
        positive_directions=for_k if directions is None else sum(directions.values()),
        directions=for_k + against_k if directions is None else len(directions),
    )


def _words(value: StrEnum) -> str:
    return value.value.replace("_", " ")


def _side(weighed: Sequence[tuple[float, tuple[str, ...]]]) -> float:
    sided = sorted((w, group) for w, group in weighed if w > 0)
    if not sided:
        return 0.0
    shared = _SINGLE if len(sided) == 1 else _SEVERAL if pairwise_independent([g for _, g in sided]) else _ONE_GROUP
    return 100 * (1 - shared) * (1 - math.prod(1 - w for w, _ in sided))


def _precision(facts: WeighingFacts) -> tuple[float, str]:
    """clip(sqrt(n/OIS), .1, 1) (method.md C; square root as in the weighted CCA, Ying 2025)."""
    needed = facts.optimal_information_size
    if facts.n is None:
        return 0.1, "The number of people is not known: 0.1."
    precision = min(1.0, max(0.1, math.sqrt(max(facts.n, 0) / needed)))
    return (
        precision,
        f"{facts.n} people of the {needed} that would be needed: {precision:.2g}." if precision < 1 else "",
    )


def _directness(facts: WeighingFacts) -> tuple[float, str]:
    """PICO mismatches 0, 1, 2 and more: 1, .7, .4; species caps it. An unclear species counts as one mismatch."""
    by_pico = (1.0, 0.7, 0.4)[min(facts.mismatches, 2)]
    by_species, words = _SPECIES[facts.species]
    if by_species < by_pico:
        return by_species, f"{words[:-1]}: {by_species:g}."
    return by_pico, f"Differs from the claim in {facts.mismatches} of 4 parts: {by_pico:g}." if by_pico < 1 else ""


def _basis(facts: WeighingFacts) -> float:
    """What was merely asserted or cited weighs nothing (invariant 3). Only causes need manipulation for full weight."""
    causal = {ClaimType.CAUSAL_BENEFIT, ClaimType.CAUSAL_HARM, ClaimType.MECHANISTIC}
    return (_CAUSAL_BASIS if facts.claim_type in causal else _OTHER_BASIS).get(facts.basis, 0.0)


def _integrity(facts: WeighingFacts) -> tuple[float, str]:
    if facts.retracted:
        return 0.0, "Retracted: 0."
    integrity = (1.0 if facts.preregistered else 0.9) * (0.5 if facts.decision_error else 1.0)
    missing = "" if facts.preregistered else "No registration before enrolment is known. "
    error = "A reported p value contradicts its own test. " if facts.decision_error else ""
    return integrity, f"{missing}{error}".strip().removesuffix(".") + f": {integrity:g}." if integrity < 1 else ""
