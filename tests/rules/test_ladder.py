"""Table F: the rungs of each claim type and what the corpus has of them."""

from __future__ import annotations

import pytest

from pipeline.rules.ladder import LADDERS, RUNGS, TITLES, settle_rungs
from pipeline.rules.study_weight import evidence_level
from schemas.ladder import Rung, RungOutcome, RungPlan, SampleSize, SettledRung, TargetEffect
from schemas.settlement import SettledBias, SettledJudgement, SettledStudy, StudyWeight
from schemas.vocabulary import (
    Basis,
    BiasJudgement,
    ClaimType,
    Design,
    DocumentKind,
    Finding,
    RungStatus,
    Species,
    Stance,
)

SIZES = {rung: SampleSize(total=200, formula="f") for rung in Rung}


def study(
    name: str = "a",
    *,
    design: Design = Design.RCT_PARALLEL,
    basis: Basis = Basis.MANIPULATED,
    high_risk: bool = False,
    **changes: object,
) -> SettledStudy:
    judgement = SettledJudgement(
        study=name,
        cluster="K1",
        link="claim",
        proposed_basis=basis,
        basis=basis,
        finding=Finding.SUPPORTS,
        stance=Stance.SUPPORTS,
        design=design,
        species=Species.HUMAN,
        high_risk=high_risk,
        mismatches=(),
        effect=None,
        reasons=(),
        quotes=(),
        rationale="",
    )
    settled = SettledStudy(
        study=name,
        cluster="K1",
        document=DocumentKind.PRIMARY_STUDY,
        species=Species.HUMAN,
        participants=200,
        participants_quote=None,
        bias=SettledBias(overall=BiasJudgement.LOW, domains=(), reasons=()),
        preregistered=True,
        multicentre=True,
        retracted=False,
        decision_error=None,
        judgement=judgement,
        weight=StudyWeight(design=1, bias=1, precision=1, directness=1, basis=1, integrity=1, weight=1, score=100),
        side="support",
        counted=True,
    )
    return settled.model_copy(update=changes)


def plan(rung: Rung, design: str = "a plan") -> RungPlan:
    return RungPlan(
        rung=rung,
        design=design,
        population="",
        intervention_or_exposure="",
        comparator="",
        outcome=RungOutcome(
            name="", instrument="", unit="", minimal_important_difference="", source_of_minimal_important_difference=""
        ),
        timepoint="",
        duration="",
        target_effect=TargetEffect(kind="standardised_difference", value=0.5, second=None, source=""),
        allocation_ratio=1,
        intracluster_correlation=0,
        cluster_size=1,
        dropout=0,
        randomisation_and_concealment="",
        blinding="",
        preregistration="",
        analysis="",
        confirms_if="",
        refutes_if="",
        tests="",
        resolves=(),
        feasibility="",
        ethics="",
    )


def on(rung: Rung, *studies: SettledStudy, claim_type: ClaimType = ClaimType.CAUSAL_BENEFIT) -> SettledRung:
    return next(r for r in settle_rungs(claim_type, (), studies, SIZES) if r.rung is rung)


def test_every_claim_type_has_a_ladder_of_distinct_rungs_with_titles() -> None:
    assert set(RUNGS) == set(ClaimType)
    assert {rung for rungs in RUNGS.values() for rung in rungs} == set(Rung) == set(TITLES)
    assert all(len(set(rungs)) == len(rungs) for rungs in RUNGS.values())


@pytest.mark.parametrize("claim_type", [c for c in ClaimType if c is not ClaimType.MECHANISTIC])
def test_a_lower_rung_holds_no_design_of_a_better_level(claim_type: ClaimType) -> None:
    worst = 0
    for step in LADDERS[claim_type]:
        levels = {evidence_level(claim_type, d) for d in step.designs}
        assert min(levels) >= worst, step.rung
        worst = min(levels)


