"""Sample sizes against statsmodels, against published tables, and against sense."""

from __future__ import annotations

import importlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.power import LARGEST_TOTAL, sample_size
from schemas.ladder import Rung, RungOutcome, RungPlan, TargetEffect

POWER: Any = importlib.import_module("statsmodels.stats.power")
PROPORTION: Any = importlib.import_module("statsmodels.stats.proportion")

NUMBERS = {"allocation_ratio", "intracluster_correlation", "cluster_size", "dropout"}


def plan(
    kind: str,
    value: float | None = None,
    second: float | None = None,
    ratio: float = 1.0,
    icc: float = 0.0,
    cluster: int = 1,
    dropout: float = 0.0,
) -> RungPlan:
    unused = set(RungPlan.model_fields) - {"rung", "outcome", "target_effect", "resolves"} - NUMBERS
    outcome = RungOutcome(
        name="o", instrument="i", unit="u", minimal_important_difference="m", source_of_minimal_important_difference="s"
    )
    target = TargetEffect.model_validate({"kind": kind, "value": value, "second": second, "source": "s"})
    return RungPlan.model_validate(
        {
            **dict.fromkeys(unused, "w"),
            "rung": Rung.MULTICENTRE_RCT,
            "outcome": outcome,
            "target_effect": target,
            "allocation_ratio": ratio,
            "intracluster_correlation": icc,
            "cluster_size": cluster,
            "dropout": dropout,
            "resolves": (),
        }
    )


def total(kind: str, value: float | None = None, second: float | None = None, **rest: Any) -> int:
    size = sample_size(plan(kind, value, second, **rest)).total
    assert size is not None
    return size


def test_half_a_standard_deviation_needs_85_per_arm_and_100_with_dropout() -> None:
    size = sample_size(plan("standardised_difference", 0.5))
    assert (size.per_group, size.total, size.alpha, size.power) == ((85, 85), 170, 0.05, 0.9)
    assert sample_size(plan("standardised_difference", 0.5, dropout=0.15)).per_group == (100, 100)


@pytest.mark.parametrize("d", [0.1, 0.2, 0.35, 0.5, 0.8, 1.2, -0.5])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0, 3.0])
def test_standardised_difference_agrees_with_statsmodels(d: float, ratio: float) -> None:
    first = POWER.NormalIndPower().solve_power(effect_size=abs(d), alpha=0.05, power=0.9, ratio=ratio)
    expected = (math.ceil(first - 1e-6), math.ceil(ratio * first - 1e-6))
    assert sample_size(plan("standardised_difference", d, ratio=ratio)).per_group == expected


@pytest.mark.parametrize(("comparator", "cause"), [(0.1, 0.2), (0.2, 0.1), (0.5, 0.35), (0.02, 0.05), (0.8, 0.9)])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
def test_two_proportions_agree_with_statsmodels(comparator: float, cause: float, ratio: float) -> None:
    # "onetail" in its name means that the far tail is neglected, as it is here; the test is two-sided
    first = PROPORTION.samplesize_proportions_2indep_onetail(
        cause - comparator, comparator, 0.9, ratio=ratio, alpha=0.05
    )
    expected = (math.ceil(first - 1e-6), math.ceil(ratio * first - 1e-6))
    assert sample_size(plan("two_proportions", comparator, cause, ratio=ratio)).per_group == expected


@pytest.mark.parametrize("r", [0.05, 0.1, 0.2, 0.3, 0.5, -0.3])
def test_correlation_agrees_with_statsmodels(r: float) -> None:
    # ratio 0 is its one-sample test; Fisher's z has standard error 1 / sqrt(n - 3)
    n = POWER.NormalIndPower().solve_power(effect_size=abs(math.atanh(r)), alpha=0.05, power=0.9, ratio=0)
    assert total("correlation", r) == math.ceil(n + 3 - 1e-6)


def test_correlation_agrees_with_the_table_of_hulley() -> None:
    assert (total("correlation", 0.3), total("correlation", 0.2)) == (113, 259)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("half_width", [0.01, 0.03, 0.1])
def test_proportion_precision_agrees_with_statsmodels(share: float, half_width: float) -> None:
    assert total("proportion_precision", share, half_width) == math.ceil(
        PROPORTION.samplesize_confint_proportion(share, half_width) - 1e-6
    )


