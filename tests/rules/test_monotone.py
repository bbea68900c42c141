"""What must hold for every body of evidence: less never shows more, and evidence against never helps a claim."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules.grade import GradedCluster, GradeFacts, PooledEvidence, profile
from pipeline.rules.step_labels import chain, step_label, strength
from pipeline.rules.study_weight import WeighingFacts, aggregate, weigh, weigh_cluster
from pipeline.rules.verdict import VerdictFacts, side_share, support_rank, verdict, winning_side
from schemas.base import Noun
from schemas.settlement import (
    Balance,
    GradeProfile,
    Pooled,
    SettledJudgement,
    StudyWeight,
    Verdict,
    WeighedCluster,
)
from schemas.vocabulary import (
    AGAINST,
    RANDOMISED,
    Basis,
    BiasJudgement,
    Certainty,
    ClaimType,
    Design,
    Direction,
    Finding,
    Metric,
    Side,
    Species,
    Stance,
    StepLabel,
    VerbTier,
    VerdictLevel,
)

CLUSTERS = st.sampled_from(["K1", "K2", "K3", "K4", "K5"])


def judgement(
    cluster: str,
    basis: Basis,
    stance: Stance,
    *,
    high_risk: bool,
    link: str = "L1",
    design: Design = Design.RCT_PARALLEL,
    species: Species = Species.HUMAN,
    study: str = "s",
) -> SettledJudgement:
    return SettledJudgement(
        study=study,
        cluster=cluster,
        link=link,
        proposed_basis=basis,
        basis=basis,
        finding=Finding.UNCLEAR,
        stance=stance,
        design=design,
        species=species,
        high_risk=high_risk,
        mismatches=(),
        effect=None,
        reasons=(),
        quotes=(),
        rationale="",
    )


JUDGEMENTS = st.builds(
    judgement,
    CLUSTERS,
    st.sampled_from(Basis),
    st.sampled_from(Stance),
    high_risk=st.booleans(),
    link=st.sampled_from(["L1", "L2"]),
    design=st.sampled_from([Design.RCT_PARALLEL, Design.CROSS_SECTIONAL, Design.IN_VITRO]),
    species=st.sampled_from([Species.HUMAN, Species.ANIMAL, Species.CELLS]),
)
EVIDENCE = st.lists(JUDGEMENTS, max_size=8)
GROUPS = {"K1": ("a",), "K2": ("b",), "K3": ("a", "c"), "K4": (), "K5": ("d",), "K9": ("z",)}


@given(EVIDENCE, st.integers(min_value=0, max_value=7))
def test_removing_support_never_strengthens_a_label(evidence: list[SettledJudgement], at: int) -> None:
    supports = [i for i, j in enumerate(evidence) if j.stance not in AGAINST]
    if supports:
        gone = supports[at % len(supports)]
        less = [j for i, j in enumerate(evidence) if i != gone]
        assert strength(step_label("L1", less).label) <= strength(step_label("L1", evidence).label)


@given(EVIDENCE, JUDGEMENTS, st.sampled_from(sorted(AGAINST)))
def test_evidence_against_never_strengthens_a_label_or_a_chain(
    evidence: list[SettledJudgement], more: SettledJudgement, stance: Stance
) -> None:
    longer = [*evidence, more.model_copy(update={"stance": stance})]
    before, after = ([step_label(k, e) for k in ("L1", "L2")] for e in (evidence, longer))
    assert all(strength(a.label) <= strength(b.label) for a, b in zip(after, before, strict=True))
    weak, strong = chain("C1", after, longer, GROUPS), chain("C1", before, evidence, GROUPS)
    assert strength(weak.label) <= strength(strong.label)
    supported = {level for level in (strong.level, weak.level) if level <= 3}
    assert weak.level >= strong.level or not supported


@given(EVIDENCE)
def test_multiple_is_never_said_of_fewer_than_two_clusters(evidence: list[SettledJudgement]) -> None:
    settled = step_label("L1", evidence)
    if "multiple" in settled.shown or settled.label in {StepLabel.TESTED_MULTIPLE, StepLabel.SEEN_MULTIPLE}:
        basis = Basis.MANIPULATED if settled.label is StepLabel.TESTED_MULTIPLE else Basis.CO_MEASURED
        behind = {j.cluster for j in evidence if j.link == "L1" and j.basis is basis and j.stance is Stance.SUPPORTS}
        assert len(behind) >= 2


@given(
    st.lists(
        st.builds(
            judgement,
            CLUSTERS,
            st.sampled_from([Basis.ASSERTED, Basis.CITED]),
            st.sampled_from(Stance),
            high_risk=st.booleans(),
        )
    )
)
def test_what_was_only_said_never_exceeds_row_8(evidence: list[SettledJudgement]) -> None:
    assert step_label("L1", evidence).label >= StepLabel.PROPOSED


@given(EVIDENCE, st.randoms(use_true_random=False))
def test_the_order_of_evidence_never_changes_a_label_or_a_chain(
    evidence: list[SettledJudgement], random: object
) -> None:
    shuffled = sorted(evidence, key=lambda _: random.random())  # type: ignore[attr-defined]
    before, after = ([step_label(k, e) for k in ("L1", "L2")] for e in (evidence, shuffled))
    assert before == after
    assert chain("C1", before, evidence, GROUPS) == chain("C1", after, shuffled, GROUPS)


class Report(Noun):
    """A report on the claim as the whole path from weighing to verdict needs it."""

    cluster: str
    stance: Stance
    facts: WeighingFacts
    multicentre: bool
    gradient: bool
    name: int


REPORTS = st.builds(
    Report,
    cluster=CLUSTERS,
    stance=st.sampled_from([*4 * [Stance.SUPPORTS], *sorted(AGAINST), *Stance]),
    facts=st.builds(
        WeighingFacts,
        claim_type=st.just(ClaimType.CAUSAL_BENEFIT),
        design=st.sampled_from([Design.RCT_PARALLEL, Design.COHORT_PROSPECTIVE, Design.CASE_SERIES, Design.IN_VITRO]),
        bias=st.sampled_from(BiasJudgement),
        n=st.sampled_from([None, 20, 90, 200, 500]),
        mismatches=st.integers(min_value=0, max_value=2),
        species=st.sampled_from(Species),
        basis=st.sampled_from(Basis),
        preregistered=st.booleans(),
        decision_error=st.booleans(),
        retracted=st.booleans(),
    ),
    multicentre=st.booleans(),
    gradient=st.booleans(),
    name=st.integers(min_value=0, max_value=999),
)
SOUND = REPORTS.map(
    lambda r: r.model_copy(
        update={
            "facts": r.facts.model_copy(
                update={
                    "bias": BiasJudgement.LOW if r.name % 3 else r.facts.bias,
                    "design": Design.RCT_PARALLEL if r.name % 2 else r.facts.design,
                    "basis": Basis.MANIPULATED,
                    "species": Species.HUMAN if r.name % 4 else r.facts.species,
                    "n": r.facts.n or 200,
                    "retracted": False,
                    "mismatches": 0 if r.name % 5 else r.facts.mismatches,
                }
            )
        }
    )
)
CORPORA = st.lists(REPORTS | SOUND | SOUND, max_size=6, unique_by=lambda r: r.name)


def pool(low: float, high: float) -> PooledEvidence:
    pooled = Pooled(
        metric=Metric.SMD, clusters=2, estimate=0.0, ci_low=low, ci_high=high, i_squared=50.0, tau_squared=0.0
    )
    return PooledEvidence(pooled=pooled, claimed=Direction.INCREASES)


POOLS = st.sampled_from([None, None, pool(0.1, 0.5), pool(-0.1, 0.5), pool(-0.5, -0.1)])
SIZES = st.sampled_from([60, 400])


def weighed(reports: Sequence[Report]) -> dict[str, WeighedCluster]:
    members: dict[str, list[tuple[SettledJudgement, StudyWeight]]] = {}
    for r in reports:
        j = judgement(r.cluster, r.facts.basis, r.stance, high_risk=False, study=str(r.name))
        members.setdefault(r.cluster, []).append((j, weigh(r.facts)))
    return {k: weigh_cluster(k, m, GROUPS[k]) for k, m in members.items()}


def settle(
    reports: Sequence[Report], pooled: PooledEvidence | None, size: int
) -> tuple[Balance, GradeProfile | None, Verdict]:
    """The path from reports to verdict. A cluster is graded by every report that stands on the winning side."""
    clusters = weighed(reports)
    balance = aggregate(list(clusters.values()))
    side = winning_side(balance, pooled)
    stances = frozenset({Stance.SUPPORTS}) if side is Side.SUPPORT else AGAINST
    winners = [
        r
        for r in reports
        if side and clusters[r.cluster].stance in stances and r.stance in stances and weigh(r.facts).weight
    ]
    best = {r.cluster: r for r in sorted(winners, key=lambda r: (weigh(r.facts).weight, r.name))}
    graded = tuple(
        GradedCluster(
            cluster=r.cluster,
            design=r.facts.design,
            bias=r.facts.bias,
            n=r.facts.n,
            multicentre=r.multicentre,
            preregistered=r.facts.preregistered,
            mismatches=r.facts.mismatches,
            species=r.facts.species,
            gradient=r.gradient,
        )
        for r in best.values()
    )
    grade = side and profile(
        GradeFacts(
            claim_type=ClaimType.CAUSAL_BENEFIT,
            side=side,
            clusters=graded,
            opposing_share=1 - side_share(balance, side),
            pooled=pooled,
            optimal_information_size=size,
        )
    )
    eligible = {r.cluster for r in reports if r.facts.basis.rank >= Basis.END_ONLY.rank and not r.facts.retracted}
    settled = verdict(
        VerdictFacts(
            claim_type=ClaimType.CAUSAL_BENEFIT,
            balance=balance,
            eligible=len(eligible),
            grade=grade,
            pooled=pooled,
            human_evidence=any(r.facts.species is Species.HUMAN for r in winners),
            causal_wording=True,
            causal_design=any(r.facts.design in RANDOMISED for r in winners),
            tier=VerbTier.LINKED,
        )
    )
    return balance, grade, settled


@given(CORPORA, st.integers(min_value=0, max_value=5))
def test_removing_support_never_raises_pro(reports: list[Report], at: int) -> None:
    supports = [r for r in reports if r.stance is Stance.SUPPORTS]
    if supports:
        less = [r for r in reports if r is not supports[at % len(supports)]]
        assert aggregate(list(weighed(less).values())).pro <= aggregate(list(weighed(reports).values())).pro


@settings(max_examples=1000)
@given(CORPORA, REPORTS | SOUND, st.sampled_from(sorted(AGAINST)), POOLS, SIZES)
def test_one_more_study_against_never_helps_the_claim(
    reports: list[Report], more: Report, stance: Stance, pooled: PooledEvidence | None, size: int
) -> None:
    added = more.model_copy(update={"stance": stance, "cluster": "K9", "name": 1000})
    before, after = settle(reports, pooled, size), settle([*reports, added], pooled, size)
    assert support_rank(after[2]) <= support_rank(before[2])
    assert after[0].pro <= before[0].pro


@settings(max_examples=500)
@given(CORPORA, REPORTS | SOUND, POOLS.filter(lambda p: p is None or p.side is not Side.AGAINST), SIZES)
def test_one_supporting_study_less_never_helps_the_claim(
    reports: list[Report], more: Report, pooled: PooledEvidence | None, size: int
) -> None:
    """Without pools against: nothing may be left after removal, and a pool of studies that are not there is none."""
    added = more.model_copy(update={"stance": Stance.SUPPORTS, "cluster": "K9", "name": 1000})
    before, after = settle([*reports, added], pooled, size), settle(reports, pooled, size)
    assert support_rank(after[2]) <= support_rank(before[2])


@settings(max_examples=500)
@given(CORPORA, REPORTS | SOUND, st.sampled_from(sorted(AGAINST)), CLUSTERS)
def test_a_contradicting_report_of_a_study_never_raises_pro_nor_turns_it_to_support(
    reports: list[Report], more: Report, stance: Stance, cluster: str
) -> None:
    added = more.model_copy(update={"stance": stance, "cluster": cluster, "name": 1000})
    before, after = settle(reports, None, 400), settle([*reports, added], None, 400)
    assert after[0].pro <= before[0].pro
    assert after[0].against_exact >= 0
    if support_rank(after[2]) > 0:
        assert support_rank(after[2]) <= support_rank(before[2])


@settings(max_examples=300)
@given(CORPORA, POOLS, SIZES)
def test_badges_stay_within_their_evidence(reports: list[Report], pooled: PooledEvidence | None, size: int) -> None:
    balance, grade, settled = settle(reports, pooled, size)
    certainty = grade.certainty if grade else Certainty.VERY_LOW
    winners = balance.for_clusters if settled.side is Side.SUPPORT else balance.against_clusters
    if settled.level is VerdictLevel.STRONG:
        assert winners >= 2
    if settled.level in {VerdictLevel.STRONG, VerdictLevel.MODERATE}:
        assert certainty >= Certainty.MODERATE
        assert winners > 1, "one study never exceeds LIMITED"
    if settled.level is VerdictLevel.LIMITED:
        assert certainty >= Certainty.LOW


@given(CORPORA, POOLS, st.randoms(use_true_random=False))
def test_the_order_of_studies_never_changes_the_verdict(
    reports: list[Report], pooled: PooledEvidence | None, random: object
) -> None:
    shuffled = sorted(reports, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert settle(reports, pooled, 400) == settle(shuffled, pooled, 400)


@given(REPORTS, st.sampled_from([Basis.ASSERTED, Basis.CITED, Basis.NOT_ADDRESSED]), st.sampled_from(ClaimType))
def test_what_was_only_said_weighs_nothing(report: Report, basis: Basis, claim_type: ClaimType) -> None:
    facts = report.facts.model_copy(update={"basis": basis, "claim_type": claim_type})
    assert weigh(facts).weight == 0


@given(REPORTS)
def test_a_retracted_report_weighs_nothing(report: Report) -> None:
    assert weigh(report.facts.model_copy(update={"retracted": True})).weight == 0
