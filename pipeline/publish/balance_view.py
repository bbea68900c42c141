"""Pro and Against as they came about: which studies made each score, which were left out, and what that means.

The clusters that made a score are the settlement's own (`Balance.for_by`, `against_by`); none is chosen here. An
analysis that does not name them shows every study that weighs on the side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.publish.lookup import Lookup
from pipeline.publish.view import Behind, Score
from pipeline.publish.words import INCONCLUSIVE_WITH_SCORES, VERDICT_MEANING, counted, day, listed
from pipeline.rules.reviews import is_review
from schemas.settlement import SettledStudy
from schemas.vocabulary import Side, VerdictLevel

_NOT_ADDED = "Not added, because a review may contain the same studies"
"""A review never adds to its primaries (method.md C)."""


@dataclass(frozen=True)
class _Balance:
    """One side of the balance: `name` is 'Pro' or 'Against'."""

    lookup: Lookup
    name: str
    side: Side

    @property
    def tone(self) -> str:
        return "for" if self.side is Side.SUPPORT else "against"

    @property
    def value(self) -> int:
        balance = self.lookup.settlement.balance
        return balance.pro if self.side is Side.SUPPORT else balance.against

    @property
    def clusters(self) -> int:
        """How many clusters the settlement counts as wholly on this side."""
        balance = self.lookup.settlement.balance
        return balance.for_clusters if self.side is Side.SUPPORT else balance.against_clusters

    @cached_property
    def made_by(self) -> frozenset[str]:
        balance = self.lookup.settlement.balance
        return frozenset(balance.for_by if self.side is Side.SUPPORT else balance.against_by)

    @cached_property
    def listed(self) -> tuple[SettledStudy, ...]:
        """Every study on this side, the mixed ones among them."""
        return tuple(s for s in self.lookup.settlement.studies if s.side in {self.side.value, "both"})

    @cached_property
    def weighing(self) -> tuple[SettledStudy, ...]:
        found = (s for s in self.listed if s.counted and s.weight.weight > 0)
        return tuple(sorted(found, key=lambda s: (-s.weight.weight, s.study)))

    @cached_property
    def behind(self) -> tuple[SettledStudy, ...]:
        return tuple(s for s in self.weighing if not self.made_by or s.cluster in self.made_by)

    @cached_property
    def left_out(self) -> tuple[SettledStudy, ...]:
        return tuple(s for s in self.weighing if s not in self.behind)


def scores(lookup: Lookup) -> tuple[Score, ...]:
    """Pro and Against with the studies that made each, heaviest first; nothing where no verdict was settled."""
    if lookup.settlement.verdict.level is VerdictLevel.NOT_SETTLED:
        return ()
    return tuple(
        _score(_Balance(lookup, name, side)) for name, side in (("Pro", Side.SUPPORT), ("Against", Side.AGAINST))
    )


def badge_meaning(lookup: Lookup) -> str:
    """What the verdict's level means; what outweighs the scores of an inconclusive one is said (method.md E)."""
    verdict, balance = lookup.settlement.verdict, lookup.settlement.balance
    if verdict.level is VerdictLevel.INCONCLUSIVE and balance.pro + balance.against > 0:
        return INCONCLUSIVE_WITH_SCORES
    return VERDICT_MEANING[verdict.level]


def basis_sentence(lookup: Lookup) -> str:
    """How many studies stand on either side, the winning side first, and whether a review alone makes a score."""
    verdict = lookup.settlement.verdict
    searched = f"{counted(len(lookup.evidence.studies), 'study', 'studies')} searched"
    if verdict.level in {VerdictLevel.NO_EVIDENCE, VerdictLevel.NOT_SETTLED}:
        return f"{searched}."
    sides = [_Balance(lookup, "For", Side.SUPPORT), _Balance(lookup, "Against", Side.AGAINST)]
    if verdict.side is Side.AGAINST:
        sides.reverse()
    if any(_has_reviews(side) for side in sides):
        return f"{' '.join(_with_reviews(side) for side in sides)} {searched}."
    first, second = sides
    studies = counted(first.clusters, "independent study", "independent studies")
    return f"From {studies} {first.name.lower()} and {second.clusters} {second.name.lower()}; {searched}."


