"""The verdict on a claim: table E. Scores give the side, certainty and the number of studies give the level.

It reads settled values only and writes no prose beyond one sentence a reason. Whether a claim's wording is causal, and
which verb is permitted, is decided in language.py and passed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pydantic import Field

from pipeline.rules.grade import PooledEvidence
from schemas.base import Noun
from schemas.settlement import Balance, GradeProfile, SettledChain, Verdict
from schemas.vocabulary import AronsonLevel, Certainty, ClaimType, Side, VerbTier, VerdictLevel

CONTESTED_SHARE = 0.65
"""A larger side with at most this share of Pro + Against wins nothing."""

_HEIGHT: Mapping[VerdictLevel, int] = MappingProxyType(
    {
        VerdictLevel.STRONG: 4,
        VerdictLevel.MODERATE: 3,
        VerdictLevel.LIMITED: 2,
        VerdictLevel.PRELIMINARY: 1,
    }
)
_NEUTRAL_WORDS: Mapping[VerdictLevel, str] = MappingProxyType(
    {
        VerdictLevel.CONTESTED: "Contested",
        VerdictLevel.INCONCLUSIVE: "Inconclusive",
        VerdictLevel.NO_EVIDENCE: "No evidence found",
        VerdictLevel.NOT_SETTLED: "Not settled",
    }
)
_Cap = tuple[VerdictLevel, str]


class VerdictFacts(Noun):
    """What table E reads. `eligible` counts unretracted clusters at END_ONLY or better on the claim.

    `unclear` is the score, made like Pro, of studies that looked and saw no difference without excluding one.
    `human_evidence` and `causal_design` say whether any cluster of the winning side has it; `chain` is the best chain;
    `suggested_wording` is the claim with a permitted verb, kept only when the causal wording is what caps the verdict.
    """

    claim_type: ClaimType
    balance: Balance
    eligible: int = Field(ge=0)
    grade: GradeProfile | None
    chain: SettledChain | None = None
    pooled: PooledEvidence | None = None
    unclear: int = Field(default=0, ge=0, le=100)
    human_claim: bool = True
    human_evidence: bool
    causal_wording: bool
    causal_design: bool
    tier: VerbTier
    suggested_wording: str | None = None


def not_settled(missing: str) -> Verdict:
    """The verdict of an analysis in which nothing can be decided, because parts that every rule needs are missing."""
    reason = f"No verdict: {missing}. A gap is no finding."
    return Verdict(level=VerdictLevel.NOT_SETTLED, side=None, share=None, reasons=(reason,), tier=VerbTier.LINKED)


def winning_side(balance: Balance, pooled: PooledEvidence | None = None) -> Side | None:
    """The side that wins, null when none does (method.md C and E).

    Sides are compared on the shown, rounded scores: our addition, so that two case reports that weigh next to nothing
    give no verdict. A pool of two clusters or more outranks the scores where its interval takes a side; towards the
    claim only if something that weighs supports it, so that evidence against never brings support about.
    """
    total = balance.pro + balance.against
    if total == 0:
        return None
    pool = pooled.side if pooled and pooled.in_force else None
    if pool is Side.AGAINST or (pool is Side.SUPPORT and balance.pro > 0):
        return pool
    larger = Side.SUPPORT if balance.pro > balance.against else Side.AGAINST
    return None if side_share(balance, larger) <= CONTESTED_SHARE else larger


def side_share(balance: Balance, side: Side) -> float:
    """A side's part of Pro + Against, 0..1, on the shown scores; 0 when both are 0."""
    total = balance.pro + balance.against
    score = balance.pro if side is Side.SUPPORT else balance.against
    return score / total if total else 0.0


def verdict(facts: VerdictFacts) -> Verdict:
    """Side, level and every reason (method.md E).

    NO_EVIDENCE without eligible clusters; INCONCLUSIVE when both scores are 0; CONTESTED when no side wins; else the
    level by certainty, number of studies and share, lowered to the lowest cap. A chain lowers support only: a broken
    mechanism is no argument against evidence against. Preliminary support that weighs less than the studies that saw
    no difference (uninformative nulls, which stand on neither side) is INCONCLUSIVE: our addition, so that two case
    reports do not win over trials that saw nothing. Without a GRADE profile the certainty counts as VERY_LOW.
    """
    balance = facts.balance
    scores = f"Pro {balance.pro}, Against {balance.against}"
    if facts.eligible == 0:
        return _neutral(facts, VerdictLevel.NO_EVIDENCE, None, "No study at hand measured what the claim says.")
    if balance.pro + balance.against == 0:
        return _neutral(
            facts, VerdictLevel.INCONCLUSIVE, None, f"{scores}: no study has a clear result that weighs anything."
        )
    side = winning_side(balance, facts.pooled)
    if side is None:
        share = max(side_share(balance, Side.SUPPORT), side_share(balance, Side.AGAINST))
        text = f"{scores}: the larger side has {share:.0%}, and more than {CONTESTED_SHARE:.0%} is needed."
        return _neutral(facts, VerdictLevel.CONTESTED, share, text)
    level, reason = _base_level(facts, side)
    biting = [cap for cap in _caps(facts, side) if _HEIGHT[cap[0]] < _HEIGHT[level]]
    capped = min([level, *(limit for limit, _ in biting)], key=lambda v: _HEIGHT[v])
    if side is Side.SUPPORT and capped is VerdictLevel.PRELIMINARY and facts.unclear > balance.pro:
        text = (
            f"{scores}; studies that saw no difference, without excluding one, weigh {facts.unclear}: the little that "
            "speaks for the claim does not outweigh them."
        )
        return _neutral(facts, VerdictLevel.INCONCLUSIVE, None, text)
    reworded = facts.causal_wording and not facts.causal_design
    return Verdict(
        level=capped,
        side=side,
        share=side_share(balance, side),
        reasons=(f"{scores}.", reason, *_pool_reasons(facts, side), *(text for _, text in biting)),
        tier=facts.tier,
        suggested_wording=facts.suggested_wording if reworded else None,
    )


