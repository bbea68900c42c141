"""Reported statistics against recomputed ones; flags, never accusations."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.rules.statcheck import (
    check_statistics,
    estimate_outside_interval,
    interval_p_mismatch,
    wording_number_mismatch,
)
from schemas.appraisal import ReportedEffect
from schemas.quotation import LocatedQuote, Quote, QuoteKey
from schemas.settlement import ReadEffect
from schemas.vocabulary import MatchGrade, Metric

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "datasets" / "statcheck.jsonl"
KEY = QuoteKey(study="s", sentence=1, text="t")


def effect(
    metric: Metric = Metric.SMD,
    estimate: float | None = None,
    low: float | None = None,
    high: float | None = None,
    p: float | None = None,
    sign: Literal["<", ">", "="] | None = None,
) -> ReadEffect:
    return ReadEffect(
        metric=metric, outcome="o", estimate=estimate, ci_low=low, ci_high=high, p=p, p_sign=sign, quote=KEY
    )


@pytest.mark.parametrize(
    "text",
    [
        "t(28) = 2.20, p = .036",
        "t(28) = −2.20, p = .036",
        "t (28) = 2.2, p = .04",
        "t(28) = 2, p = .14",
        "t(28) = 2.0, p<.05",
        "t(28) > 2.2, p < .02",
        "t(28) < 2.2, p > .02",
        "F(1, 28) = 4.84, p = .036",
        "F(1, 28) = 4.84, MSE = 3.1, p = .036",
        "χ2(1, N = 90) = 0.89, p = .35",
        "χ²(1) = 3.84, p = .05",
        "chi-square(1) = 6.53, p = .011",
        "?2 (14, N= 1008)= 11.91, p= .61",
        "r(55) = .49, p < .001",
        "r(55) = 1.0, p < .001",
        "z = 2.3, p = .02",
        "Q(28) = 22.20, p = .77",
        "F(1, 726)=12.39, pb.001",
        "t(309) = −1.54, ns",
        "no statistics at all",
    ],
)
def test_consistent_test_raises_no_flag(text: str) -> None:
    assert check_statistics(text) == ()


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("t(28) = 2.20, p = .03", False),
        ("t(28) = 2.20, p = .05", False),
        ("t(28) = 2.20, p = .06", True),
        ("t(28) = 2.20, p > .05", True),
        ("t(28) = 2.20, ns", True),
        ("t(28) = 1.20, p < .05", True),
        ("t(28) = 22.20, p < .000", False),
        ("F(2, 56) = 1.203, p < .001", True),
        ("χ2(1, N = 90) = 0.89, p = .03", True),
        ("r(20) = .30, p = .01", True),
        ("z = 2.20, p = .06", True),
        ("Q(28) = 2.20, p = .03", True),
    ],
)
def test_inconsistent_test_is_flagged_and_a_decision_error_crosses_the_level(text: str, decision: bool) -> None:
    before = "As planned, "
    (flag,) = check_statistics(before + text + ".")
    assert flag.decision_error is decision
    assert flag.text == text == (before + text + ".")[flag.start : flag.end]
    assert "p = " in flag.problem


@pytest.mark.parametrize(
    "text",
    [
        "F(28) = 4.84, p = .9",
        "z(3) = 2.2, p = .9",
        "t(1, 28) = 2.2, p = .9",
        "t(0) = 2, p = .9",
        "F(1, 28) = -4.8, p = .9",
    ],
)
def test_test_that_cannot_be_recomputed_is_left_alone(text: str) -> None:
    assert check_statistics(text) == ()


def test_one_tail_is_allowed_where_the_text_names_it() -> None:
    assert check_statistics("t(14) = 2.0, p < .05")
    assert check_statistics("t(14) = 2.0, p < .05 (one-tailed)") == ()
    assert check_statistics("F(1, 14) = 4.0, p < .05 (one-tailed)"), "an F test has one tail already"


@given(st.sampled_from(["t", "z", "r", "F", "chi2"]), st.integers(3, 200), st.floats(0.01, 0.95))
def test_p_computed_by_scipy_is_never_flagged(family: str, df: int, size: float) -> None:
    value = round(size if family == "r" else 4 * size, 2)
    p = {
        "t": lambda: 2 * stats.t.sf(value, df),
        "z": lambda: 2 * stats.norm.sf(value),
        "r": lambda: 2 * stats.t.sf(value * math.sqrt(df / (1 - value**2)), df),
        "F": lambda: stats.f.sf(value, 2, df),
        "chi2": lambda: stats.chi2.sf(value, df),
    }[family]()
    freedom = {"t": f"({df})", "z": "", "r": f"({df})", "F": f"(2, {df})", "chi2": f"({df}, N = 90)"}[family]
    name = "χ2" if family == "chi2" else family
    assert check_statistics(f"{name}{freedom} = {value:.2f}, p = {p:.3f}") == ()


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the measuring data do not lie beside the checkout")
def test_labelled_tests_of_the_statcheck_package_are_judged_alike() -> None:
    rows = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        flags = check_statistics(row["text"])
        decision = any(flag.decision_error for flag in flags)
        match row["label"]:
            case "consistent":
                assert not flags, row["text"]
            case "inconsistent":
                assert flags, row["text"]
            case "decision_error":
                assert decision, row["text"]
            case "no_decision_error":
                assert not decision, row["text"]
            case _:
                assert not flags, row["text"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (effect(Metric.SMD, 0.48, 0.24, 0.73, 0.001, "="), None),
        (effect(Metric.SMD, 0.48, 0.24, 0.73, 0.2, "="), "by its interval, not by its p"),
        (effect(Metric.SMD, 0.30, -0.20, 0.80, 0.01, "="), "by its p, not by its interval"),
        (effect(Metric.SMD, 0.30, -0.20, 0.80, 0.05, "<"), "by its p, not by its interval"),
        (effect(Metric.SMD, 0.30, -0.20, 0.80, 0.05, ">"), None),
        (effect(Metric.ODDS_RATIO, 0.90, 0.62, 1.31, 0.58, "="), None),
        (effect(Metric.ODDS_RATIO, 0.90, 0.62, 1.31, 0.02, "="), "by its p, not by its interval"),
        (effect(Metric.SMD, 0.50, 0.02, 0.98, 0.0001, "="), "far apart"),
        (effect(Metric.MD, 5.12, 4.08, 6.16, 0.04, "="), "far apart"),
        (effect(Metric.SMD, 0.50, 0.02, 0.98, 0.0001, "<"), "far apart"),
        (effect(Metric.CORRELATION, 0.50, 0.27, 0.67, 0.6, "="), "by its interval, not by its p"),
        (effect(Metric.CORRELATION, 0.99, 0.9, 1.0, 0.6, "="), None),
        (effect(Metric.OTHER, 5.0, 4.0, 6.0, 0.6, "="), None),
        (effect(Metric.SMD, 0.48, 0.24, 0.73), None),
        (effect(Metric.SMD, 0.48, None, None, 0.6, "="), None),
        (effect(Metric.SMD, 0.90, 0.10, 0.95, 0.6, "="), None),
        (effect(Metric.RISK_RATIO, 0.1, 0.0, 3.0, 0.6, "="), None),
    ],
)
def test_interval_and_p_are_held_against_each_other(found: ReadEffect, said: str | None) -> None:
    problem = interval_p_mismatch(found)
    assert problem is None if said is None else problem is not None and said in problem


@given(st.floats(-2, 2), st.floats(0.05, 1))
def test_interval_and_p_of_one_z_test_never_disagree(estimate: float, error: float) -> None:
    estimate, low, high = round(estimate, 3), round(estimate - 1.96 * error, 3), round(estimate + 1.96 * error, 3)
    p = float(2 * stats.norm.sf(abs(estimate) / error))
    assert interval_p_mismatch(effect(Metric.SMD, estimate, low, high, round(p, 4), "=")) is None


DESOUZA = effect(Metric.SMD, 0.48, 0.24, 0.73, 0.001, "=")


def test_words_that_deny_a_significant_result_are_flagged_in_the_trap_study() -> None:
    study = yaml.safe_load((ROOT / "fixtures/studies/creatine-kidneys/desouza-2019.yaml").read_text(encoding="utf-8"))
    results = next(s["text"] for s in study["sections"] if s["heading"] == "Results")
    sentence = results.split(" For plasma urea")[0]
    assert wording_number_mismatch(sentence, DESOUZA) is not None
    assert interval_p_mismatch(DESOUZA) is None


@pytest.mark.parametrize(
    ("sentence", "found", "flagged"),
    [
        ("It did not significantly alter creatinine (SMD = 0.48; 95% CI 0.24–0.73; P = .001).", DESOUZA, True),
        ("No statistically significant change was seen (0.48 [0.24, 0.73]).", DESOUZA, True),
        ("The change was nonsignificant (0.48 [0.24, 0.73]).", DESOUZA, True),
        ("It significantly altered creatinine (SMD = 0.48, 95% CI 0.24–0.73).", DESOUZA, False),
        ("It altered creatinine (SMD = 0.48, 95% CI 0.24–0.73).", DESOUZA, False),
        ("Urea did not change significantly, whereas creatinine rose (0.48, 0.24–0.73).", DESOUZA, False),
        ("Urea did not change significantly, but creatinine rose significantly (0.48, 0.24–0.73).", DESOUZA, False),
        ("No significant change of urea and a significant one of creatinine (0.48, 0.24–0.73).", DESOUZA, False),
        ("Not only significantly but steadily it rose (0.48, 0.24–0.73).", DESOUZA, False),
        ("Creatinine did not change significantly.", DESOUZA, False),
        ("Pain fell significantly (MD −1.0, 95% CI −2.5 to 0.5).", effect(Metric.MD, -1.0, -2.5, 0.5), True),
        ("Pain did not fall significantly (MD −1.0, 95% CI −2.5 to 0.5).", effect(Metric.MD, -1.0, -2.5, 0.5), False),
        ("There was no significant change (p < .05).", effect(p=0.05, sign="<"), True),
        ("There was no significant change (d = 0.3, p < .05).", effect(Metric.SMD, 0.3, p=0.05, sign="<"), True),
        ("There was no significant change (p = .05).", effect(p=0.05, sign="="), False),
    ],
)
def test_words_and_numbers_are_compared_within_a_clause(sentence: str, found: ReadEffect, flagged: bool) -> None:
    assert (wording_number_mismatch(sentence, found) is not None) is flagged


@pytest.mark.parametrize(
    ("text", "estimate", "match", "flagged"),
    [
        ("HR 1.50 (95% CI 0.77-1.18)", "1.50", MatchGrade.EXACT, True),
        ("HR 0.97 (95% CI 0.77-1.18)", "0.97", MatchGrade.EXACT, False),
        ("HR 0.97 (95% CI 0.77-1.18)", "1.50", MatchGrade.EXACT, False),
        ("HR 1.50 (95% CI 0.77-1.18)", "1.50", MatchGrade.ALTERED, False),
    ],
)
def test_estimate_outside_its_interval_is_flagged(text: str, estimate: str, match: MatchGrade, flagged: bool) -> None:
    quote = Quote(sentence=1, text=text)
    item = ReportedEffect(
        outcome="o", metric=Metric.HAZARD_RATIO, estimate=estimate, ci_low="0.77", ci_high="1.18", p="", quote=quote
    )
    place = LocatedQuote(key=KEY, match=match, fault=None, source_sha256="0", start=0, end=len(text), located=text)
    assert (estimate_outside_interval(item, place) is not None) is flagged


@pytest.mark.parametrize(
    "hostile", ["t(28) = ", "χ2(1, N = ", "1", "(", "no ", "Q", "p = .0", "t(1,", "F(1, 2) = 3, a = ", " "]
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    text = (hostile * 100_000)[:100_000]
    started = time.perf_counter()
    check_statistics(text)
    wording_number_mismatch(text, DESOUZA)
    assert time.perf_counter() - started < 10
