"""The basis gate: what a study did about a link, as far as its accepted quotations carry it (method.md A).

The model proposes a basis; it may only fall here, never rise. A basis above ASSERTED needs a verbatim quotation from
results text that names the effect measured, carries a result and no hedge. Not here: the direction of the result
(`stance`) and the label of the link (`step_labels`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.rules import language
from schemas.vocabulary import CONCURRENT_COMPARATOR, Basis, Comparison, ConstructMatch, Design, SectionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.mechanism import LinkJudgement
    from schemas.quotation import JudgedQuote, LocatedQuote

_NOT_RESULTS = frozenset(
    {
        SectionKind.TITLE,
        SectionKind.INTRODUCTION,
        SectionKind.METHODS,
        SectionKind.DISCUSSION,
        SectionKind.CONCLUSION,
    }
)
_CONCURRENT = frozenset({Comparison.BETWEEN_GROUPS, Comparison.WITHIN_PEOPLE_CONDITIONS})


@dataclass(frozen=True)
class Quoted:
    """A quotation of a judgement with the part it plays and where the gate found it."""

    proposed: JudgedQuote
    located: LocatedQuote

    @property
    def words(self) -> str:
        return self.located.located or ""

    @property
    def sentence(self) -> str:
        return self.located.context or self.words

    @cached_property
    def unfit(self) -> str:
        """Why it reports no result of this very study; empty where it may."""
        if self.located.section in _NOT_RESULTS:
            return f"stands in the {self.located.section} section"
        if language.is_conclusion(self.sentence):
            return "is a conclusion"
        if language.cites_prior_work(self.sentence):
            return "reports somebody else's work"
        if language.has_hedge(self.sentence):
            return "is hedged"
        if not language.has_result_token(self.words):
            return "states no result"
        return ""


def result_quotes(quoted: Sequence[Quoted]) -> tuple[Quoted, ...]:
    """The quotations that report a result of this very study: accepted, from results text, with a result token, and
    neither hedged, nor a conclusion, nor somebody else's work."""
    return tuple(q for q in quoted if q.located.accepted and q.proposed.role == "result" and not q.unfit)


def settle_basis(
    judgement: LinkJudgement, quoted: Sequence[Quoted], design: Design, ceiling: Basis, ceiling_reason: str
) -> tuple[Basis, tuple[str, ...]]:
    """The weaker of the proposed basis and what the quotations carry, with the reasons for any fall.

    `design` is the settled design of the contrast; `ceiling` is the best that the document may reach at all (a
    protocol or a text that is not in English cannot carry a result), with `ceiling_reason` in words.
    """
    if judgement.basis is Basis.NOT_ADDRESSED:
        return Basis.NOT_ADDRESSED, ()
    accepted = [q for q in quoted if q.located.accepted]
    if not accepted:
        return Basis.NOT_ADDRESSED, ("none of its quotations was found word for word in the study",)
    carried, reasons = _carried(judgement, quoted, accepted, design)
    if carried.rank > ceiling.rank:
        carried, reasons = ceiling, (*reasons, ceiling_reason)
    if carried.rank >= judgement.basis.rank:
        return judgement.basis, ()
    return carried, reasons


def _carried(
    judgement: LinkJudgement, quoted: Sequence[Quoted], accepted: Sequence[Quoted], design: Design
) -> tuple[Basis, tuple[str, ...]]:
    results = result_quotes(quoted)
    if not results:
        if all(q.proposed.role == "background" or language.cites_prior_work(q.sentence) for q in accepted):
            return Basis.CITED, ("its quotations report other people's work",)
        why = sorted({q.unfit for q in accepted if q.proposed.role == "result"} - {""})
        detail = f": the quotation {', '.join(why)}" if why else ": no quotation reports a result"
        return Basis.ASSERTED, (f"asserted, not measured{detail}",)
    measured = judgement.effect_match in {ConstructMatch.SAME, ConstructMatch.PROXY}
    if not (measured and any(language.names(judgement.effect_measure, q.sentence) for q in results)):
        return _without_effect(judgement, accepted)
    if judgement.effect_match is ConstructMatch.PROXY:
        return Basis.END_ONLY, ("the effect was measured by an indirect indicator only",)
    cause_named = any(language.names(judgement.cause_measure, q.sentence) for q in accepted if _own_work(q))
    if judgement.cause_match is not ConstructMatch.SAME or not cause_named:
        why = "only an indirect indicator of the cause" if cause_named else "no quotation names the cause"
        return Basis.END_ONLY, (
            why if judgement.cause_match is not ConstructMatch.NOT_MEASURED else "cause unmeasured",
        )
    if any(language.denies_a_comparator(q.sentence) for q in accepted if _own_work(q)):
        return Basis.CO_MEASURED, ("a quotation says that there was no comparator",)
    return _between(judgement, results, design)


def _without_effect(judgement: LinkJudgement, accepted: Sequence[Quoted]) -> tuple[Basis, tuple[str, ...]]:
    """Results that are not about this effect: at best the authors' word for it, and only where they give it."""
    if judgement.effect_match in {ConstructMatch.SAME, ConstructMatch.PROXY}:
        return Basis.ASSERTED, ("no result quotation names the effect measured",)
    if any(q.proposed.role == "interpretation" for q in accepted):
        return Basis.ASSERTED, ("the effect itself was not measured",)
    return Basis.NOT_ADDRESSED, ("its results are about another effect",)


def _between(judgement: LinkJudgement, results: Sequence[Quoted], design: Design) -> tuple[Basis, tuple[str, ...]]:
    """Both ends stand: is it a comparison between groups with the link's own cause set (method.md H4)?"""
    if judgement.comparison not in _CONCURRENT:
        return Basis.CO_MEASURED, ("the result is not a comparison with a comparator at the same time",)
    if design not in CONCURRENT_COMPARATOR:
        return Basis.CO_MEASURED, ("its design has no comparator under the investigators' control",)
    if not any(compares_groups(q.sentence, judgement.effect_measure) for q in results):
        return Basis.CO_MEASURED, ("no result quotation compares groups",)
    return Basis.MANIPULATED, ()


def compares_groups(sentence: str, effect_measure: str) -> bool:
    """Whether one sentence holds both the effect measured and a comparison between groups (method.md H4)."""
    return language.names_between_group_comparison(sentence) and language.names(effect_measure, sentence)


def _own_work(q: Quoted) -> bool:
    return q.proposed.role in {"result", "method"} and not language.cites_prior_work(q.sentence)
