"""From settled studies and chains to certainty and verdict: puts the rules' inputs together, decides nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules import causal_language, causal_wording, language, prose, thresholds
from pipeline.rules.contrast import says_random
from pipeline.rules.grade import GradedCluster, GradeFacts, PooledEvidence, profile
from pipeline.rules.pooling import pool
from pipeline.rules.reviews import balance as balance_of
from pipeline.rules.reviews import is_review
from pipeline.rules.study_weight import aggregate
from pipeline.rules.verdict import VerdictFacts, not_settled, side_share, verdict, winning_side
from pipeline.settlement.linking import Mechanisms
from pipeline.settlement.studying import Corpus, weighed_clusters
from schemas.analysis import Evidence
from schemas.settlement import Balance, GradeProfile, Pooled, SettledStudy, Verdict, WeighedCluster
from schemas.vocabulary import (
    CONCURRENT_COMPARATOR,
    RANDOMISED,
    Basis,
    ClaimType,
    Design,
    Direction,
    Finding,
    Reported,
    Side,
    Species,
    Stance,
    VerbTier,
)


@dataclass(frozen=True)
class Conclusion:
    """Balance, pools, GRADE profile and verdict of a claim."""

    balance: Balance
    pooled: tuple[Pooled, ...]
    grade: GradeProfile | None
    verdict: Verdict


@dataclass(frozen=True)
class _Case:
    """What everything below is decided from; `counted` are the studies that stand for their clusters."""

    evidence: Evidence
    corpus: Corpus
    counted: tuple[SettledStudy, ...]
    claim_type: ClaimType

    @property
    def direction(self) -> Direction:
        return self.evidence.frame.direction if self.evidence.frame else Direction.CHANGES

    @property
    def eligible(self) -> int:
        """Unretracted clusters at END_ONLY or better (method.md E)."""
        return sum(s.judgement.basis.rank >= Basis.END_ONLY.rank for s in self.counted)


def conclude(
    evidence: Evidence,
    corpus: Corpus,
    studies: Sequence[SettledStudy],
    mechanisms: Mechanisms,
    claim_type: ClaimType,
    information_size: int,
) -> Conclusion:
    """Settles the claim; where parts that every rule needs are missing, the verdict is NOT_SETTLED and says which."""
    case = _Case(evidence, corpus, tuple(s for s in studies if s.counted and not s.retracted), claim_type)
    balance = balance_of(*weighed_clusters(studies, corpus), _directions(case))
    if missing := _missing(case):
        return Conclusion(balance, (), None, not_settled(missing))
    pools = _pools(case)
    pooled = _strongest(pools, case.direction)
    side = winning_side(balance, pooled)
    made_by = {Side.SUPPORT: balance.for_by, Side.AGAINST: balance.against_by, None: ()}[side]
    winners = [s for s in case.counted if s.cluster in made_by]
    grade = None
    if side is not None:
        grade = profile(
            GradeFacts(
                claim_type=claim_type,
                side=side,
                clusters=tuple(_graded(s, case) for s in winners),
                opposing_share=1 - side_share(balance, side),
                pooled=pooled,
                optimal_information_size=information_size,
            )
        )
    facts = _verdict_facts(case, balance, pooled, winners, grade, mechanisms)
    return Conclusion(balance, pools, grade, verdict(facts))


def _missing(case: _Case) -> str:
    """What no verdict can do without, in words; empty when it is there."""
    if case.evidence.frame is None:
        return "the claim could not be taken apart"
    unjudged = len(case.evidence.studies) - len({j.study for j in case.evidence.stances})
    if unjudged and not case.eligible:
        return f"{unjudged} of {len(case.evidence.studies)} studies could not be judged"
    return ""


def _verdict_facts(
    case: _Case,
    balance: Balance,
    pooled: PooledEvidence | None,
    winners: Sequence[SettledStudy],
    grade: GradeProfile | None,
    mechanisms: Mechanisms,
) -> VerdictFacts:
    tested = [s for s in winners if s.judgement.basis is Basis.MANIPULATED]
    randomised = any(s.judgement.design in RANDOMISED or _pools_trials(s, case) for s in tested)
    tier = causal_wording.permitted_tier(randomised, grade.certainty if grade else None)
    text = case.evidence.claim.text
    others = sorted({s.species for s in winners} - {Species.HUMAN, Species.UNCLEAR})
    human = any(s.species is Species.HUMAN for s in winners)
    return VerdictFacts(
        claim_type=case.claim_type,
        balance=balance,
        eligible=case.eligible,
        grade=grade,
        chain=mechanisms.best,
        pooled=pooled,
        unclear=_unclear(case),
        human_claim=not _about_animals_or_cells(case),
        human_evidence=human,
        causal_wording=(causal_language.verb_tier(text) or VerbTier.LINKED) > VerbTier.LINKED,
        causal_design=any(s.judgement.design in CONCURRENT_COMPARATOR for s in tested),
        tier=tier,
        suggested_wording=causal_wording.rewrite_verb(text, tier, others[0] if others and not human else Species.HUMAN),
    )


def _about_animals_or_cells(case: _Case) -> bool:
    """By whom the claim is about, not by any word in it: white blood cells of people are people's."""
    frame = case.evidence.frame
    return frame is not None and prose.speaks_of_animals_or_cells(
        f"{frame.population.words} {frame.population.meaning}"
    )