def none_found(lookup: Lookup) -> str:
    """'none found in 9 studies searched on 22 November 2026' (method.md H10): never that none exists."""
    searched = counted(len(lookup.evidence.studies), "study", "studies")
    judged = len(lookup.records) - len(lookup.unjudged)
    among = f"the {judged} judged of " if lookup.unjudged and lookup.analysis.unsettled else ""
    return f"none found in {among}{searched} searched on {day(lookup.analysis.provenance.searched_on)}"


def _score(side: _Balance) -> Score:
    left_out = listed([side.lookup.label(s.study) for s in side.left_out])
    return Score(
        name=side.name,
        value=side.value,
        tone=side.tone,
        sentence=_sentence(side),
        behind=tuple(
            Behind(side.lookup.label(s.study), side.lookup.anchor(s.study), s.weight.score, _role(side, s))
            for s in side.behind
        ),
        left_out=f"{_NOT_ADDED}: {left_out}." if left_out else "",
    )


def _sentence(side: _Balance) -> str:
    if not side.listed:
        evidence = "Supporting" if side.side is Side.SUPPORT else "Contradicting"
        return f"{evidence} evidence: {none_found(side.lookup)}."
    if not side.behind:
        return "The studies on this side weigh nothing."
    if not side.made_by:
        studies = counted(side.clusters, "independent study", "independent studies")
        return f"From {studies}." if side.clusters else "From studies whose results point both ways."
    return f"From {_who(side)}{_both_ways(side)}."


def _who(side: _Balance) -> str:
    """'1 review', '1 study', '2 independent studies': reviews make a score alone or not at all."""
    clusters = len({s.cluster for s in side.behind})
    if all(_review(s) for s in side.behind):
        return counted(clusters, "review")
    return counted(clusters, "study", "independent studies")


def _both_ways(side: _Balance) -> str:
    clusters = len({s.cluster for s in side.behind})
    halves = len({s.cluster for s in side.behind if _halved(side, s)})
    if halves == 0:
        return ""
    return (
        " whose results point both ways"
        if halves == clusters
        else f", {halves} of them with results that point both ways"
    )


def _role(side: _Balance, study: SettledStudy) -> str:
    """What a reader must know of a weight: 'review', 'half counts', both, or nothing."""
    halved = "half counts" if _halved(side, study) else ""
    return ", ".join(part for part in ("review" if _review(study) else "", halved) if part)


def _halved(side: _Balance, study: SettledStudy) -> bool:
    """Mixed results, or reports of one study that disagree: half of the weight stands on each side (method.md C)."""
    opposite = "against" if side.side is Side.SUPPORT else "support"
    return study.side == "both" or any(
        s.cluster == study.cluster and s.side in {opposite, "both"} and s.weight.weight > 0
        for s in side.lookup.settlement.studies
    )


def _review(study: SettledStudy) -> bool:
    return is_review(study.judgement)


def _has_reviews(side: _Balance) -> bool:
    return bool(side.made_by) and any(_review(s) for s in side.weighing)


def _with_reviews(side: _Balance) -> str:
    """'Against: 3 studies, of which 1 review alone makes the score.', with reviews told from studies."""
    whole = {s.cluster: s for s in side.weighing if s.side != "both"}
    mixed = {s.cluster for s in side.weighing} - whole.keys()
    if len(whole) == 1 and all(_review(s) for s in whole.values()):
        words = "1 review"
    else:
        words = counted(len(whole), "study", "studies") if whole else "none wholly" if mixed else "none"
    if mixed:
        words += f", {len(mixed)}{' more' if whole else ''} with results that point both ways"
    return f"{side.name}: {words}{_who_makes_it(side)}."


def _who_makes_it(side: _Balance) -> str:
    """Said only where some studies of a side were not added to the others."""
    if not side.left_out:
        return ""
    if all(_review(s) for s in side.behind):
        return "; 1 review alone makes the score"
    reviews = len({s.cluster for s in side.left_out})
    return f"; {counted(reviews, 'review')} among them {'is' if reviews == 1 else 'are'} not added to the score"
