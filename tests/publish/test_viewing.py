"""What a page says of an analysis: look-ups, joins and wording, and nothing that the rules did not settle."""

from __future__ import annotations

from typing import cast

import pytest

from pipeline.publish.lookup import around
from pipeline.publish.view import Page, Pair
from pipeline.publish.viewing import page_of
from pipeline.publish.words import BADGE_LOOK, capital
from pipeline.rules.verdict import shown
from schemas.analysis import ClaimAnalysis, Unsettled
from schemas.ladder import SampleSize
from schemas.settlement import Balance, ReadEffect
from schemas.study import Citation
from schemas.vocabulary import Metric, Side, VerdictLevel
from tests.publish import example
from tests.publish.example import FIR, STUDIES, bare_analysis, incomplete_analysis, rich_analysis

NONE_FOUND = "none found in 7 studies searched on 22 November 2026"


def settled(analysis: ClaimAnalysis, **changes: object) -> ClaimAnalysis:
    return analysis.model_copy(update={"settlement": analysis.settlement.model_copy(update=changes)})


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


def test_every_faulty_quotation_is_listed_with_its_name_worst_first() -> None:
    assert [f.fault for f in page_of(rich_analysis()).faults] == [
        "Invented",
        "Misquoted",
        "Wrong study",
        "Stale source",
        "Unsupportive",
        "Unsupportive",
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


def test_a_true_quotation_that_does_not_bear_on_its_link_is_a_fault_there_only() -> None:
    page = page_of(rich_analysis())
    fault = next(f for f in page.faults if f.said.startswith("Muscle thickness"))
    assert (fault.fault, fault.used_for) == (
        "Unsupportive",
        "the proposal of step 3 of “The brain drives both legs” (L3)",
    )
    assert page.main_chain is not None
    assert page.main_chain.links[2].proposed == ()
    supporting = page.study_lists[0].studies[1]
    assert any(q.quoted.startswith("Muscle thickness") for q in supporting.quotations)


def test_checked_and_verified_quotations_are_both_counted() -> None:
    assert page_of(rich_analysis()).quotes_sentence == "10 of 17 quotations verified"
    one = rich_analysis()
    single = one.model_copy(
        update={"evidence": one.evidence.model_copy(update={"quotations": (one.evidence.quotations[0],)})}
    )
    assert page_of(single).quotes_sentence == "1 of 1 quotation verified"


def test_a_link_shows_the_label_that_the_rules_worded_and_who_did_what() -> None:
    chain = page_of(rich_analysis()).main_chain
    assert chain is not None
    assert chain.label.text == "Weakest at step 2: Partly measured; link inferred"
    first, second, third = chain.links
    assert [link.label.text for link in chain.links] == [
        "Contested (1 for / 1 against)",
        "Partly measured; link inferred",
        "Seen together in one study; cause not tested",
    ]
    assert [(e.study, e.stance) for e in first.evidence] == [
        ("Birch & Cedar 2019", "Supports it"),
        ("Elm 2016", "Rules out an effect large enough to matter"),
        ("Alder et al. 2021", ""),
    ]
    assert (
        first.counts
        == "Independent studies: 1 tested it directly, 0 measured both ends, 0 measured one end, 1 against."
    )
    assert [e.study for e in second.evidence] == ["Alder et al. 2021"]
    assert third.quotations == 1


def test_a_link_outside_every_chain_goes_by_its_id() -> None:
    analysis = rich_analysis()
    evidence = analysis.evidence.model_copy(update={"chains": ()})
    faults = page_of(analysis.model_copy(update={"evidence": evidence})).faults
    assert faults[0].used_for == "the proposal of link L1"


def test_chains_keep_the_order_of_the_settlement() -> None:
    analysis = rich_analysis()
    page = page_of(settled(analysis, chains=analysis.settlement.chains[::-1]))
    assert [c.name.split()[0] for c in page.chains] == ["Reflexes", "The"]
    assert [c.name.split()[0] for c in page.rivals] == ["The"]


def test_a_chain_without_a_label_is_shown_as_not_checked() -> None:
    chain = page_of(settled(rich_analysis(), chains=(), links=(), link_evidence=())).main_chain
    assert chain is not None
    assert chain.label.text == "Not checked"
    assert [(link.label.text, link.counts) for link in chain.links] == [("Not checked", "")] * 3
    assert chain.remarks == ()


def test_a_broken_step_and_gaps_are_told() -> None:
    rival = page_of(rich_analysis()).rivals[0]
    assert rival.remarks == (
        "A chain is as strong as its weakest step.",
        "The evidence on step 1 speaks against it.",
        "Steps 1 and 2 are gaps: nobody measured both of its ends.",
    )


def test_a_chain_without_gaps_has_only_the_general_remark() -> None:
    analysis = rich_analysis()
    whole = analysis.settlement.chains[0].model_copy(update={"gaps": ()})
    chain = page_of(settled(analysis, chains=(whole,))).main_chain
    assert chain is not None
    assert chain.remarks == ("A chain is as strong as its weakest step.",)


def test_a_quotation_put_forward_twice_for_one_thing_names_it_once() -> None:
    analysis = rich_analysis()
    evidence = analysis.evidence.model_copy(update={"appraisals": analysis.evidence.appraisals * 2})
    faults = page_of(analysis.model_copy(update={"evidence": evidence})).faults
    assert next(f for f in faults if f.fault == "Wrong study").used_for == "the appraisal of the study"


def test_missing_summary_ladder_and_mechanism_become_honest_sentences() -> None:
    page = page_of(incomplete_analysis())
    assert page.summary.missing == "There is no plain-language summary: it needs the mechanism."
    assert page.no_ladder == "The ladder of ideal evidence was not filled in: the reply was cut off twice."
    assert page.no_chain == "No mechanism was proposed: the model refused to answer."
    assert page.main_chain is None
    assert page_of(bare_analysis()).no_chain == "No mechanism was proposed."


def test_a_part_that_is_missing_for_one_study_is_no_reason_for_the_whole() -> None:
    only = Unsettled(stage="mechanism", study="fir-2023", code="x", reason="something else")
    page = page_of(bare_analysis().model_copy(update={"unsettled": (only,)}))
    assert page.no_chain == "No mechanism was proposed."
    assert (page.missing[0].what, page.missing[0].study) == ("the mechanism", "Fir et al. 2023")


def test_a_summary_sentence_shows_the_facts_that_it_rests_on() -> None:
    last = page_of(rich_analysis()).summary.simple[-1]
    assert last.rests_on == ("Step 2 was partly measured; the link is inferred.", "F9: no such fact")


def test_a_summary_without_readability_says_nothing_of_it() -> None:
    assert page_of(settled(rich_analysis(), readability=None)).summary.readability == ""


def test_the_ladder_shows_status_size_and_criteria() -> None:
    first, second, third = page_of(rich_analysis()).rungs
    assert (first.status.text, first.size) == ("Missing", "200 (100 per group)")
    assert first.size_formula.endswith("two-sided α 0.05, power 0.9")
    assert "confidence interval" in first.confirms
    assert "confidence interval" in first.refutes
    assert second.size == "not computed (no target effect that a formula applies to)"
    assert second.met_by == ("Birch & Cedar 2019",)
    assert (third.size, third.plan, third.confirms) == ("not computed", (), "")
    assert Pair("Would resolve", "imprecision and risk of bias") in first.plan


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (SampleSize(total=1500, formula="3 / p"), "1,500"),
        (SampleSize(total=150, per_group=(100, 50), formula="2 to 1"), "150 (100 and 50)"),
    ],
)
def test_sample_sizes_without_equal_groups(size: SampleSize, words: str) -> None:
    analysis = rich_analysis()
    rung = analysis.settlement.rungs[0].model_copy(update={"sample_size": size})
    assert page_of(settled(analysis, rungs=(rung,))).rungs[0].size == words


