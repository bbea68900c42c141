"""Which design stands for the contrast that bears on a link.

Design is judged per contrast, not per trial (method.md G): two readings, appraisal and judgement, are compared and
the weaker one is kept (method.md 4, two readings, keep the worse), and a randomised design must be carried by a
quotation. Not here: how much a design weighs, which is `study_weight`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemas.vocabulary import CONCURRENT_COMPARATOR, NON_HUMAN, RANDOMISED, Basis, Comparison, Design, Species

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from schemas.appraisal import AppraisalReply
    from schemas.mechanism import LinkJudgement

_RANDOM = re.compile(
    r"(?<!not )(?<!non-)(?<!non)(?<!without )(?<!not been )\b"
    r"(?:randomi[sz]|randomly\b|random (?:allocation|assignment|order)\b)"
    r"|\bcross-?over\b|\bRCTs?\b",
    re.IGNORECASE,
)


def settle_design(
    judgement: LinkJudgement,
    appraisal: AppraisalReply | None,
    texts: Iterable[str],
    value: Callable[[Design], float],
) -> tuple[Design, tuple[str, ...]]:
    """The design that may stand, and why it differs from the proposed one.

    `texts` are the whole sentences around accepted quotations of judgement and appraisal; `value` gives a design's
    weight for the claim type, by which the weaker of two readings is told.
    """
    readings = [c.design for c in appraisal.contrasts] if appraisal else []
    if judgement.basis is Basis.NOT_ADDRESSED:
        # It carries nothing; readers should still see what kind of study it is.
        return max(readings, key=value, default=judgement.design), ()
    design, reasons = judgement.design, list[str]()
    if judgement.comparison is Comparison.BEFORE_AFTER and design in CONCURRENT_COMPARATOR - {Design.SR_MA}:
        design = Design.PREPOST_SINGLE_ARM
        reasons.append("the result is a change over time, without a comparator for this contrast")
    if readings and design not in readings:
        weaker = min([design, max(readings, key=value)], key=value)
        if weaker is not design:
            reasons.append(f"the study was appraised as {spoken(weaker)}, not {spoken(design)}: the weaker is kept")
            design = weaker
    if design in RANDOMISED and not says_random(texts):
        design = Design.NRSI_CONTROLLED
        reasons.append("no quotation says that groups were formed at random")
    return design, tuple(reasons)


def says_random(texts: Iterable[str]) -> bool:
    """Whether one of the sentences says that chance formed the groups; "not randomised", "random effects" do not."""
    return any(_RANDOM.search(t) for t in texts)


def settle_species(appraisal: AppraisalReply | None, design: Design) -> Species:
    """Species of the subjects: as appraised; a non-human design overrules a silent or human reading."""
    if design in NON_HUMAN:
        if design is Design.IN_VITRO:
            return Species.CELLS
        return Species.COMPUTER_MODEL if design is Design.IN_SILICO else Species.ANIMAL
    return appraisal.species if appraisal else Species.UNCLEAR


def spoken(design: Design) -> str:
    """A design in words for a reader."""
    return _SPOKEN[design]


_SPOKEN = {
    Design.SR_MA: "systematic review or meta-analysis",
    Design.RCT_PARALLEL: "randomised trial",
    Design.RCT_CROSSOVER: "randomised cross-over trial",
    Design.RCT_CLUSTER: "cluster-randomised trial",
    Design.RCT_WITHIN_SUBJECT: "randomised comparison within people",
    Design.N_OF_1: "n-of-1 trial",
    Design.NRSI_CONTROLLED: "controlled comparison without randomisation",
    Design.ITS: "interrupted time series",
    Design.PREPOST_SINGLE_ARM: "before-and-after comparison without control",
    Design.INCEPTION_COHORT: "inception cohort",
    Design.COHORT_PROSPECTIVE: "prospective cohort",
    Design.COHORT_RETROSPECTIVE: "retrospective cohort",
    Design.NESTED_CASE_CONTROL: "nested case-control study",
    Design.CASE_CONTROL: "case-control study",
    Design.CROSS_SECTIONAL: "cross-sectional study",
    Design.RANDOM_SURVEY: "survey of a random sample",
    Design.NONRANDOM_SURVEY: "survey of a non-random sample",
    Design.DTA_CONSECUTIVE: "accuracy study in consecutive patients",
    Design.DTA_CASE_CONTROL: "accuracy study of the case-control kind",
    Design.MENDELIAN_RANDOMISATION: "Mendelian randomisation",
    Design.CASE_SERIES: "case report or series",
    Design.ANIMAL_RANDOMISED: "randomised animal experiment",
    Design.ANIMAL_OTHER: "animal experiment",
    Design.IN_VITRO: "cell or tissue experiment",
    Design.IN_SILICO: "computer model",
    Design.NARRATIVE_OPINION: "narrative or opinion",
    Design.UNCLEAR: "unclear design",
}
