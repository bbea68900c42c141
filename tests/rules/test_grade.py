"""Table D: start, downs, ups, and which body of evidence is rated."""

from __future__ import annotations

import pytest

from pipeline.rules.grade import GradedCluster, GradeFacts, PooledEvidence, profile, start_of
from schemas.settlement import GradeProfile, Pooled
from schemas.vocabulary import BiasJudgement, Certainty, ClaimType, Design, Direction, Metric, Side, Species

TRIAL = GradedCluster(
    cluster="K1", design=Design.RCT_PARALLEL, bias=BiasJudgement.LOW, n=200, multicentre=True, preregistered=True
)


def trial(number: int, **changes: object) -> GradedCluster:
    return TRIAL.model_copy(update={"cluster": f"K{number}", **changes})


def rated(*clusters: GradedCluster, **changes: object) -> GradeProfile:
    facts = GradeFacts(
        claim_type=ClaimType.CAUSAL_BENEFIT, side=Side.SUPPORT, clusters=clusters, opposing_share=0.0
    ).model_copy(update=changes)
    found = profile(facts)
    assert found is not None
    return found


def changes(grade: GradeProfile) -> dict[str, int]:
    return {d.domain: d.change for d in grade.domains}


def pool(
    low: float, high: float, *, i2: float = 0.0, metric: Metric = Metric.RISK_RATIO, **more: object
) -> PooledEvidence:
    pooled = Pooled(
        metric=metric, clusters=2, estimate=(low * high) ** 0.5, ci_low=low, ci_high=high, i_squared=i2, tau_squared=0.0
    )
    return PooledEvidence(pooled=pooled, claimed=Direction.INCREASES).model_copy(update=more)


def test_two_sound_trials_of_enough_people_are_high() -> None:
    grade = rated(trial(1), trial(2))
    assert (grade.start, grade.certainty, grade.domains) == (4, Certainty.HIGH, ())
    assert grade.start_reason == "Starts at 4 of 4 for randomised trial."


def test_without_clusters_on_the_side_there_is_nothing_to_rate() -> None:
    assert (
        profile(GradeFacts(claim_type=ClaimType.MECHANISTIC, side=Side.SUPPORT, clusters=(), opposing_share=0)) is None
    )


def test_ten_small_biased_unregistered_trials_are_very_low() -> None:
    grade = rated(*(trial(i, n=26, bias=BiasJudgement.HIGH, preregistered=False) for i in range(10)))
    assert grade.certainty is Certainty.VERY_LOW
    assert changes(grade) == {"risk_of_bias": -2, "imprecision": -1, "publication_bias": -1}


def test_the_worked_example_is_very_low_with_its_numbers_in_words() -> None:
    single = trial(
        1,
        design=Design.PREPOST_SINGLE_ARM,
        bias=BiasJudgement.SOME_CONCERNS,
        n=30,
        multicentre=False,
        preregistered=False,
    )
    grade = rated(single, claim_type=ClaimType.MECHANISTIC)
    assert (grade.start, grade.certainty) == (2, Certainty.VERY_LOW)
    assert changes(grade) == {"risk_of_bias": -1, "inconsistency": -1, "imprecision": -2, "publication_bias": -1}
    reasons = {d.domain: d.reason for d in grade.domains}
    assert reasons["imprecision"] == "30 people; fewer than 30 % of the 400 that would be needed."
    assert reasons["risk_of_bias"] == "1 of 1 rated studies: some concerns about bias."
    assert reasons["inconsistency"].startswith("Only one study, in one centre")
    assert reasons["publication_bias"].startswith("The only rated study is small")


@pytest.mark.parametrize(
    ("claim_type", "design", "start"),
    [
        (ClaimType.CAUSAL_HARM, Design.RCT_CROSSOVER, 4),
        (ClaimType.CAUSAL_HARM, Design.NRSI_CONTROLLED, 2),
        (ClaimType.CAUSAL_BENEFIT, Design.CASE_SERIES, 1),
        (ClaimType.MECHANISTIC, Design.ANIMAL_RANDOMISED, 4),
        (ClaimType.MECHANISTIC, Design.IN_VITRO, 2),
        (ClaimType.MECHANISTIC, Design.IN_SILICO, 1),
        (ClaimType.PROGNOSTIC_ASSOCIATION, Design.COHORT_PROSPECTIVE, 4),
        (ClaimType.PROGNOSTIC_ASSOCIATION, Design.CASE_CONTROL, 2),
        (ClaimType.DIAGNOSTIC, Design.DTA_CONSECUTIVE, 4),
        (ClaimType.DIAGNOSTIC, Design.DTA_CASE_CONTROL, 2),
        (ClaimType.DESCRIPTIVE, Design.RANDOM_SURVEY, 4),
        (ClaimType.DESCRIPTIVE, Design.RCT_PARALLEL, 2),
        (ClaimType.DESCRIPTIVE, Design.NARRATIVE_OPINION, 1),
    ],
)
def test_start_depends_on_design_and_question(claim_type: ClaimType, design: Design, start: int) -> None:
    assert start_of(claim_type, design) == start