def test_grade_is_shown_with_every_change_and_its_reason() -> None:
    grade = page_of(rich_analysis()).grade
    assert grade is not None
    assert (grade.certainty, grade.level, grade.start) == ("Very low", 1, 4)
    assert [(r.domain, r.change) for r in grade.rows] == [
        ("Risk of bias", "\N{MINUS SIGN}1"),
        ("Inconsistency", "0"),
        ("Indirectness", "\N{MINUS SIGN}1"),
        ("Imprecision", "\N{MINUS SIGN}1"),
    ]
    assert page_of(bare_analysis()).grade is None


@pytest.mark.parametrize(("level", "side"), BADGE_LOOK)
def test_the_badge_has_the_words_of_the_rules_and_a_shape_of_its_own(level: VerdictLevel, side: Side | None) -> None:
    analysis = rich_analysis()
    verdict = analysis.settlement.verdict.model_copy(update={"level": level, "side": side})
    page = page_of(settled(analysis, verdict=verdict))
    assert page.badge.text == shown(verdict)
    assert page.badge_meaning
    assert page.basis_sentence.endswith("7 studies searched.")


def test_every_badge_differs_in_more_than_colour() -> None:
    for side in (Side.SUPPORT, Side.AGAINST, None):
        icons = [icon for (_, s), (_, icon) in BADGE_LOOK.items() if s is side]
        assert len(icons) == len(set(icons))


def test_evidence_against_is_named_first_where_it_wins() -> None:
    analysis = rich_analysis()
    verdict = analysis.settlement.verdict.model_copy(update={"side": Side.AGAINST})
    page = page_of(settled(analysis, verdict=verdict))
    assert page.basis_sentence == "From 2 independent studies against and 3 for; 7 studies searched."


def test_the_tally_counts_directions() -> None:
    one = Balance.model_validate(
        {**rich_analysis().settlement.balance.model_dump(), "positive_directions": 1, "directions": 1}
    )
    assert page_of(settled(rich_analysis(), balance=one)).tally == (
        "1 of 1 independent study points in the claimed direction, significant or not."
    )
    assert page_of(bare_analysis()).tally == ""


def test_notes_on_hidden_text_and_instructions_come_first() -> None:
    notes = page_of(rich_analysis()).notes
    assert [n.kind for n in notes] == [
        "Instruction-like text found; reported, never obeyed",
        "Hidden text found",
        "Retraction notice",
        "Page could not be read",
        "Publication status",
    ]


