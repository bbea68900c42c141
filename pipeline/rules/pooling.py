"""Random-effects pooling of what independent studies report on one metric (DerSimonian & Laird 1986).

Promises: one effect per cluster and metric, at least two clusters; ratios are pooled as logarithms and correlations as
Fisher's z, both returned as they came; the same answer in whatever order the effects come. Does not: convert between
metrics, guess a standard error without an interval, or decide whether outcomes are alike enough to be pooled; that is
the caller's question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from schemas.settlement import Pooled, ReadEffect
from schemas.vocabulary import RATIOS, Metric

_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution: a 95 % interval is 2 x 1.96 standard errors wide."""

_LARGEST = 1e50
"""No effect of any study is larger; beyond it squares leave the range of a float."""


def _additive(metric: Metric, number: float) -> float | None:
    """A number on the scale on which errors are about normal; None where the metric cannot have that value."""
    if not math.isfinite(number) or abs(number) > _LARGEST:
        return None
    if metric in RATIOS:
        return math.log(number) if number > 1 / _LARGEST else None
    if metric is Metric.CORRELATION:
        return math.atanh(number) if abs(number) < 1 else None
    return number


def _natural(metric: Metric, number: float) -> float:
    return math.exp(number) if metric in RATIOS else math.tanh(number) if metric is Metric.CORRELATION else number


def _scaled(effect: ReadEffect) -> tuple[float, float] | None:
    """Estimate and variance on the additive scale, or None where interval or estimate are missing or impossible."""
    if effect.estimate is None or effect.ci_low is None or effect.ci_high is None:
        return None
    estimate, low, high = (_additive(effect.metric, n) for n in (effect.estimate, effect.ci_low, effect.ci_high))
    if estimate is None or low is None or high is None:
        return None
    error = (high - low) / (2 * _Z)
    return (estimate, error**2) if error > 1 / _LARGEST else None


def _der_simonian_laird(estimates: list[float], variances: list[float]) -> tuple[float, float, float, float]:
    """(pooled estimate, its variance, I2 in per cent, tau2). Sums are exact (fsum), hence free of order."""
    weights = [1 / v for v in variances]
    total = math.fsum(weights)
    fixed = math.fsum(w * e for w, e in zip(weights, estimates, strict=True)) / total
    q = math.fsum(w * (e - fixed) ** 2 for w, e in zip(weights, estimates, strict=True))
    freedom = len(estimates) - 1
    scale = total - math.fsum(w * w for w in weights) / total
    tau_squared = max(0.0, (q - freedom) / scale) if scale > 0 else 0.0
    weights = [1 / (v + tau_squared) for v in variances]
    total = math.fsum(weights)
    pooled = math.fsum(w * e for w, e in zip(weights, estimates, strict=True)) / total
    return pooled, 1 / total, max(0.0, (q - freedom) / q) * 100 if q > 0 else 0.0, tau_squared


def _pool_one(metric: Metric, clusters: dict[str, tuple[float, float]]) -> Pooled:
    pairs = sorted(clusters.values())
    pooled, variance, i_squared, tau_squared = _der_simonian_laird([e for e, _ in pairs], [v for _, v in pairs])
    half = _Z * math.sqrt(variance)
    estimate, low, high = (_natural(metric, end) for end in (pooled, pooled - half, pooled + half))
    return Pooled(
        metric=metric,
        clusters=len(pairs),
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        i_squared=i_squared,
        tau_squared=tau_squared,
    )


def pool(effects: Sequence[tuple[str, ReadEffect]]) -> tuple[Pooled, ...]:
    """Random-effects pools of (cluster id, effect) pairs, one per metric that at least two clusters report fully.

    An effect needs an estimate and a 95 % interval. Where a cluster comes twice with one metric its more precise
    effect counts. OTHER is never pooled: it is no one metric. Ratios and correlations come back on their natural scale,
    their tau2 stays on the log or Fisher's z scale; I2 is in per cent. Source: method.md C (>= 2 clusters on one
    metric); DerSimonian & Laird 1986.
    """
    kept: dict[Metric, dict[str, tuple[float, float]]] = {}
    for cluster, effect in effects:
        scaled = _scaled(effect)
        if scaled is None or effect.metric is Metric.OTHER:
            continue
        clusters = kept.setdefault(effect.metric, {})
        known = clusters.get(cluster)
        if known is None or (scaled[1], scaled[0]) < (known[1], known[0]):
            clusters[cluster] = scaled
    return tuple(_pool_one(metric, kept[metric]) for metric in Metric if len(kept.get(metric, {})) >= 2)