@pytest.mark.parametrize(("hr", "events"), [(0.75, 508), (2.0, 88), (0.5, 88)])
def test_hazard_ratio_follows_schoenfeld(hr: float, events: int) -> None:
    # 508 events for HR 0.75 at power .9 is the textbook figure of Schoenfeld's formula
    assert total("hazard_ratio", hr, 1.0) == events
    assert total("hazard_ratio", hr, 0.5) == 2 * events
    assert f"{events} events" in sample_size(plan("hazard_ratio", hr, 0.5)).formula


def test_unequal_arms_of_a_survival_trial_need_more_events() -> None:
    assert total("hazard_ratio", 0.75, 0.5, ratio=2.0) > total("hazard_ratio", 0.75, 0.5)
    first, second = sample_size(plan("hazard_ratio", 0.75, 0.5, ratio=2.0)).per_group
    assert second == pytest.approx(2 * first, abs=2)


@pytest.mark.parametrize(("risk", "people"), [(0.01, 300), (0.001, 3000), (0.3, 10), (0.007, 429)])
def test_rule_of_three_excludes_a_risk(risk: float, people: int) -> None:
    assert total("excluded_risk", risk) == people
    assert (1 - risk) ** people <= 0.05, "no event among so many people has at most 5 % probability at that risk"


def test_clusters_multiply_by_the_design_effect() -> None:
    alone = total("standardised_difference", 0.2)
    assert total("standardised_difference", 0.2, icc=0.05, cluster=21) == pytest.approx(2 * alone, abs=2)


@pytest.mark.parametrize(
    ("kind", "value", "second"),
    [
        ("not_applicable", None, None),
        ("standardised_difference", None, None),
        ("standardised_difference", 0.0, None),
        ("standardised_difference", math.nan, None),
        ("standardised_difference", math.inf, None),
        ("standardised_difference", 1e-200, None),
        ("standardised_difference", 0.0001, None),
        ("two_proportions", 0.2, None),
        ("two_proportions", 0.2, 0.2),
        ("two_proportions", 0.2, 1.0),
        ("two_proportions", -0.2, 0.1),
        ("two_proportions", 1e-170, 2e-170),
        ("hazard_ratio", 1.0, 0.5),
        ("hazard_ratio", -2.0, 0.5),
        ("hazard_ratio", math.inf, 0.5),
        ("hazard_ratio", 2.0, None),
        ("hazard_ratio", 2.0, 0.0),
        ("hazard_ratio", 1.0 + 1e-16, 0.5),
        ("hazard_ratio", 1.0000000000000002, 0.5),
        ("correlation", 1.0, None),
        ("correlation", 0.0, None),
        ("correlation", 1e-200, None),
        ("correlation", math.nan, None),
        ("proportion_precision", 0.5, 0.0),
        ("proportion_precision", 0.5, 1e-200),
        ("excluded_risk", 0.0, None),
        ("excluded_risk", 1e-300, None),
    ],
)
def test_senseless_target_gives_no_number_but_a_reason(kind: str, value: float | None, second: float | None) -> None:
    size = sample_size(plan(kind, value, second))
    assert size.total is None
    assert size.per_group == ()
    assert len(size.formula) > 20


sizes = st.floats(0.01, 3.0)


@given(sizes, sizes)
def test_bigger_difference_never_needs_more_people(one: float, other: float) -> None:
    small, big = sorted((one, other))
    assert total("standardised_difference", big) <= total("standardised_difference", small)


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_bigger_difference_of_risks_never_needs_more_people(comparator: float, one: float, other: float) -> None:
    above = sorted(r for r in (one, other) if r > comparator + 0.01)
    if len(above) == 2:
        assert total("two_proportions", comparator, above[1]) <= total("two_proportions", comparator, above[0])


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_stronger_correlation_never_needs_more_people(one: float, other: float) -> None:
    assert total("correlation", max(one, other)) <= total("correlation", min(one, other))


@given(sizes, st.floats(0.0, 0.6), st.floats(0.0, 0.6))
def test_dropout_never_lowers_the_number_of_people(d: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert total("standardised_difference", d, dropout=low) <= total("standardised_difference", d, dropout=high)


@given(
    st.sampled_from(
        [
            "standardised_difference",
            "two_proportions",
            "hazard_ratio",
            "correlation",
            "proportion_precision",
            "excluded_risk",
        ]
    ),
    st.one_of(st.none(), st.floats()),
    st.one_of(st.none(), st.floats()),
    st.floats(0.2, 5.0),
)
def test_no_target_effect_raises_or_gives_an_absurd_total(
    kind: str, value: float | None, second: float | None, ratio: float
) -> None:
    size = sample_size(plan(kind, value, second, ratio=ratio))
    assert size.total is None or 1 <= size.total <= LARGEST_TOTAL
