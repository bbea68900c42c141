"""Two readings of one study's bearing on one link: the worse is kept, and how far the readings agree is counted.

Source: method.md 4: human raters agree poorly (Hartling 2009, BMJ 339:b4012), so take two readings and keep the worse.
Promises: whatever the other evidence, no label and no chain comes out stronger than it would by either reading alone.
Both readings have gone through basis gate and stance rules before; nothing here looks at a quotation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.rules.inter_rater import cohens_kappa
from pipeline.rules.reviews import is_review
from pipeline.rules.step_labels import step_label, strength
from schemas.settlement import Agreement, Disagreement, Reading, SettledChain, SettledJudgement
from schemas.vocabulary import AronsonLevel, Basis, MechanismStatus, Stance

LEAST_FIRST = (
    Stance.CONTRADICTS,
    Stance.NULL_INFORMATIVE,
    Stance.NULL_UNINFORMATIVE,
    Stance.UNCLEAR,
    Stance.MIXED,
    Stance.SUPPORTS,
)
"""Stances by what they give a link, the least first: against it; no difference seen; nothing clear; in part; for it."""

_DID: Mapping[Basis, str] = MappingProxyType(
    {
        Basis.MANIPULATED: "tested directly",
        Basis.CO_MEASURED: "both ends measured",
        Basis.END_ONLY: "one end measured",
        Basis.ASSERTED: "asserted only",
        Basis.CITED: "cited only",
        Basis.NOT_ADDRESSED: "not addressed",
    }
)
_SAID: Mapping[Stance, str] = MappingProxyType(
    {
        Stance.CONTRADICTS: "contradicts it",
        Stance.NULL_INFORMATIVE: "rules out an effect large enough to matter",
        Stance.NULL_UNINFORMATIVE: "no difference seen, none excluded",
        Stance.UNCLEAR: "unclear",
        Stance.MIXED: "mixed",
        Stance.SUPPORTS: "supports it",
    }
)
_STATUSES = tuple(MechanismStatus)


def differ(first: SettledJudgement, second: SettledJudgement) -> bool:
    """Whether two readings come to another basis or stance."""
    return reading(first) != reading(second)


def reading(judgement: SettledJudgement) -> Reading:
    """What a judgement comes to."""
    return Reading(basis=judgement.basis, stance=judgement.stance)


def second_is_worse(first: SettledJudgement, second: SettledJudgement) -> bool:
    """Whether the second reading gives the link less than the first; of two that give it the same the first is kept.

    In this order: the weaker label that a reading alone would give (table B), the lower basis, the lower stance
    (`LEAST_FIRST`), a review before a primary study, more mismatches. The label goes before the basis because a lower
    basis is not always less: it would let evidence against a link fall silent, or turn "no clear result" into support.
    """
    return _given(second) < _given(first)


def _given(j: SettledJudgement) -> tuple[int, int, int, bool, int]:
    alone = strength(step_label(j.link, [j]).label)
    # A review counts for nothing beside primaries (reviews.py), hence for less.
    return (alone, j.basis.rank, LEAST_FIRST.index(j.stance), not is_review(j), -len(j.mismatches))


def worse(first: SettledJudgement, second: SettledJudgement) -> SettledJudgement:
    """The reading that is kept; where they differ its reasons say what the other was."""
    second_kept = second_is_worse(first, second)
    kept, other = (second, first) if second_kept else (first, second)
    if not differ(first, second):
        return kept
    who = "the first verifier" if second_kept else "a second verifier"
    measured = other.basis.rank >= Basis.END_ONLY.rank
    said = f"{_DID[other.basis]}, {_SAID[other.stance]}" if measured else _DID[other.basis]
    note = f"{who} read it otherwise ({said}); the lower reading is kept"
    return kept.model_copy(update={"reasons": (*kept.reasons, note)})


def agreement(pairs: Sequence[tuple[SettledJudgement, SettledJudgement]]) -> Agreement:
    """How far two verifiers agree over the judgements that both made, and where they differ."""
    return Agreement(
        judged=len(pairs),
        same_basis=sum(a.basis is b.basis for a, b in pairs),
        same_stance=sum(a.stance is b.stance for a, b in pairs),
        same=sum(not differ(a, b) for a, b in pairs),
        kappa=cohens_kappa([(a.basis, b.basis) for a, b in pairs]),
        differing=tuple(
            Disagreement(
                study=a.study,
                link=a.link,
                first=reading(a),
                second=reading(b),
                kept="second" if second_is_worse(a, b) else "first",
            )
            for a, b in pairs
            if differ(a, b)
        ),
    )


def held(chain: SettledChain, alone: Sequence[SettledChain]) -> SettledChain:
    """A chain settled from the kept readings, its level and status no better than by one verifier `alone`.

    Labels that fall can still lift a level: a step tested in one study that falls to "seen together in multiple
    studies" is replicated, and readings that differ in design look like two methods.
    """
    status = max((chain.status, *(c.status for c in alone)), key=_STATUSES.index)
    level = chain.level
    if level <= AronsonLevel.L3:
        level = max((level, *(c.level for c in alone)))
    return chain.model_copy(update={"level": level, "status": status})
