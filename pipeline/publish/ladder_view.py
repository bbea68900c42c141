"""GRADE certainty with its reasons, and the ladder of ideal evidence with computed sample sizes."""

from __future__ import annotations

import re

from pipeline.publish.lookup import Lookup
from pipeline.publish.plain import grouped, plain
from pipeline.publish.view import Chip, GradeRow, GradeView, Pair, RungView
from pipeline.publish.words import (
    CERTAINTY,
    CERTAINTY_MEANING,
    GRADE_DOMAIN,
    METRIC,
    RUNG_STATUS,
    TARGET_EFFECT,
    listed,
    number,
    signed,
)
from pipeline.rules.prose import speaks_of_animals_or_cells
from schemas.ladder import Rung, RungPlan, SampleSize, SettledRung
from schemas.settlement import Pooled
from schemas.vocabulary import Side

_PEOPLE = re.compile(
    r"\b(?:people|persons?|adults?|(?:wo)?men|patients?|participants?|volunteers?|humans?)\b", re.IGNORECASE
)


def grade(lookup: Lookup) -> GradeView | None:
    """The GRADE arithmetic row by row (method.md D), or null when nothing was rated."""
    profile = lookup.settlement.grade
    if profile is None:
        return None
    rows = tuple(
        GradeRow(GRADE_DOMAIN[d.domain], signed(d.change), d.change != 0, plain(d.reason)) for d in profile.domains
    )
    return GradeView(
        rated=_rated(lookup, profile.rated),
        certainty=CERTAINTY[profile.certainty],
        level=int(profile.certainty),
        meaning=CERTAINTY_MEANING[profile.certainty],
        start=profile.start,
        start_reason=plain(profile.start_reason),
        rows=rows,
    )


def _rated(lookup: Lookup, clusters: tuple[str, ...]) -> str:
    """What was rated: certainty is one of an effect, on one side, in some studies, never of 'the evidence' at large."""
    studies = listed(lookup.cluster_labels(clusters))
    side = lookup.settlement.verdict.side
    if side is None:
        what = "Certainty of the few studies on the claim's side"
    else:
        frame = lookup.evidence.frame
        effect = f"the claimed effect ({frame.effect.meaning})" if frame else "the claimed effect"
        what = f"What was rated: {effect}, by the studies {'for' if side is Side.SUPPORT else 'against'} the claim"
    return f"{what}: {studies}." if studies else f"{what}."


def pooled(lookup: Lookup) -> tuple[str, ...]:
    return tuple(_pool(p) for p in lookup.settlement.pooled)


def _pool(pool: Pooled) -> str:
    return (
        f"{pool.clusters} independent studies pooled (random effects): {METRIC[pool.metric]} "
        f"{number(pool.estimate, 3)}, confidence interval {number(pool.ci_low, 3)} to {number(pool.ci_high, 3)}; "
        f"heterogeneity I² {number(pool.i_squared, 2)} %."
    )


def rungs(lookup: Lookup) -> tuple[RungView, ...]:
    """The rungs in the order of the settlement, strongest first."""
    return tuple(_rung(lookup, r) for r in lookup.settlement.rungs)


def _rung(lookup: Lookup, rung: SettledRung) -> RungView:
    tone, icon, words = RUNG_STATUS[rung.status]
    reason = plain(lookup.named(rung.status_reason))
    return RungView(
        rank=rung.rank,
        title=rung.title,
        status=Chip(words, tone, icon),
        status_reason=reason,
        met_by=tuple(label for s in rung.met_by if (label := lookup.label(s)) not in reason),
        size_term=_size_term(rung),
        size=_size(rung),
        size_formula=_formula(rung.sample_size),
        confirms=rung.plan.confirms_if if rung.plan else "",
        refutes=rung.plan.refutes_if if rung.plan else "",
        plan=_plan(rung.plan) if rung.plan else (),
    )


def _size_term(rung: SettledRung) -> str:
    """'Participants' are people; whatever else is studied is a 'Sample'."""
    population = rung.plan.population if rung.plan else ""
    animals = speaks_of_animals_or_cells(population) and not _PEOPLE.search(population)
    return "Sample" if animals or rung.rung is Rung.ANIMAL_PERTURBATION else "Participants"


def _size(rung: SettledRung) -> str:
    size = rung.sample_size
    if size is None or size.total is None:
        applies = rung.plan is None or rung.plan.target_effect.kind != "not_applicable"
        return "not computed" if applies else "no number applies to this kind of evidence"
    if len(size.per_group) < 2:
        return f"{size.total:,}"
    equal = len(set(size.per_group)) == 1
    groups = f"{size.per_group[0]:,} per group" if equal else listed([f"{n:,}" for n in size.per_group])
    return f"{size.total:,} ({groups})"


def _formula(size: SampleSize | None) -> str:
    if size is None or size.total is None:
        return size.formula if size else ""
    return f"{grouped(size.formula)}; two-sided α {number(size.alpha)}, power {number(size.power)}"


def _plan(plan: RungPlan) -> tuple[Pair, ...]:
    target = plan.target_effect
    values = [number(v, 4) for v in (target.value, target.second) if v is not None]
    rows = (
        ("Design", plan.design),
        ("Population", plan.population),
        ("Intervention or exposure", plan.intervention_or_exposure),
        ("Comparator", plan.comparator),
        ("Outcome", _joined(plan.outcome.name, plan.outcome.instrument, plan.outcome.unit)),
        (
            "Smallest difference that matters",
            _joined(plan.outcome.minimal_important_difference, plan.outcome.source_of_minimal_important_difference),
        ),
        ("Measured at", _joined(plan.timepoint, plan.duration)),
        ("Effect assumed", _joined(f"{TARGET_EFFECT[target.kind]} {listed(values)}" if values else "", target.source)),
        ("Expected dropout", f"{number(100 * plan.dropout)} %"),
        ("Randomisation and concealment", plan.randomisation_and_concealment),
        ("Blinding", plan.blinding),
        ("Registration", plan.preregistration),
        ("Analysis", plan.analysis),
        ("Tests", plan.tests),
        ("Would resolve", listed([GRADE_DOMAIN[d].lower() for d in plan.resolves])),
        ("Feasibility", plan.feasibility),
        ("Ethics", plan.ethics),
    )
    return tuple(Pair(term, text) for term, text in rows if text.strip())


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part.strip())
