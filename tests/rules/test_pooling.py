"""Random-effects pools against statsmodels."""

from __future__ import annotations

import importlib
import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.pooling import pool
from schemas.quotation import QuoteKey
from schemas.settlement import ReadEffect
from schemas.vocabulary import Metric

META: Any = importlib.import_module("statsmodels.stats.meta_analysis")


def effect(metric: Metric, estimate: float | None, low: float | None, high: float | None) -> ReadEffect:
    key = QuoteKey(study="s", sentence=1, text="t")
    return ReadEffect(
        metric=metric, outcome="o", estimate=estimate, ci_low=low, ci_high=high, p=None, p_sign=None, quote=key
    )


SMDS = [(0.48, 0.24, 0.72), (0.10, -0.10, 0.30), (0.90, 0.40, 1.40), (-0.05, -0.65, 0.55)]
RATIOS = [(0.80, 0.60, 1.0667), (1.30, 0.90, 1.8778), (0.70, 0.40, 1.225)]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_differences_are_pooled_as_statsmodels_pools_them(count: int) -> None:
    rows = SMDS[:count]
    variances = np.array([((high - low) / (2 * 1.959963984540054)) ** 2 for _, low, high in rows])
    expected = META.combine_effects(np.array([e for e, _, _ in rows]), variances, method_re="dl")
    (found,) = pool([(f"c{i}", effect(Metric.SMD, *row)) for i, row in enumerate(rows)])
    frame = expected.summary_frame().loc["random effect"]
    assert found.clusters == count
    assert found.tau_squared == pytest.approx(expected.tau2)
    assert found.i_squared == pytest.approx(max(0.0, expected.i2) * 100)
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(
        (frame["eff"], frame["ci_low"], frame["ci_upp"])
    )


def test_ratios_are_pooled_as_logarithms() -> None:
    logs = np.log(np.array(RATIOS))
    variances = ((logs[:, 2] - logs[:, 1]) / (2 * 1.959963984540054)) ** 2
    frame = META.combine_effects(logs[:, 0], variances, method_re="dl").summary_frame().loc["random effect"]
    (found,) = pool([(f"c{i}", effect(Metric.HAZARD_RATIO, *row)) for i, row in enumerate(RATIOS)])
    assert found.estimate == pytest.approx(math.exp(frame["eff"]))
    assert (found.ci_low, found.ci_high) == pytest.approx((math.exp(frame["ci_low"]), math.exp(frame["ci_upp"])))


def test_correlations_are_pooled_as_fishers_z() -> None:
    (found,) = pool(
        [("a", effect(Metric.CORRELATION, 0.5, 0.3, 0.66)), ("b", effect(Metric.CORRELATION, 0.5, 0.3, 0.66))]
    )
    assert found.estimate == pytest.approx(0.5)
    assert -1 < found.ci_low < 0.5 < found.ci_high < 1


def test_one_cluster_is_no_pool_however_often_it_reports() -> None:
    assert pool([("a", effect(Metric.SMD, *SMDS[0])), ("a", effect(Metric.SMD, *SMDS[1]))]) == ()


def test_cluster_counts_once_with_its_more_precise_effect() -> None:
    twice = [
        ("a", effect(Metric.SMD, *SMDS[2])),
        ("a", effect(Metric.SMD, *SMDS[0])),
        ("b", effect(Metric.SMD, *SMDS[1])),
    ]
    once = [("a", effect(Metric.SMD, *SMDS[0])), ("b", effect(Metric.SMD, *SMDS[1]))]
    assert pool(twice) == pool(twice[::-1]) == pool(once)


@pytest.mark.parametrize(
    ("metric", "numbers"),
    [
        (Metric.SMD, (None, 0.1, 0.2)),
        (Metric.SMD, (0.1, None, 0.2)),
        (Metric.SMD, (0.1, 0.1, 0.1)),
        (Metric.SMD, (0.1, 0.2, 0.0)),
        (Metric.SMD, (math.nan, 0.0, 0.2)),
        (Metric.RISK_RATIO, (0.1, 0.0, 0.2)),
        (Metric.CORRELATION, (0.9, 0.8, 1.0)),
        (Metric.OTHER, (0.1, 0.0, 0.2)),
    ],
)
def test_effect_without_usable_numbers_is_not_pooled(metric: Metric, numbers: tuple[float | None, ...]) -> None:
    estimate, low, high = numbers
    assert pool([("a", effect(metric, estimate, low, high)), ("b", effect(metric, estimate, low, high))]) == ()


def test_identical_effects_have_no_heterogeneity() -> None:
    (found,) = pool([("a", effect(Metric.MD, 1.0, 0.0, 2.0)), ("b", effect(Metric.MD, 1.0, 0.0, 2.0))])
    assert (found.estimate, found.i_squared, found.tau_squared) == (1.0, 0.0, 0.0)


numbers = st.tuples(st.floats(-5, 5), st.floats(0.01, 3))


@given(st.lists(numbers, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_pooling_is_free_of_order(rows: list[tuple[float, float]], shuffler: random.Random) -> None:
    effects = [(f"c{i}", effect(Metric.SMD, e, e - h, e + h)) for i, (e, h) in enumerate(rows)]
    shuffled = list(effects)
    shuffler.shuffle(shuffled)
    (found,) = pool(effects)
    assert pool(shuffled) == (found,)
    assert min(e for e, _ in rows) - 1e-9 <= found.estimate <= max(e for e, _ in rows) + 1e-9
    assert 0 <= found.i_squared <= 100
