"""Scores name the studies that made them, and the page's first sentence agrees with its lists."""

from __future__ import annotations

import pytest

from pipeline.publish.markdown import render_markdown
from pipeline.publish.page import render_html
from pipeline.publish.text import render_text
from pipeline.publish.view import Page
from pipeline.publish.viewing import page_of
from schemas.analysis import Unsettled
from schemas.settlement import SettledStudy
from schemas.vocabulary import Design, Side, VerdictLevel
from tests.publish.example import rich_analysis, settled

ALDER, BIRCH, YEW, ELM = "S-alder-2021", "S-birch-2019", "S-yew-2020", "S-elm-2016"


def as_review(study: SettledStudy) -> SettledStudy:
    return study.model_copy(update={"judgement": study.judgement.model_copy(update={"design": Design.SR_MA})})


def page(*, reviews: tuple[str, ...] = (), side: Side = Side.SUPPORT, **by: tuple[str, ...]) -> Page:
    """The rich page with these clusters as reviews and as makers of the scores (`for_by`, `against_by`)."""
    analysis = rich_analysis()
    studies = tuple(as_review(s) if s.cluster in reviews else s for s in analysis.settlement.studies)
    return page_of(
        settled(
            analysis,
            studies=studies,
            balance=analysis.settlement.balance.model_copy(update=by),
            verdict=analysis.settlement.verdict.model_copy(update={"side": side}),
        )
    )


def test_only_the_studies_that_made_a_score_stand_behind_it() -> None:
    shown = page(reviews=(BIRCH,), for_by=(BIRCH,), against_by=(ELM, YEW))
    pro = shown.scores[0]
    assert [(b.study, b.role) for b in pro.behind] == [("Birch & Cedar 2019", "review")]
    assert pro.sentence == "From 1 review."
    assert pro.left_out == (
        "Not added, because a review may contain the same studies: Yew & Zelkova 2020 and Alder et al. 2021."
    )
    for rendered in (render_html(shown), render_markdown(shown), " ".join(render_text(shown).split())):
        assert "Not added, because a review may contain the same studies" in rendered
        assert "From 1 review" in rendered


@pytest.mark.parametrize(
    ("made_by", "reviews", "sentence"),
    [
        ((ALDER, BIRCH), (), "From 2 independent studies."),
        ((ALDER,), (), "From 1 study."),
        ((ALDER, BIRCH, YEW), (), "From 3 independent studies, 1 of them with results that point both ways."),
        ((YEW,), (), "From 1 study whose results point both ways."),
        ((YEW,), (YEW,), "From 1 review whose results point both ways."),
    ],
)
def test_a_score_counts_what_made_it(made_by: tuple[str, ...], reviews: tuple[str, ...], sentence: str) -> None:
    assert page(reviews=reviews, for_by=made_by, against_by=(ELM,)).scores[0].sentence == sentence


def test_a_mixed_study_counts_half_on_either_side() -> None:
    shown = page(reviews=(YEW,), for_by=(YEW,), against_by=(ELM, YEW))
    assert [b.role for b in shown.scores[0].behind] == ["review, half counts"]
    assert [(b.study, b.role) for b in shown.scores[1].behind] == [
        ("Yew & Zelkova 2020", "review, half counts"),
        ("Elm 2016", ""),
    ]


def test_reports_of_one_study_that_disagree_count_half() -> None:
    analysis = rich_analysis()
    studies = tuple(
        s.model_copy(update={"cluster": BIRCH, "counted": False}) if s.cluster == ELM else s
        for s in analysis.settlement.studies
    )
    shown = page_of(settled(analysis, studies=studies))
    assert {b.study: b.role for b in shown.scores[0].behind}["Birch & Cedar 2019"] == "half counts"


def test_the_first_sentence_says_when_one_of_several_studies_makes_the_score() -> None:
    assert page(reviews=(BIRCH,), for_by=(BIRCH,), against_by=(ELM, YEW)).basis_sentence == (
        "For: 2 studies, 1 more with results that point both ways; 1 review alone makes the score. "
        "Against: 1 study, 1 more with results that point both ways. 7 studies searched."
    )
    assert page(reviews=(BIRCH,), for_by=(ALDER, YEW), against_by=(ELM, YEW), side=Side.AGAINST).basis_sentence == (
        "Against: 1 study, 1 more with results that point both ways. "
        "For: 2 studies, 1 more with results that point both ways; 1 review among them is not added to the score. "
        "7 studies searched."
    )


def test_an_inconclusive_verdict_with_scores_is_not_said_to_carry_no_weight() -> None:
    analysis = rich_analysis()
    verdict = analysis.settlement.verdict.model_copy(update={"level": VerdictLevel.INCONCLUSIVE, "side": None})
    weighing = page_of(settled(analysis, verdict=verdict))
    assert weighing.badge_meaning == "What speaks for it weighs less than studies that found no clear difference."
    nothing = analysis.settlement.balance.model_copy(update={"pro": 0, "against": 0})
    assert "none of them carries weight" in page_of(settled(analysis, verdict=verdict, balance=nothing)).badge_meaning


def test_without_a_verdict_there_are_no_scores_and_what_is_missing_comes_first() -> None:
    analysis = rich_analysis()
    verdict = analysis.settlement.verdict.model_copy(update={"level": VerdictLevel.NOT_SETTLED, "side": None})
    missing = Unsettled(stage="stance", study="fir-2023", code="cut_off", reason="the reply was cut off twice")
    changed = settled(analysis, verdict=verdict, grade=None).model_copy(update={"unsettled": (missing,)})
    shown = page_of(changed)
    assert (shown.badge.text, shown.scores, shown.tally) == ("Not settled", (), "")
    assert shown.no_grade == "Certainty is not settled: parts of this analysis are missing."
    html = render_html(shown)
    assert '<div class="score">' not in html
    assert (
        html.index("so no verdict is given")
        < html.index("the reply was cut off twice")
        < html.index('class="kind stamp"')
    )
    for rendered in (html, render_markdown(shown), render_text(shown)):
        assert "Pro and Against are not settled: parts of this analysis are missing." in rendered
