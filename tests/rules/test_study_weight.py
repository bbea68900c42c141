"""Table C: factors, clusters, and the test vectors of method.md E and G."""

from __future__ import annotations

import pytest

from pipeline.rules.study_weight import WeighingFacts, aggregate, evidence_level, half_up, weigh, weigh_cluster
from schemas.settlement import SettledJudgement, StudyWeight, WeighedCluster
from schemas.vocabulary import Basis, BiasJudgement, ClaimType, Design, Finding, Species, Stance

TRIAL = WeighingFacts(
    claim_type=ClaimType.CAUSAL_BENEFIT,
    design=Design.RCT_PARALLEL,
    bias=BiasJudgement.LOW,
    n=400,
    species=Species.HUMAN,
    basis=Basis.MANIPULATED,
    preregistered=True,
)


def report(
    weight: float, stance: Stance, study: str = "s", basis: Basis = Basis.MANIPULATED
) -> tuple[SettledJudgement, StudyWeight]:
    judgement = SettledJudgement(
        study=study,
        cluster="K1",
        link="claim",
        proposed_basis=basis,
        basis=basis,
        finding=Finding.UNCLEAR,
        stance=stance,
        design=Design.RCT_PARALLEL,
        species=Species.HUMAN,
        high_risk=False,
        mismatches=(),
        effect=None,
        reasons=(),
        quotes=(),
        rationale="",
    )
    return judgement, weigh(TRIAL).model_copy(update={"weight": weight})


def cluster(number: int, weight: float, stance: Stance = Stance.SUPPORTS, group: str | None = None) -> WeighedCluster:
    members = [report(weight, stance)]
    return weigh_cluster(f"K{number}", members, (f"author {number}",) if group is None else (group,) if group else ())


def test_every_design_has_a_level_for_every_claim_type() -> None:
    levels = {evidence_level(c, d) for c in ClaimType for d in Design}
    assert levels == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("claim_type", "order"),
    [
        (ClaimType.CAUSAL_BENEFIT, ["sr_ma", "rct_parallel", "cohort_prospective", "case_control", "in_vitro"]),
        (ClaimType.CAUSAL_HARM, ["sr_ma", "rct_cluster", "nested_case_control", "case_series", "animal_randomised"]),
        (
            ClaimType.PROGNOSTIC_ASSOCIATION,
            ["sr_ma", "inception_cohort", "cohort_retrospective", "case_control", "unclear"],
        ),
        (ClaimType.DESCRIPTIVE, ["random_survey", "sr_ma", "nonrandom_survey", "case_series", "narrative_opinion"]),
        (ClaimType.DIAGNOSTIC, ["sr_ma", "dta_consecutive", "cross_sectional", "dta_case_control", "in_silico"]),
    ],
)
def test_designs_stand_on_their_ocebm_level(claim_type: ClaimType, order: list[str]) -> None:
    assert [evidence_level(claim_type, Design(d)) for d in order] == [1, 2, 3, 4, 5]


def test_mechanisms_ask_for_randomised_or_at_least_empirical_work() -> None:
    weights = {
        d: weigh(TRIAL.model_copy(update={"claim_type": ClaimType.MECHANISTIC, "design": d})).design for d in Design
    }
    assert weights[Design.RCT_PARALLEL] == weights[Design.ANIMAL_RANDOMISED] == 0.8
    assert weights[Design.PREPOST_SINGLE_ARM] == weights[Design.IN_VITRO] == weights[Design.N_OF_1] == 0.5
    assert weights[Design.NARRATIVE_OPINION] == weights[Design.UNCLEAR] == weights[Design.IN_SILICO] == 0.1


def test_a_sound_preregistered_trial_loses_nothing_but_its_level() -> None:
    weight = weigh(TRIAL)
    assert (weight.weight, weight.score) == (0.8, 80)
    assert weight.reasons == ("Design, randomised trial, for a causal benefit claim: 0.8.",)


