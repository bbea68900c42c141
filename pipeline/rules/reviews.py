"""A review never adds to the studies that it may include (method.md C).

Which primary studies a review pooled is seldom known from its text, so all of a corpus' primaries are taken to be in
it: on one side of one link, reviews count at most once together, and not at all beside a primary study of the same or
a stronger basis; in the balance the heavier of "the primaries" and "the best review" stands for a side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rules.study_weight import aggregate, half_up
from schemas.settlement import Balance
from schemas.vocabulary import AGAINST, Design, Stance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemas.settlement import SettledJudgement, WeighedCluster


def counted_once(evidence: Sequence[SettledJudgement]) -> tuple[SettledJudgement, ...]:
    """The judgements of one link that may be counted. Removing any of them never lets a review count for more."""
    dropped = {id(j) for side in (frozenset({Stance.SUPPORTS}), AGAINST) for j in _superfluous(evidence, side)}
    return tuple(j for j in evidence if id(j) not in dropped)


def _superfluous(evidence: Iterable[SettledJudgement], side: frozenset[Stance]) -> list[SettledJudgement]:
    sided = [j for j in evidence if j.stance in side]
    reviews = sorted((j for j in sided if is_review(j)), key=lambda j: (-j.basis.rank, j.high_risk, j.study))
    best_primary = max((j.basis.rank for j in sided if not is_review(j)), default=-1)
    keep = [r for r in reviews[:1] if r.basis.rank > best_primary]
    return [r for r in reviews if r not in keep]


def is_review(judgement: SettledJudgement) -> bool:
    """True when the judgement rests on other people's studies pooled."""
    return judgement.design is Design.SR_MA


def balance(
    clusters: Sequence[WeighedCluster], reviews: frozenset[str], directions: Mapping[str, bool] | None = None
) -> Balance:
    """Pro and Against with reviews never added to primaries, and the clusters that made each score.

    `reviews` holds the ids of clusters that are reviews; `directions` is the tally of `study_weight.aggregate`.
    """
    primaries = [c for c in clusters if c.cluster not in reviews]
    of_primaries = aggregate(primaries)
    pro, pro_set = of_primaries.pro_exact, [c for c in primaries if c.for_weight > 0]
    against, against_set = of_primaries.against_exact, [c for c in primaries if c.against_weight > 0]
    for review in sorted((c for c in clusters if c.cluster in reviews), key=lambda c: c.cluster):
        alone = aggregate([review])
        if alone.pro_exact > pro:
            pro, pro_set = alone.pro_exact, [review]
        if alone.against_exact > against:
            against, against_set = alone.against_exact, [review]
    everything = aggregate(clusters, directions)
    for_k = sum(c.stance is Stance.SUPPORTS for c in pro_set)
    against_k = sum(c.stance in AGAINST for c in against_set)
    return everything.model_copy(
        update={
            "pro": half_up(pro),
            "against": half_up(against),
            "pro_exact": pro,
            "against_exact": against,
            "for_clusters": for_k,
            "against_clusters": against_k,
            "for_by": tuple(sorted(c.cluster for c in pro_set)),
            "against_by": tuple(sorted(c.cluster for c in against_set)),
        }
    )
