"""Arithmetic of reported statistics: do test statistic, degrees of freedom, p value, interval and wording agree?

Promises: flags, never accusations; rounding of every printed number is allowed for, one-tailed tests where the text
names them; scipy is imported only when a test statistic was found (0.5 s). Does not: judge which of two numbers
is wrong, read tables, or check means against counts (GRIM).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from pipeline.rules.numbers import numbers_in, p_values, read_number
from pipeline.rules.thresholds import ALPHA, crosses_null, is_significant, p_is_significant
from schemas.appraisal import ReportedEffect
from schemas.base import Noun
from schemas.quotation import LocatedQuote
from schemas.settlement import ReadEffect
from schemas.vocabulary import RATIOS, Metric


class NumericFlag(Noun):
    """Numbers that disagree. `text` is `checked_text[start:end]`; a decision error lies across the .05 level."""

    text: str
    start: int
    end: int
    problem: str
    decision_error: bool


_FOLDED = str.maketrans(dict.fromkeys("−‐‑‒–—﹣?", "-") | dict.fromkeys("·∙⋅", ".") | {"≤": "<", "≥": ">"})
"""One character for one. "?" is what broken PDF fonts make of a minus sign or of a Greek chi."""

_D = r"[0-9]{1,6}(?:,[0-9]{3})?(?:\.[0-9]{1,6})?"
_TEST = re.compile(
    r"(?:(?<![A-Za-z])(?P<kind>BF|F|t|T|r|[zZ]|Q[A-Za-z-]{0,8}|[χΧ𝜒𝝌Xx]\s?(?:2|²|\^2)|-\s?2(?=\s?\()|chi-?\s?squared?|G\s?(?:2|²))"
    rf"(?:\s?[(\[]\s?(?P<df1>{_D})(?:\s?[,;]\s?(?P<df2>N\s?=\s?)?(?P<second>{_D}))?\s?[)\]])?)"
    r"\s?(?P<relation>[=<>])\s?(?P<minus>-)?\s?(?P<value>[0-9]{0,5}(?:,[0-9]{3})?(?:\.[0-9]{1,6})|[0-9]{1,5})"
    r"(?:\s?[,;]\s?[A-Za-z²_ ]{1,12}=\s?-?[0-9.]{1,8}(?:%)?)?"
    r"\s?[,;]?\s?[(\[]?\s?(?:[pP]\s?(?P<sign>[<>=b])\s?(?P<p>[01]?\.[0-9]{1,8}|[01])|(?P<ns>n\.?\s?s\b))"
)
_ONE_TAILED = re.compile(r"\bone[-\s]?(?:tail|side)|\bdirectional\b", re.IGNORECASE)


class _Test(NamedTuple):
    """A test as printed: upper tails of its two-tailed p over the rounding of the statistic, and the reported p."""

    family: str
    freedom: tuple[float, float]
    lowest: float
    highest: float
    relation: str
    sign: str
    p: float
    p_half: float


def _number(digits: str) -> tuple[float, float]:
    """(value, half a unit of its last printed digit)."""
    plain = digits.replace(",", "")
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals


def _family(kind: str) -> str:
    if kind in {"F", "BF"}:
        return "F"
    return kind.lower() if kind in {"t", "T", "r", "z", "Z"} else "chi2"


def _freedom(family: str, match: re.Match[str]) -> tuple[float, float] | None:
    """(df1, df2) as the family needs them; None where the text gives too few, too many or impossible ones."""
    first, second = match["df1"], match["second"]
    if family == "z":
        return (1.0, 1.0) if first is None else None
    if first is None or (family == "F") != (second is not None and match["df2"] is None):
        return None
    freedom = float(first.replace(",", "")), float(second.replace(",", "")) if second and family == "F" else 1.0
    return freedom if min(freedom) > 0 else None


def _parse(match: re.Match[str]) -> _Test | None:
    family = _family(match["kind"])
    freedom = _freedom(family, match)
    value, half = _number(match["value"])
    if freedom is None or (family == "r" and value > 1) or (match["minus"] and family in {"F", "chi2"}):
        return None
    p, p_half = _number(match["p"]) if match["p"] else (ALPHA, 0.0)
    sign = ">" if match["ns"] else "<" if match["sign"] == "b" else match["sign"]
    return _Test(family, freedom, max(0.0, value - half), value + half, match["relation"], sign, p, p_half)


def _tail_of(test: _Test) -> Callable[[float], float]:
    """The two-tailed p of an absolute statistic (the upper tail for F and chi2)."""
    from scipy import special

    first, second = test.freedom
    if test.family == "F":
        return lambda value: float(special.fdtrc(first, second, value))
    if test.family == "chi2":
        return lambda value: float(special.chdtrc(first, value))
    if test.family == "z":
        return lambda value: float(2 * special.ndtr(-value))
    if test.family == "t":
        return lambda value: float(2 * special.stdtr(first, -value))

    def correlation(value: float) -> float:
        if value >= 1:
            return 0.0
        return float(2 * special.stdtr(first, -value * math.sqrt(first / (1 - value * value))))

    return correlation


def _computed(test: _Test) -> tuple[float, float]:
    """(lowest, highest) p that the printed statistic allows: rounding for "=", the open side for "<" and ">"."""
    tail = _tail_of(test)
    low, high = tail(test.highest), tail(test.lowest)
    if test.relation == ">":
        low = 0.0
    if test.relation == "<":
        high = 1.0
    return low, high


def _agrees(test: _Test, low: float, high: float) -> bool:
    """Whether any p between `low` and `high` is one that was reported."""
    if test.sign == "<":
        return low < test.p
    if test.sign == ">":
        return high > test.p
    return low <= test.p + test.p_half and high >= test.p - test.p_half


def _claims_significance(test: _Test) -> bool | None:
    """What the reported p claims about .05; "p = .05" counts as significant, as statcheck has it."""
    if test.sign == "=":
        return test.p <= ALPHA
    return p_is_significant(test.p, ">" if test.sign == ">" else "<")


def _flag(match: re.Match[str], test: _Test, text: str, *, one_tailed: bool) -> NumericFlag | None:
    low, high = _computed(test)
    halves = test.family in {"t", "z", "r"} and one_tailed
    if _agrees(test, low, high) or (halves and _agrees(test, low / 2, high / 2)):
        return None
    claimed = _claims_significance(test)
    crosses = (claimed is True and low > ALPHA) or (claimed is False and high <= ALPHA)
    reported = "not significant" if match["ns"] else f"p {test.sign} {test.p:g}"
    computed = f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"
    level = ", across the .05 level" if crosses else ""
    return NumericFlag(
        text=text[match.start() : match.end()],
        start=match.start(),
        end=match.end(),
        problem=f"reported as {reported}, but the test statistic gives p = {computed}{level}",
        decision_error=crosses,
    )


@lru_cache(maxsize=1024)
def check_statistics(text: str) -> tuple[NumericFlag, ...]:
    """Tests printed in APA style whose p does not follow from statistic and degrees of freedom, in order.

    Reads t, F, chi2, r, z and Q: "t(28) = 2.20, p = .036", "F(1, 28) = 4.1, p < .05", "χ2(1, N = 90) = 0.89, p = .35",
    "r(55) = .49, p < .001", "z = 2.3, p = .02". Tails may be one where the text says one-tailed, one-sided or
    directional. A decision error has the reported p and the recomputed one on either side of .05.
    Source: method.md 8; Nuijten et al. 2016, Behav Res Methods 48:1205 (statcheck).
    """
    found = list(_TEST.finditer(text.translate(_FOLDED)))
    one_tailed = bool(found and _ONE_TAILED.search(text))
    flags: list[NumericFlag] = []
    for match in found:
        test = _parse(match)
        flag = _flag(match, test, text, one_tailed=one_tailed) if test else None
        if flag:
            flags.append(flag)
    return tuple(flags)


def _scale(metric: Metric) -> Callable[[float], float] | None:
    """The scale on which the interval is symmetric about the estimate; None where the null value is not known."""
    if metric in RATIOS:
        return lambda value: math.log(value) if value > 0 else math.nan
    if metric is Metric.CORRELATION:
        return lambda value: math.atanh(value) if abs(value) < 1 else math.nan
    return None if metric is Metric.OTHER else lambda value: value


def _half_unit(*values: float) -> float:
    """Half a unit of the most decimals that any value has: how far rounding may have moved each of them."""
    return 0.5 * 10.0 ** -max(len(f"{value:.10f}".rstrip("0").partition(".")[2]) for value in values)


def _p_of_z(z: float) -> float:
    """Two-tailed p from z without tables (Altman & Bland 2011, BMJ 343:d2304)."""
    return min(1.0, math.exp(-0.717 * z - 0.416 * z * z))


def _p_range(effect: ReadEffect) -> tuple[float, float] | None:
    """(lowest, highest) p that estimate and interval allow within rounding, or None where the method does not apply."""
    scale = _scale(effect.metric)
    if scale is None or effect.estimate is None or effect.ci_low is None or effect.ci_high is None:
        return None
    half = _half_unit(effect.estimate, effect.ci_low, effect.ci_high)
    found: list[float] = []
    for slip in (-half, 0.0, half):
        for widening in (-half, 0.0, half):
            estimate = scale(effect.estimate + slip)
            low, high = scale(effect.ci_low - widening), scale(effect.ci_high + widening)
            error = (high - low) / 3.92
            if not error > 0 or not math.isfinite(estimate):
                return None
            if abs((low + high) / 2 - estimate) > error:
                return None  # far from symmetric: no Wald interval, so its width tells no z
            found.append(_p_of_z(abs(estimate) / error))
    return min(found), max(found)


def interval_p_mismatch(effect: ReadEffect) -> str | None:
    """A sentence if the reported p and the effect's own 95 % interval disagree about .05, or by a factor above 10.

    SE = (u - l) / 3.92, z = |estimate| / SE, p = exp(-0.717 z - 0.416 z^2); logarithms for ratios, Fisher's z for
    correlations. Rounding of every number is allowed for. Source: method.md 8; Altman & Bland 2011, BMJ 343:d2304.
    """
    if effect.p is None or effect.p_sign is None:
        return None
    computed = _p_range(effect)
    if computed is None:
        return None
    low, high = computed
    shown = f"p {effect.p_sign} {effect.p:g}, but the interval {effect.ci_low:g} to {effect.ci_high:g} gives about p = "
    shown += f"{math.sqrt(low * high):.2g}" if low > 0 else "0"
    claimed = p_is_significant(effect.p, effect.p_sign)
    crosses = crosses_null(effect)
    if claimed is True and crosses is True and low > ALPHA:
        return f"{shown}: significant by its p, not by its interval"
    if claimed is False and crosses is False and high < ALPHA:
        return f"{shown}: significant by its interval, not by its p"
    # below .0001 the approximation and printed p values are both coarse
    too_small = effect.p_sign != ">" and low > 10 * max(effect.p, 1e-4)
    too_large = effect.p_sign != "<" and max(high, 1e-4) * 10 < effect.p
    return f"{shown}: far apart" if too_small or too_large else None


_SIGNIFICANT = r"(?:statistically\s)?significan"
_NOT_SIGNIFICANT = re.compile(
    r"\b(?:not|no|n't|nor|neither|never|without|fail(?:ed|s)? to)\b(?!\sonly)"
    rf"(?:[\s,]{{1,2}}[\w-]{{1,30}}){{0,5}}?\s{_SIGNIFICANT}"
    rf"|n[o']t\s{_SIGNIFICANT}|\bnon-?\s?significan|\binsignifican|\bn\.?\s?s\.?(?=[\s,;)]|$)",
    re.IGNORECASE,
)
_SAYS_SIGNIFICANT = re.compile(r"\bsignifican", re.IGNORECASE)
_TURN = re.compile(r",\s(?:but|and|while|whereas|although|though|however|yet)\s|\s(?:but|while|whereas)\s|;\s")


def _clauses(sentence: str) -> list[str]:
    """A sentence cut at its turns ("..., whereas ..."); semicolons inside brackets do not cut."""
    depth, last, seen = 0, 0, 0
    cuts: list[str] = []
    for turn in _TURN.finditer(sentence):
        for char in sentence[seen : turn.start() + 1]:
            depth = max(0, depth + (char in "([") - (char in ")]"))
        seen = turn.start() + 1
        if depth == 0:
            cuts.append(sentence[last : turn.start()])
            last = turn.end()
    return [*cuts, sentence[last:]]


def _carries(clause: str, effect: ReadEffect) -> bool:
    """Whether the effect's own numbers stand in the clause: its interval, or its estimate, or else its p."""
    values = {token.value for token in numbers_in(clause)}
    if effect.ci_low is not None and effect.ci_high is not None:
        return {effect.ci_low, effect.ci_high} <= values
    if effect.estimate is not None:
        return effect.estimate in values
    return (effect.p_sign, effect.p) in p_values(clause)


