"""Sample sizes for the ladder: from the target effect that a rung states to the number of people that it needs.

Promises: two-sided alpha .05, power .9, every formula named in words with its inputs; values that make no sense give no
number but the reason. Normal approximations throughout, so a t test needs a person or so more than is said here.
Does not choose the target effect, and does not adjust for interim looks, crossover correlation or several outcomes.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from schemas.ladder import RungPlan, SampleSize, TargetEffect

ALPHA = 0.05
POWER = 0.9
LARGEST_TOTAL = 10_000_000
"""A larger study than this is no plan but a slip in the target effect."""

_Z_ALPHA = NormalDist().inv_cdf(1 - ALPHA / 2)
_Z_POWER = NormalDist().inv_cdf(POWER)
_Z_SQUARED = (_Z_ALPHA + _Z_POWER) ** 2


class _NoSampleSizeError(Exception):
    """The target effect gives no sample size; the message says why."""


def _proportion(value: float | None, what: str) -> float:
    if value is None or not 0.0 < value < 1.0:
        raise _NoSampleSizeError(f"{what} must lie between 0 and 1")
    return value


def _two_arms(variance_intervention: float, variance_comparator: float, effect: float, ratio: float) -> list[float]:
    """People in intervention and comparator when the comparator has `ratio` times as many; infinite for no effect."""
    squared = effect * effect
    if squared == 0.0:
        return [math.inf, math.inf]
    intervention = (variance_intervention + variance_comparator / ratio) * _Z_SQUARED / squared
    return [intervention, ratio * intervention]


def _standardised_difference(target: TargetEffect, ratio: float) -> tuple[list[float], str]:
    if target.value is None or not math.isfinite(target.value) or target.value == 0.0:
        raise _NoSampleSizeError("the standardised difference must be a number other than 0")
    return (
        _two_arms(1.0, 1.0, target.value, ratio),
        f"difference of {target.value:g} standard deviations: (1 + 1/{ratio:g}) (z1 + z2)^2 / d^2 in the first arm",
    )


def _two_proportions(target: TargetEffect, ratio: float) -> tuple[list[float], str]:
    comparator = _proportion(target.value, "the risk in the comparator")
    intervention = _proportion(target.second, "the risk with the cause")
    if comparator == intervention:
        raise _NoSampleSizeError("the two risks must differ")
    pooled = (intervention + ratio * comparator) / (1 + ratio)
    null = pooled * (1 - pooled) * (1 + 1 / ratio)
    alternative = intervention * (1 - intervention) + comparator * (1 - comparator) / ratio
    difference = (intervention - comparator) ** 2
    root = _Z_ALPHA * math.sqrt(null) + _Z_POWER * math.sqrt(alternative)
    first = root * root / difference if difference else math.inf
    return (
        [first, ratio * first],
        f"risks {comparator:g} and {intervention:g}: normal approximation, variance pooled under the null (Fleiss)",
    )


def _hazard_ratio(target: TargetEffect, ratio: float) -> tuple[list[float], str]:
    if target.value is None or not math.isfinite(target.value) or target.value <= 0.0 or target.value == 1.0:
        raise _NoSampleSizeError("the hazard ratio must be above 0 and other than 1")
    share = 1.0 if target.second == 1.0 else _proportion(target.second, "the share of people with an event")
    log_squared = math.log(target.value) ** 2
    events = (1 + ratio) ** 2 / ratio * _Z_SQUARED / log_squared if log_squared else math.inf
    people = _up(events) / share
    return (
        [people / (1 + ratio), people * ratio / (1 + ratio)],
        f"hazard ratio {target.value:g}: {_shown(events)} events (Schoenfeld), which {share:g} of people have",
    )


def _correlation(target: TargetEffect, _ratio: float) -> tuple[list[float], str]:
    if target.value is None or not 0.0 < abs(target.value) < 1.0:
        raise _NoSampleSizeError("the correlation must lie between -1 and 1 and not be 0")
    squared = math.atanh(target.value) ** 2
    return (
        [_Z_SQUARED / squared + 3 if squared else math.inf],
        f"correlation {target.value:g}, ((z1 + z2) / atanh r)^2 + 3 (Fisher's z)",
    )


def _proportion_precision(target: TargetEffect, _ratio: float) -> tuple[list[float], str]:
    share = _proportion(target.value, "the expected share")
    half_width = _proportion(target.second, "the half-width of the interval")
    squared = half_width * half_width
    return (
        [_Z_ALPHA**2 * share * (1 - share) / squared if squared else math.inf],
        f"share {share:g} known to within {half_width:g} on either side, z1^2 p (1 - p) / h^2",
    )


def _excluded_risk(target: TargetEffect, _ratio: float) -> tuple[list[float], str]:
    risk = _proportion(target.value, "the risk to be excluded")
    return [
        3 / risk
    ], f"no event in 3 / {risk:g} people excludes a risk of {risk:g} (rule of three, Jovanovic & Levy 1997)"


_KINDS = {
    "standardised_difference": _standardised_difference,
    "two_proportions": _two_proportions,
    "hazard_ratio": _hazard_ratio,
    "correlation": _correlation,
    "proportion_precision": _proportion_precision,
    "excluded_risk": _excluded_risk,
}


def _up(people: float) -> float:
    """The next whole number; 100.00000000000001 is 100. Infinity stays, for the bound on totals to catch."""
    return float(math.ceil(people - 1e-9)) if math.isfinite(people) else people


def _shown(people: float) -> str:
    return f"{_up(people):.0f}"


def _inflated(groups: list[float], plan: RungPlan) -> tuple[int, ...]:
    """Whole people per group: rounded up, times the design effect, over the share that stays, rounded up again."""
    design_effect = 1 + (plan.cluster_size - 1) * plan.intracluster_correlation
    people = [max(1.0, _up(_up(group) * design_effect / (1 - plan.dropout))) for group in groups]
    if not sum(people) <= LARGEST_TOTAL:
        raise _NoSampleSizeError(
            f"it would take more than {LARGEST_TOTAL:,} people, so the target effect cannot be meant"
        )
    return tuple(int(n) for n in people)


def sample_size(plan: RungPlan) -> SampleSize:
    """The people that a rung needs: total, per group (intervention first, empty for one group), and the formula.

    Per arm 2 (z1 + z2)^2 / d^2 (for d = .5: 85) and its kin for other target effects, x (1 + (m - 1) ICC),
    / (1 - dropout), rounded up per arm (15 % dropout: 100). Alpha .05 two-sided, power .9. Where nothing can be
    computed `total` is null and `formula` says why; nothing is raised. Source: method.md F and 3 (DELTA2; Jovanovic &
    Levy 1997).
    """
    target = plan.target_effect
    if target.kind == "not_applicable":
        return SampleSize(
            total=None, formula="not applicable: this rung has no target effect", alpha=ALPHA, power=POWER
        )
    try:
        groups, words = _KINDS[target.kind](target, plan.allocation_ratio)
        people = _inflated(groups, plan)
    except _NoSampleSizeError as reason:
        return SampleSize(total=None, formula=f"not computed: {reason}", alpha=ALPHA, power=POWER)
    arms = " and ".join(str(n) for n in people)
    design_effect = 1 + (plan.cluster_size - 1) * plan.intracluster_correlation
    formula = f"{words}; x design effect {design_effect:g}, / (1 - {plan.dropout:g}) for dropout = {arms} people"
    return SampleSize(
        total=sum(people), per_group=people if len(people) > 1 else (), formula=formula, alpha=ALPHA, power=POWER
    )
