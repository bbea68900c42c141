"""The twelve invariants (method.md H), checked on every analysis before it is written and again by `recompute`.

They look at the finished analysis from outside: they repeat no rule, they hold its result against what must never
happen. Where a check calls the rule itself (language, sample sizes), it finds only what was changed afterwards.
Invariant 5 (recomputes identically) is `mechsyn recompute` itself; invariant 10 is wording of the page and is checked
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.rules import language, prose
from pipeline.rules.contrast import spoken
from pipeline.rules.ladder import RUNGS
from pipeline.rules.power import sample_size
from pipeline.rules.step_labels import strength
from pipeline.rules.thresholds import excludes_important_effect, is_significant
from schemas.vocabulary import (
    CONCURRENT_COMPARATOR,
    AronsonLevel,
    Basis,
    Certainty,
    ClaimType,
    Finding,
    Side,
    Stance,
    StepLabel,
    VerdictLevel,
)

if TYPE_CHECKING:
    from schemas.analysis import ClaimAnalysis
    from schemas.study import Study

_MEASURED = Basis.END_ONLY.rank
_NEEDS_CERTAINTY = {
    VerdictLevel.STRONG: Certainty.MODERATE,
    VerdictLevel.MODERATE: Certainty.MODERATE,
    VerdictLevel.LIMITED: Certainty.LOW,
}
_NEEDS_CHAIN = {VerdictLevel.STRONG: AronsonLevel.L2, VerdictLevel.MODERATE: AronsonLevel.L3}
_LEVELS = (VerdictLevel.PRELIMINARY, VerdictLevel.LIMITED, VerdictLevel.MODERATE, VerdictLevel.STRONG)


def violations(analysis: ClaimAnalysis, studies: Mapping[str, Study]) -> tuple[str, ...]:
    """Every broken invariant as 'H<number>: what is wrong'; empty when the analysis may be written.

    `studies` are those whose text is at hand; quotations of others cannot be held against their source.
    """
    return tuple(v for check in _CHECKS for v in check(analysis, studies))


def _h1_multiple(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    retracted = {s.study for s in settlement.studies if s.retracted}
    for link in settlement.links:
        clusters = {
            basis: {
                j.cluster
                for j in settlement.link_evidence
                if j.link == link.id and j.basis is basis and j.stance is Stance.SUPPORTS and j.study not in retracted
            }
            for basis in (Basis.MANIPULATED, Basis.CO_MEASURED)
        }
        if link.label is StepLabel.TESTED_MULTIPLE and len(clusters[Basis.MANIPULATED]) < 2:
            yield f"H1: {link.id} is called tested in multiple studies by {len(clusters[Basis.MANIPULATED])}"
        if link.label is StepLabel.SEEN_MULTIPLE and len(clusters[Basis.MANIPULATED] | clusters[Basis.CO_MEASURED]) < 2:
            yield f"H1: {link.id} is called seen in multiple studies by fewer than two"
        if "multiple" in link.shown.lower() and link.label not in {StepLabel.TESTED_MULTIPLE, StepLabel.SEEN_MULTIPLE}:
            yield f"H1: {link.id} is shown with 'multiple' under another label"


def _h2_quotes(analysis: ClaimAnalysis, studies: Mapping[str, Study]) -> Iterator[str]:
    evidence, settlement = analysis.evidence, analysis.settlement
    by_key = {q.key: q for q in evidence.quotations}
    for j in (*settlement.link_evidence, *(s.judgement for s in settlement.studies)):
        if j.basis is Basis.NOT_ADDRESSED:
            continue
        if not any(key in by_key and by_key[key].accepted for key in j.quotes):
            yield f"H2: {j.study} is {j.basis.value} on {j.link} without an accepted quotation"
    for q in evidence.quotations:
        source = studies.get(q.found_in or q.key.study)
        if q.start is None or source is None:
            continue
        if source.text[q.start : q.end] != q.located or (q.accepted and q.source_sha256 != source.sha256):
            yield f"H2: a quotation of {q.key.study} does not stand at its stored offset"


def _h3_asserted(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    for s in settlement.studies:
        if s.judgement.basis.rank < _MEASURED and s.weight.weight:
            yield f"H3: {s.study} only {s.judgement.basis.value} but weighs {s.weight.weight:g}"
    for link in settlement.links:
        best = max((j.basis.rank for j in settlement.link_evidence if j.link == link.id), default=0)
        if best < _MEASURED and strength(link.label) > strength(StepLabel.PROPOSED):
            yield f"H3: nobody measured {link.id}, yet it is shown as {link.shown!r}"


def _h4_manipulated(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    by_key = {q.key: q for q in analysis.evidence.quotations}
    for j in (*settlement.link_evidence, *(s.judgement for s in settlement.studies)):
        if j.basis is not Basis.MANIPULATED:
            continue
        if j.design not in CONCURRENT_COMPARATOR:
            yield f"H4: {j.study} is said to have tested {j.link} directly as a {spoken(j.design)}"
        texts = [by_key[k].context or "" for k in j.quotes if k in by_key and by_key[k].accepted]
        if not any(language.names_between_group_comparison(t) and language.has_result_token(t) for t in texts):
            yield f"H4: {j.study} is said to have tested {j.link} directly without a between-group result"


def _h6_single(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    verdict = settlement.verdict
    if verdict.side is None:
        return
    balance = settlement.balance
    k = balance.for_clusters if verdict.side is Side.SUPPORT else balance.against_clusters
    if k < 2 and _LEVELS.index(verdict.level) > _LEVELS.index(VerdictLevel.LIMITED):
        yield f"H6: {verdict.level.value} rests on {k} independent study"


def _h7_badge(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    verdict = settlement.verdict
    needed = _NEEDS_CERTAINTY.get(verdict.level)
    certainty = settlement.grade.certainty if settlement.grade else Certainty.VERY_LOW
    if verdict.side is not None and needed is not None and certainty < needed:
        yield f"H7: {verdict.level.value} at {certainty.name.lower()} certainty"
    if settlement.claim_type is not ClaimType.MECHANISTIC or verdict.side is not Side.SUPPORT:
        return
    chain = settlement.chains[0] if settlement.chains else None
    worst = _NEEDS_CHAIN.get(verdict.level)
    if worst is not None and (chain is None or chain.level > worst):
        yield f"H7: {verdict.level.value} on a chain of {chain.level.name if chain else 'no level'}"


def _h8_counted(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    listed = [s.study for s in settlement.studies]
    if sorted(listed) != sorted(r.id for r in analysis.evidence.studies):
        yield "H8: not every study is listed exactly once"
    for s in settlement.studies:
        if s.retracted and s.weight.weight:
            yield f"H8: {s.study} is retracted but weighs {s.weight.weight:g}"
    for cluster in settlement.clusters:
        counted = [s.study for s in settlement.studies if s.cluster == cluster.id and s.counted]
        if len(counted) != 1:
            yield f"H8: cluster {cluster.id} counts {len(counted)} times"


def _h9_null(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    for j in (*settlement.link_evidence, *(s.judgement for s in settlement.studies)):
        if j.stance is Stance.NULL_INFORMATIVE and (j.effect is None or j.effect.ci_low is None):
            yield f"H9: {j.study} is called an informative null on {j.link} without a confidence interval"
        if j.stance is Stance.NULL_INFORMATIVE and j.effect and not excludes_important_effect(j.effect):
            yield f"H9: {j.study} is called an informative null on {j.link}, but its interval leaves room for an effect"
        significant = is_significant(j.effect) if j.effect else None
        if j.stance is Stance.CONTRADICTS and (j.finding is Finding.NO_DIFFERENCE or significant is False):
            yield f"H9: {j.study} found no clear difference on {j.link} but is called a contradiction"


def _h11_prose(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    summary, settlement = analysis.evidence.summary, analysis.settlement
    if summary is None:
        return
    findings = prose.examine(summary, settlement.facts, settlement.verdict.tier, prose.counts(settlement.studies))
    yield from (f"H11: {f.where}: {f.problem}" for f in findings)


def _h12_ladder(analysis: ClaimAnalysis, _studies: Mapping[str, Study]) -> Iterator[str]:
    settlement = analysis.settlement
    if tuple(r.rung for r in settlement.rungs) != RUNGS[settlement.claim_type]:
        yield "H12: the rungs are not those of the claim's type in their order"
    for rung in settlement.rungs:
        if rung.plan is None:
            continue
        if not (rung.plan.confirms_if.strip() and rung.plan.refutes_if.strip()):
            yield f"H12: rung {rung.rank} lacks what would confirm or refute"
        if rung.sample_size != sample_size(rung.plan):
            yield f"H12: the size of rung {rung.rank} does not follow from its assumptions"
    labelled = {link.id for link in settlement.links}
    for chain in analysis.evidence.chains:
        if not 3 <= len(chain.links) <= 6 or not labelled.issuperset(chain.links):
            yield f"H12: chain {chain.id} has a step without a label, or not 3 to 6 steps"


_CHECKS: tuple[Callable[[ClaimAnalysis, Mapping[str, Study]], Iterator[str]], ...] = (
    _h1_multiple,
    _h2_quotes,
    _h3_asserted,
    _h4_manipulated,
    _h6_single,
    _h7_badge,
    _h8_counted,
    _h9_null,
    _h11_prose,
    _h12_ladder,
)
