"""Studies stand where they were settled, with their weight explained, and never is a lack called proof."""

from __future__ import annotations

from pipeline.publish.markdown import render_markdown
from pipeline.publish.page import render_html
from pipeline.publish.view import Page, Pair
from pipeline.publish.viewing import page_of
from pipeline.publish.words import capital
from schemas.analysis import Unsettled
from schemas.study import Citation, SourceNote
from schemas.vocabulary import Basis, Species
from tests.publish.example import bare_analysis, incomplete_analysis, rich_analysis, settled

NONE_FOUND = "none found in 7 studies searched on 22 November 2026"


def lists(page: Page) -> dict[str, list[str]]:
    return {entry.key: [s.label for s in entry.studies] for entry in page.study_lists}


def test_studies_stand_on_the_side_that_was_settled_heaviest_first() -> None:
    assert lists(page_of(rich_analysis())) == {
        "supporting": ["Birch & Cedar 2019", "Alder et al. 2021"],
        "contradicting": ["Elm 2016"],
        "mixed": ["Yew & Zelkova 2020"],
        "neither": ["Fir et al. 2023", "Juniper & Kapok 2012", "Thorn<script>alert(1)</script> & Nettle 2024"],
    }


def test_a_study_that_was_not_judged_is_listed_as_that() -> None:
    page = page_of(incomplete_analysis())
    assert lists(page)["not-judged"] == ["Thorn<script>alert(1)</script> & Nettle 2024"]
    card = page.study_lists[-1].studies[0]
    assert card.stance.text == "Not judged"
    assert card.factors == ()
    assert "Hidden text found" in card.flags


def test_no_evidence_against_says_where_was_searched_and_never_that_none_exists() -> None:
    analysis = rich_analysis()
    supporting = tuple(s for s in analysis.settlement.studies if s.side in {"support", "neither"})
    page = page_of(settled(analysis, studies=supporting))
    contradicting = next(entry for entry in page.study_lists if entry.key == "contradicting")
    assert contradicting.none == f"{capital(NONE_FOUND)}."
    assert page.scores[1].sentence == f"Contradicting evidence: {NONE_FOUND}."
    assert page.scores[1].behind == ()


def test_one_study_searched_is_one_study() -> None:
    page = page_of(bare_analysis())
    assert page.scores[0].sentence == "Supporting evidence: none found in 1 study searched on 22 November 2026."


def test_behind_each_score_stand_the_studies_that_weigh_on_it() -> None:
    pro, against = page_of(rich_analysis()).scores
    assert [(b.study, b.score) for b in pro.behind] == [
        ("Birch & Cedar 2019", 22),
        ("Yew & Zelkova 2020", 6),
        ("Alder et al. 2021", 5),
    ]
    assert [b.study for b in against.behind] == ["Yew & Zelkova 2020", "Elm 2016"]
    assert (pro.value, against.value) == (20, 4)


def test_a_side_whose_studies_weigh_nothing_says_so() -> None:
    analysis = rich_analysis()
    retracted = next(s for s in analysis.settlement.studies if s.retracted).model_copy(update={"side": "support"})
    nothing = analysis.settlement.balance.model_copy(update={"for_clusters": 0, "pro": 0})
    page = page_of(settled(analysis, studies=(retracted,), balance=nothing))
    assert page.scores[0].sentence == "The studies on this side weigh nothing."


def test_a_weight_is_explained_factor_by_factor() -> None:
    card = page_of(rich_analysis()).study_lists[0].studies[1]
    assert card.formula == ("design 0.5 × bias 0.7 × precision 0.27 × directness 1 × basis 0.6 × integrity 0.9 = 0.052")
    assert [f.name for f in card.factors] == ["design", "bias", "precision", "directness", "basis", "integrity"]
    assert "precision: n = 30 of 400" in card.weight_reasons


def test_a_retracted_study_is_listed_and_flagged_once() -> None:
    card = page_of(rich_analysis()).study_lists[-1].studies[1]
    assert card.flags == ("Retracted: listed, but counts for nothing",)
    assert card.score == 0


def test_a_retraction_that_only_the_rules_know_is_flagged_too() -> None:
    analysis = rich_analysis()
    retracted = analysis.settlement.studies[0].model_copy(update={"retracted": True})
    card = page_of(settled(analysis, studies=(retracted,))).study_lists[0].studies[0]
    assert card.flags == ("Retracted: listed, but counts for nothing",)


def test_a_report_that_is_not_counted_again_says_so() -> None:
    analysis = rich_analysis()
    second = analysis.settlement.studies[0].model_copy(update={"counted": False})
    page = page_of(settled(analysis, studies=(second,)))
    assert page.study_lists[0].studies[0].flags[0].startswith("Not counted a second time")
    assert page.scores[0].behind == ()


