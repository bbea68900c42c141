"""Mechanism chains as cards: each link with its label, the counts behind it, and what each study did about it."""

from __future__ import annotations

from pipeline.publish.lookup import Lookup
from pipeline.publish.plain import plainly
from pipeline.publish.view import ChainView, Chip, LinkCard, LinkEvidence
from pipeline.publish.words import (
    ARONSON,
    BASIS,
    DESIGN,
    DIRECTION,
    LEVEL,
    STANCE,
    STEP_TONE,
    capital,
    listed,
)
from schemas.analysis import NumberedChain
from schemas.quotation import QuoteKey
from schemas.settlement import SettledChain, SettledJudgement
from schemas.vocabulary import AGAINST, Basis, MechanismStatus, StepLabel

NOT_CHECKED = Chip("Not checked", "none", "unknown")
"""For a link or chain that rules have given no label; unchecked is shown as unchecked."""


def chip(label: StepLabel, shown: str) -> Chip:
    """A step label as the rules worded it (`shown`), with its colour family and shape."""
    tone, icon = STEP_TONE[label]
    return Chip(shown, tone, icon)


def chains(lookup: Lookup) -> tuple[ChainView, ...]:
    """The settled chains in the order of the settlement, best first; then any that were proposed but not settled."""
    proposed = {c.id: c for c in lookup.evidence.chains}
    settled = [(proposed[c.id], c) for c in lookup.settlement.chains if c.id in proposed]
    done = {c.id for _, c in settled}
    unsettled = [(c, None) for c in lookup.evidence.chains if c.id not in done]
    return tuple(_chain(lookup, chain, verdict) for chain, verdict in [*settled, *unsettled])


def _chain(lookup: Lookup, chain: NumberedChain, settled: SettledChain | None) -> ChainView:
    links = [i for i in chain.links if i in lookup.links]
    return ChainView(
        name=chain.name,
        label=chip(settled.label, settled.shown) if settled else NOT_CHECKED,
        status=capital(settled.status.value) if settled else "",
        speculative=settled is None or settled.status is MechanismStatus.SPECULATIVE,
        level=ARONSON[settled.level] if settled else "",
        remarks=_remarks(settled) if settled else (),
        links=tuple(_card(lookup, number, link) for number, link in enumerate(links, start=1)),
        counteracting=chain.counteracting,
    )


def _remarks(chain: SettledChain) -> tuple[str, ...]:
    """What the label leaves open; it names the weakest or broken step already."""
    remarks = ["A chain is as strong as its weakest step."]
    if chain.broken_at is not None:
        remarks.append(f"The evidence on step {chain.broken_at} speaks against it.")
    if chain.gaps:
        steps = listed([str(g) for g in chain.gaps])
        noun, verb = ("Step", "is a gap") if len(chain.gaps) == 1 else ("Steps", "are gaps")
        remarks.append(f"{noun} {steps} {verb}: no study at hand shows both ends going together.")
    return tuple(remarks)


def _card(lookup: Lookup, number: int, link_id: str) -> LinkCard:
    link = lookup.links[link_id].link
    settled = lookup.labels.get(link_id)
    judged = [j for j in lookup.link_evidence.get(link_id, []) if j.basis is not Basis.NOT_ADDRESSED]
    judged.sort(key=lambda j: (-j.basis.rank, j.study))
    shown = dict.fromkeys(key for j in judged for key in j.quotes)
    proposed = [QuoteKey(study=q.study, sentence=q.sentence, text=q.text) for q in link.quotes]
    return LinkCard(
        id=link_id,
        number=number,
        statement=link.statement,
        cause=link.cause,
        effect=link.effect,
        direction=DIRECTION[link.direction],
        level=LEVEL[link.level],
        label=chip(settled.label, settled.shown) if settled else NOT_CHECKED,
        reasons=plainly(lookup.named(r) for r in settled.reasons) if settled else (),
        evidence=tuple(_evidence(lookup, j) for j in judged),
        proposed=lookup.quotations(
            k for k in proposed if k not in shown and link_id not in lookup.unsupportive.get(k, ())
        ),
        beside=lookup.quotations(u.quote for u in lookup.settlement.unsupportive if u.link == link_id),
    )


def _evidence(lookup: Lookup, judgement: SettledJudgement) -> LinkEvidence:
    measured = judgement.basis.rank >= Basis.END_ONLY.rank
    return LinkEvidence(
        study=lookup.label(judgement.study),
        anchor=lookup.anchor(judgement.study),
        stance=capital(STANCE[judgement.stance]) if measured or judgement.stance in AGAINST else "",
        basis=BASIS[judgement.basis],
        design=DESIGN[judgement.design] if measured else "",
        rationale=judgement.rationale,
        reasons=plainly(judgement.reasons),
        quotations=lookup.quotations(judgement.quotes),
    )
