"""Agreement of two raters beyond chance: Cohen's kappa, and nothing that is decided by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of two raters over `pairs` of their categories, -1..1, unweighted.

    kappa = (po - pe) / (1 - pe): po is the share of pairs alike, pe the share that would be alike by chance, which is
    the sum over the categories of the product of both raters' shares (Cohen 1960, Educ Psychol Meas 20:37). It is null
    where it is undefined: without pairs, and where both raters gave one and the same category throughout (pe = 1).
    """
    n = len(pairs)
    alike = sum(one == other for one, other in pairs)
    by_first, by_second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    # In whole numbers, n^2 times each share, so that "pe is 1" is exact.
    by_chance = sum(count * by_second[category] for category, count in by_first.items())
    if by_chance == n * n:
        return None
    return (n * alike - by_chance) / (n * n - by_chance)
