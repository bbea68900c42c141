"""From a reported finding to a stance: what the numbers allow it to mean (method.md A and H9).

Non-significant never becomes a contradiction, and never a support; "no difference" is informative only where a
confidence interval excludes every difference that would matter (Altman & Bland 1995, BMJ 311:485); where wording and
numbers disagree, neither is believed. Not here: which text counts as a result, which is `basis`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.rules import numbers, statcheck, thresholds
from schemas.vocabulary import Basis, Direction, Finding, Stance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.rules.basis import Quoted
    from schemas.settlement import ReadEffect

_NOT_SIGNIFICANT = re.compile(
    r"\b(?:not|no|non|without|never)[\s-](?:\w{1,15}\s){0,2}?significan|\bn\.\s?s\.|\(\s?ns\s?\)|\binsignifican",
    re.IGNORECASE,
)
_NULL_WORDS = re.compile(
    r"\b(?:unchanged|unaltered|unaffected|similar|not|no|neither|nor|non-?significant|fail(?:s|ed)?|lack(?:s|ed)?)\b",
    re.IGNORECASE,
)
_CHANGE_WORDS = re.compile(
    r"\b(?:increas|decreas|rose|rise|fell|fall|higher|lower|greater|better|worse|less|more|reduc|improv|gain|grew|longer"
    r"|shorter|faster|slower|larger|smaller|declin|drop|recover|associat|correlat)",
    re.IGNORECASE,
)
_NEGATED_CHANGE = re.compile(r"\b(?:no|not|neither|nor|without)\b[^.;,]{0,80}", re.IGNORECASE)


def settle_stance(
    finding: Finding, direction: Direction, basis: Basis, effect: ReadEffect | None, results: Sequence[Quoted]
) -> tuple[Stance, tuple[str, ...]]:
    """The stance that stands, with reasons for whatever differs from the finding.

    `direction` is the one claimed; for "does not change" a null result is what supports, and only an informative one.
    `results` are the result quotations that passed the basis gate.
    """
    if basis.rank < Basis.END_ONLY.rank:
        return Stance.UNCLEAR, ()
    if finding is Finding.UNCLEAR:
        return Stance.UNCLEAR, ()
    if finding is Finding.MIXED:
        return Stance.MIXED, ()
    if finding is Finding.NO_DIFFERENCE:
        return _null(direction, effect, denied=_denied(effect, results))
    significant = _significant(effect, results)
    if significant is False:
        stance, reasons = _null(direction, effect)
        return stance, ("the quoted result is not significant", *reasons)
    if significant is None and results and all(_says_nothing_changed(q.words) for q in results):
        stance, reasons = _null(direction, effect)
        return stance, ("the quotations report no difference", *reasons)
    supports = finding is Finding.SUPPORTS
    if supports and direction is Direction.NO_CHANGE:
        return _null(direction, effect, denied=bool(significant))
    return (Stance.SUPPORTS if supports else Stance.CONTRADICTS), ()


def _null(direction: Direction, effect: ReadEffect | None, *, denied: bool = False) -> tuple[Stance, tuple[str, ...]]:
    if denied:
        return Stance.MIXED, ("the wording says no difference, the numbers say otherwise: neither is believed",)
    if effect is not None and thresholds.excludes_important_effect(effect):
        bounds = thresholds.IMPORTANT_DIFFERENCES[effect.metric]
        reason = (
            "the confidence interval excludes a difference that would matter (it lies between "
            f"{bounds.low:g} and {bounds.high:g}, the default bounds for this kind of result)"
        )
        return (Stance.SUPPORTS if direction is Direction.NO_CHANGE else Stance.NULL_INFORMATIVE), (reason,)
    why = "no confidence interval" if effect is None or effect.ci_low is None else "the interval is too wide"
    return Stance.NULL_UNINFORMATIVE, (f"no difference seen, but {why}: a real effect is not excluded",)


def _denied(effect: ReadEffect | None, results: Sequence[Quoted]) -> bool:
    """Whether a reported "no difference" is denied by its own interval, or by the p of the clause that says so.

    A small p elsewhere in the quotation denies nothing: it may belong to the one end that did change.
    """
    if effect is None:
        return False
    if thresholds.crosses_null(effect) is False:
        return True
    return any(statcheck.wording_number_mismatch(q.sentence, effect) for q in results)


def _significant(effect: ReadEffect | None, results: Sequence[Quoted]) -> bool | None:
    if effect is not None and (verdict := thresholds.is_significant(effect)) is not None:
        return verdict
    # Whole sentences are read: a p or a "not significant" just outside the quotation belongs to it.
    sentences = [q.sentence for q in results]
    reported = {thresholds.p_is_significant(p, sign) for text in sentences for sign, p in numbers.p_values(text)}
    if True in reported:
        return True  # one significant result among several is one
    denied = any(_NOT_SIGNIFICANT.search(text) for text in sentences)
    across = any(low < 0 < high for text in sentences for low, high in numbers.intervals(text))
    return False if reported == {False} or denied or across else None


def _says_nothing_changed(text: str) -> bool:
    return bool(_NULL_WORDS.search(text)) and not _CHANGE_WORDS.search(_NEGATED_CHANGE.sub("", text))