@pytest.mark.parametrize(
    ("change", "domain", "down"),
    [
        ({"bias": BiasJudgement.NOT_REPORTED}, "risk_of_bias", -1),
        ({"bias": BiasJudgement.CRITICAL}, "risk_of_bias", -3),
        ({"mismatches": 1}, "indirectness", -1),
        ({"mismatches": 3}, "indirectness", -2),
        ({"species": Species.UNCLEAR}, "indirectness", -1),
        ({"species": Species.ANIMAL}, "indirectness", -2),
        ({"design": Design.ANIMAL_RANDOMISED}, "indirectness", -2),
        ({"n": 199}, "imprecision", -1),
        ({"n": 59}, "imprecision", -2),
        ({"n": 60}, "imprecision", -1),
        ({"n": None}, "imprecision", -2),
    ],
)
def test_each_domain_costs_what_table_d_says(change: dict[str, object], domain: str, down: int) -> None:
    assert changes(rated(trial(1, **change), trial(2, **change))) == {domain: down}


def test_an_unknown_size_is_said_and_counts_as_nobody() -> None:
    both_biased = {"bias": BiasJudgement.SOME_CONCERNS}
    grade = rated(trial(1, n=None, **both_biased), trial(2, n=130, **both_biased))
    text = "130 people (size of 1 of 2 studies not known); fewer than the 400 that would be needed."
    assert {d.domain: d.reason for d in grade.domains}["imprecision"] == text


@pytest.mark.parametrize(
    ("share", "i2", "down"),
    [
        (0.0, 39, 0),
        (0.24, 39, 0),
        (0.25, 0, 1),
        (0.39, 0, 1),
        (0.40, 0, 2),
        (0, 74, 0),
        (0.1, 40, 1),
        (0, 75, 1),
        (0.1, 75, 2),
    ],
)
def test_inconsistency_reads_the_other_side_and_the_pool(share: float, i2: float, down: int) -> None:
    grade = rated(trial(1), trial(2), opposing_share=share, pooled=pool(1.2, 1.8, i2=i2))
    assert changes(grade) == ({"inconsistency": -down} if down else {})


def test_evidence_against_does_not_lift_the_single_study() -> None:
    alone = trial(1, n=400, multicentre=False)
    assert changes(rated(alone)) == changes(rated(alone, opposing_share=0.3)) == {"inconsistency": -1}
    assert changes(rated(trial(1, n=400))) == {}, "one multicentre trial is consistent with itself"


def test_a_pooled_interval_that_leaves_the_effect_open_is_imprecise() -> None:
    assert changes(rated(trial(1), trial(2), pooled=pool(0.9, 1.8))) == {"imprecision": -1}
    assert changes(rated(trial(1), trial(2), pooled=pool(1.2, 1.8, mid=(0.75, 1.25)))) == {"imprecision": -1}
    assert changes(rated(trial(1), trial(2), pooled=pool(1.3, 1.8, mid=(0.75, 1.25)))) == {}
    one = pool(0.9, 1.8)
    one = one.model_copy(update={"pooled": one.pooled.model_copy(update={"clusters": 1})})
    assert changes(rated(trial(1), trial(2), pooled=one)) == {}, "a pool of one is no pool"


def test_small_positive_unregistered_studies_are_suspect_together() -> None:
    small = [trial(i, n=99, preregistered=False) for i in range(5)]
    assert changes(rated(*small)) == {"publication_bias": -1}
    assert changes(rated(*small, trial(5, n=99))) == {}, "one of them is registered"
    assert changes(rated(*small, trial(5, n=100, preregistered=False))) == {}, "one of them is not small"
    assert changes(rated(*small, side=Side.AGAINST)) == {}, (
        "studies against are not those that get published for nothing"
    )


