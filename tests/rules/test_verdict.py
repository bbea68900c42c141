"""Table E: side, level, caps, words."""

from __future__ import annotations

import pytest

from pipeline.rules.grade import PooledEvidence
from pipeline.rules.verdict import VerdictFacts, shown, side_share, support_rank, verdict, winning_side
from schemas.settlement import Balance, GradeProfile, Pooled, SettledChain
from schemas.vocabulary import (
    AronsonLevel,
    Certainty,
    ClaimType,
    Direction,
    MechanismStatus,
    Metric,
    Side,
    StepLabel,
    VerbTier,
    VerdictLevel,
)


def balance(pro: int, against: int, for_k: int = 3, against_k: int = 3) -> Balance:
    return Balance(
        pro=pro,
        against=against,
        pro_exact=pro,
        against_exact=against,
        for_clusters=for_k,
        against_clusters=against_k,
        positive_directions=for_k,
        directions=for_k + against_k,
    )


def grade(certainty: Certainty) -> GradeProfile:
    return GradeProfile(start=4, start_reason="", domains=(), certainty=certainty)


HIGH, MODERATE, LOW, VERY_LOW = (
    grade(c) for c in (Certainty.HIGH, Certainty.MODERATE, Certainty.LOW, Certainty.VERY_LOW)
)
FACTS = VerdictFacts(
    claim_type=ClaimType.CAUSAL_BENEFIT,
    balance=balance(90, 0),
    eligible=3,
    grade=HIGH,
    human_evidence=True,
    causal_wording=True,
    causal_design=True,
    tier=VerbTier.DIRECT,
    suggested_wording="X is linked to Y",
)


def facts(**changes: object) -> VerdictFacts:
    return FACTS.model_copy(update=changes)


def chain(level: AronsonLevel, *, gaps: tuple[int, ...] = (), broken: int | None = None) -> SettledChain:
    return SettledChain(
        id="C1",
        weakest=1,
        label=StepLabel.TESTED_ONE,
        shown="",
        level=level,
        status=MechanismStatus.SPECULATIVE,
        gaps=gaps,
        broken_at=broken,
    )


def pool(low: float, high: float, mid: tuple[float, float] | None = None) -> PooledEvidence:
    pooled = Pooled(metric=Metric.SMD, clusters=2, estimate=0, ci_low=low, ci_high=high, i_squared=0, tau_squared=0)
    return PooledEvidence(pooled=pooled, claimed=Direction.INCREASES, mid=mid)


@pytest.mark.parametrize(
    ("scores", "certainty", "words"),
    [
        (balance(91, 0, 2), HIGH, "Strong support"),
        (balance(91, 0, 2), MODERATE, "Moderate support"),
        (balance(91, 0, 3), MODERATE, "Strong support"),
        (balance(85, 15), HIGH, "Strong support"),
        (balance(84, 16), HIGH, "Moderate support"),
        (balance(75, 25), MODERATE, "Moderate support"),
        (balance(74, 26), HIGH, "Limited support"),
        (balance(90, 0), LOW, "Limited support"),
        (balance(51, 0, 10), VERY_LOW, "Preliminary support"),
        (balance(51, 0), None, "Preliminary support"),
        (balance(60, 0, 1), HIGH, "Limited support"),
        (balance(60, 0, 0), HIGH, "Limited support"),
        (balance(0, 91), HIGH, "Strong evidence against"),
        (balance(3, 0, 1), VERY_LOW, "Preliminary support"),
        (balance(65, 35), HIGH, "Contested"),
        (balance(35, 65), HIGH, "Contested"),
        (balance(66, 34), HIGH, "Limited support"),
        (balance(0, 0), HIGH, "Inconclusive"),
    ],
)
def test_levels_follow_certainty_number_and_share(scores: Balance, certainty: GradeProfile | None, words: str) -> None:
    settled = verdict(facts(balance=scores, grade=certainty))
    assert shown(settled) == words
    assert settled.reasons


def test_one_study_says_that_it_is_one() -> None:
    settled = verdict(facts(balance=balance(60, 0, 1)))
    assert settled.reasons[0] == "Pro 60, Against 0."
    assert settled.reasons[1].startswith("Certainty high; 1 study wholly on this side, which has 100% of both scores.")
    assert settled.reasons[1].endswith("A single study is at most limited evidence.")


def test_two_weightless_case_reports_give_no_verdict() -> None:
    weak = balance(0, 0, 2, 0).model_copy(update={"pro_exact": 0.4})
    assert shown(verdict(facts(balance=weak))) == "Inconclusive"
    assert side_share(weak, Side.SUPPORT) == 0.0


def test_without_eligible_evidence_none_was_found() -> None:
    settled = verdict(facts(eligible=0))
    assert (shown(settled), settled.side, settled.share) == ("No evidence found", None, None)


@pytest.mark.parametrize(
    ("change", "words", "reason"),
    [
        ({"human_evidence": False}, "Preliminary support", "no study on this side was done in people"),
        ({"human_evidence": False, "human_claim": False}, "Strong support", None),
        ({"causal_design": False}, "Limited support", "The claim speaks of a cause"),
        ({"causal_design": False, "causal_wording": False}, "Strong support", None),
        ({"causal_design": False, "grade": VERY_LOW}, "Preliminary support", None),
        ({"pooled": pool(-0.1, 0.5)}, "Limited support", "The pooled interval (-0.1 to 0.5) includes no effect."),
        ({"pooled": pool(0.1, 0.5)}, "Strong support", None),
    ],
)
def test_a_cap_that_bites_gives_its_reason(change: dict[str, object], words: str, reason: str | None) -> None:
    settled = verdict(facts(**change))
    assert shown(settled) == words
    assert len(settled.reasons) == (3 if reason else 2)
    assert (reason or "") in settled.reasons[-1]


