"""Links and chains: every study's judgement of every link, the label of each link, the order of rival chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules import second_reading
from pipeline.rules.reviews import counted_once
from pipeline.rules.step_labels import chain, ranked, step_label
from pipeline.settlement.judging import settle_judgement
from pipeline.settlement.quoting import key_of
from pipeline.settlement.studying import Corpus
from pipeline.settlement.twice import read_twice
from schemas.analysis import Evidence, StudyJudgement
from schemas.settlement import Agreement, SettledChain, SettledJudgement, SettledLink, UnsupportiveQuote
from schemas.vocabulary import Basis, ClaimType


@dataclass(frozen=True)
class Mechanisms:
    """What was settled about links and chains; `chains` are in order, the best supported first."""

    evidence: tuple[SettledJudgement, ...]
    links: tuple[SettledLink, ...]
    chains: tuple[SettledChain, ...]
    unsupportive: tuple[UnsupportiveQuote, ...]
    agreement: Agreement | None = None

    @property
    def best(self) -> SettledChain | None:
        return self.chains[0] if self.chains else None


def settle_mechanisms(evidence: Evidence, corpus: Corpus, claim_type: ClaimType) -> Mechanisms:
    """Labels every link of `evidence` and ranks its chains; a retracted study counts for no link.

    Of two verifiers the worse reading counts (method.md 4).
    """
    first, second = (
        _judgements(judged, evidence, corpus, claim_type)
        for judged in (evidence.judgements, evidence.second_judgements)
    )
    readings = read_twice(first, second)
    links, chains = _labelled(evidence, readings.kept, corpus)
    by_one = [_labelled(evidence, judged, corpus)[1] for judged in readings.alone]
    held = [second_reading.held(c, alone) for c, *alone in zip(chains, *by_one, strict=True)]
    unsupportive = _unsupportive(evidence, corpus, readings.kept)
    return Mechanisms(readings.kept, links, ranked(held), unsupportive, readings.agreement)


def _labelled(
    evidence: Evidence, judged: Sequence[SettledJudgement], corpus: Corpus
) -> tuple[tuple[SettledLink, ...], tuple[SettledChain, ...]]:
    """The links, and the chains in the order proposed, as `judged` leaves them."""
    standing = [j for j in judged if not corpus.appraised[j.study].retracted]
    links = tuple(step_label(n.id, counted_once([j for j in standing if j.link == n.id])) for n in evidence.links)
    by_id = {link.id: link for link in links}
    return links, tuple(chain(c.id, [by_id[i] for i in c.links], standing, corpus.groups) for c in evidence.chains)


def _judgements(
    judged: Sequence[StudyJudgement], evidence: Evidence, corpus: Corpus, claim_type: ClaimType
) -> tuple[SettledJudgement, ...]:
    directions = {n.id: n.link.direction for n in evidence.links}
    cluster_of = corpus.cluster_of
    return tuple(
        settle_judgement(
            corpus.appraised[j.study], j.judgement, cluster_of[j.study], directions[j.judgement.link], claim_type
        )
        for j in sorted(judged, key=lambda j: (j.judgement.link, j.study))
        if j.study in corpus.appraised and j.judgement.link in directions
    )


def _unsupportive(
    evidence: Evidence, corpus: Corpus, judged: Sequence[SettledJudgement]
) -> tuple[UnsupportiveQuote, ...]:
    """Proposed quotations that stand, from studies that the blind verifier says do not address the link."""
    silent = {(j.link, j.study) for j in judged if j.proposed_basis is Basis.NOT_ADDRESSED}
    return tuple(
        UnsupportiveQuote(link=n.id, quote=key_of(q.study, q))
        for n in evidence.links
        for q in n.link.quotes
        if (n.id, q.study) in silent and corpus.book.accepted(q.study, q)
    )
