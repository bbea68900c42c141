"""Settles a written analysis again from its stored inputs, quotations included where the sources lie beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline import settlement
from pipeline.rules.invariants import violations
from pipeline.rules.quotation import check_stale
from schemas.analysis import ClaimAnalysis
from schemas.quotation import LocatedQuote
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
    differences = list(_quotation_differences(evidence.quotations, again.quotations))
    differences += [
        f"{_named(q)}: its source has changed since"
        for q in evidence.quotations
        if (source := sources.get(q.found_in or q.key.study)) is not None
        and check_stale(q, source).fault is QuoteFault.STALE_SOURCE
    ]
    differences += _record_differences(analysis, sources)
    settled = settlement.settle(again, analysis.settlement.optimal_information_size)
    differences += list(_differences(analysis.settlement, settled))
    return Recomputed(
        differences=tuple(differences),
        broken=violations(analysis, sources),
        quotations=len(again.quotations) if complete else 0,
        sources=len(sources),
    )


def _record_differences(analysis: ClaimAnalysis, sources: Mapping[str, Study]) -> Iterator[str]:
    """What the analysis says of its studies against the studies stored beside it, and whether it hides a gap."""
    for record in analysis.evidence.studies:
        source = sources.get(record.id)
        if source is not None and (record.status, record.document, record.notes, record.sha256) != (
            source.status,
            source.document,
            source.notes,
            source.sha256,
        ):
            yield f"{record.id}: what is recorded of it differs from the stored source (status, kind, notes or text)"
    evidence = analysis.evidence
    there = (evidence.frame, evidence.chains, evidence.ladder, evidence.summary)
    judged = {s.study for s in evidence.stances} >= {s.id for s in evidence.studies}
    if analysis.complete and not (all(there) and judged):
        yield "unsettled: the analysis calls itself complete, but parts are missing"


def _quotation_differences(stored: Sequence[LocatedQuote], due: Sequence[LocatedQuote]) -> Iterator[str]:
    """By key, so that one quotation too many or too few is one difference; their order means nothing."""
    old, new = {q.key: q for q in stored}, {q.key: q for q in due}
    if len(old) != len(stored):
        yield f"{len(stored) - len(old)} quotations are stored more than once"
    for key, quote in new.items():
        if key not in old:
            yield f"{_named(quote)}: not stored, but due"
        elif old[key] != quote:
            yield f"{_named(quote)}: {_finding_differences(old[key], quote)}"
    yield from (f"{_named(quote)}: stored, but not due" for key, quote in old.items() if key not in new)


def _finding_differences(old: LocatedQuote, new: LocatedQuote) -> str:
    if (old.match, old.fault) != (new.match, new.fault):
        return f"stored {_finding(old)}, now {_finding(new)}"
    names = [n for n in LocatedQuote.model_fields if getattr(old, n) != getattr(new, n)]
    return f"stored and now differ in {', '.join(names)}"


def _finding(quote: LocatedQuote) -> str:
    return quote.match if quote.fault is None else f"{quote.match} ({quote.fault})"


def _named(quote: LocatedQuote) -> str:
    return f"quotation {quote.key.text[:60]!r} of {quote.key.study}"


def _differences(stored: Settlement, settled: Settlement) -> Iterator[str]:
    for name in Settlement.model_fields:
        old, new = getattr(stored, name), getattr(settled, name)
        if old != new:
            yield f"{name}: stored {_short(old)}, now {_short(new)}"


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 160 else f"{text[:157]}..."
