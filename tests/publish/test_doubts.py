"""What could not be verified is listed, named and never left out."""

from __future__ import annotations

from pipeline.publish.viewing import page_of
from schemas.analysis import Unsettled
from tests.publish.example import bare_analysis, rich_analysis


def test_every_faulty_quotation_is_listed_with_its_name_worst_first() -> None:
    assert [f.fault for f in page_of(rich_analysis()).faults] == [
        "Invented",
        "Misquoted",
        "Wrong study",
        "Stale source",
        "Not accepted",
    ]


def test_a_fault_tells_what_was_said_what_stands_there_and_what_it_was_for() -> None:
    faults = {f.fault: f for f in page_of(rich_analysis()).faults}
    misquoted = faults["Misquoted"]
    assert misquoted.said == "All of the corticospinal measures changed"
    assert misquoted.nearest == "None of the corticospinal measures changed"
    assert misquoted.differences == ("negation: the study has 'None', the quotation 'All'",)
    assert misquoted.used_for == "what the study says of the claim"
    assert faults["Wrong study"].found_in == "Birch & Cedar 2019"
    assert faults["Wrong study"].used_for == "the appraisal of the study"
    assert faults["Invented"].used_for == "the proposal of step 1 of “The brain drives both legs” (L1)"
    assert faults["Stale source"].used_for == "the check of step 2 of “The brain drives both legs” (L2)"


def test_a_true_quotation_without_bearing_on_its_link_is_told_apart_from_the_faulty_ones() -> None:
    page = page_of(rich_analysis())
    assert len(page.beside) == 2
    told = next(f for f in page.beside if f.said.startswith("Muscle thickness"))
    assert (told.fault, told.used_for) == (
        "Quoted for a step, but a second, blind reading found no bearing on it",
        "the proposal of step 3 of “The brain drives both legs” (L3)",
    )
    assert page.no_bearing == told.fault
    assert page.main_chain is not None
    third = page.main_chain.links[2]
    assert third.proposed == ()
    assert [q.quoted[:16] for q in third.beside] == ["Muscle thickness"]
    supporting = page.study_lists[0].studies[1]
    assert any(q.quoted.startswith("Muscle thickness") for q in supporting.quotations)


def test_checked_and_verified_quotations_are_both_counted() -> None:
    assert page_of(rich_analysis()).quotes_sentence == (
        "12 of 17 quotations stand word for word; 2 judged not to bear on their step"
    )
    one = rich_analysis()
    single = one.model_copy(
        update={"evidence": one.evidence.model_copy(update={"quotations": (one.evidence.quotations[0],)})}
    )
    assert page_of(single).quotes_sentence == "1 of 1 quotation stands word for word"


def test_a_link_outside_every_chain_goes_by_its_id() -> None:
    analysis = rich_analysis()
    evidence = analysis.evidence.model_copy(update={"chains": ()})
    faults = page_of(analysis.model_copy(update={"evidence": evidence})).faults
    assert faults[0].used_for == "the proposal of link L1"


def test_a_quotation_put_forward_twice_for_one_thing_names_it_once() -> None:
    analysis = rich_analysis()
    evidence = analysis.evidence.model_copy(update={"appraisals": analysis.evidence.appraisals * 2})
    faults = page_of(analysis.model_copy(update={"evidence": evidence})).faults
    assert next(f for f in faults if f.fault == "Wrong study").used_for == "the appraisal of the study"


def test_a_part_that_is_missing_for_one_study_is_no_reason_for_the_whole() -> None:
    only = Unsettled(stage="mechanism", study="fir-2023", code="x", reason="something else")
    page = page_of(bare_analysis().model_copy(update={"unsettled": (only,)}))
    assert page.no_chain == "No mechanism was proposed."
    assert (page.missing[0].what, page.missing[0].study) == ("the mechanism", "Fir et al. 2023")


def test_notes_on_hidden_text_and_instructions_come_first() -> None:
    notes = page_of(rich_analysis()).notes
    assert [n.kind for n in notes] == [
        "Instruction-like text found; reported, never obeyed",
        "Hidden text found",
        "Retraction notice",
        "Page could not be read",
        "Publication status",
    ]
