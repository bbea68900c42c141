"""Each invariant finds its own breach: a finished analysis is tampered with, and the breach is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from pipeline.rules.invariants import violations
from schemas.analysis import ClaimAnalysis
from schemas.ladder import SampleSize
from schemas.quotation import QuoteKey
from schemas.settlement import ReadEffect
from schemas.summary import SummarySentence
from schemas.vocabulary import (
    Basis,
    Certainty,
    ClaimType,
    Design,
    Finding,
    Metric,
    Side,
    Stance,
    StepLabel,
    VerdictLevel,
)
from tests.scripted import Scripted
from tests.test_synthesis import STUDIES, analysed


@cache
def sound() -> ClaimAnalysis:
    return analysed(Scripted())


def broken(analysis: ClaimAnalysis) -> set[str]:
    return {v.split(":")[0] for v in violations(analysis, {s.id: s for s in STUDIES})}


def settled(**changes: Any) -> ClaimAnalysis:
    return sound().model_copy(update={"settlement": sound().settlement.model_copy(update=changes)})


def first(items: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    return (items[0].model_copy(update=changes), *items[1:])


def study(**changes: Any) -> ClaimAnalysis:
    return settled(studies=first(sound().settlement.studies, **changes))


def claim_judgement(**changes: Any) -> ClaimAnalysis:
    return study(judgement=sound().settlement.studies[0].judgement.model_copy(update=changes))


def link(**changes: Any) -> ClaimAnalysis:
    return settled(links=first(sound().settlement.links, **changes))


def weightless() -> ClaimAnalysis:
    heavy = sound().settlement.studies[0].weight
    studies = tuple(
        s.model_copy(update={"weight": heavy.model_copy(update={"weight": 0.0})}) for s in sound().settlement.studies
    )
    verdict = sound().settlement.verdict.model_copy(update={"level": VerdictLevel.MODERATE, "side": Side.SUPPORT})
    grade = sound().settlement.grade
    assert grade is not None
    balance = sound().settlement.balance.model_copy(update={"for_clusters": 1})
    return settled(
        balance=balance, studies=studies, verdict=verdict, grade=grade.model_copy(update={"certainty": Certainty.HIGH})
    )


def overstated() -> ClaimAnalysis:
    return settled(verdict=sound().settlement.verdict.model_copy(update={"level": VerdictLevel.STRONG}))


def moved_quote() -> ClaimAnalysis:
    quotations = sound().evidence.quotations
    moved = first(quotations, start=(quotations[0].start or 0) + 1)
    return sound().model_copy(update={"evidence": sound().evidence.model_copy(update={"quotations": moved})})


def loud_summary() -> ClaimAnalysis:
    summary = sound().evidence.summary
    assert summary is not None
    loud = SummarySentence(text="Training makes everybody stronger.", rests_on=("F1",))
    evidence = sound().evidence.model_copy(update={"summary": summary.model_copy(update={"teaser": loud})})
    return sound().model_copy(update={"evidence": evidence})


def unmeasured_link() -> ClaimAnalysis:
    evidence = tuple(j.model_copy(update={"basis": Basis.ASSERTED}) for j in sound().settlement.link_evidence)
    return settled(link_evidence=evidence)


def unrefutable_rung() -> ClaimAnalysis:
    plan = sound().settlement.rungs[0].plan
    assert plan is not None
    return settled(rungs=first(sound().settlement.rungs, plan=plan.model_copy(update={"refutes_if": " "})))


WIDE = ReadEffect(
    metric=Metric.RISK_RATIO,
    outcome="strength",
    estimate=1.0,
    ci_low=0.5,
    ci_high=2.0,
    p=None,
    p_sign=None,
    quote=QuoteKey(study="a", sentence=1, text="x"),
)
BREACHES: dict[str, tuple[str, Callable[[], ClaimAnalysis]]] = {
    "a label with multiple on one study": ("H1", lambda: link(label=StepLabel.PROPOSED, shown="Seen in multiple")),
    "tested in multiple without two clusters": (
        "H1",
        lambda: settled(
            links=first(sound().settlement.links, label=StepLabel.TESTED_MULTIPLE),
            link_evidence=sound().settlement.link_evidence[:1],
        ),
    ),
    "seen in multiple without two clusters": (
        "H1",
        lambda: settled(links=first(sound().settlement.links, label=StepLabel.SEEN_MULTIPLE), link_evidence=()),
    ),
    "a basis without a quotation": ("H2", lambda: claim_judgement(quotes=())),
    "a quotation that has moved": ("H2", moved_quote),
    "an assertion that weighs": ("H3", lambda: claim_judgement(basis=Basis.ASSERTED)),
    "a label that nobody measured": ("H3", unmeasured_link),
    "a manipulation without comparator": ("H4", lambda: claim_judgement(design=Design.PREPOST_SINGLE_ARM)),
    "a manipulation without a between-group quotation": ("H4", lambda: claim_judgement(quotes=())),
    "a moderate verdict on one study": ("H6", weightless),
    "a strong verdict at low certainty": ("H7", overstated),
    "a retracted study that weighs": ("H8", lambda: study(retracted=True)),
    "a study that is not listed": ("H8", lambda: settled(studies=sound().settlement.studies[1:])),
    "a cluster that counts for nothing": ("H8", lambda: study(counted=False)),
    "an informative null without interval": ("H9", lambda: claim_judgement(stance=Stance.NULL_INFORMATIVE)),
    "an informative null whose interval leaves room for an effect": (
        "H9",
        lambda: claim_judgement(stance=Stance.NULL_INFORMATIVE, effect=WIDE),
    ),
    "a null called a contradiction": (
        "H9",
        lambda: claim_judgement(stance=Stance.CONTRADICTS, finding=Finding.NO_DIFFERENCE),
    ),
    "a summary above its tier": ("H11", loud_summary),
    "a rung out of order": ("H12", lambda: settled(rungs=tuple(reversed(sound().settlement.rungs)))),
    "a rung that nothing would refute": ("H12", unrefutable_rung),
    "a sample size out of thin air": (
        "H12",
        lambda: settled(rungs=first(sound().settlement.rungs, sample_size=SampleSize(total=12, formula="none"))),
    ),
    "a chain with a step without label": ("H12", lambda: settled(links=sound().settlement.links[1:])),
}


def test_a_sound_analysis_breaks_nothing() -> None:
    assert broken(sound()) == set()


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_named(breach: str) -> None:
    invariant, tampered = BREACHES[breach]
    assert invariant in broken(tampered())


def test_a_mechanistic_badge_above_its_chain_is_named() -> None:
    settlement = sound().settlement
    grade = settlement.grade
    assert grade is not None
    verdict = settlement.verdict.model_copy(update={"level": VerdictLevel.MODERATE, "side": Side.SUPPORT})
    tampered = settled(
        claim_type=ClaimType.MECHANISTIC,
        verdict=verdict,
        grade=grade.model_copy(update={"certainty": Certainty.HIGH}),
        chains=(),
    )
    assert "H7" in broken(tampered)


def test_without_sources_quotations_are_not_held_against_them() -> None:
    assert not [v for v in violations(moved_quote(), {}) if v.startswith("H2")]
    assert not [v for v in violations(sound(), {}) if v]


def test_an_analysis_without_a_verdict_and_summary_can_be_sound() -> None:
    def silent(request: Any) -> Any:
        from schemas.wire import ReplyLine

        return ReplyLine.failed(request.custom_id, "http_500", "down")

    assert analysed(silent).settlement.verdict.side is None
