"""Table B: the label of a link from the clusters that speak to it, and the label of a chain from its weakest step.

Pure counting over settled judgements. Retracted studies must be left out by the caller: a judgement does not know.
It never looks at weights: a label says what was done, not how heavy it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.rules.independence import pairwise_independent
from schemas.settlement import SettledChain, SettledJudgement, SettledLink
from schemas.vocabulary import (
    AGAINST,
    AronsonLevel,
    Basis,
    Design,
    MechanismStatus,
    Species,
    Stance,
    StepLabel,
)

WORDS: Mapping[StepLabel, str] = MappingProxyType(
    {
        StepLabel.CONTRADICTED: "Contradicted",
        StepLabel.CONTESTED: "Contested",
        StepLabel.TESTED_MULTIPLE: "Tested directly in multiple independent studies",
        StepLabel.TESTED_ONE: "Tested directly in one study",
        StepLabel.SEEN_MULTIPLE: "Seen together in multiple studies; cause not tested",
        StepLabel.SEEN_ONE: "Seen together in one study; cause not tested",
        StepLabel.PARTLY_MEASURED: "Partly measured; link inferred",
        StepLabel.PROPOSED: "Proposed by authors; not measured",
        StepLabel.BACKGROUND_ONLY: "Background citation only",
        StepLabel.NO_EVIDENCE: "No evidence found",
        StepLabel.NO_CLEAR_RESULT: "No clear result",
    }
)
"""The words of table B, to which `step_label` adds counts."""

STRONGEST_FIRST = (
    StepLabel.TESTED_MULTIPLE,
    StepLabel.TESTED_ONE,
    StepLabel.SEEN_MULTIPLE,
    StepLabel.SEEN_ONE,
    StepLabel.PARTLY_MEASURED,
    StepLabel.CONTESTED,
    StepLabel.NO_CLEAR_RESULT,
    StepLabel.PROPOSED,
    StepLabel.BACKGROUND_ONLY,
    StepLabel.NO_EVIDENCE,
    StepLabel.CONTRADICTED,
)
"""The one order of strength of labels. Contested stands below every supported label (one more study against never
strengthens) and above what nobody measured; Contradicted is weakest: evidence against is worse than none."""

GAPS = frozenset(
    {
        StepLabel.PARTLY_MEASURED,
        StepLabel.NO_CLEAR_RESULT,
        StepLabel.PROPOSED,
        StepLabel.BACKGROUND_ONLY,
        StepLabel.NO_EVIDENCE,
    }
)
"""Rows 7 to 10: a step that nobody measured at both ends is a hole in the chain (Howick 2010; method.md B)."""

_REPLICATED = frozenset({StepLabel.TESTED_MULTIPLE, StepLabel.SEEN_MULTIPLE})
_DISPUTED = frozenset({StepLabel.CONTESTED, StepLabel.CONTRADICTED})
_BASIS_OF_ROW: Mapping[StepLabel, Basis] = MappingProxyType(
    {
        StepLabel.TESTED_MULTIPLE: Basis.MANIPULATED,
        StepLabel.TESTED_ONE: Basis.MANIPULATED,
        StepLabel.SEEN_MULTIPLE: Basis.CO_MEASURED,
        StepLabel.SEEN_ONE: Basis.CO_MEASURED,
        StepLabel.PARTLY_MEASURED: Basis.END_ONLY,
    }
)
_STATUS: Mapping[AronsonLevel, MechanismStatus] = MappingProxyType(
    {
        AronsonLevel.L1: MechanismStatus.ESTABLISHED,
        AronsonLevel.L2: MechanismStatus.PROVISIONALLY_ESTABLISHED,
        AronsonLevel.L3: MechanismStatus.ARGUABLY_TRUE,
        AronsonLevel.L4: MechanismStatus.SPECULATIVE,
        AronsonLevel.L5: MechanismStatus.ARGUABLY_FALSE,
        AronsonLevel.UNRATED: MechanismStatus.SPECULATIVE,
    }
)
_STATUS_ORDER = tuple(MechanismStatus)
_SPECIES_WORD: Mapping[Species, str] = MappingProxyType(
    {Species.ANIMAL: "animals", Species.CELLS: "cells", Species.COMPUTER_MODEL: "computer models"}
)
_DESIGN_WORD: Mapping[Design, str] = MappingProxyType(
    {
        Design.ANIMAL_RANDOMISED: "animals",
        Design.ANIMAL_OTHER: "animals",
        Design.IN_VITRO: "cells",
        Design.IN_SILICO: "computer models",
    }
)


def strength(label: StepLabel) -> int:
    """Strength of a label, 9 (tested in multiple studies) to 0 (contradicted), by `STRONGEST_FIRST`."""
    return len(STRONGEST_FIRST) - 1 - STRONGEST_FIRST.index(label)


def step_label(link: str, evidence: Sequence[SettledJudgement]) -> SettledLink:
    """Label link `link` by table B (method.md B); judgements of other links in `evidence` are passed over.

    Clusters are counted, each supporting cluster once and at its best basis; one that also contradicts counts on both
    sides. Rows 3 and 5 need a counted cluster that is not at high risk of bias, else they fall to 4 and 6. What is
    ASSERTED or CITED against a link proposes nothing and gives no row 8 or 9. The order of `evidence` does not matter.
    """
    tally = _Tally.of([j for j in evidence if j.link == link])
    label = _row(tally)
    return SettledLink(
        id=link,
        label=label,
        shown=WORDS[label]
        + _counts(label, tally)
        + _species(label, tally)
        + _directness(label, tally)
        + _others(label, tally),
        manipulated=len(tally.manipulated),
        co_measured=len(tally.co_measured),
        end_only=len(tally.end_only),
        against=len(tally.against),
        reasons=_reasons(tally),
    )


def chain(
    chain_id: str,
    labels: Sequence[SettledLink],
    evidence: Sequence[SettledJudgement],
    groups: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> SettledChain:
    """Settle a chain from its steps in order: weakest label, Aronson level, EBM+ status, gaps, break (method.md B).

    `groups` gives each cluster id its research group; without it no step counts as replicated by independent groups
    and L1 is out of reach. A gap or a break holds the EBM+ status at speculative. Raises ValueError without steps.
    """
    if not labels:
        raise ValueError(f"chain {chain_id!r} has no steps")
    weakest = min(range(len(labels)), key=lambda i: strength(labels[i].label))
    broken = next((i for i, step in enumerate(labels, start=1) if step.label is StepLabel.CONTRADICTED), None)
    gaps = tuple(i for i, step in enumerate(labels, start=1) if step.label in GAPS)
    level = _level(labels, evidence, groups)
    status = _STATUS[level]
    if (gaps or broken) and level is not AronsonLevel.L5:
        status = MechanismStatus.SPECULATIVE
    words = f"Broken at step {broken}" if broken else f"Weakest at step {weakest + 1}"
    return SettledChain(
        id=chain_id,
        weakest=weakest + 1,
        label=labels[weakest].label,
        shown=f"{words}: {labels[weakest].shown}",
        level=level,
        status=status,
        gaps=gaps,
        broken_at=broken,
    )


def ranked(chains: Sequence[SettledChain]) -> tuple[SettledChain, ...]:
    """Rival chains, best supported first: unbroken, then EBM+ status, then the order in which they were proposed.

    Among chains that are all speculative, evidence for single steps says nothing: a chain with a hole supports nothing
    (Howick, Glasziou & Aronson 2010), and one well-tested step must not carry an unlikely story to the top.
    """

    def rank(c: SettledChain) -> tuple[bool, int, str]:
        return (c.broken_at is not None, _STATUS_ORDER.index(c.status), c.id)

    return tuple(sorted(chains, key=rank))


@dataclass(frozen=True)
class _Tally:
    """Clusters by what they did about one link; a supporting cluster is in exactly one of the first three."""

    manipulated: frozenset[str]
    co_measured: frozenset[str]
    end_only: frozenset[str]
    against: frozenset[str]
    asserted: frozenset[str]
    cited: frozenset[str]
    unclear: frozenset[str]
    evidence: tuple[SettledJudgement, ...]
    judged: tuple[SettledJudgement, ...]

    def named(self, clusters: frozenset[str]) -> str:
        """The studies of some clusters, by id."""
        return ", ".join(sorted({j.study for j in self.judged if j.cluster in clusters}))

    @classmethod
    def of(cls, evidence: Sequence[SettledJudgement]) -> _Tally:
        measured = [j for j in evidence if j.basis.rank >= Basis.END_ONLY.rank]
        best: dict[str, Basis] = {}
        for j in measured:
            if j.stance is Stance.SUPPORTS and j.basis.rank > best.get(j.cluster, Basis.NOT_ADDRESSED).rank:
                best[j.cluster] = j.basis
        against = frozenset(
            j.cluster for j in measured if j.stance in AGAINST and j.basis.rank >= Basis.CO_MEASURED.rank
        )
        proposing = [j for j in evidence if j.stance not in AGAINST]
        return cls(
            manipulated=frozenset(c for c, b in best.items() if b is Basis.MANIPULATED),
            co_measured=frozenset(c for c, b in best.items() if b is Basis.CO_MEASURED),
            end_only=frozenset(c for c, b in best.items() if b is Basis.END_ONLY),
            against=against,
            asserted=frozenset(j.cluster for j in proposing if j.basis is Basis.ASSERTED),
            cited=frozenset(j.cluster for j in proposing if j.basis is Basis.CITED),
            unclear=frozenset(j.cluster for j in measured if j.stance not in AGAINST) - best.keys() - against,
            evidence=tuple(measured),
            judged=tuple(evidence),
        )

    def supporting(self, basis: Basis) -> list[SettledJudgement]:
        """Supporting judgements at `basis` in clusters that are counted there."""
        counted = {
            Basis.MANIPULATED: self.manipulated,
            Basis.CO_MEASURED: self.co_measured,
            Basis.END_ONLY: self.end_only,
        }[basis]
        return [j for j in self.evidence if j.stance is Stance.SUPPORTS and j.basis is basis and j.cluster in counted]

    def sound(self, basis: Basis) -> bool:
        """Whether a cluster counted at `basis` is not at high risk of bias."""
        return any(not j.high_risk for j in self.supporting(basis))

    @property
    def both_ends(self) -> int:
        return len(self.manipulated) + len(self.co_measured)


def _row(tally: _Tally) -> StepLabel:
    """The first row of table B whose condition holds."""
    m, c, x = len(tally.manipulated), len(tally.co_measured), len(tally.against)
    rows = (
        (x >= 1 and m + c == 0, StepLabel.CONTRADICTED),
        (x >= 1, StepLabel.CONTESTED),
        (m >= 2 and tally.sound(Basis.MANIPULATED), StepLabel.TESTED_MULTIPLE),
        (m >= 1, StepLabel.TESTED_ONE),
        (c >= 2 and tally.sound(Basis.CO_MEASURED), StepLabel.SEEN_MULTIPLE),
        (c >= 1, StepLabel.SEEN_ONE),
        (bool(tally.end_only), StepLabel.PARTLY_MEASURED),
        (bool(tally.unclear), StepLabel.NO_CLEAR_RESULT),
        (bool(tally.asserted), StepLabel.PROPOSED),
        (bool(tally.cited), StepLabel.BACKGROUND_ONLY),
        (True, StepLabel.NO_EVIDENCE),
    )
    return next(label for holds, label in rows if holds)


def _counts(label: StepLabel, tally: _Tally) -> str:
    """The counts in brackets; the words 'one study' are a count already unless several were counted as one."""
    if label in _DISPUTED:
        return f" ({tally.both_ends} for / {len(tally.against)} against)"
    if label is StepLabel.NO_CLEAR_RESULT:
        return f" in {_studies(len(tally.unclear))}"
    if label not in _BASIS_OF_ROW:
        return ""
    count = len({j.cluster for j in tally.supporting(_BASIS_OF_ROW[label])})
    if label in {StepLabel.TESTED_ONE, StepLabel.SEEN_ONE}:
        return f" ({count} counted as one: all at high risk of bias)" if count > 1 else ""
    return f" ({count})"


def _others(label: StepLabel, tally: _Tally) -> str:
    """Studies that looked as well and found nothing clear belong to what a reader must see (method.md B: counts)."""
    others = len(tally.unclear) if label in _BASIS_OF_ROW else 0
    return f"; no clear result in {others} other{'s' if others > 1 else ''}" if others else ""


def _species(label: StepLabel, tally: _Tally) -> str:
    """' (animals)' and the like when all evidence that carries the label is known not to be human."""
    if label in _BASIS_OF_ROW:
        carrying = tally.supporting(_BASIS_OF_ROW[label])
    else:
        both_ends = [j for j in tally.evidence if j.basis.rank >= Basis.CO_MEASURED.rank]
        carrying = [j for j in both_ends if label in _DISPUTED and j.stance in AGAINST | {Stance.SUPPORTS}]
    words = {_SPECIES_WORD.get(j.species) or _DESIGN_WORD.get(j.design, "") for j in carrying}
    return f" ({' and '.join(sorted(words))})" if words and "" not in words else ""


def _directness(label: StepLabel, tally: _Tally) -> str:
    """' (in another setting)' when whatever carries the label differs from the claim in population, cause, comparator
    or outcome: another muscle, another age, another dose."""
    carrying = tally.supporting(_BASIS_OF_ROW[label]) if label in _BASIS_OF_ROW else []
    return " (in another setting)" if carrying and all(j.mismatches for j in carrying) else ""


def _reasons(tally: _Tally) -> tuple[str, ...]:
    said = (
        (tally.manipulated, "set the cause and compared the effect at the same time, in support"),
        (tally.co_measured, "measured both ends without setting the cause, in support"),
        (tally.end_only, "measured one end only, in support"),
        (tally.against, "measured both ends and spoke against the link"),
        (tally.unclear, "measured something of it without a clear result"),
        (tally.asserted, "proposed it without measuring it"),
        (tally.cited, "cited it from other work"),
    )
    sentences = [f"{_studies(len(who))} {what} ({tally.named(who)})." for who, what in said if who]
    for basis, who in ((Basis.MANIPULATED, tally.manipulated), (Basis.CO_MEASURED, tally.co_measured)):
        if len(who) >= 2 and not tally.sound(basis):
            sentences.append(f"All {len(who)} are at high risk of bias and count as one.")
    return tuple(sentences) or ("No study at hand speaks to this link.",)


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"


def _level(
    labels: Sequence[SettledLink], evidence: Sequence[SettledJudgement], groups: Mapping[str, tuple[str, ...]]
) -> AronsonLevel:
    """Aronson level (method.md B; Aronson et al., BMJ EBM, Table 2); the first that holds.

    A Contested or Contradicted step is disconfirmation and leaves L4 at best; L5 is that without any support.
    """
    rows = [step.label for step in labels]
    tallies = [_Tally.of([j for j in evidence if j.link == step.id]) for step in labels]
    replicated = [(row, tally) for row, tally in zip(rows, tallies, strict=True) if row in _REPLICATED]
    methods = {j.design for row, tally in replicated for j in tally.supporting(_BASIS_OF_ROW[row])}
    by_groups = all(pairwise_independent([groups.get(c, ()) for c in sorted(t.manipulated)]) for t in tallies)
    supported = any(step.manipulated + step.co_measured + step.end_only for step in labels)
    disputed = any(row in _DISPUTED for row in rows)
    levels = (
        (StepLabel.CONTRADICTED in rows and not supported, AronsonLevel.L5),
        (disputed, AronsonLevel.L4),
        (set(rows) == {StepLabel.TESTED_MULTIPLE} and by_groups, AronsonLevel.L1),
        (len(replicated) >= 2 and len(methods) >= 2, AronsonLevel.L2),
        (bool(replicated), AronsonLevel.L3),
        (supported, AronsonLevel.L4),
        (True, AronsonLevel.UNRATED),
    )
    return next(level for holds, level in levels if holds)