def wording_number_mismatch(sentence: str, effect: ReadEffect) -> str | None:
    """A sentence if the words say "not significant" of a result whose own numbers are significant, or the reverse.

    Only the clause that carries the effect's numbers counts, and a clause that says both is left alone. Either finding
    is a decision error. Source: method.md 8; Nuijten et al. 2016.
    """
    significant = is_significant(effect)
    if significant is None:
        return None
    clause = next((c for c in _clauses(sentence) if _carries(c, effect)), None)
    if clause is None:
        return None
    denied = _NOT_SIGNIFICANT.search(clause)
    rest = clause[: denied.start()] + clause[denied.end() :] if denied else clause
    if bool(denied) == bool(_SAYS_SIGNIFICANT.search(rest)):
        return None
    numbers = "the interval does not include 'no effect'" if crosses_null(effect) is False else "p is below .05"
    if denied and significant:
        return f"the words say that the result is not significant, but {numbers}"
    if not denied and not significant:
        return "the words say that the result is significant, but its interval or p says that it is not"
    return None


def estimate_outside_interval(effect: ReportedEffect, located: LocatedQuote) -> str | None:
    """A sentence if the study prints an estimate outside its own interval, all three numbers in the quotation.

    It asks the reported effect because `read_effect` drops such an interval. Source: method.md 8.
    """
    text = located.located if located.accepted else None
    if not text:
        return None
    estimate, low, high = (read_number(part, text) for part in (effect.estimate, effect.ci_low, effect.ci_high))
    if estimate is None or low is None or high is None or low <= estimate <= high:
        return None
    return f"the estimate {estimate:g} lies outside its interval {low:g} to {high:g}"
