"""Risk of bias needs quotations to be low; designs need quotations to be randomised."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.bias import settle_bias
from pipeline.rules.contrast import says_random, settle_design, settle_species, spoken
from pipeline.rules.study_weight import DESIGN_WEIGHT, evidence_level
from schemas.appraisal import AppraisalReply, BiasItem, Contrast, Registration, Statement
from schemas.quotation import Quote
from schemas.vocabulary import (
    BiasDomain,
    BiasJudgement,
    ClaimType,
    Comparison,
    Design,
    DocumentKind,
    Reported,
    Species,
)
from tests.builders import METHODS, RESULT, judged, judgement, quote

SAYS_NOTHING = Statement(says="", quote=None)


def appraisal(**changes: Any) -> AppraisalReply:
    fields: dict[str, Any] = {
        "document": DocumentKind.PRIMARY_STUDY,
        "species": Species.HUMAN,
        "population": SAYS_NOTHING,
        "contrasts": (),
        "numbers": (),
        "effects": (),
        "bias": (),
        "registration": Registration(identifier="", before_enrolment=Reported.NOT_REPORTED, quote=None),
        "funding": SAYS_NOTHING,
        "conflict_of_interest": SAYS_NOTHING,
        "multicentre": Reported.NOT_REPORTED,
        "site": SAYS_NOTHING,
        "cohort": SAYS_NOTHING,
        "dates": SAYS_NOTHING,
    }
    return AppraisalReply(**(fields | changes))


def bias(judgement: BiasJudgement, domain: BiasDomain = BiasDomain.ALLOCATION, text: str | None = METHODS) -> BiasItem:
    return BiasItem(domain=domain, reason="r", quote=quote(1, text) if text else None, judgement=judgement)


def every(judgement: BiasJudgement, text: str | None = METHODS) -> AppraisalReply:
    return appraisal(bias=tuple(bias(judgement, d, text) for d in BiasDomain))


def present(q: Quote | None) -> bool:
    return q is not None


def test_low_risk_needs_full_text_and_a_quotation_in_every_domain() -> None:
    low = every(BiasJudgement.LOW)
    assert settle_bias(low, "full_text", present).overall is BiasJudgement.LOW
    assert settle_bias(low, "abstract", present).overall is BiasJudgement.SOME_CONCERNS
    assert settle_bias(every(BiasJudgement.LOW, None), "full_text", present).overall is BiasJudgement.SOME_CONCERNS
    assert settle_bias(low, "full_text", lambda _: False).overall is BiasJudgement.SOME_CONCERNS


def test_what_is_not_reported_is_some_concerns_and_never_adds_up_to_high() -> None:
    assert settle_bias(None, "full_text", present).overall is BiasJudgement.SOME_CONCERNS
    assert settle_bias(every(BiasJudgement.NOT_REPORTED), "full_text", present).overall is BiasJudgement.SOME_CONCERNS
    unquoted = every(BiasJudgement.SOME_CONCERNS, None)
    assert settle_bias(unquoted, "full_text", present).overall is BiasJudgement.SOME_CONCERNS


def test_four_quoted_concerns_are_high() -> None:
    domains = list(BiasDomain)
    four = appraisal(bias=tuple(bias(BiasJudgement.SOME_CONCERNS, d) for d in domains[:4]))
    three = appraisal(bias=tuple(bias(BiasJudgement.SOME_CONCERNS, d) for d in domains[:3]))
    assert settle_bias(four, "full_text", present).overall is BiasJudgement.HIGH
    assert settle_bias(three, "full_text", present).overall is BiasJudgement.SOME_CONCERNS


def test_high_risk_without_a_quotation_is_some_concerns() -> None:
    """A judgement that nothing carries must not zero a study, least of all one that contradicts."""
    assert settle_bias(every(BiasJudgement.CRITICAL, None), "full_text", present).overall is BiasJudgement.SOME_CONCERNS


@pytest.mark.parametrize(
    "text",
    [
        "Groups were not randomised.",
        "A non-randomised comparison.",
        "A random effects model.",
        "without random allocation",
    ],
)
def test_a_denied_randomisation_is_none(text: str) -> None:
    assert not says_random([text])


def test_the_worst_domain_and_the_worse_of_two_readings_decide() -> None:
    critical = appraisal(bias=(bias(BiasJudgement.LOW), bias(BiasJudgement.CRITICAL)))
    assert settle_bias(critical, "full_text", present).overall is BiasJudgement.CRITICAL
    turned = appraisal(bias=(bias(BiasJudgement.CRITICAL), bias(BiasJudgement.LOW)))
    assert settle_bias(turned, "full_text", present).overall is BiasJudgement.CRITICAL


def value(design: Design) -> float:
    return DESIGN_WEIGHT[evidence_level(ClaimType.CAUSAL_BENEFIT, design)]


def contrast(design: Design) -> Contrast:
    return Contrast(
        name="n",
        set_or_exposed="training",
        comparator="none",
        comparison=Comparison.BETWEEN_GROUPS,
        design=design,
        quote=quote(1, METHODS),
    )


def test_a_randomised_design_needs_a_quotation_that_says_so() -> None:
    j = judgement(judged(2, RESULT))
    assert settle_design(j, None, [METHODS], value) == (Design.RCT_PARALLEL, ())
    design, reasons = settle_design(j, None, [RESULT], value)
    assert design is Design.NRSI_CONTROLLED
    assert reasons == ("no quotation says that groups were formed at random",)


def test_a_change_over_time_has_no_comparator_even_in_a_randomised_trial() -> None:
    j = judgement(judged(2, RESULT), comparison=Comparison.BEFORE_AFTER)
    assert settle_design(j, None, [METHODS], value)[0] is Design.PREPOST_SINGLE_ARM


def test_of_two_readings_of_the_design_the_weaker_is_kept() -> None:
    j = judgement(judged(2, RESULT))
    weaker = appraisal(contrasts=(contrast(Design.CROSS_SECTIONAL),))
    assert settle_design(j, weaker, [METHODS], value)[0] is Design.CROSS_SECTIONAL
    same = appraisal(contrasts=(contrast(Design.CROSS_SECTIONAL), contrast(Design.RCT_PARALLEL)))
    assert settle_design(j, same, [METHODS], value)[0] is Design.RCT_PARALLEL
    stronger = appraisal(contrasts=(contrast(Design.SR_MA),))
    assert settle_design(j, stronger, [METHODS], value)[0] is Design.RCT_PARALLEL


@pytest.mark.parametrize(
    ("design", "species"),
    [
        (Design.IN_VITRO, Species.CELLS),
        (Design.IN_SILICO, Species.COMPUTER_MODEL),
        (Design.ANIMAL_OTHER, Species.ANIMAL),
        (Design.RCT_PARALLEL, Species.HUMAN),
    ],
)
def test_a_non_human_design_overrules_a_human_reading(design: Design, species: Species) -> None:
    assert settle_species(appraisal(), design) is species


def test_without_an_appraisal_the_species_is_unclear() -> None:
    assert settle_species(None, Design.RCT_PARALLEL) is Species.UNCLEAR


def test_every_design_has_words_for_readers() -> None:
    assert len({spoken(d) for d in Design}) == len(Design)