def test_rungs_come_in_order_with_the_first_plan_and_the_computed_size() -> None:
    plans = [plan(Rung.CASE_SERIES, "first"), plan(Rung.CASE_SERIES, "second"), plan(Rung.CENSUS)]
    settled = settle_rungs(ClaimType.CAUSAL_BENEFIT, plans, (), {Rung.CASE_SERIES: SIZES[Rung.CASE_SERIES]})
    assert [r.rank for r in settled] == [1, 2, 3, 4, 5]
    assert tuple(r.rung for r in settled) == RUNGS[ClaimType.CAUSAL_BENEFIT]
    assert [r.plan.design if r.plan else None for r in settled] == [None, None, None, "first", None]
    assert [r.sample_size for r in settled] == [None, None, None, SIZES[Rung.CASE_SERIES], None]
    assert {r.status for r in settled} == {RungStatus.MISSING}


def test_a_sound_and_large_study_of_the_design_meets_its_rung() -> None:
    settled = on(Rung.MULTICENTRE_RCT, study("c"), study("b"), study("a", participants=20))
    assert (settled.status, settled.met_by, settled.status_reason) == (RungStatus.EXISTS, ("b", "c"), "Met by b and c.")
    assert on(Rung.MULTICENTRE_RCT, study()).status_reason == "Met by a."


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (study(participants=199), "a: 199 people, 200 needed."),
        (study(participants=None), "a: number of people not known, 200 needed."),
        (study(multicentre=False), "a: not known to be done in several centres."),
        (study(high_risk=True, participants=9), "a: high risk of bias, 9 people, 200 needed."),
        (study(bias=SettledBias(overall=BiasJudgement.CRITICAL, domains=(), reasons=())), "a: high risk of bias."),
    ],
)
def test_what_falls_short_makes_a_rung_partial(found: SettledStudy, reason: str) -> None:
    settled = on(Rung.MULTICENTRE_RCT, found)
    assert (settled.status, settled.met_by, settled.status_reason) == (RungStatus.PARTIAL, ("a",), reason)


@pytest.mark.parametrize(
    "found",
    [
        study(counted=False),
        study(retracted=True),
        study(basis=Basis.END_ONLY),
        study(design=Design.COHORT_PROSPECTIVE),
    ],
)
def test_what_does_not_count_leaves_a_rung_missing(found: SettledStudy) -> None:
    settled = on(Rung.MULTICENTRE_RCT, found)
    assert (settled.status, settled.met_by) == (RungStatus.MISSING, ())


@pytest.mark.parametrize("sizes", [{}, {Rung.RCT_OR_DRAMATIC: SampleSize(total=None, formula="none")}])
def test_a_trial_is_not_known_to_be_large_enough_without_a_computed_size(sizes: dict[Rung, SampleSize]) -> None:
    settled = settle_rungs(ClaimType.CAUSAL_HARM, (), [study()], sizes)[1]
    assert (settled.status, settled.status_reason) == (RungStatus.PARTIAL, "a: no required size could be computed.")


def test_reasoning_needs_neither_size_nor_measurement() -> None:
    opinion = study(design=Design.NARRATIVE_OPINION, basis=Basis.ASSERTED, participants=None, high_risk=True)
    assert on(Rung.MECHANISM, opinion).status is RungStatus.EXISTS
    assert on(Rung.INFERENCE, opinion, claim_type=ClaimType.MECHANISTIC).status is RungStatus.EXISTS


def test_a_trial_alone_never_completes_a_mechanism() -> None:
    rungs = settle_rungs(ClaimType.MECHANISTIC, (), [study()], SIZES)
    assert [r.status for r in rungs[:3]] == [RungStatus.MISSING, RungStatus.PARTIAL, RungStatus.EXISTS]
    assert rungs[0].status_reason.endswith("A person has to look whether every link was blocked and restored.")
    assert rungs[1].status_reason.startswith("a: a person has to look whether the analysis of the steps was planned")


def test_co_measurement_is_no_perturbation() -> None:
    rungs = settle_rungs(ClaimType.MECHANISTIC, (), [study(basis=Basis.CO_MEASURED)], SIZES)
    assert [r.rung for r in rungs if r.status is not RungStatus.MISSING] == [Rung.CO_MEASUREMENT]
