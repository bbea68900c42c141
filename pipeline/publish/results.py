"""A study's result in words: with its outcome, and never as a bare number whose meaning only the quotation tells."""

from __future__ import annotations

import re

from pipeline.publish.words import METRIC, number
from schemas.settlement import ReadEffect
from schemas.vocabulary import Metric

_DIRECTION = re.compile(
    r"\b(?:lower|higher|smaller|larger|great|reduc|increas|decreas|rise|rose|fall|fell|drop|declin|gain|loss|improv|worse)\w*",
    re.IGNORECASE,
)
"""Words that say which way a change goes. 'More' and 'less' are left out: they compare exposures as often."""


FROM_TABLE = "(from a table row; check the column)"
"""Said behind a number whose quotation stands in a table: a row does not say which column is meant."""


def effect_words(effect: ReadEffect) -> str:
    """The result in words, with what it tells, and with a mark where it was read from a row of a table."""
    return f"{_words(effect)} {FROM_TABLE}" if effect.from_table else _words(effect)


def _words(effect: ReadEffect) -> str:
    """'standardised mean difference 0.41 (confidence interval 0.1 to 0.72), p = 0.01; outcome: ...'.

    A number without a metric of its own is told after its outcome; a percentage without a sign or a word of direction,
    and a number without an outcome, by the quotation that carries it.
    """
    if effect.metric is Metric.PERCENT_CHANGE and not _directed(effect):
        return _quoted(effect)
    if effect.metric in {Metric.OTHER, Metric.PERCENT_CHANGE}:
        numbers = _numbers(effect)
        return f"{effect.outcome}: {numbers}" if effect.outcome and numbers else effect.outcome or _quoted(effect)
    words = " ".join(part for part in (METRIC[effect.metric], _numbers(effect)) if part)
    words = words.replace(f"{METRIC[effect.metric]} p ", f"{METRIC[effect.metric]}, p ")
    return f"{words}; outcome: {effect.outcome}" if effect.outcome else words


def _directed(effect: ReadEffect) -> bool:
    return (effect.estimate is not None and effect.estimate < 0) or bool(_DIRECTION.search(effect.outcome))


def _quoted(effect: ReadEffect) -> str:
    return f"“{effect.quote.text}”"


def _numbers(effect: ReadEffect) -> str:
    """Estimate, interval and p value, as many as were read; per cent where the quotation prints it."""
    words = ""
    if effect.estimate is not None:
        words = f"{number(effect.estimate, 4)}{_unit(effect)}"
    if effect.ci_low is not None and effect.ci_high is not None:
        words += f" (confidence interval {number(effect.ci_low, 4)} to {number(effect.ci_high, 4)})"
    if effect.p is not None:
        words += f", p {effect.p_sign or '='} {number(effect.p, 4)}"
    return words.strip(" ,")


def _unit(effect: ReadEffect) -> str:
    if effect.metric is Metric.PERCENT_CHANGE:
        return " %"
    printed = re.escape(f"{abs(effect.estimate or 0.0):g}")
    per_cent = effect.metric is Metric.OTHER and re.search(rf"(?<![\d.]){printed}\s*%", effect.quote.text)
    return " %" if per_cent else ""