def test_every_text_of_the_page_is_on_one_line_and_printable() -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, tuple):
            return [t for v in cast("tuple[object, ...]", value) for t in texts(v)]
        slots = getattr(type(value), "__dataclass_fields__", {})
        return [t for name in slots for t in texts(getattr(value, name))]

    found = texts(page_of(rich_analysis()))
    assert len(found) > 500
    assert all(t.isprintable() for t in found)


def test_a_quotation_stands_alone_when_its_context_does_not_hold_it() -> None:
    quote = example.located(example.A_RESULT)
    assert around(quote.model_copy(update={"context": "Something else."})) == ("", quote.located, "")
    assert around(quote.model_copy(update={"context": None})) == ("", quote.located, "")


def test_a_quotation_of_an_unknown_study_keeps_the_name_that_was_given() -> None:
    analysis = rich_analysis()
    key = example.A_RESULT.model_copy(update={"study": "unknown-1999"})
    stray = analysis.evidence.quotations[0].model_copy(update={"key": key})
    evidence = analysis.evidence.model_copy(update={"quotations": (*analysis.evidence.quotations, stray)})
    judgement = analysis.settlement.link_evidence[0].model_copy(update={"quotes": (key,), "study": "unknown-1999"})
    page = page_of(settled(analysis, link_evidence=(judgement,)).model_copy(update={"evidence": evidence}))
    assert page.main_chain is not None
    shown_evidence = page.main_chain.links[0].evidence[0]
    assert (shown_evidence.study, shown_evidence.anchor) == ("unknown-1999", "")
    assert (shown_evidence.quotations[0].study, shown_evidence.quotations[0].anchor) == ("unknown-1999", "")


def test_identifiers_that_do_not_have_their_form_are_not_linked() -> None:
    hostile = next(s for s in page_of(rich_analysis()).study_lists[-1].studies if s.label.startswith("Thorn"))
    assert hostile.links == ()


def test_identifiers_of_proven_form_are_linked() -> None:
    analysis = bare_analysis()
    citation = Citation.model_validate(
        {**FIR.citation.model_dump(), "PMCID": "PMC42", "PMID": "7", "DOI": "10.5555/a;b"}
    )
    record = analysis.evidence.studies[0].model_copy(update={"citation": citation})
    evidence = analysis.evidence.model_copy(update={"studies": (record,)})
    card = page_of(analysis.model_copy(update={"evidence": evidence})).study_lists[-1].studies[0]
    assert [link.url for link in card.links] == [
        "https://doi.org/10.5555/a%3Bb",
        "https://pubmed.ncbi.nlm.nih.gov/7/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC42/",
    ]


def test_a_result_is_told_with_as_much_as_was_read() -> None:
    analysis = rich_analysis()

    def told(**changes: object) -> str:
        effect = ReadEffect.model_validate({**example.SMD.model_dump(), **changes})
        study = analysis.settlement.studies[1]
        judgement = study.judgement.model_copy(update={"effect": effect})
        page = page_of(settled(analysis, studies=(study.model_copy(update={"judgement": judgement}),)))
        return next(p.text for p in page.study_lists[0].studies[0].facts if p.term == "Result")

    outcome = "; outcome: rate of torque development, untrained leg"
    assert told() == f"standardised mean difference 0.62 (confidence interval 0.11 to 1.13), p = 0.02{outcome}"
    nothing = {"estimate": None, "ci_low": None, "ci_high": None, "p": None, "p_sign": None}
    assert told(**nothing, metric=Metric.HAZARD_RATIO, outcome="") == "hazard ratio"
    assert told(estimate=-1.5, ci_high=None, p_sign=None, outcome="") == (
        "standardised mean difference \N{MINUS SIGN}1.5, p = 0.02"
    )


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


def test_provenance_names_versions_models_sources_and_requests() -> None:
    origin = page_of(rich_analysis()).origin
    facts = {p.term: p.text for p in origin.facts}
    assert facts["Models that answered"] == "example-model-2026-08, <script>alert(1)</script>"
    assert facts["Tokens"] == "181,204 read (96,000 from cache), 21,310 written; 2 replies without usage"
    assert facts["Rules"] == "1"
    assert len(origin.sources) == len(STUDIES)
    assert len(origin.request_ids) == 2
    complete = rich_analysis()
    usage = complete.provenance.usage.model_copy(update={"unreported": 0})
    quiet = complete.model_copy(
        update={"provenance": complete.provenance.model_copy(update={"usage": usage, "models_answered": ()})}
    )
    facts = {p.term: p.text for p in page_of(quiet).origin.facts}
    assert facts["Tokens"].endswith("written")
    assert facts["Models that answered"] == "none named"


def test_long_claims_are_shortened_in_the_title_only() -> None:
    analysis = rich_analysis()
    claim = analysis.evidence.claim.model_copy(update={"text": "word " * 200})
    page = page_of(analysis.model_copy(update={"evidence": analysis.evidence.model_copy(update={"claim": claim})}))
    assert len(page.title) < 130
    assert len(page.claim) > 900