@pytest.mark.parametrize(
    ("change", "factor", "value", "reason"),
    [
        ({"bias": BiasJudgement.SOME_CONCERNS}, "bias", 0.7, "Risk of bias some concerns: 0.7."),
        ({"bias": BiasJudgement.NOT_REPORTED}, "bias", 0.7, "Risk of bias not reported: 0.7."),
        ({"bias": BiasJudgement.HIGH}, "bias", 0.4, "Risk of bias high: 0.4."),
        ({"bias": BiasJudgement.CRITICAL}, "bias", 0.0, "Risk of bias critical: 0."),
        ({"n": None}, "precision", 0.1, "The number of people is not known: 0.1."),
        ({"n": 100}, "precision", 0.5, "100 people of the 400 that would be needed: 0.5."),
        ({"n": 1}, "precision", 0.1, "1 people of the 400 that would be needed: 0.1."),
        ({"n": 9000}, "precision", 1.0, None),
        ({"n": 100, "optimal_information_size": 100}, "precision", 1.0, None),
        ({"mismatches": 1}, "directness", 0.7, "Differs from the claim in 1 of 4 parts: 0.7."),
        ({"mismatches": 4}, "directness", 0.4, "Differs from the claim in 4 of 4 parts: 0.4."),
        ({"species": Species.ANIMAL, "mismatches": 4}, "directness", 0.25, "It was done in animals: 0.25."),
        ({"species": Species.CELLS}, "directness", 0.1, "It was done in cells: 0.1."),
        ({"species": Species.COMPUTER_MODEL}, "directness", 0.1, "It was done in a computer model: 0.1."),
        ({"species": Species.UNCLEAR}, "directness", 0.7, "It is not clear who or what was studied: 0.7."),
        ({"basis": Basis.CO_MEASURED}, "basis", 0.6, "Basis co measured: 0.6."),
        ({"basis": Basis.END_ONLY}, "basis", 0.3, "Basis end only: 0.3."),
        ({"basis": Basis.ASSERTED}, "basis", 0.0, "Basis asserted: 0."),
        ({"basis": Basis.CITED}, "basis", 0.0, "Basis cited: 0."),
        ({"basis": Basis.CO_MEASURED, "claim_type": ClaimType.DESCRIPTIVE}, "basis", 1.0, None),
        ({"basis": Basis.CITED, "claim_type": ClaimType.DIAGNOSTIC}, "basis", 0.0, "Basis cited: 0."),
        ({"preregistered": False}, "integrity", 0.9, "No registration before enrolment is known: 0.9."),
        ({"decision_error": True}, "integrity", 0.5, "A reported p value contradicts its own test: 0.5."),
        ({"retracted": True}, "integrity", 0.0, "Retracted: 0."),
    ],
)
def test_each_factor_has_its_value_and_its_reason(
    change: dict[str, object], factor: str, value: float, reason: str | None
) -> None:
    weight = weigh(TRIAL.model_copy(update=change))
    assert getattr(weight, factor) == value
    assert weight.reasons[1:] == ((reason,) if reason else ())
    assert weight.weight == pytest.approx(
        weight.design * weight.bias * weight.precision * weight.directness * weight.basis * weight.integrity
    )


def test_halves_round_up_and_noise_does_not() -> None:
    assert [half_up(v) for v in (0.5, 1.5, 2.5, 2.4999, 0.1 + 0.2)] == [1, 2, 3, 2, 0]
    assert half_up(100 * 0.285) == 29, "28.499999999999996 is 28.5"


def test_two_sound_registered_trials_give_pro_91() -> None:
    weight = weigh(TRIAL).weight
    balance = aggregate([cluster(1, weight), cluster(2, weight)])
    assert (balance.pro, balance.against, balance.for_clusters) == (91, 0, 2)


def test_ten_small_biased_unregistered_trials_give_pro_51() -> None:
    weight = weigh(TRIAL.model_copy(update={"n": 26, "bias": BiasJudgement.HIGH, "preregistered": False})).weight
    assert aggregate([cluster(i, weight) for i in range(10)]).pro == 51


