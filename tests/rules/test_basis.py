"""The basis gate: what a quotation must carry before a study counts as having measured something."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.basis import Quoted, result_quotes, settle_basis
from pipeline.rules.quotation import locate
from schemas.mechanism import LinkJudgement
from schemas.quotation import Quote
from schemas.vocabulary import Basis, Comparison, ConstructMatch, Design
from tests.builders import BACKGROUND, CONCLUSION, HEDGED, METHODS, RESULT, judged, judgement, study

SOURCE = study()
NO_CEILING = (Basis.MANIPULATED, "")


def quoted(j: LinkJudgement) -> tuple[Quoted, ...]:
    corpus = {SOURCE.id: SOURCE}
    return tuple(Quoted(q, locate(Quote(sentence=q.sentence, text=q.text), SOURCE, corpus)) for q in j.quotes)


def settled(j: LinkJudgement, design: Design = Design.RCT_PARALLEL, ceiling: Any = NO_CEILING) -> Basis:
    return settle_basis(j, quoted(j), design, *ceiling)[0]


def test_a_between_group_result_with_both_ends_named_is_manipulated() -> None:
    assert settled(judgement(judged(1, METHODS, "method"), judged(2, RESULT))) is Basis.MANIPULATED


def test_without_an_accepted_quotation_the_link_is_not_addressed() -> None:
    invented = judgement(judged(2, "Muscle strength doubled with training compared with the control group."))
    assert settled(invented) is Basis.NOT_ADDRESSED
    assert settled(judgement()) is Basis.NOT_ADDRESSED


def test_a_misquoted_number_carries_nothing() -> None:
    assert settled(judgement(judged(2, RESULT.replace("12%", "21%")))) is Basis.NOT_ADDRESSED


@pytest.mark.parametrize(
    ("sentence", "text"), [(4, HEDGED), (6, CONCLUSION)], ids=["hedged sentence", "conclusion sentence"]
)
def test_hedges_and_conclusions_are_only_asserted(sentence: int, text: str) -> None:
    j = judgement(judged(sentence, text), effect_measure="training")
    assert settled(j) is Basis.ASSERTED
    assert not result_quotes(quoted(j))


def test_other_peoples_results_are_only_cited() -> None:
    assert settled(judgement(judged(5, BACKGROUND, "background"))) is Basis.CITED
    assert settled(judgement(judged(5, BACKGROUND, "result"))) is Basis.CITED


def test_an_interpretation_is_asserted_even_if_the_model_says_manipulated() -> None:
    assert settled(judgement(judged(2, RESULT, "interpretation"))) is Basis.ASSERTED


def test_an_effect_that_no_result_quotation_names_is_asserted() -> None:
    assert settled(judgement(judged(2, RESULT), effect_measure="bone density")) is Basis.ASSERTED
    assert settled(judgement(judged(2, RESULT), effect_measure="")) is Basis.ASSERTED


@pytest.mark.parametrize("match", [ConstructMatch.DIFFERENT, ConstructMatch.NOT_MEASURED])
def test_an_unmatched_construct_counts_as_unmeasured(match: ConstructMatch) -> None:
    assert settled(judgement(judged(2, RESULT), effect_match=match)) is Basis.NOT_ADDRESSED
    said = judgement(judged(2, RESULT), judged(6, CONCLUSION, "interpretation"), effect_match=match)
    assert settled(said) is Basis.ASSERTED
    assert settled(judgement(judged(2, RESULT), cause_match=match)) is Basis.END_ONLY


def test_a_proxy_at_either_end_is_one_end_at_most() -> None:
    assert settled(judgement(judged(2, RESULT), effect_match=ConstructMatch.PROXY)) is Basis.END_ONLY
    assert settled(judgement(judged(2, RESULT), cause_match=ConstructMatch.PROXY)) is Basis.END_ONLY


def test_a_cause_that_no_quotation_names_leaves_one_end() -> None:
    assert settled(judgement(judged(2, RESULT), cause_measure="protein drinks")) is Basis.END_ONLY


def test_a_change_over_time_is_co_measured_whatever_the_trial_was() -> None:
    j = judgement(judged(2, RESULT), comparison=Comparison.BEFORE_AFTER)
    assert settled(j) is Basis.CO_MEASURED


def test_a_design_without_comparator_cannot_manipulate() -> None:
    assert settled(judgement(judged(2, RESULT)), Design.COHORT_PROSPECTIVE) is Basis.CO_MEASURED


def test_a_result_that_compares_no_groups_is_co_measured() -> None:
    cut = "Muscle strength rose by 12% with training"
    assert settled(judgement(judged(2, cut), effect_measure="muscle strength")) is Basis.MANIPULATED
    alone = study(sentences=((SOURCE.sentences[1].section, "Muscle strength rose by 12% after training."),))
    j = judgement(judged(1, alone.text))
    found = tuple(Quoted(q, locate(Quote(sentence=1, text=q.text), alone, {alone.id: alone})) for q in j.quotes)
    assert settle_basis(j, found, Design.RCT_PARALLEL, *NO_CEILING)[0] is Basis.CO_MEASURED


def test_a_proposed_basis_is_never_raised() -> None:
    for proposed in Basis:
        j = judgement(judged(1, METHODS, "method"), judged(2, RESULT), basis=proposed)
        assert settled(j).rank <= proposed.rank


def test_a_protocol_cannot_carry_a_result() -> None:
    ceiling = (Basis.ASSERTED, "a protocol reports no results")
    basis, reasons = settle_basis(
        judgement(judged(2, RESULT)), quoted(judgement(judged(2, RESULT))), Design.RCT_PARALLEL, *ceiling
    )
    assert basis is Basis.ASSERTED
    assert "a protocol reports no results" in reasons