def test_a_third_small_study_does_not_make_two_look_worse() -> None:
    small = [trial(i, n=90, preregistered=False) for i in range(3)]
    assert rated(*small).certainty >= rated(*small[:2]).certainty
    assert changes(rated(*small[:2])) == {"imprecision": -1, "publication_bias": -1}


def test_a_poor_study_does_not_spoil_a_sound_body() -> None:
    sound = (trial(1), trial(2))
    heavy = trial(3, design=Design.COHORT_PROSPECTIVE, n=50_000, bias=BiasJudgement.HIGH, mismatches=2)
    grade = rated(*sound, heavy)
    assert grade.certainty is Certainty.HIGH
    assert "Rated on the 2 of 3 studies on this side" in grade.start_reason


def test_of_equally_certain_bodies_the_larger_is_rated() -> None:
    grade = rated(trial(1), trial(2), trial(3), trial(4, species=Species.ANIMAL))
    assert "Rated on the 3 of 4" in grade.start_reason


def test_only_clean_observational_bodies_are_rated_up() -> None:
    cohorts = [trial(i, design=Design.COHORT_PROSPECTIVE, gradient=True) for i in (1, 2)]
    assert changes(rated(*cohorts)) == {"gradient": 1}
    assert changes(rated(cohorts[0], trial(2, design=Design.COHORT_PROSPECTIVE))) == {}, "one gradient may be chance"
    assert changes(rated(*cohorts, opposing_share=0.3)) == {"inconsistency": -1}
    assert changes(rated(trial(1, gradient=True), trial(2, gradient=True))) == {}


@pytest.mark.parametrize(
    ("low", "high", "up"), [(1.5, 2.5, 0), (2.0, 3.0, 1), (4.0, 4.5, 1), (5.0, 7.0, 2), (0.4, 0.6, 1), (0.1, 0.3, 2)]
)
def test_a_large_pooled_ratio_rates_up(low: float, high: float, up: int) -> None:
    cohorts = [trial(i, design=Design.COHORT_PROSPECTIVE) for i in (1, 2)]
    claimed = Direction.CHANGES
    grade = rated(*cohorts, pooled=pool(low, high, claimed=claimed))
    assert changes(grade) == ({"large_effect": up} if up else {})
    assert grade.certainty == 2 + up


def test_a_pool_that_is_no_ratio_or_speaks_for_the_other_side_rates_nothing_up() -> None:
    cohorts = [trial(i, design=Design.COHORT_PROSPECTIVE) for i in (1, 2)]
    assert changes(rated(*cohorts, pooled=pool(5, 7, metric=Metric.MD))) == {}
    assert changes(rated(*cohorts, pooled=pool(5, 7, claimed=Direction.DECREASES))) == {}


@pytest.mark.parametrize(
    ("low", "high", "claimed", "side"),
    [
        (1.1, 2.0, Direction.INCREASES, Side.SUPPORT),
        (1.1, 2.0, Direction.DECREASES, Side.AGAINST),
        (0.5, 0.9, Direction.DECREASES, Side.SUPPORT),
        (0.5, 0.9, Direction.CHANGES, Side.SUPPORT),
        (0.5, 0.9, Direction.NO_CHANGE, Side.AGAINST),
        (0.9, 1.4, Direction.INCREASES, None),
        (0.9, 1.1, Direction.INCREASES, Side.AGAINST),
        (1.05, 1.1, Direction.INCREASES, Side.AGAINST),
        (0.9, 1.1, Direction.NO_CHANGE, Side.SUPPORT),
    ],
)
def test_a_pool_takes_a_side_when_its_interval_does(
    low: float, high: float, claimed: Direction, side: Side | None
) -> None:
    mid = (0.75, 1.25)
    assert pool(low, high, claimed=claimed, mid=mid).side is side


def test_differences_have_their_null_at_zero_and_unknown_metrics_have_none() -> None:
    assert pool(0.1, 0.4, metric=Metric.SMD).side is Side.SUPPORT
    unknown = pool(0.1, 0.4, metric=Metric.OTHER)
    assert (unknown.in_force, unknown.side, unknown.crosses) == (False, None, False)


def test_a_review_of_studies_without_allocation_starts_low_for_a_claim_of_cause() -> None:
    assert start_of(ClaimType.CAUSAL_BENEFIT, Design.SR_MA, of_trials=False) == 2
    assert start_of(ClaimType.CAUSAL_BENEFIT, Design.SR_MA, of_trials=True) == 4