def test_a_better_wording_is_suggested_when_the_causal_one_is_not_earned() -> None:
    assert verdict(facts(causal_design=False)).suggested_wording == "X is linked to Y"
    assert verdict(FACTS).suggested_wording is None


@pytest.mark.parametrize(
    ("best", "words"),
    [
        (chain(AronsonLevel.L1), "Strong support"),
        (chain(AronsonLevel.L2), "Strong support"),
        (chain(AronsonLevel.L2, gaps=(2, 3)), "Limited support"),
        (chain(AronsonLevel.L3), "Moderate support"),
        (chain(AronsonLevel.L4), "Limited support"),
        (chain(AronsonLevel.UNRATED), "Limited support"),
        (chain(AronsonLevel.L4, broken=2), "Preliminary support"),
        (None, "Limited support"),
    ],
)
def test_a_mechanistic_verdict_is_no_better_than_its_chain(best: SettledChain | None, words: str) -> None:
    assert shown(verdict(facts(claim_type=ClaimType.MECHANISTIC, chain=best))) == words
    assert shown(verdict(facts(chain=best))) == "Strong support", "only mechanistic claims are held to a chain"


def test_a_broken_chain_is_no_cap_on_evidence_against() -> None:
    against = facts(claim_type=ClaimType.MECHANISTIC, chain=chain(AronsonLevel.L5, broken=1), balance=balance(0, 90))
    assert shown(verdict(against)) == "Strong evidence against"


def test_the_broken_step_is_named() -> None:
    settled = verdict(facts(claim_type=ClaimType.MECHANISTIC, chain=chain(AronsonLevel.L4, gaps=(1, 3), broken=2)))
    assert settled.reasons[2:] == (
        "The mechanism is broken at step 2.",
        "No study at hand shows both ends of step 1, 3 of the mechanism going together.",
        "No step of the mechanism is replicated without dispute.",
    )


def test_a_pool_outranks_the_scores() -> None:
    settled = verdict(facts(pooled=pool(-0.5, -0.1)))
    assert (settled.side, settled.level, settled.share) == (Side.AGAINST, VerdictLevel.LIMITED, 0.0)
    assert settled.reasons[2] == (
        "The pooled interval (-0.5 to -0.1) gives the side; a pooled result outranks the scores."
    )
    trivial = verdict(facts(pooled=pool(0.01, 0.1, mid=(-0.2, 0.2))))
    assert trivial.side is Side.AGAINST


def test_a_pool_decides_what_the_scores_leave_contested() -> None:
    assert winning_side(balance(50, 50), pool(0.1, 0.5)) is Side.SUPPORT
    assert winning_side(balance(50, 50), pool(-0.1, 0.5)) is None
    one = pool(-0.5, -0.1)
    one = one.model_copy(update={"pooled": one.pooled.model_copy(update={"clusters": 1})})
    assert winning_side(balance(90, 0), one) is Side.SUPPORT


def test_a_pool_supports_nothing_that_no_weighed_study_supports() -> None:
    assert winning_side(balance(0, 40), pool(0.1, 0.5)) is Side.AGAINST
    assert winning_side(balance(0, 0), pool(0.1, 0.5)) is None


def test_support_rank_runs_from_minus_four_to_four() -> None:
    made = [
        verdict(facts(balance=b, grade=g))
        for b, g in (
            (balance(0, 90), HIGH),
            (balance(0, 90, against_k=2), MODERATE),
            (balance(0, 90), LOW),
            (balance(0, 90), VERY_LOW),
            (balance(50, 50), HIGH),
            (balance(90, 0), VERY_LOW),
            (balance(90, 0), LOW),
            (balance(90, 0, 2), MODERATE),
            (balance(90, 0), HIGH),
        )
    ]
    assert [support_rank(v) for v in made] == list(range(-4, 5))


def test_preliminary_support_that_nulls_outweigh_is_inconclusive() -> None:
    """Two case reports do not win over trials that saw no difference without excluding one."""
    weak = VerdictFacts(
        claim_type=ClaimType.CAUSAL_HARM,
        balance=balance_of(1, 0, k=2),
        eligible=5,
        grade=None,
        human_evidence=True,
        causal_wording=False,
        causal_design=False,
        tier=VerbTier.LINKED,
    )
    assert verdict(weak).level is VerdictLevel.PRELIMINARY
    outweighed = verdict(weak.model_copy(update={"unclear": 8}))
    assert outweighed.level is VerdictLevel.INCONCLUSIVE
    assert "8" in outweighed.reasons[0]
    against = weak.model_copy(update={"balance": balance_of(0, 3, k=2), "unclear": 8})
    assert verdict(against).side is Side.AGAINST


def balance_of(pro: int, against: int, *, k: int) -> Balance:
    return Balance(
        pro=pro,
        against=against,
        pro_exact=float(pro),
        against_exact=float(against),
        for_clusters=k if pro else 0,
        against_clusters=k if against else 0,
        positive_directions=k if pro else 0,
        directions=k,
    )
