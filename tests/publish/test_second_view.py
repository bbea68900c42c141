"""Two verifiers on the page: how far they agree in one sentence, and both readings wherever they differ."""

from __future__ import annotations

from pipeline.publish.markdown import render_markdown
from pipeline.publish.page import render_html
from pipeline.publish.text import render_text
from pipeline.publish.viewing import page_of
from schemas.analysis import ClaimAnalysis, StageModel, StageUsage, StudyJudgement, Usage
from schemas.settlement import Agreement, Disagreement, Reading
from schemas.vocabulary import Basis, Finding, Stance
from tests.publish.example import incomplete_analysis, rich_analysis, settled
from tests.publish.example_replies import link_judgement
from tests.publish.example_studies import SCRIPT, STALE

SEEN = Reading(basis=Basis.CO_MEASURED, stance=Stance.SUPPORTS)
SAID = Reading(basis=Basis.ASSERTED, stance=Stance.UNCLEAR)
DIFFERING = (
    Disagreement(study="fir-2023", link="L2", first=SEEN, second=SAID, kept="second"),
    Disagreement(study="elm-2016", link="L4", first=SAID, second=SEEN, kept="first"),
)
AGREED = Agreement(judged=20, same_basis=18, same_stance=18, same=18, kappa=0.7142, differing=DIFFERING)


def twice(agreement: Agreement = AGREED) -> ClaimAnalysis:
    rich = rich_analysis()
    second = StudyJudgement(
        study="fir-2023",
        judgement=link_judgement("L2", Basis.ASSERTED, Finding.SUPPORTS, (STALE,), f"Only said. {SCRIPT}"),
    )
    evidence = rich.evidence.model_copy(update={"second_judgements": (second,)})
    return settled(rich.model_copy(update={"evidence": evidence}), agreement=agreement)


def test_one_sentence_says_how_far_they_agreed() -> None:
    assert page_of(twice()).agreement == (
        "Two verifiers agreed on 18 of 20 judgements (kappa for the basis: 0.71);"
        " where they differed, the lower was kept."
    )
    one = Agreement(judged=1, same_basis=1, same_stance=1, same=1, kappa=None, differing=())
    assert page_of(twice(one)).agreement == (
        "Two verifiers agreed on 1 of 1 judgement (kappa for the basis: undefined: one basis throughout)."
    )


def test_every_difference_shows_both_readings_and_which_was_kept() -> None:
    fir, elm = page_of(twice()).two_readings
    assert (fir.study, fir.step) == ("Fir et al. 2023", "step 2 of \u201cThe brain drives both legs\u201d (L2)")
    assert [(r.term, r.text) for r in fir.readings] == [
        ("First verifier", "Both ends measured; cause not tested; supports it. Stale."),
        ("Second verifier (kept)", f"Said by the authors, not measured. Only said. {SCRIPT}"),
    ]
    assert [r.term for r in elm.readings] == ["First verifier (kept)", "Second verifier"]


def test_page_markdown_and_text_tell_it_and_without_a_second_verifier_say_nothing() -> None:
    page = page_of(twice())
    for rendered in (render_html(page), render_markdown(page), render_text(page, width=10_000)):
        assert rendered.count("Two verifiers agreed on 18 of 20 judgements") == 1
        assert "differently" in rendered
        assert "Both ends measured; cause not tested; supports it." in rendered
    assert SCRIPT not in render_html(page)
    quiet = page_of(rich_analysis())
    assert quiet.agreement == ""
    for rendered in (render_html(quiet), render_markdown(quiet), render_text(quiet)):
        assert "verifiers" not in rendered


def test_where_all_agree_no_list_is_shown() -> None:
    page = page_of(twice(AGREED.model_copy(update={"same": 20, "differing": ()})))
    assert page.two_readings == ()
    assert "two-readings" not in render_html(page)


def test_quotations_of_the_second_check_are_told_by_name() -> None:
    stale = next(f for f in page_of(twice()).faults if f.fault == "Stale source")
    step = "step 2 of \u201cThe brain drives both legs\u201d (L2)"
    assert stale.used_for == f"the check of {step} and the second check of {step}"


def test_provenance_names_models_of_single_stages_and_tokens_by_stage() -> None:
    analysis = rich_analysis()
    said, unsaid = Usage(replies=2, prompt_tokens=1500, completion_tokens=20), Usage(replies=1, unreported=1)
    provenance = analysis.provenance.model_copy(
        update={
            "models_asked": (
                StageModel(stage="claim", model="language-model"),
                StageModel(stage="second_verification", model=f"other {SCRIPT}"),
            ),
            "spent": (
                StageUsage(stage="claim", model="language-model", usage=unsaid),
                StageUsage(stage="second_verification", model="other", usage=said),
            ),
        }
    )
    facts = {p.term: p.text for p in page_of(analysis.model_copy(update={"provenance": provenance})).origin.facts}
    assert facts["Models of single stages"] == f"second_verification: other {SCRIPT}"
    assert facts["Tokens by stage (read and written)"] == "second_verification 1,500 and 20"
    before = {p.term for p in page_of(incomplete_analysis()).origin.facts}
    assert not {"Models of single stages", "Tokens by stage (read and written)"} & before
