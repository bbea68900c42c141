"""From settled studies and chains to certainty and verdict: puts the rules' inputs together, decides nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules import causal_language, causal_wording, language, prose, thresholds
from pipeline.rules.grade import GradedCluster, GradeFacts, PooledEvidence, profile
from pipeline.rules.pooling import pool
from pipeline.rules.reviews import balance as balance_of
from pipeline.rules.study_weight import aggregate
from pipeline.rules.verdict import VerdictFacts, side_share, verdict, winning_side
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
    balance: Balance
    pooled: tuple[Pooled, ...]
    grade: GradeProfile | None
    verdict: Verdict


def conclude(
    evidence: Evidence,
    corpus: Corpus,
    studies: Sequence[SettledStudy],
    mechanisms: Mechanisms,
    claim_type: ClaimType,
    information_size: int,
) -> Conclusion:
    """Balance, pools, GRADE profile and verdict of the claim."""
    direction = evidence.frame.direction if evidence.frame else Direction.CHANGES
    weighed, reviews = weighed_clusters(studies, corpus)
    counted = [s for s in studies if s.counted and not s.retracted]
    balance, for_set, against_set = balance_of(weighed, reviews, _directions(counted, direction))
    effect_meant = evidence.frame.effect.meaning if evidence.frame else ""
    pools = pool(
        [
            (s.cluster, s.judgement.effect)
            for s in counted
            if s.judgement.effect and _poolable(s, effect_meant, direction)
        ]
    )
    pooled = _strongest(pools, direction)
    side = winning_side(balance, pooled)
    winners = [s for s in counted if s.cluster in (for_set if side is Side.SUPPORT else against_set)] if side else []
    share = 1 - side_share(balance, side) if side else 0.0
    grade = None
    if side is not None:
        graded = tuple(_graded(s, evidence) for s in winners)
        grade = profile(
            GradeFacts(
                claim_type=claim_type,
                side=side,
                clusters=graded,
                opposing_share=share,
                pooled=pooled,
                optimal_information_size=information_size,
            )
        )
    facts = _verdict_facts(evidence, balance, counted, winners, grade, pooled, mechanisms, claim_type)
    settled = verdict(facts.model_copy(update={"unclear": _unclear(counted, corpus)}))
    return Conclusion(balance, pools, grade, settled)


def _verdict_facts(
    evidence: Evidence,
    balance: Balance,
    counted: Sequence[SettledStudy],
    winners: Sequence[SettledStudy],
    grade: GradeProfile | None,
    pooled: PooledEvidence | None,
    mechanisms: Mechanisms,
    claim_type: ClaimType,
) -> VerdictFacts:
    tested = [s for s in winners if s.judgement.basis is Basis.MANIPULATED]
    randomised = any(s.judgement.design in RANDOMISED | {Design.SR_MA} for s in tested)
    tier = causal_wording.permitted_tier(randomised, grade.certainty if grade else None)
    text = evidence.claim.text
    others = sorted({s.species for s in winners} - {Species.HUMAN, Species.UNCLEAR})
    human = any(s.species is Species.HUMAN for s in winners)
    species = others[0] if others and not human else Species.HUMAN
    causal = (causal_language.verb_tier(text) or VerbTier.LINKED) > VerbTier.LINKED
    return VerdictFacts(
        claim_type=claim_type,
        balance=balance,
        eligible=len({s.cluster for s in counted if s.judgement.basis.rank >= Basis.END_ONLY.rank}),
        grade=grade,
        chain=mechanisms.best,
        pooled=pooled,
        human_claim=not prose.speaks_of_animals_or_cells(text),
        human_evidence=human,
        causal_wording=causal,
        causal_design=any(s.judgement.design in CONCURRENT_COMPARATOR for s in tested),
        tier=tier,
        suggested_wording=causal_wording.rewrite_verb(text, tier, species),
    )


def _unclear(counted: Sequence[SettledStudy], corpus: Corpus) -> int:
    """The score of studies that looked and saw no difference without excluding one, made as Pro is made."""
    looked = [
        WeighedCluster(
            cluster=s.cluster,
            stance=Stance.SUPPORTS,
            basis=s.judgement.basis,
            for_weight=s.weight.weight,
            against_weight=0.0,
            group=corpus.groups[s.cluster],
        )
        for s in counted
        if s.judgement.stance is Stance.NULL_UNINFORMATIVE and s.judgement.design is not Design.SR_MA
    ]
    return aggregate(looked).pro


def _directions(counted: Sequence[SettledStudy], claimed: Direction) -> dict[str, bool]:
    """Which way each measured effect points, significant or not (method.md C); by its number, else as it was read."""
    found: dict[str, bool] = {}
    for s in counted:
        j = s.judgement
        if j.basis.rank < Basis.END_ONLY.rank:
            continue
        up = thresholds.points_up(j.effect) if j.effect else None
        if up and claimed in {Direction.INCREASES, Direction.DECREASES}:
            found[s.cluster] = (up > 0) is (claimed is Direction.INCREASES)
        elif j.finding in {Finding.SUPPORTS, Finding.OPPOSITE}:
            found[s.cluster] = j.finding is Finding.SUPPORTS
    return found


def _poolable(s: SettledStudy, effect_meant: str, claimed: Direction) -> bool:
    """Own results on the claim's own effect, pointing as they were read.

    A review's pool would count its trials twice; an outcome that shares no word with the claimed effect is another
    outcome; a number that points against its own reading is on a scale of unknown orientation.
    """
    j = s.judgement
    if j.effect is None or j.basis.rank < Basis.CO_MEASURED.rank or j.design is Design.SR_MA:
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
    return PooledEvidence(pooled=chosen, claimed=direction, mid=(important.low, important.high) if important else None)


def _graded(s: SettledStudy, evidence: Evidence) -> GradedCluster:
    stance = next((j.judgement for j in evidence.stances if j.study == s.study), None)
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
    )
