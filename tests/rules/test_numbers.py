"""Numbers are read again from quotations, or not at all."""

from __future__ import annotations

import hashlib
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.numbers import intervals, numbers_in, p_values, read_effect, read_number
from schemas.appraisal import ReportedEffect
from schemas.quotation import LocatedQuote, Quote, QuoteKey
from schemas.vocabulary import MatchGrade, Metric, SectionKind


def located(text: str, match: MatchGrade = MatchGrade.EXACT) -> LocatedQuote:
    key = QuoteKey(study="s", sentence=1, text=text)
    return LocatedQuote(
        key=key,
        match=match,
        fault=None,
        source_sha256=hashlib.sha256(b"").hexdigest(),
        start=0,
        end=len(text),
        located=text,
    )


def reported(
    metric: Metric = Metric.SMD, estimate: str = "", low: str = "", high: str = "", p: str = ""
) -> ReportedEffect:
    quote = Quote(sentence=1, text="")
    return ReportedEffect(outcome="o", metric=metric, estimate=estimate, ci_low=low, ci_high=high, p=p, quote=quote)


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("30", "30 adults", 30),
        ("30", "Thirty adults", 30),
        ("thirty", "30 adults", 30),
        ("120", "one hundred and twenty mice", 120),
        ("89377", "eighty-nine thousand three hundred seventy-seven", 89377),
        ("89,377", "of 89,377 members", 89377),
        ("1 203", "n = 1\u2009203", 1203),
        ("1 203", "n = 1 203 in all", 1203),
        ("0·97", "HR 0.97", 0.97),
        ("−0.14", "r = -0.14", -0.14),
        ("-0.1", "d = − 0.1", -0.1),
        ("-0.02", "(-0.14--0.02)", -0.02),
        ("0.20", "−0.14–0.20", 0.2),
        ("+0.3", "by +0.3", 0.3),
        (".05", "p < 0.05", 0.05),
        ("0,04", "p = 0,04", 0.04),
        ("12.5 %", "12.5% of them", 12.5),
        ("26", "by 12–26%", 26),
        ("30", "30mL.", 30),
        ("8", "in 8/44", 8),
        ("1.2e-5", "1.2 × 10−5", 1.2e-5),
        ("5e-4", "5 × 10⁻⁴", 5e-4),
        ("0", "0 events", 0),
    ],
)
def test_number_is_read_as_it_stands(value: str, text: str, number: float) -> None:
    assert read_number(value, text) == pytest.approx(number)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.14", "r = −0.14"),
        ("-0.14", "fell by 0.14"),
        ("12", "12.5"),
        ("5", "12.5"),
        ("30", "130 adults"),
        ("203", "1,203 adults"),
        ("thirty", "thirty-five adults"),
        ("5", "1.2 × 10−5"),
        ("1.2", "1.2 × 10−5"),
        ("26", "12 -26%"),
        ("12", "the 12th day"),
        ("2", "vitamin B2"),
        ("1.2", "version 1.2.3"),
        ("5", "two three five"),
        ("0.57", "HR 0.97"),
        ("30 of 60", "30 of 60"),
        ("many", "many"),
        ("", "30"),
        ("1e400", "1e400"),
        ("9007199254740993", "9007199254740992"),
    ],
)
def test_number_that_does_not_stand_there_is_not_read(value: str, text: str) -> None:
    assert read_number(value, text) is None


def test_tokens_carry_the_place_where_they_stand() -> None:
    text = "n = 30, r = −0.14, twelve"
    assert [(t.value, text[t.start : t.end]) for t in numbers_in(text)] == [
        (30, "30"),
        (-0.14, "−0.14"),
        (12, "twelve"),
    ]


@given(
    st.text(alphabet="0123456789.,-− ·%abtwo()", max_size=30), st.text(alphabet="0123456789.,-− ·%abtwo()", max_size=60)
)
def test_no_number_is_read_that_is_not_in_the_text(value: str, text: str) -> None:
    number = read_number(value, text)
    if number is not None:
        digits = f"{Decimal(repr(abs(number))):f}".replace(".", "").strip("0")
        words = "".join(c for c in text.lower() if c.isalnum()).replace("two", "2")
        assert digits in words.replace("0", "") or digits.replace("0", "") in words.replace("0", "")


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=10**9))
def test_integer_is_read_exactly_where_it_is_written(wanted: int, written: int) -> None:
    assert read_number(str(wanted), f"there were {written} of them") == (wanted if wanted == written else None)
    assert read_number(f"{wanted:,}", f"there were {written:,} of them") == (wanted if wanted == written else None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("p < .05 and P=0.064; p<0.0001, n.s.", (("<", 0.05), ("=", 0.064), ("<", 0.0001))),
        ("P<0·05", (("<", 0.05),)),
        ("a P-value of 0.03", (("=", 0.03),)),
        ("P value was 0.02", (("=", 0.02),)),
        ("P for trend = .04", (("=", 0.04),)),
        ("p-interaction=.3", (("=", 0.3),)),
        ("p ≤ 0,01", (("<", 0.01),)),
        ("(𝑝 = .04)", (("=", 0.04),)),
        ("p = 1.2 × 10−5", (("=", 1.2e-5),)),
        ("P less than 0.05", (("<", 0.05),)),
        ("all ps > .10", ((">", 0.1),)),
        ("p = 0.000", (("=", 0.0),)),
        ("p = 1.2", ()),
        ("help 0.05", ()),
        ("ns", ()),
    ],
)
def test_p_values_are_found_with_their_signs(text: str, found: tuple[tuple[str, float], ...]) -> None:
    assert p_values(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("95% CI 0.77-1.18", (0.77, 1.18)),
        ("95 % CI 9.1–14.8", (9.1, 14.8)),
        ("d = 0.56 [0.34, 0.78]", (0.34, 0.78)),
        ("0.77 to 1.18", (0.77, 1.18)),
        ("−0.14 to 0.20", (-0.14, 0.2)),
        ("(95% CI: −0.14, 0.20; p = .3)", (-0.14, 0.2)),
        ("95% CI = [-0.14, -0.02]", (-0.14, -0.02)),
        ("CI -0.14--0.02", (-0.14, -0.02)),
        ("95% confidence interval [CI], 9 to 15", (9, 15)),
        ("95%CI 1,203–2,405", (1203, 2405)),
        ("95% CI, 0.6%-1.3%", (0.6, 1.3)),
    ],
)
def test_intervals_are_found_as_journals_print_them(text: str, found: tuple[float, float]) -> None:
    assert intervals(text) == (found,)


