"""Settles a written analysis again from its stored inputs, quotations included where the sources lie beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline import settlement
from pipeline.rules.invariants import violations
from pipeline.rules.quotation import check_stale
from schemas.analysis import ClaimAnalysis
from schemas.settlement import Settlement
from schemas.study import Study
from schemas.vocabulary import QuoteFault


@dataclass(frozen=True)
class Recomputed:
    """What differs between the written settlement and the new one, and which invariants the written one breaks."""

    differences: tuple[str, ...]
    broken: tuple[str, ...]
    quotations: int
    sources: int


def recompute(analysis: ClaimAnalysis, sources: Mapping[str, Study]) -> Recomputed:
    """Settles `analysis` again. `sources` are its stored studies by id; unless all are given, quotations stay."""
    evidence = analysis.evidence
    complete = all(s.id in sources for s in evidence.studies)
    again = settlement.with_quotations(evidence, sources) if complete else evidence
    differences = [
        f"quotation {new.key.text[:60]!r} of {new.key.study}: stored {old.match}, now {new.match}"
        for old, new in zip(evidence.quotations, again.quotations, strict=False)
        if old != new
    ]
    if len(evidence.quotations) != len(again.quotations):
        differences.append(f"{len(evidence.quotations)} quotations are stored, {len(again.quotations)} are due")
    differences += [
        f"quotation {q.key.text[:60]!r} of {q.key.study}: its source has changed since"
        for q in evidence.quotations
        if (source := sources.get(q.found_in or q.key.study)) is not None
        and check_stale(q, source).fault is QuoteFault.STALE_SOURCE
    ]
    settled = settlement.settle(again, analysis.settlement.optimal_information_size)
    differences += list(_differences(analysis.settlement, settled))
    return Recomputed(
        differences=tuple(differences),
        broken=violations(analysis, sources),
        quotations=len(again.quotations) if complete else 0,
        sources=len(sources),
    )


def _differences(stored: Settlement, settled: Settlement) -> Iterator[str]:
    for name in Settlement.model_fields:
        old, new = getattr(stored, name), getattr(settled, name)
        if old != new:
            yield f"{name}: stored {_short(old)}, now {_short(new)}"


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 160 else f"{text[:157]}..."
