"""What counts as important, significant and large: one table of thresholds and the questions asked of an effect.

Promises: an answer is None or False where the effect's own numbers do not settle the question; absence of significance
is never read as absence of an effect. Does not pool, weigh, or look at anything but one effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from schemas.base import Noun
from schemas.settlement import ReadEffect
from schemas.vocabulary import RATIOS, Metric

ALPHA = 0.05


class ImportantDifference(Noun):
    """The default bounds of no important difference: an effect strictly between `low` and `high` is unimportant.

    `convention` marks a choice without published authority for health outcomes (the method's mark ◇).
    """

    low: float
    high: float
    source: str
    convention: bool


_RATIO = ImportantDifference(
    low=0.75,
    high=1.25,
    source="GRADE guideline 6, relative change of 25 % (Guyatt 2011, J Clin Epidemiol 64:1283; recalled)",
    convention=False,
)
IMPORTANT_DIFFERENCES: Mapping[Metric, ImportantDifference] = MappingProxyType(
    {
        Metric.RISK_RATIO: _RATIO,
        Metric.ODDS_RATIO: _RATIO,
        Metric.HAZARD_RATIO: _RATIO,
        Metric.SMD: ImportantDifference(
            low=-0.2, high=0.2, source="◇ convention: Cohen's small effect, d = 0.2", convention=True
        ),
        Metric.CORRELATION: ImportantDifference(
            low=-0.1, high=0.1, source="◇ convention: Cohen's small effect, r = 0.1", convention=True
        ),
    }
)
"""Defaults per metric. Metrics in units of their own (mean difference, per cent, other) have none: it depends."""


def null_value(metric: Metric) -> float | None:
    """The value of no effect: 1 for ratios, 0 for differences and correlations, None where it is not known (OTHER)."""
    if metric in RATIOS:
        return 1.0
    return None if metric is Metric.OTHER else 0.0


def excludes_important_effect(effect: ReadEffect) -> bool:
    """True when the interval lies wholly inside the bounds of no important difference: an informative null.

    False without an interval or without a default threshold, never None: what is not shown is not excluded.
    Source: method.md A (NULL_INFORMATIVE: the CI excludes the MID), H 9.
    """
    bounds = IMPORTANT_DIFFERENCES.get(effect.metric)
    if bounds is None or effect.ci_low is None or effect.ci_high is None:
        return False
    return bounds.low < effect.ci_low and effect.ci_high < bounds.high


def crosses_null(effect: ReadEffect) -> bool | None:
    """Whether the interval holds the value of no effect (an end on it counts); None without interval or null value."""
    null = null_value(effect.metric)
    if null is None or effect.ci_low is None or effect.ci_high is None:
        return None
    return effect.ci_low <= null <= effect.ci_high


def p_is_significant(p: float | None, sign: Literal["<", ">", "="] | None) -> bool | None:
    """What a printed p says about the .05 level: "< .05" True, "> .05" False, "< .1", "= .05" and no p None.

    "= .05" is a rounded value that may lie on either side; a p without its sign settles nothing.
    """
    if p is None or sign is None:
        return None
    if sign == "<":
        return True if p <= ALPHA else None
    if sign == ">":
        return False if p >= ALPHA else None
    return None if p == ALPHA else p < ALPHA


def is_significant(effect: ReadEffect) -> bool | None:
    """Whether the result is significant at .05, from the interval, else from p; None when neither tells.

    False never means "no effect" (Altman & Bland 1995, BMJ 311:485; method.md H 9).
    """
    crosses = crosses_null(effect)
    return p_is_significant(effect.p, effect.p_sign) if crosses is None else not crosses


def points_up(effect: ReadEffect) -> Literal[-1, 0, 1] | None:
    """Direction regardless of significance (method.md C): +1 above the null, -1 below, 0 on it, None if unknown.

    Without an estimate, an interval on one side of the null has a direction too.
    """
    null = null_value(effect.metric)
    if null is None:
        return None
    if effect.estimate is not None:
        return 1 if effect.estimate > null else -1 if effect.estimate < null else 0
    if crosses_null(effect) is False and effect.ci_low is not None:
        return 1 if effect.ci_low > null else -1
    return None
