"""A result is told with its outcome, and never as a bare number."""

from __future__ import annotations

from pipeline.publish.results import effect_words
from schemas.quotation import QuoteKey
from schemas.settlement import ReadEffect
from schemas.vocabulary import Metric
from tests.publish import example_weights

NOTHING: dict[str, object] = {"estimate": None, "ci_low": None, "ci_high": None, "p": None, "p_sign": None}
MINUS = "\N{MINUS SIGN}"


def told(quote: str = "The result.", base: dict[str, object] | None = None, **changes: object) -> str:
    key = QuoteKey(study="birch-2019", sentence=4, text=quote)
    values = {**example_weights.SMD.model_dump(), "quote": key, **(base or {}), **changes}
    return effect_words(ReadEffect.model_validate(values))


def test_a_result_is_told_with_as_much_as_was_read() -> None:
    outcome = "; outcome: rate of torque development, untrained leg"
    assert told() == f"standardised mean difference 0.62 (confidence interval 0.11 to 1.13), p = 0.02{outcome}"
    assert told(base=NOTHING, metric=Metric.HAZARD_RATIO, outcome="") == "hazard ratio"
    assert told(estimate=-1.5, ci_high=None, p_sign=None, outcome="") == (
        f"standardised mean difference {MINUS}1.5, p = 0.02"
    )
    assert told(base=NOTHING, p=0.064, p_sign="=", metric=Metric.MD, outcome="span") == (
        "mean difference, p = 0.064; outcome: span"
    )


def test_a_number_without_a_metric_is_told_after_its_outcome() -> None:
    bare = {**NOTHING, "metric": Metric.OTHER}
    assert told(base=bare, estimate=850, outcome="protein excretion (mg/24 h)") == "protein excretion (mg/24 h): 850"
    assert told(base=bare, p=0.0001, p_sign="<", outcome="digit span") == "digit span: p < 0.0001"
    assert told(base=bare, outcome="digit span") == "digit span"
    assert told("It was 850.", base=bare, estimate=850, outcome="") == "“It was 850.”"


def test_per_cent_is_told_where_the_quotation_prints_it() -> None:
    rate = {**NOTHING, "metric": Metric.OTHER, "estimate": 20, "p": 0.25, "outcome": "osteoarthritis in runners"}
    assert told("It was present in 20% of runners.", base=rate) == "osteoarthritis in runners: 20 %, p = 0.25"
    assert told("It was present in 20 runners, 120% of them.", base=rate) == "osteoarthritis in runners: 20, p = 0.25"


def test_a_change_in_per_cent_never_loses_its_direction() -> None:
    change = {**NOTHING, "metric": Metric.PERCENT_CHANGE, "estimate": 16.5, "p": 0.01, "p_sign": "="}
    said = "The risk was 16.5% lower in those who ran more (P = 0.01)."
    assert told(said, base=change, outcome="risk, those who ran more against less") == f"“{said}”"
    assert told(said, base=change, outcome="lower risk") == "lower risk: 16.5 %, p = 0.01"
    assert told(said, base=change, estimate=-16.5, outcome="risk") == f"risk: {MINUS}16.5 %, p = 0.01"


def test_a_result_from_a_table_row_says_so() -> None:
    bare = {**NOTHING, "metric": Metric.OTHER, "estimate": 20, "outcome": "falls"}
    assert told(base=bare) == "falls: 20"
    assert told(base=bare, from_table=True) == "falls: 20 (from a table row; check the column)"
