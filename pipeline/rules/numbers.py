"""Numbers read again from quotations: nothing that a model typed enters the rules unless it stands in the source.

Promises: a number is returned only if a whole token of the located text (sign, decimals and all) has that value; what
is ambiguous ("12 −26", "3 × 10-12") is not read rather than guessed; every pattern is linear in the length of the text.
Does not: convert units, undo per cent, guess a sign from words ("fell by 14 %" reads as 14), or compute anything.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from schemas.appraisal import ReportedEffect
from schemas.quotation import LocatedQuote
from schemas.settlement import ReadEffect
from schemas.vocabulary import RATIOS, Metric, SectionKind

Sign = Literal["<", ">", "="]

_FOLDED = str.maketrans(
    {"＜": "<", "＞": ">", "＝": "=", "≤": "<", "≥": ">", "⩽": "<", "⩾": ">", "≦": "<", "≧": ">"}
    | dict.fromkeys("·∙⋅‧", ".")
    | dict.fromkeys("−‐‑‒–—﹣－", "-")
    | dict.fromkeys("𝑝𝒑𝘱𝙥ｐ", "p")
    | dict.fromkeys("𝑃𝑷𝘗𝙋Ｐ", "P")
    | dict.fromkeys("\u2007\u2008\u2009\u200a\u202f\u00a0", "\u2009")
)
"""Typography, one character for one, so that offsets stay: p values print ≤ and < alike as upper bounds."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NUMERAL = re.compile(
    r"(?<![0-9A-Za-z_.,])(?P<core>[1-9][0-9]{0,2}(?:[,\u2009][0-9]{3})+(?:\.[0-9]+)?|[0-9]+,[0-9]+|[0-9]*\.[0-9]+|[0-9]+)"
    r"(?P<power>[eE][-+]?[0-9]{1,3}|\s?[×x*]\s?10(?:\^?-[0-9]{1,3}|\^[0-9]{1,3}|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))?"
    r"(?![0-9]|[.,][0-9])"
)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[,\u2009][0-9]{3})+(?:\.[0-9]+)?")
_TIMES_TEN = re.compile(r"^(?:[eE]|\s?[×x*]\s?10\^?)")
_EXACT_DIGITS = 15
"""Beyond it two different numerals may be one float, so a longer numeral is not read."""
_UNIT = re.compile(
    r"(?:mg|g|kg|µg|μg|ml|mL|dl|dL|l|L|h|hr|hrs|min|s|sec|ms|d|days?|wks?|weeks?|months?|yrs?|years?|y|cm|mm|m|km|Hz|N|Nm"
    r"|kcal|kJ|W|fold|pp|x)?(?![A-Za-z])"
)
_UNITS: dict[str, int] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: dict[str, int] = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES: dict[str, int] = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = "|".join([*_TENS, *sorted(_UNITS, key=len, reverse=True), *_SCALES])
_INITIALS = "".join(sorted({word[0] for word in (*_TENS, *_UNITS, *_SCALES)}))
"""What a number word begins with: most words of a text are spared the whole list."""
_WORDS = re.compile(rf"\b(?=[{_INITIALS}])(?:{_WORD})(?:(?:[-\s]|\sand\s)(?:{_WORD}))*\b", re.IGNORECASE)
_SPACE_GROUPS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])")


class NumberToken(NamedTuple):
    """A number in a text: its value and where it stands, sign included (`text[start:end]`)."""

    value: float
    start: int
    end: int


def _sign(text: str, start: int) -> tuple[int, int] | None:
    """(sign, start) of the numeral at `start` of the folded text; None where a dash may be sign or range."""
    mark = text[start - 1 : start] if start else ""
    before = text[start - 2 : start - 1] if start > 1 else ""
    if mark.isspace():
        # "= - 0.1": a sign set off by a space, which only an opening mark tells from a range
        spaced = text[max(0, start - 4) : start].rstrip()
        opened = spaced.endswith("-") and spaced[:-1].rstrip()[-1:] in {"=", "(", "[", "<", ">"}
        return (-1, text.rindex("-", 0, start)) if opened else (1, start)
    if mark not in {"-", "+"} or before.isalnum() or before in {"%", ")", "]", "°"}:
        return 1, start
    if mark == "-" and before.isspace() and text[max(0, start - 4) : start - 1].rstrip()[-1:].isdigit():
        return None  # "12 -26" is a range to one typesetter and a list of two numbers to another
    return (1 if mark == "+" else -1), start - 1


def _magnitude(core: str, power: str | None) -> float | None:
    """The value of an unsigned numeral, or None where a float cannot hold it."""
    grouped = _GROUPED.fullmatch(core)
    plain = core.replace(",", "").replace("\u2009", "") if grouped else core.replace(",", ".")
    if len(plain.replace(".", "")) > _EXACT_DIGITS:
        return None
    value = float(plain)
    if power:
        exponent = _TIMES_TEN.sub("", power).translate(_SUPERSCRIPTS)
        value = float(f"{plain}e{exponent}")
    return value if math.isfinite(value) else None


