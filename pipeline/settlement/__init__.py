"""Settles the stored evidence of a claim: the one place where the rules are applied in their order.

Pure: the same evidence always gives the same settlement, whatever the order of studies. It decides nothing that
`pipeline.rules` does not decide, and reads no text but located quotations.
"""

from __future__ import annotations

from pipeline.rules import RULES_VERSION, prose
from pipeline.rules.facts import build_facts
from pipeline.rules.ladder import settle_rungs
from pipeline.rules.power import sample_size
from pipeline.rules.readability import readability
from pipeline.settlement.concluding import conclude
from pipeline.settlement.judging import numeric_flags
from pipeline.settlement.linking import Mechanisms, settle_mechanisms
from pipeline.settlement.quoting import with_quotations
from pipeline.settlement.studying import Corpus, corpus_of, settle_studies
from schemas.analysis import Evidence
from schemas.quotation import QuoteKey
from schemas.settlement import SettledLink, SettledStudy, Settlement
from schemas.vocabulary import ClaimType, Direction, MatchGrade

__all__ = ["settle", "with_quotations", "with_summary"]


def settle(evidence: Evidence, optimal_information_size: int) -> Settlement:
    """Everything that the rules make of `evidence`, whose quotations have been located (`with_quotations`).

    Parts whose inputs are missing are empty; nothing is made up for them.
    """
    claim_type = evidence.claim.type or (evidence.frame.claim_type if evidence.frame else ClaimType.CAUSAL_BENEFIT)
    direction = evidence.frame.direction if evidence.frame else Direction.CHANGES
    corpus = corpus_of(evidence)
    studies = settle_studies(evidence, corpus, claim_type, direction, optimal_information_size)
    mechanisms = settle_mechanisms(evidence, corpus, claim_type)
    conclusion = conclude(evidence, corpus, studies, mechanisms, claim_type, optimal_information_size)
    plans = evidence.ladder.rungs if evidence.ladder else ()
    rungs = settle_rungs(claim_type, plans, studies, {p.rung: sample_size(p) for p in reversed(plans)})
    facts = build_facts(
        studies,
        lambda study: corpus.appraised[study].record.citation.label,
        lambda key: _words(corpus, key),
        conclusion.verdict,
        conclusion.grade,
        mechanisms.best,
        _steps(evidence, mechanisms),
        rungs,
    )
    settlement = Settlement(
        rules_version=RULES_VERSION,
        optimal_information_size=optimal_information_size,
        claim_type=claim_type,
        clusters=corpus.clusters,
        overlaps=corpus.overlaps,
        studies=studies,
        balance=conclusion.balance,
        pooled=conclusion.pooled,
        link_evidence=mechanisms.evidence,
        links=mechanisms.links,
        chains=mechanisms.chains,
        grade=conclusion.grade,
        verdict=conclusion.verdict,
        rungs=rungs,
        facts=facts,
        unsupportive=mechanisms.unsupportive,
        agreement=mechanisms.agreement,
        warnings=_warnings(evidence, corpus, studies),
        language=(),
        readability=None,
    )
    return with_summary(settlement, evidence)


def with_summary(settlement: Settlement, evidence: Evidence) -> Settlement:
    """The settlement with what the rules find in the summary of `evidence`, which changes nothing else in it."""
    if evidence.summary is None:
        return settlement
    tier, counted = settlement.verdict.tier, prose.counts(settlement.studies)
    findings = prose.examine(evidence.summary, settlement.facts, tier, counted)
    measured = readability([s.text for s in evidence.summary.in_simple_terms])
    return settlement.model_copy(update={"language": findings, "readability": measured})


def _words(corpus: Corpus, key: QuoteKey) -> str:
    located = corpus.book.accepted(key.study, key)
    return located.located or "" if located is not None else ""


def _steps(evidence: Evidence, mechanisms: Mechanisms) -> tuple[tuple[str, SettledLink], ...]:
    """The best chain's links as statements, in order."""
    if mechanisms.best is None:
        return ()
    best = next(c for c in evidence.chains if c.id == mechanisms.best.id)
    statements = {n.id: n.link.statement for n in evidence.links}
    labels = {link.id: link for link in mechanisms.links}
    return tuple((statements[i], labels[i]) for i in best.links)


def _warnings(evidence: Evidence, corpus: Corpus, studies: tuple[SettledStudy, ...]) -> tuple[str, ...]:
    """What an editor should know before reading on, in plain sentences."""
    found: list[str] = []
    faulty = [q for q in evidence.quotations if not q.accepted]
    if faulty:
        invented = sum(q.match is MatchGrade.NOT_FOUND for q in faulty)
        found.append(
            f"{len(faulty)} of {len(evidence.quotations)} quotations were refused"
            f" ({invented} stand nowhere in their study)."
        )
    for overlap in corpus.overlaps:
        one, other = overlap.studies
        found.append(f"{one} and {other} may report one study (same {', '.join(overlap.cues)}); they count once.")
    found += [f"{s.study}: {s.decision_error}" for s in studies if s.decision_error]
    found += [f"{study}: {flag}" for study, a in corpus.appraised.items() for flag in numeric_flags(a)]
    return tuple(found)