def test_a_retelling_is_told_on_the_card_of_its_study() -> None:
    analysis = rich_analysis()
    note = SourceNote(kind="retelling", message="Retells it in other words.")
    first, *rest = analysis.evidence.studies
    retold = analysis.evidence.model_copy(update={"studies": (first.model_copy(update={"notes": (note,)}), *rest)})
    page = page_of(analysis.model_copy(update={"evidence": retold}))
    cards = {s.label: s.retelling for entry in page.study_lists for s in entry.studies}
    assert cards.pop(first.citation.label) == "Retells it in other words."
    assert set(cards.values()) == {""}
    for rendered in (render_html(page), render_markdown(page)):
        assert rendered.count("Retells it in other words.") == 1


def test_a_study_that_does_not_address_the_claim_has_a_line_and_no_weight() -> None:
    analysis = rich_analysis()
    study = analysis.settlement.studies[4]
    judgement = study.judgement.model_copy(update={"basis": Basis.NOT_ADDRESSED, "rationale": "Another question."})
    page = page_of(settled(analysis, studies=(study.model_copy(update={"judgement": judgement}),)))
    card = next(entry for entry in page.study_lists if entry.key == "neither").studies[0]
    assert card.aside
    assert (card.factors, card.formula, card.facts, card.weight_reasons, card.bias, card.reasons) == (
        (),
        "",
        *((),) * 4,
    )
    assert "<summary><b>Fir et al. 2023</b>: does not address the claim</summary>" in render_html(page)
    assert "How the weight of" not in render_html(page)
    assert "**Fir et al. 2023**: does not address the claim. Another question." in render_markdown(page)


def test_a_study_whose_stance_is_missing_is_not_said_to_address_nothing() -> None:
    analysis = rich_analysis()
    study = analysis.settlement.studies[4]
    silent = study.judgement.model_copy(update={"basis": Basis.NOT_ADDRESSED, "quotes": (), "rationale": ""})
    missing = Unsettled(stage="stance", study=study.study, code="unanswered", reason="not asked yet")
    changed = settled(analysis, studies=(study.model_copy(update={"judgement": silent}),))
    page = page_of(changed.model_copy(update={"unsettled": (missing,)}))
    assert "Fir et al. 2023" in lists(page)["not-judged"]
    assert lists(page)["neither"] == []
    assert page.scores[1].sentence == (
        "Contradicting evidence: none found in the 0 judged of 7 studies searched on 22 November 2026."
    )


def test_animals_are_a_sample_and_large_numbers_are_grouped() -> None:
    analysis = rich_analysis()
    study = analysis.settlement.studies[0]

    def fact(species: Species, participants: int) -> Pair:
        changed = study.model_copy(update={"species": species, "participants": participants})
        return page_of(settled(analysis, studies=(changed,))).study_lists[0].studies[0].facts[2]

    assert fact(Species.HUMAN, 112192) == Pair("Participants", "112,192")
    assert fact(Species.ANIMAL, 24) == Pair("Sample", "24")


def test_a_number_of_people_from_a_table_row_says_so_on_the_page_and_in_markdown() -> None:
    analysis = rich_analysis()
    study = analysis.settlement.studies[0].model_copy(update={"participants": 26, "participants_from_table": True})
    page = page_of(settled(analysis, studies=(study,)))
    said = "26 (from a table row; check the column)"
    assert page.study_lists[0].studies[0].facts[2] == Pair("Participants", said)
    assert said in render_html(page)
    assert said in render_markdown(page)


def test_numbers_that_do_not_fit_are_flagged() -> None:
    mixed = next(entry for entry in page_of(rich_analysis()).study_lists if entry.key == "mixed")
    assert mixed.studies[0].flags == (
        "A reported number does not fit: p = .02 is reported where the interval gives p = .24",
    )


def test_merged_reports_and_possible_overlaps_are_told() -> None:
    analysis = rich_analysis()
    clusters = (analysis.settlement.clusters[0].model_copy(update={"reasons": ()}), *analysis.settlement.clusters[1:])
    assert page_of(analysis).overlaps == (
        "Alder et al. 2021 and Juniper & Kapok 2012 count as one study: same site and same dates.",
        "Fir et al. 2023 and Yew & Zelkova 2020 may report on the same people (authors, dates); counted once.",
    )
    assert page_of(settled(analysis, clusters=clusters)).overlaps[0].endswith("count as one study.")


def test_sparse_citations_show_what_is_known() -> None:
    analysis = bare_analysis()

    def told(**known: object) -> str:
        record = analysis.evidence.studies[0].model_copy(
            update={"citation": Citation.model_validate({"id": "x-1", "title": "T", **known})}
        )
        evidence = analysis.evidence.model_copy(update={"studies": (record,)})
        return page_of(analysis.model_copy(update={"evidence": evidence})).study_lists[-1].studies[0].published

    assert told() == ""
    assert told(page="9") == "9"
    assert told(volume="12", issue="3", page="101-117", **{"container-title": "J Ex"}) == "J Ex; 12(3): 101-117"