def _numerals(text: str) -> list[NumberToken]:
    found: list[NumberToken] = []
    for match in _NUMERAL.finditer(text):
        signed = _sign(text, match.start())
        value = _magnitude(match["core"], match["power"])
        if signed is None or value is None or not _UNIT.match(text, match.end()):
            continue
        found.append(NumberToken(signed[0] * value if value else 0.0, signed[1], match.end()))
    return found


def _spelled(words: str) -> float | None:
    """The value of a phrase of number words, or None where they do not make one number ("two three")."""
    total, below_thousand, last = 0, 0, math.inf
    for word in re.split(r"[-\s]+", words.lower()):
        if word == "and":
            continue
        if word == "hundred":
            below_thousand, last = max(1, below_thousand) * 100, 100
        elif word in _SCALES:
            total, below_thousand, last = total + max(1, below_thousand) * _SCALES[word], 0, math.inf
        else:
            value = _UNITS.get(word, _TENS.get(word, 0))
            if value >= last or (10 <= value < 20 and last < 100) or (value == 0 and last < math.inf):
                return None
            below_thousand, last = below_thousand + value, 10 if value >= 20 else 0
    return float(total + below_thousand)


@lru_cache(maxsize=4096)
def numbers_in(text: str) -> tuple[NumberToken, ...]:
    """Every number of a text, digits or words, in order; ambiguous ones are left out. Linear in the text's length."""
    folded = text.translate(_FOLDED)
    found = _numerals(folded)
    for match in _WORDS.finditer(folded):
        value = _spelled(match.group())
        if value is not None:
            found.append(NumberToken(value, match.start(), match.end()))
    return tuple(sorted(found, key=lambda token: token.start))


def read_number(value: str, located: str) -> float | None:
    """The number that `value` names ("30", "thirty", "89,377", "0·97", "−0.14", ".05", "12.5 %") if `located` holds it.

    It must stand there as a whole token with the same sign and value: "0.14" is not in "−0.14", "12" not in "12.5",
    "30" not in "130". A `value` that names no number or more than one gives None. Design: "the quote gate".
    """
    wanted = value.strip()
    if _SPACE_GROUPS.search(wanted):
        # "1 203" with a plain space is one number only if the model says so, and only where the text groups it alike
        located = _SPACE_GROUPS.sub(lambda m: m.group().replace(" ", "\u2009"), located)
        wanted = _SPACE_GROUPS.sub(lambda m: m.group().replace(" ", "\u2009"), wanted)
    named = numbers_in(wanted)
    if len(named) != 1:
        return None
    return next((token.value for token in numbers_in(located) if token.value == named[0].value), None)


_P = re.compile(
    r"(?<![A-Za-z0-9])[pP]s?(?:[-\s]{0,2}[vV]alues?)?"
    r"(?:[\s_(-]{0,2}(?:for|adj|adjusted|corrected|corr|trend|interaction|int|het|heterogeneity|FDR)"
    r"(?:\s[a-z]{1,15})?\)?)?"
    r"(?:\s{0,3}(?:was|were|is|of)(?=\s))?"
    r"(?:\s{0,3},?\s{0,3}(?P<sign>[<>=]{1,2}|less than|below|greater than|above)|\s{0,3}(?<=was|ere|.is|.of))"
    r"\s{0,3}(?P<value>[01]?[.,][0-9]{1,12}|[01](?![0-9]))(?P<power>\s?[×x*]\s?10|[eE]-)?",
)
_SIGNS: dict[str, Sign] = {"less than": "<", "below": "<", "greater than": ">", "above": ">"}


@lru_cache(maxsize=2048)
def p_values(text: str) -> tuple[tuple[Sign, float], ...]:
    """The p values of a running text with their signs, in order: "p < .05", "P=0·064", "P-value of 0.03".

    "≤" counts as "<" and "≥" as ">". Values outside 0..1 and words ("n.s.") are no p values.
    """
    folded = text.translate(_FOLDED)
    found: list[tuple[Sign, float]] = []
    for match in _P.finditer(folded):
        whole = next((t for t in _numerals(folded[match.start("value") : match.end() + 12]) if t.start == 0), None)
        if whole is None or not 0.0 <= whole.value <= 1.0:
            continue
        shown = match["sign"] or "="
        found.append((_SIGNS.get(shown) or ("<" if "<" in shown else ">" if ">" in shown else "="), whole.value))
    return tuple(found)


