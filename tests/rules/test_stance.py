"""From finding to stance: non-significant is neither a contradiction nor a support; nulls need an interval."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.basis import Quoted
from pipeline.rules.quotation import locate
from pipeline.rules.stance import settle_stance
from schemas.quotation import Quote, QuoteKey
from schemas.settlement import ReadEffect
from schemas.vocabulary import Basis, Direction, Finding, Metric, SectionKind, Stance
from tests.builders import judged, study

UP = Direction.INCREASES


def effect(estimate: float, low: float | None = None, high: float | None = None, **p: Any) -> ReadEffect:
    fields: dict[str, Any] = {"p": None, "p_sign": None} | p
    return ReadEffect(
        metric=Metric.HAZARD_RATIO,
        outcome="injury",
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        quote=QuoteKey(study="a", sentence=1, text="x"),
        **fields,
    )


def results(text: str) -> tuple[Quoted, ...]:
    source = study(sentences=((SectionKind.RESULTS, text),))
    return (Quoted(judged(1, text), locate(Quote(sentence=1, text=text), source, {source.id: source})),)


def stance(finding: Finding, read: ReadEffect | None = None, text: str = "", direction: Direction = UP) -> Stance:
    quoted = results(text) if text else ()
    return settle_stance(finding, direction, Basis.MANIPULATED, read, quoted)[0]


def test_what_was_not_measured_has_no_stance() -> None:
    assert settle_stance(Finding.SUPPORTS, UP, Basis.ASSERTED, effect(2, 1.5, 3), ())[0] is Stance.UNCLEAR


def test_a_significant_result_keeps_its_direction() -> None:
    assert stance(Finding.SUPPORTS, effect(2, 1.5, 3)) is Stance.SUPPORTS
    assert stance(Finding.OPPOSITE, effect(0.5, 0.3, 0.8)) is Stance.CONTRADICTS


@given(st.floats(0.051, 1.0), st.sampled_from([Finding.SUPPORTS, Finding.OPPOSITE]))
def test_non_significant_is_never_support_nor_contradiction(p: float, finding: Finding) -> None:
    assert stance(finding, effect(1.4, p=p, p_sign="=")) is Stance.NULL_UNINFORMATIVE


def test_a_null_is_informative_only_if_its_interval_excludes_what_would_matter() -> None:
    assert stance(Finding.NO_DIFFERENCE, effect(0.95, 0.77, 1.18)) is Stance.NULL_INFORMATIVE
    assert stance(Finding.NO_DIFFERENCE, effect(1.22, 0.86, 1.76)) is Stance.NULL_UNINFORMATIVE
    assert stance(Finding.NO_DIFFERENCE) is Stance.NULL_UNINFORMATIVE


def test_wording_against_number_is_mixed() -> None:
    assert stance(Finding.NO_DIFFERENCE, effect(1.5, 1.2, 1.9)) is Stance.MIXED


def test_quoted_p_values_decide_where_no_effect_was_read() -> None:
    assert stance(Finding.SUPPORTS, text="Memory was better with creatine (p = 0.03).") is Stance.SUPPORTS
    assert stance(Finding.SUPPORTS, text="Memory was better with creatine (p = 0.30).") is Stance.NULL_UNINFORMATIVE


@pytest.mark.parametrize(
    "text",
    [
        "The reflex was unchanged in 12 adults.",
        "Strength did not increase in either group.",
        "No significant change of excitability was found in 34 adults.",
    ],
)
def test_a_support_that_quotes_no_difference_is_a_null(text: str) -> None:
    assert stance(Finding.SUPPORTS, text=text) is Stance.NULL_UNINFORMATIVE
    assert stance(Finding.OPPOSITE, text=text) is Stance.NULL_UNINFORMATIVE


def test_a_sentence_with_a_change_and_a_null_keeps_its_finding() -> None:
    assert stance(Finding.SUPPORTS, text="Torque rose by 12%, but size did not change.") is Stance.SUPPORTS


def test_a_claim_of_no_change_is_supported_only_by_an_informative_null() -> None:
    claim = Direction.NO_CHANGE
    assert stance(Finding.SUPPORTS, effect(0.95, 0.77, 1.18), direction=claim) is Stance.SUPPORTS
    assert stance(Finding.SUPPORTS, effect(0.95, 0.5, 2.0), direction=claim) is Stance.NULL_UNINFORMATIVE
    assert stance(Finding.OPPOSITE, effect(2, 1.5, 3), direction=claim) is Stance.CONTRADICTS


def test_no_change_that_significant_numbers_deny_is_not_believed() -> None:
    claim = Direction.NO_CHANGE
    assert stance(Finding.SUPPORTS, effect(2, 1.5, 3), direction=claim) is Stance.MIXED
    assert stance(Finding.SUPPORTS, effect(1.1), direction=claim) is Stance.NULL_UNINFORMATIVE


@pytest.mark.parametrize(("finding", "expected"), [(Finding.MIXED, Stance.MIXED), (Finding.UNCLEAR, Stance.UNCLEAR)])
def test_mixed_and_unclear_stay_what_they_are(finding: Finding, expected: Stance) -> None:
    assert stance(finding, effect(2, 1.5, 3)) is expected