def test_the_worked_example_weighs_5_and_gives_pro_3() -> None:
    weight = weigh(
        WeighingFacts(
            claim_type=ClaimType.MECHANISTIC,
            design=Design.PREPOST_SINGLE_ARM,
            bias=BiasJudgement.SOME_CONCERNS,
            n=30,
            species=Species.HUMAN,
            basis=Basis.CO_MEASURED,
        )
    )
    assert weight.weight == pytest.approx(0.0518, abs=5e-5)
    assert weight.score == 5
    balance = aggregate([cluster(1, weight.weight)])
    assert (balance.pro, balance.against) == (3, 0)


def test_studies_share_more_error_the_less_independent_they_are() -> None:
    assert aggregate([cluster(1, 0.5)]).pro == 30
    assert aggregate([cluster(1, 0.5, group="same"), cluster(2, 0.5, group="same")]).pro == 60
    assert aggregate([cluster(1, 0.5, group=""), cluster(2, 0.5, group="")]).pro == 60, "unknown is not independent"
    assert aggregate([cluster(1, 0.5), cluster(2, 0.5)]).pro == 71


def test_the_heaviest_report_is_the_cluster() -> None:
    light, heavy = report(0.2, Stance.SUPPORTS, "a", Basis.CO_MEASURED), report(0.5, Stance.SUPPORTS, "b")
    weighed = weigh_cluster("K1", [light, heavy], ("x",))
    assert weighed == weigh_cluster("K1", [heavy, light], ("x",))
    assert (weighed.for_weight, weighed.against_weight, weighed.basis) == (0.5, 0.0, Basis.MANIPULATED)


def test_reports_that_disagree_put_half_on_each_side() -> None:
    weighed = weigh_cluster("K1", [report(0.6, Stance.SUPPORTS, "a"), report(0.2, Stance.NULL_INFORMATIVE, "b")])
    assert (weighed.stance, weighed.for_weight, weighed.against_weight) == (Stance.MIXED, 0.3, 0.1)
    mixed = weigh_cluster("K1", [report(0.6, Stance.MIXED)])
    assert (mixed.stance, mixed.for_weight, mixed.against_weight) == (Stance.MIXED, 0.3, 0.3)
    balance = aggregate([weighed])
    assert (balance.for_clusters, balance.against_clusters) == (0, 0)


def test_a_report_that_weighs_nothing_cannot_dispute() -> None:
    weighed = weigh_cluster("K1", [report(0.6, Stance.SUPPORTS, "a"), report(0.0, Stance.CONTRADICTS, "b")])
    assert (weighed.stance, weighed.for_weight, weighed.against_weight) == (Stance.SUPPORTS, 0.6, 0.0)


@pytest.mark.parametrize("stance", [Stance.NULL_UNINFORMATIVE, Stance.UNCLEAR])
def test_an_unclear_result_is_on_neither_side(stance: Stance) -> None:
    weighed = weigh_cluster("K1", [report(0.6, stance)])
    assert (weighed.stance, weighed.for_weight, weighed.against_weight) == (stance, 0.0, 0.0)
    louder = weigh_cluster("K1", [report(0.6, stance, "a"), report(0.1, Stance.CONTRADICTS, "b")])
    assert (louder.stance, louder.against_weight) == (Stance.CONTRADICTS, 0.1)


def test_a_weightless_supporter_is_not_counted() -> None:
    balance = aggregate([cluster(1, 0.0), cluster(2, 0.4, Stance.CONTRADICTS)])
    assert (balance.for_clusters, balance.against_clusters, balance.directions) == (0, 1, 1)


def test_directions_are_tallied_whatever_their_significance() -> None:
    balance = aggregate([cluster(1, 0.4)], directions={"K1": True, "K2": True, "K3": False})
    assert (balance.positive_directions, balance.directions) == (2, 3)


def test_a_cluster_without_reports_is_refused() -> None:
    with pytest.raises(ValueError, match="'K1' has no reports"):
        weigh_cluster("K1", [])
