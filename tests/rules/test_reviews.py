"""A review never adds to the studies that it may include."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.reviews import balance, counted_once
from pipeline.rules.step_labels import step_label, strength
from schemas.settlement import SettledJudgement, WeighedCluster
from schemas.vocabulary import Basis, Design, Finding, Species, Stance, StepLabel


def judged(study: str, design: Design, basis: Basis, stance: Stance = Stance.SUPPORTS, **more: Any) -> SettledJudgement:
    fields: dict[str, Any] = {
        "study": study,
        "cluster": f"K-{study}",
        "link": "L1",
        "proposed_basis": basis,
        "basis": basis,
        "finding": Finding.SUPPORTS,
        "stance": stance,
        "design": design,
        "species": Species.HUMAN,
        "high_risk": False,
        "mismatches": (),
        "effect": None,
        "reasons": (),
        "quotes": (),
        "rationale": "",
    }
    return SettledJudgement(**(fields | more))


def label(*evidence: SettledJudgement) -> StepLabel:
    return step_label("L1", counted_once(evidence)).label


TRIAL = judged("trial", Design.RCT_PARALLEL, Basis.MANIPULATED)
REVIEW = judged("review", Design.SR_MA, Basis.MANIPULATED)


def test_a_trial_and_a_review_that_may_include_it_are_not_multiple_studies() -> None:
    assert label(TRIAL, REVIEW) is StepLabel.TESTED_ONE


def test_two_reviews_of_the_same_trials_are_not_multiple_studies() -> None:
    assert label(REVIEW, judged("other", Design.SR_MA, Basis.MANIPULATED)) is StepLabel.TESTED_ONE


def test_a_review_counts_where_no_primary_has_as_strong_a_basis() -> None:
    assert label(judged("seen", Design.COHORT_PROSPECTIVE, Basis.CO_MEASURED), REVIEW) is StepLabel.TESTED_ONE


def test_a_review_against_is_not_dropped_for_a_primary_in_favour() -> None:
    against = judged("review", Design.SR_MA, Basis.MANIPULATED, Stance.CONTRADICTS)
    assert label(TRIAL, against) is StepLabel.CONTESTED


records = st.lists(
    st.builds(
        judged,
        st.sampled_from("abcdefg"),
        st.sampled_from([Design.SR_MA, Design.RCT_PARALLEL, Design.COHORT_PROSPECTIVE]),
        st.sampled_from([Basis.MANIPULATED, Basis.CO_MEASURED, Basis.END_ONLY, Basis.ASSERTED]),
        st.sampled_from(list(Stance)),
        high_risk=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda j: j.study,
)


@given(records)
def test_removing_supporting_evidence_never_raises_a_label_with_reviews_either(
    evidence: list[SettledJudgement],
) -> None:
    before = strength(label(*evidence))
    for removed in (j for j in evidence if j.stance is Stance.SUPPORTS):
        assert strength(label(*(j for j in evidence if j is not removed))) <= before


@given(records, st.randoms())
def test_the_order_of_studies_never_matters(evidence: list[SettledJudgement], random: Any) -> None:
    shuffled = list(evidence)
    random.shuffle(shuffled)
    assert label(*evidence) == label(*shuffled)


def weighed(name: str, pro: float, against: float = 0.0) -> WeighedCluster:
    stance = Stance.SUPPORTS if pro else Stance.CONTRADICTS
    return WeighedCluster(
        cluster=name, stance=stance, basis=Basis.MANIPULATED, for_weight=pro, against_weight=against, group=(name,)
    )


def test_the_heavier_of_primaries_and_best_review_stands_for_a_side() -> None:
    trial, review = weighed("K1", 0.3), weighed("K2", 0.6)
    both, alone = balance([trial, review], frozenset({"K2"})), balance([review], frozenset({"K2"}))
    assert both.pro_exact == alone.pro_exact
    assert both.for_by == ("K2",)
    assert both.for_clusters == 1


def test_primaries_stand_where_they_weigh_more() -> None:
    trials = [weighed(f"K{i}", 0.6) for i in range(3)]
    total = balance([*trials, weighed("K9", 0.5)], frozenset({"K9"}))
    assert total.for_by == ("K0", "K1", "K2")
    assert total.against_by == ()
    assert total.for_clusters == 3
