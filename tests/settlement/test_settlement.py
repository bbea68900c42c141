"""The settlement as a whole: the worked example, what counts, what never counts, and that it can be made again."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import settlement
from pipeline.claimwork.recomputing import recompute
from pipeline.settlement.studying import folded_author
from schemas.analysis import ClaimAnalysis
from schemas.study import Name, Relation, SourceNote, Study
from schemas.vocabulary import (
    Basis,
    DocumentKind,
    PublicationStatus,
    RelationKind,
    SectionKind,
    Side,
    Stance,
    VerdictLevel,
)
from schemas.wire import ReplyLine, RequestLine
from tests.builders import study
from tests.scripted import Scripted, answered, stage_of
from tests.test_synthesis import STUDIES, analysed, trial


def with_first(**changes: Any) -> tuple[Study, ...]:
    return (STUDIES[0].model_copy(update=changes), *STUDIES[1:])


def first(analysis: ClaimAnalysis) -> Any:
    return analysis.settlement.studies[0]


def test_a_retracted_study_is_listed_and_weighs_nothing() -> None:
    analysis = analysed(Scripted(), with_first(status=PublicationStatus.RETRACTED))
    assert first(analysis).retracted
    assert first(analysis).weight.weight == 0
    assert analysis.settlement.balance.for_clusters == 2
    assert all(link.manipulated == 2 for link in analysis.settlement.links)
    assert any("is retracted and counts for nothing" in f.text for f in analysis.settlement.facts)


@pytest.mark.parametrize("document", [DocumentKind.PROTOCOL, DocumentKind.RETRACTION_NOTICE, DocumentKind.EDITORIAL])
def test_a_document_without_results_yields_no_finding(document: DocumentKind) -> None:
    analysis = analysed(Scripted(), with_first(document=document))
    assert first(analysis).judgement.basis is Basis.ASSERTED
    assert first(analysis).weight.weight == 0


def test_a_narrative_review_only_cites() -> None:
    analysis = analysed(Scripted(), with_first(document=DocumentKind.NARRATIVE_REVIEW))
    assert first(analysis).judgement.basis is Basis.CITED


def test_a_text_that_is_not_english_cannot_carry_a_result() -> None:
    note = SourceNote(kind="not_english", message="the text seems to be French")
    analysis = analysed(Scripted(), with_first(notes=(note,)))
    assert first(analysis).judgement.basis is Basis.ASSERTED
    assert any("not in English" in r for r in first(analysis).judgement.reasons)


def test_two_reports_of_one_registered_trial_count_once() -> None:
    registered = tuple(s.model_copy(update={"registration": "NCT01234567"}) for s in STUDIES[:2])
    analysis = analysed(Scripted(), (*registered, STUDIES[2]))
    assert analysis.settlement.balance.for_clusters == 2
    assert [s.counted for s in analysis.settlement.studies].count(True) == 2


@pytest.mark.parametrize(
    ("kind", "clusters"),
    [
        (RelationKind.HAS_PREPRINT, 2),
        (RelationKind.OTHER_REPORT, 2),
        (RelationKind.SAME_STUDY, 2),
        (RelationKind.SAME_PUBLICATION, 2),
        (RelationKind.COMMENTS_ON, 3),
        (RelationKind.OTHER_STUDY, 3),
    ],
)
def test_links_between_publications_and_decisions_reach_the_clusters(kind: RelationKind, clusters: int) -> None:
    cited = STUDIES[1].citation.model_copy(update={"DOI": "10.1000/B"})
    other = STUDIES[1].model_copy(update={"citation": cited})
    linked = STUDIES[0].model_copy(update={"relations": (Relation(kind=kind, DOI="https://doi.org/10.1000/b"),)})
    analysis = analysed(Scripted(), (linked, other, STUDIES[2]))
    assert analysis.settlement.balance.for_clusters == clusters
    assert analysis.evidence.studies[0].relations == linked.relations, "so that recompute finds them again"
    assert not recompute(analysis, {s.id: s for s in (linked, other, STUDIES[2])}).differences


def test_what_a_person_told_apart_stays_apart_in_the_analysis() -> None:
    registered = [s.model_copy(update={"registration": "NCT01234567"}) for s in STUDIES[:2]]
    apart = Relation(kind=RelationKind.OTHER_STUDY, reference=STUDIES[1].id)
    told = registered[0].model_copy(update={"relations": (apart,)})
    assert analysed(Scripted(), (*registered, STUDIES[2])).settlement.balance.for_clusters == 2
    assert analysed(Scripted(), (told, registered[1], STUDIES[2])).settlement.balance.for_clusters == 3


def test_adding_a_contradicting_study_never_raises_the_verdict() -> None:
    def answer_for(model: Scripted) -> Any:
        def answer(request: RequestLine) -> ReplyLine:
            content = model.content(request)
            if stage_of(request) == "stance" and "omega-2009" in request.body["messages"][1]["content"]:
                content["judgement"]["finding"] = "opposite"
            return answered(request, content)

        return answer

    before = analysed(answer_for(Scripted()))
    after = analysed(answer_for(Scripted()), (*STUDIES, trial("omega-2009", 400)))
    assert after.settlement.balance.against > before.settlement.balance.against
    assert before.settlement.verdict.side is Side.SUPPORT
    assert after.settlement.verdict.side is not Side.SUPPORT


def test_numbers_of_people_are_read_again_from_the_quotation() -> None:
    def lying(request: RequestLine) -> ReplyLine:
        content = Scripted().content(request)
        if stage_of(request) == "appraisal":
            content["numbers"][0]["value"] = "9000"
        return answered(request, content)

    analysis = analysed(lying)
    assert all(s.participants is None for s in analysis.settlement.studies)
    assert first(analysis).weight.precision == 0.1


def test_a_number_of_people_read_from_a_table_row_is_flagged_and_made_again() -> None:
    rows = tuple(s.model_copy(update={"section": SectionKind.TABLE}) for s in STUDIES[0].sentences)
    studies = with_first(sentences=rows)
    analysis = analysed(Scripted(), studies)
    assert [s.participants_from_table for s in analysis.settlement.studies] == [True, False, False]
    assert first(analysis).participants is not None
    assert recompute(analysis, {s.id: s for s in studies}).differences == ()
    stored = analysis.model_dump_json(by_alias=True)
    assert stored.count('"participants_from_table"') == 1
    assert ClaimAnalysis.model_validate_json(stored) == analysis


def test_no_evidence_is_no_verdict() -> None:
    elsewhere = study("other-1999", ((SectionKind.RESULTS, "Rain fell on 12 days in June."),))
    analysis = analysed(Scripted(), (elsewhere,))
    assert analysis.settlement.verdict.level is VerdictLevel.NO_EVIDENCE
    assert analysis.settlement.grade is None


def test_a_proposed_quotation_that_the_blind_verifier_finds_beside_the_point_is_unsupportive() -> None:
    def answer(request: RequestLine) -> ReplyLine:
        content = Scripted().content(request)
        if stage_of(request) == "verification":
            for judgement in content["judgements"]:
                judgement["basis"] = "not_addressed"
        return answered(request, content)

    analysis = analysed(answer)
    assert {u.link for u in analysis.settlement.unsupportive} == {"L1", "L2", "L3"}


def test_a_settlement_is_made_again_from_its_stored_inputs() -> None:
    analysis = analysed(Scripted())
    assert settlement.settle(analysis.evidence, 400) == analysis.settlement
    result = recompute(analysis, {s.id: s for s in STUDIES})
    assert result.differences == ()
    assert result.broken == ()
    assert result.quotations == len(analysis.evidence.quotations)


def test_recompute_finds_a_label_that_was_edited_by_hand() -> None:
    analysis = analysed(Scripted())
    verdict = analysis.settlement.verdict.model_copy(update={"level": VerdictLevel.STRONG})
    edited = analysis.model_copy(update={"settlement": analysis.settlement.model_copy(update={"verdict": verdict})})
    result = recompute(edited, {})
    assert [d.split(":")[0] for d in result.differences] == ["verdict"]
    assert result.broken
    assert result.quotations == 0


def test_recompute_finds_a_source_that_has_changed() -> None:
    analysis = analysed(Scripted())
    text = STUDIES[0].text.replace("12", "13").replace("60", "61")
    changed = STUDIES[0].model_copy(update={"text": text})
    result = recompute(analysis, {s.id: s for s in (changed, *STUDIES[1:])})
    assert any("alpha-2001" in d for d in result.differences)


def test_a_quotation_that_is_missing_from_the_file_is_noticed() -> None:
    analysis = analysed(Scripted())
    evidence = analysis.evidence.model_copy(update={"quotations": analysis.evidence.quotations[:-1]})
    result = recompute(analysis.model_copy(update={"evidence": evidence}), {s.id: s for s in STUDIES})
    assert result.differences


def test_authors_are_the_same_with_and_without_accents() -> None:
    assert folded_author(Name(family="Hortobágyi", given="Tibor")) == folded_author(
        Name(family="Hortobagyi", given="T.")
    )


def test_uninformative_nulls_stand_on_neither_side() -> None:
    def answer(request: RequestLine) -> ReplyLine:
        content = Scripted().content(request)
        if stage_of(request) == "stance":
            content["judgement"]["finding"] = "no_difference"
        return answered(request, content)

    analysis = analysed(answer)
    assert {s.judgement.stance for s in analysis.settlement.studies} == {Stance.NULL_UNINFORMATIVE}
    assert analysis.settlement.balance.pro == analysis.settlement.balance.against == 0
    assert analysis.settlement.verdict.level is VerdictLevel.INCONCLUSIVE