_N = r"(?P<{0}>(?:[-+]\s?)?(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]*\.[0-9]+|[0-9]+)(?:\.[0-9]+)?)\s?%?"
_PAIR = rf"{_N.format('low')}(?P<join>\s{{0,2}}(?:to|and|through)\s{{1,2}}|\s{{0,2}}[-,;/]\s{{0,2}}){_N.format('high')}"
_INTERVAL = re.compile(
    r"(?:(?P<cue>(?:(?P<level>[0-9]{2}(?:\.[0-9]{1,2})?)\s{0,2}%?\s{0,2})?"
    r"(?:\b(?:CIs?|CrIs?|C\.I\.|[Cc]onfidence (?:[Ii]ntervals?|[Ll]imits?)|[Cc]redible (?:[Ii]ntervals?))"
    r"(?:\s?[\[(]CIs?[\])])?))(?:\s{0,2}(?:of|was|were|from|between|ranged from|[=:,]))?\s{0,2}[\[(]?\s?"
    r"|(?P<bracket>[\[(])\s?|(?P<bare>(?<![0-9.,A-Za-z-])))" + _PAIR + r"(?![0-9]|[.,][0-9])"
)
_SPREAD = re.compile(r"(?:IQR|[Ii]nterquartile|[Rr]ange|SD|[Mm]edian|from|between|aged?|ages)\W{0,3}$")


class _Interval(NamedTuple):
    low: float
    high: float
    level: str | None


def _bounds(match: re.Match[str]) -> tuple[float, float] | None:
    """Both ends of an interval; None where they are not in order."""
    ends: list[float] = []
    for name in ("low", "high"):
        digits = match[name].replace(" ", "").replace("\u2009", "").replace(",", "")
        ends.append(float(digits))
    return (ends[0], ends[1]) if ends[0] < ends[1] else None


def _find_intervals(text: str) -> list[_Interval]:
    folded = text.translate(_FOLDED)
    found: list[_Interval] = []
    for match in _INTERVAL.finditer(folded):
        ends = _bounds(match)
        before = folded[max(0, match.start() - 24) : match.start()]
        if ends is None or (not match["cue"] and _SPREAD.search(before)):
            continue
        decimals = "." in match["low"] and "." in match["high"]
        worded = match["join"].strip() == "to"
        if match["cue"] or (decimals and (match["bracket"] or worded)):
            found.append(_Interval(*ends, match["level"]))
    return found


def intervals(text: str) -> tuple[tuple[float, float], ...]:
    """The confidence intervals of a running text as (low, high), low < high, in order.

    Reads what journals print: "95% CI 0.77-1.18", "95 % CI 9.1–14.8", "[0.34, 0.78]", "0.77 to 1.18", "−0.14 to 0.20".
    Without the word CI both ends need decimals, and a range of values ("aged 20.5 to 30.1", "IQR 1.2–3.4") is not one.
    """
    return tuple((found.low, found.high) for found in _find_intervals(text))


def _read_p(reported: str, located: str) -> tuple[Sign, float] | None:
    """The reported p if the text has it with the same sign; a bare number takes its sign from the text."""
    wanted = reported.strip()
    named = p_values(wanted if wanted[:1] in {"p", "P"} else f"p {wanted}")
    signed = bool(named)
    named = named or p_values(f"p = {wanted}")
    if len(named) != 1:
        return None
    for sign, value in p_values(located):
        if value == named[0][1] and (not signed or sign == named[0][0]):
            return sign, value
    return None


def _read_interval(effect: ReportedEffect, located: str, estimate: float | None) -> tuple[float, float] | None:
    low, high = read_number(effect.ci_low, located), read_number(effect.ci_high, located)
    if low is None or high is None or low >= high or (estimate is not None and not low <= estimate <= high):
        return None
    if effect.metric in RATIOS and low <= 0:
        return None
    # a range of results ("rose by 12-26 %") is not an interval, and a 90 % interval does not say what a 95 % one says
    found = [i for i in _find_intervals(located) if (i.low, i.high) == (low, high)]
    return (low, high) if any(i.level is None or float(i.level) == 95 for i in found) else None


def _in_range(metric: Metric, value: float | None) -> float | None:
    """The estimate unless its metric cannot take the value: a ratio of 0 or less, a correlation beyond 1."""
    if value is None or (metric in RATIOS and value <= 0) or (metric is Metric.CORRELATION and abs(value) > 1):
        return None
    return value


def read_effect(effect: ReportedEffect, located: LocatedQuote) -> ReadEffect | None:
    """A reported result as its quotation carries it; a part not standing there is null, no part at all gives None.

    The interval must be printed as one (at 95 % where a level is named), be ordered and contain the estimate, else both
    its ends are dropped. A quotation that the gate did not accept carries nothing. Design: "the quote gate".
    """
    if not located.accepted or not located.located:
        return None
    text = located.located
    estimate = _in_range(effect.metric, read_number(effect.estimate, text))
    interval = _read_interval(effect, text, estimate)
    p = _read_p(effect.p, text)
    if estimate is None and interval is None and p is None:
        return None
    return ReadEffect(
        metric=effect.metric,
        outcome=effect.outcome,
        estimate=estimate,
        ci_low=interval[0] if interval else None,
        ci_high=interval[1] if interval else None,
        p=p[1] if p else None,
        p_sign=p[0] if p else None,
        quote=located.key,
        from_table=located.section is SectionKind.TABLE,
    )
