"""Significance, importance and direction, each None or False where the numbers do not tell."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.thresholds import (
    IMPORTANT_DIFFERENCES,
    crosses_null,
    excludes_important_effect,
    is_significant,
    null_value,
    points_up,
)
from schemas.quotation import QuoteKey
from schemas.settlement import ReadEffect
from schemas.vocabulary import RATIOS, Metric


def effect(
    metric: Metric = Metric.SMD,
    estimate: float | None = None,
    low: float | None = None,
    high: float | None = None,
    p: float | None = None,
    sign: Literal["<", ">", "="] | None = None,
) -> ReadEffect:
    key = QuoteKey(study="s", sentence=1, text="t")
    return ReadEffect(
        metric=metric, outcome="o", estimate=estimate, ci_low=low, ci_high=high, p=p, p_sign=sign, quote=key
    )


def test_each_threshold_has_a_source_and_conventions_are_marked() -> None:
    assert set(IMPORTANT_DIFFERENCES) == {*RATIOS, Metric.SMD, Metric.CORRELATION}
    for difference in IMPORTANT_DIFFERENCES.values():
        assert difference.source
        assert difference.convention == ("◇" in difference.source)


@pytest.mark.parametrize(
    ("metric", "low", "high", "excluded"),
    [
        (Metric.SMD, -0.14, 0.19, True),
        (Metric.SMD, -0.14, 0.20, False),
        (Metric.SMD, 0.05, 0.15, True),
        (Metric.HAZARD_RATIO, 0.77, 1.18, True),
        (Metric.HAZARD_RATIO, 0.75, 1.18, False),
        (Metric.RISK_RATIO, 0.9, 1.4, False),
        (Metric.MD, -0.01, 0.01, False),
        (Metric.SMD, None, 0.1, False),
    ],
)
def test_informative_null_needs_the_whole_interval_inside_the_threshold(
    metric: Metric, low: float | None, high: float | None, excluded: bool
) -> None:
    assert excludes_important_effect(effect(metric, 0.0, low, high)) is excluded


@pytest.mark.parametrize(
    ("metric", "low", "high", "crosses"),
    [
        (Metric.SMD, -0.1, 0.2, True),
        (Metric.SMD, 0.0, 0.2, True),
        (Metric.SMD, 0.1, 0.2, False),
        (Metric.ODDS_RATIO, 0.6, 1.3, True),
        (Metric.ODDS_RATIO, 1.1, 1.3, False),
        (Metric.OTHER, 0.1, 0.2, None),
        (Metric.MD, None, None, None),
    ],
)
def test_interval_is_held_against_the_null_of_its_metric(
    metric: Metric, low: float | None, high: float | None, crosses: bool | None
) -> None:
    assert crosses_null(effect(metric, None, low, high)) is crosses


@pytest.mark.parametrize(
    ("sign", "p", "significant"),
    [
        ("<", 0.05, True),
        ("<", 0.0001, True),
        ("<", 0.1, None),
        (">", 0.05, False),
        (">", 0.2, False),
        (">", 0.01, None),
        ("=", 0.036, True),
        ("=", 0.064, False),
        ("=", 0.05, None),
        (None, 0.01, None),
        (None, None, None),
    ],
)
def test_p_tells_significance_only_with_its_sign(
    sign: Literal["<", ">", "="] | None, p: float | None, significant: bool | None
) -> None:
    assert is_significant(effect(p=p, sign=sign)) is significant


def test_interval_outranks_p() -> None:
    assert is_significant(effect(low=-0.1, high=0.3, p=0.01, sign="=")) is False
    assert is_significant(effect(Metric.OTHER, low=0.1, high=0.3, p=0.2, sign="=")) is False


@pytest.mark.parametrize(
    ("given_effect", "direction"),
    [
        (effect(estimate=0.1), 1),
        (effect(estimate=-0.1), -1),
        (effect(estimate=0.0), 0),
        (effect(Metric.RISK_RATIO, 0.9), -1),
        (effect(Metric.RISK_RATIO, None, 1.1, 1.4), 1),
        (effect(Metric.RISK_RATIO, None, 0.5, 0.8), -1),
        (effect(Metric.RISK_RATIO, None, 0.5, 1.8), None),
        (effect(Metric.OTHER, 3.2), None),
        (effect(), None),
    ],
)
def test_direction_is_kept_regardless_of_significance(given_effect: ReadEffect, direction: int | None) -> None:
    assert points_up(given_effect) == direction


@given(st.sampled_from(Metric), st.floats(-3, 3), st.floats(-3, 3))
def test_significant_effect_never_crosses_its_null(metric: Metric, low: float, high: float) -> None:
    found = effect(metric, None, min(low, high), max(low, high))
    null = null_value(metric)
    assert is_significant(found) is (None if null is None else not min(low, high) <= null <= max(low, high))