def shown(verdict: Verdict) -> str:
    """The verdict as readers see it: 'Preliminary support', 'Strong evidence against', 'Contested' ..."""
    if verdict.side is None:
        return _NEUTRAL_WORDS[verdict.level]
    return f"{verdict.level.capitalize()} {'support' if verdict.side is Side.SUPPORT else 'evidence against'}"


def support_rank(verdict: Verdict) -> int:
    """The verdict on the support axis: 4 strong support ... 1 preliminary, 0 neutral, -1 ... -4 strong against."""
    height = _HEIGHT.get(verdict.level, 0)
    return height if verdict.side is Side.SUPPORT else -height


def _neutral(facts: VerdictFacts, level: VerdictLevel, share: float | None, reason: str) -> Verdict:
    return Verdict(level=level, side=None, share=share, reasons=(reason,), tier=facts.tier)


def _winning_clusters(facts: VerdictFacts, side: Side) -> int:
    return facts.balance.for_clusters if side is Side.SUPPORT else facts.balance.against_clusters


def _base_level(facts: VerdictFacts, side: Side) -> tuple[VerdictLevel, str]:
    """Table E's rows without its caps. `k` counts clusters wholly on the winning side."""
    certainty = facts.grade.certainty if facts.grade else Certainty.VERY_LOW
    share = side_share(facts.balance, side)
    k = _winning_clusters(facts, side)
    enough = (certainty is Certainty.HIGH and k >= 2) or (certainty is Certainty.MODERATE and k >= 3)
    rows = (
        (enough and share >= 0.85, VerdictLevel.STRONG),
        (certainty >= Certainty.MODERATE and k >= 2 and share >= 0.75, VerdictLevel.MODERATE),
        (certainty >= Certainty.LOW, VerdictLevel.LIMITED),
        (True, VerdictLevel.PRELIMINARY),
    )
    words = certainty.name.lower().replace("_", " ")
    studies = "1 study" if k == 1 else f"{k} studies"
    reason = f"Certainty {words}; {studies} wholly on this side, which has {share:.0%} of both scores."
    if k <= 1 and certainty >= Certainty.MODERATE:
        reason += " A single study is at most limited evidence."
    return next(level for holds, level in rows if holds), reason


def _caps(facts: VerdictFacts, side: Side) -> Iterator[_Cap]:
    """What holds a verdict down, whatever its certainty. One study is held to LIMITED by the rows themselves."""
    if facts.human_claim and not facts.human_evidence:
        yield VerdictLevel.PRELIMINARY, "The claim is about people and no study on this side was done in people."
    if facts.causal_wording and not facts.causal_design:
        yield VerdictLevel.LIMITED, "The claim speaks of a cause and no study on this side could show one."
    if facts.pooled and facts.pooled.in_force and facts.pooled.side is None:
        yield VerdictLevel.LIMITED, f"The pooled interval {_interval(facts.pooled)} includes no effect."
    if facts.claim_type is ClaimType.MECHANISTIC and side is Side.SUPPORT:
        yield from _chain_caps(facts.chain)


def _chain_caps(chain: SettledChain | None) -> Iterator[_Cap]:
    """STRONG needs Aronson L2, MODERATE L3; gaps hold at LIMITED, a break at PRELIMINARY (method.md B and E)."""
    if chain is None:
        yield VerdictLevel.LIMITED, "No mechanism was settled for this mechanistic claim."
        return
    if chain.broken_at is not None:
        yield VerdictLevel.PRELIMINARY, f"The mechanism is broken at step {chain.broken_at}."
    if chain.gaps:
        steps = ", ".join(str(step) for step in chain.gaps)
        yield VerdictLevel.LIMITED, f"No study at hand shows both ends of step {steps} of the mechanism going together."
    if chain.level >= AronsonLevel.L4:
        yield VerdictLevel.LIMITED, "No step of the mechanism is replicated without dispute."
    elif chain.level is AronsonLevel.L3:
        yield VerdictLevel.MODERATE, "The mechanism is replicated at one step, or by one method, only."


def _pool_reasons(facts: VerdictFacts, side: Side) -> tuple[str, ...]:
    """Says so where the pool, not the scores, gave the side."""
    if winning_side(facts.balance) is side or facts.pooled is None:
        return ()
    return (f"The pooled interval {_interval(facts.pooled)} gives the side; a pooled result outranks the scores.",)


def _interval(pooled: PooledEvidence) -> str:
    return f"({pooled.pooled.ci_low:g} to {pooled.pooled.ci_high:g})"