def _unclear(case: _Case) -> int:
    """The score of studies that looked and saw no difference without excluding one, made as Pro is made."""
    looked = [
        WeighedCluster(
            cluster=s.cluster,
            stance=Stance.NULL_UNINFORMATIVE,
            basis=s.judgement.basis,
            for_weight=s.weight.weight,
            against_weight=0.0,
            group=case.corpus.groups[s.cluster],
        )
        for s in case.counted
        if s.judgement.stance is Stance.NULL_UNINFORMATIVE and not is_review(s.judgement)
    ]
    return aggregate(looked).pro


def _directions(case: _Case) -> dict[str, bool]:
    """Which way each measured effect points, significant or not (method.md C).

    A clear reading decides; the number speaks where the reading is "no difference". Reviews are left out beside
    primaries, whose directions they would repeat.
    """
    measured = [s for s in case.counted if s.judgement.basis.rank >= Basis.END_ONLY.rank]
    primaries = [s for s in measured if not is_review(s.judgement)]
    claimed = {Direction.INCREASES: 1, Direction.DECREASES: -1}.get(case.direction)
    found: dict[str, bool] = {}
    for s in primaries or measured:
        finding, effect = s.judgement.finding, s.judgement.effect
        if finding in {Finding.SUPPORTS, Finding.OPPOSITE}:
            found[s.cluster] = finding is Finding.SUPPORTS
        elif finding is Finding.NO_DIFFERENCE and effect and claimed and (up := thresholds.points_up(effect)):
            found[s.cluster] = up == claimed
    return found


def _pools(case: _Case) -> tuple[Pooled, ...]:
    meant = case.evidence.frame.effect.meaning if case.evidence.frame else ""
    return pool(
        [
            (s.cluster, s.judgement.effect)
            for s in case.counted
            if s.judgement.effect and _poolable(s, meant, case.direction)
        ]
    )


def _poolable(s: SettledStudy, effect_meant: str, claimed: Direction) -> bool:
    """Own results on the claim's own effect, pointing as they were read.

    A review's pool would count its trials twice; an outcome that shares no word with the claimed effect is another
    outcome; a number that points against its own reading is on a scale of unknown orientation.
    """
    j = s.judgement
    if j.effect is None or j.basis.rank < Basis.CO_MEASURED.rank or is_review(j):
        return False
    up = thresholds.points_up(j.effect)
    read = {Finding.SUPPORTS: True, Finding.OPPOSITE: False}.get(j.finding)
    oriented = {Direction.INCREASES: 1, Direction.DECREASES: -1}.get(claimed)
    turned = bool(up and oriented and read is not None and (up == oriented) is not read)
    return not turned and language.shares_a_word(j.effect.outcome, effect_meant)


def _strongest(pools: Sequence[Pooled], direction: Direction) -> PooledEvidence | None:
    """The pool of most clusters; ties go to the metric that comes first in the closed list."""
    if not pools:
        return None
    chosen = max(pools, key=lambda p: p.clusters)
    important = thresholds.IMPORTANT_DIFFERENCES.get(chosen.metric)
    mid = (important.low, important.high) if important else None
    return PooledEvidence(pooled=chosen, claimed=direction, mid=mid)


def _graded(s: SettledStudy, case: _Case) -> GradedCluster:
    stance = next((j.judgement for j in case.evidence.stances if j.study == s.study), None)
    return GradedCluster(
        cluster=s.cluster,
        design=s.judgement.design,
        bias=s.bias.overall,
        n=s.participants,
        multicentre=s.multicentre,
        preregistered=s.preregistered,
        mismatches=len(s.judgement.mismatches),
        species=s.species,
        gradient=bool(stance and stance.dose_response is Reported.YES and s.judgement.quotes),
        of_trials=_pools_trials(s, case),
    )


def _pools_trials(s: SettledStudy, case: _Case) -> bool:
    """Whether a review is shown, by an accepted quotation, to pool randomised studies."""
    if s.judgement.design is not Design.SR_MA:
        return False
    own = [q.context or "" for key in s.judgement.quotes if (q := case.corpus.book.accepted(key.study, key))]
    return says_random([*own, *case.corpus.appraised[s.study].sentences])