@pytest.mark.parametrize(
    "text",
    [
        "rose 12-26%",
        "aged 20.5 to 30.1 years",
        "IQR (1.2–3.4)",
        "95% CI 1.18-0.77",
        "sets of 30, 15 and 15",
        "pages 12-26",
    ],
)
def test_range_is_no_interval(text: str) -> None:
    assert intervals(text) == ()


def test_effect_is_read_with_all_its_parts() -> None:
    quote = located("(SMD = 0.48, 95% CI 0.24–0.73, P = .001, I2 = 22%)")
    effect = read_effect(reported(Metric.SMD, "0.48", "0.24", "0.73", "= 0.001"), quote)
    assert effect is not None
    assert (effect.estimate, effect.ci_low, effect.ci_high, effect.p, effect.p_sign) == (0.48, 0.24, 0.73, 0.001, "=")
    assert effect.quote == quote.key


def test_part_that_does_not_stand_there_is_null() -> None:
    effect = read_effect(
        reported(Metric.SMD, "0.84", "0.24", "0.73", "< .05"), located("SMD 0.48 (95% CI 0.24-0.73, P = .05)")
    )
    assert effect is not None
    assert effect.estimate is None
    assert (effect.ci_low, effect.ci_high) == (0.24, 0.73)
    assert effect.p is None, "the sign of p belongs to it"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("HR 0.97 (95% CI 0.77-1.18)", "1.18", "0.77"),
        ("HR 0.97, 95% CI 1.10-1.18", "1.10", "1.18"),
        ("HR 0.97 (90% CI 0.77-1.18)", "0.77", "1.18"),
        ("HR 0.97 and it rose by 0.77-1.18%", "0.77", "1.18"),
        ("HR 0.97 (95% CI -0.1 to 1.18)", "-0.1", "1.18"),
        ("HR 0.97 (95% CI 0.77-1.18)", "", "1.18"),
    ],
)
def test_interval_that_cannot_be_one_is_dropped(text: str, low: str, high: str) -> None:
    effect = read_effect(reported(Metric.HAZARD_RATIO, "0.97", low, high), located(text))
    assert effect is not None
    assert (effect.estimate, effect.ci_low, effect.ci_high) == (0.97, None, None)


@pytest.mark.parametrize("p", ["n.s.", "", "ns", "significant", "p < .05 or p < .01"])
def test_words_are_no_p_value(p: str) -> None:
    assert read_effect(reported(p=p), located("rose (p < .05), n.s.")) is None


def test_bare_p_takes_its_sign_from_the_text() -> None:
    effect = read_effect(reported(p="0.05"), located("rose (P < .05)"))
    assert effect is not None
    assert (effect.p_sign, effect.p) == ("<", 0.05)


@pytest.mark.parametrize(("metric", "estimate"), [(Metric.RISK_RATIO, "0"), (Metric.CORRELATION, "1.4")])
def test_estimate_that_its_metric_cannot_take_is_dropped(metric: Metric, estimate: str) -> None:
    assert read_effect(reported(metric, estimate), located(f"it was {estimate}.")) is None


def test_quotation_that_the_gate_refused_carries_no_number() -> None:
    assert read_effect(reported(estimate="0.48"), located("SMD 0.48", MatchGrade.ALTERED)) is None


@pytest.mark.parametrize(
    "hostile",
    ["1", "1,111", " ", "p ", "one ", "0.1-", "95% CI ", "-", "( ", "1 ", "P for a", "one and ", ".1", "1e", "× 10"],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    text = (hostile * 100_000)[:100_000]
    started = time.perf_counter()
    numbers_in(text)
    p_values(text)
    intervals(text)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(("section", "flagged"), [(SectionKind.TABLE, True), (SectionKind.RESULTS, False)])
def test_a_result_whose_quotation_stands_in_a_table_is_flagged(section: SectionKind, *, flagged: bool) -> None:
    row = located("Strength 0.41 (0.10 to 0.72)").model_copy(update={"section": section})
    effect = read_effect(reported(estimate="0.41"), row)
    assert effect is not None
    assert effect.from_table is flagged
    assert ("from_table" in effect.model_dump_json()) is flagged
