"""The generator: order of waves, the one re-ask, what is skipped when something is missing, nothing invented."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline import synthesis
from pipeline.rules.invariants import violations
from pipeline.settings import SynthesisSettings
from schemas.analysis import ClaimAnalysis, Unsettled
from schemas.claim import Claim
from schemas.study import Study
from schemas.vocabulary import Basis, ClaimType, SectionKind, VerdictLevel
from schemas.wire import UNANSWERED, ReplyLine, RequestLine
from tests.builders import study
from tests.scripted import Model, Scripted, answered, pumped, stage_of

SETTINGS = SynthesisSettings(searched_on=date(2026, 1, 2))
TWICE = SynthesisSettings(searched_on=date(2026, 1, 2), models={"second_verification": "another-model"})
CLAIM = Claim(id="strength", text="Training raises muscle strength.")


def trial(name: str, size: int) -> Study:
    methods = f"In all, {size} adults were randomised to strength training or to no training."
    result = f"With training, muscle strength rose by {size % 30 + 3}% more than in the control group (p = 0.01)."
    return study(name, ((SectionKind.METHODS, methods), (SectionKind.RESULTS, result)))


STUDIES = (trial("alpha-2001", 60), trial("beta-2002", 90), trial("gamma-2003", 120))


def analysed(
    model: Model,
    studies: tuple[Study, ...] = STUDIES,
    claim: Claim = CLAIM,
    settings: SynthesisSettings = SETTINGS,
) -> ClaimAnalysis:
    analysis = pumped(synthesis.synthesise(claim, studies, settings), model)
    assert violations(analysis, {s.id: s for s in studies}) == ()
    return analysis


def missing(analysis: ClaimAnalysis) -> dict[tuple[str, str | None], str]:
    return {(u.stage, u.study): u.code for u in analysis.unsettled}


def test_an_honest_model_gives_a_complete_analysis_in_four_waves() -> None:
    model = Scripted()
    waves: list[set[str]] = []
    core = synthesis.synthesise(CLAIM, STUDIES, SETTINGS)
    requests = next(core)
    try:
        while True:
            waves.append({stage_of(r) for r in requests})
            requests = core.send([model(r) for r in requests])
    except StopIteration as stop:
        analysis = stop.value
    assert waves == [{"claim", "appraisal", "stance"}, {"mechanism", "ladder"}, {"verification"}, {"summary"}]
    assert analysis.complete
    assert analysis.settlement.balance.for_clusters == 3
    assert all(s.judgement.basis is Basis.MANIPULATED for s in analysis.settlement.studies)
    assert analysis.provenance.models_answered == ("scripted-1",)
    assert analysis.provenance.usage.prompt_tokens == 100 * len(model.asked)
    assert set(analysis.provenance.request_ids) == {r.custom_id for r in model.asked}


def test_each_stage_asks_its_own_model_and_the_analysis_says_which_and_at_what_cost() -> None:
    own = SETTINGS.model_copy(update={"model": "usual", "models": {"verification": "sceptic"}})
    model = Scripted()
    provenance = analysed(model, settings=own).provenance
    for request in model.asked:
        assert request.body["model"] == ("sceptic" if stage_of(request) == "verification" else "usual")
    asked = {s.stage: s.model for s in provenance.models_asked}
    assert asked["verification"] == "sceptic"
    assert {m for s, m in asked.items() if s != "verification"} == {"usual"}
    spent = {(s.stage, s.model): s.usage.prompt_tokens for s in provenance.spent}
    assert spent["verification", "sceptic"] == 100 * len(STUDIES)
    assert sum(spent.values()) == provenance.usage.prompt_tokens


def test_a_second_verifier_asks_the_very_questions_of_the_first_beside_it_and_the_summary_waits_for_both() -> None:
    model = Scripted()
    waves: list[set[str]] = []
    core = synthesis.synthesise(CLAIM, STUDIES, TWICE)
    requests = next(core)
    try:
        while True:
            waves.append({stage_of(r) for r in requests})
            requests = core.send([model(r) for r in requests])
    except StopIteration as stop:
        analysis = stop.value
    assert waves[2:] == [{"verification", "second_verification"}, {"summary"}]
    first, second = (
        [r.body for r in model.asked if stage_of(r) == stage] for stage in ("verification", "second_verification")
    )
    assert [b | {"model": "another-model"} for b in first] == second
    assert {b["model"] for b in second} == {"another-model"}
    assert analysis.complete
    prompts = {p.stage: p.sha256 for p in analysis.provenance.prompts}
    assert prompts["second_verification"] == prompts["verification"]


def test_without_a_second_verifier_nobody_is_asked_for_one_and_nothing_speaks_of_it() -> None:
    model = Scripted()
    analysis = analysed(model)
    written = analysis.model_dump_json()
    assert len([r for r in model.asked if stage_of(r) == "verification"]) == len(STUDIES)
    assert "second_verification" not in {stage_of(r) for r in model.asked}
    assert "second_" not in written
    assert '"agreement"' not in written


def test_the_summary_is_not_written_while_the_second_verifier_has_not_answered() -> None:
    def answer(request: RequestLine) -> ReplyLine:
        if stage_of(request) == "second_verification" and "beta-2002" in request.body["messages"][1]["content"]:
            return ReplyLine.failed(request.custom_id, UNANSWERED, "later")
        return Scripted()(request)

    assert missing(analysed(answer, settings=TWICE)) == {
        ("second_verification", "beta-2002"): UNANSWERED,
        ("summary", None): UNANSWERED,
    }


def test_analyses_from_before_models_were_recorded_by_stage_are_still_read() -> None:
    analysis = analysed(Scripted())
    old = analysis.model_dump(mode="json", by_alias=True)
    del old["provenance"]["models_asked"], old["provenance"]["spent"]
    assert ClaimAnalysis.model_validate(old).provenance.spent == ()


def test_the_order_of_studies_never_matters() -> None:
    one, other = analysed(Scripted()), analysed(Scripted(), tuple(reversed(STUDIES)))
    assert one == other


def test_appraisals_know_nothing_of_the_claim_and_verification_nothing_of_the_proposer() -> None:
    model = Scripted()
    analysed(model)
    for request in model.asked:
        text = " ".join(m["content"] for m in request.body["messages"])
        if stage_of(request) == "appraisal":
            assert CLAIM.text not in text
        if stage_of(request) == "verification":
            assert text.count("<study id=") == 1
            assert "the chain" not in text


def test_the_fixed_part_of_a_stage_is_the_same_for_every_question() -> None:
    model = Scripted()
    analysed(model)
    fixed: dict[str, set[str]] = {}
    for request in model.asked:
        assert [m["role"] for m in request.body["messages"]] == ["system", "user"]
        fixed.setdefault(stage_of(request), set()).add(request.body["messages"][0]["content"])
    assert all(len(texts) == 1 for texts in fixed.values())


def first_fails(stage: str, bad: Any, times: int = 1, **how: Any) -> tuple[Scripted, Model]:
    model = Scripted()
    failures = {"left": times}

    def answer(request: RequestLine) -> ReplyLine:
        if stage_of(request) == stage and failures["left"]:
            failures["left"] -= 1
            model.asked.append(request)
            return answered(request, bad, **how)
        return model(request)

    return model, answer


@pytest.mark.parametrize(
    ("bad", "how"),
    [
        ("{broken", {}),
        ({"claims": []}, {}),
        ("", {}),
        ("{}", {"finish": "length"}),
        ("", {"refusal": "I would rather not"}),
        ("{}", {"finish": "content_filter"}),
        ("[" * 100_000, {}),
        ('{"claims": "\\ud800"}', {}),
    ],
    ids=["broken", "unfit", "empty", "cut off", "refused", "filtered", "deeply nested", "lone surrogate"],
)
def test_an_unusable_reply_is_asked_once_more_with_the_reason(bad: Any, how: dict[str, Any]) -> None:
    model, answer = first_fails("claim", bad, **how)
    assert analysed(answer).complete
    asked = [r for r in model.asked if stage_of(r) == "claim"]
    assert len(asked) == 2
    complaint = asked[1].body["messages"][-1]
    assert complaint["role"] == "user"
    assert "could not be used" in complaint["content"]


def test_a_cut_off_reply_is_asked_again_with_more_room() -> None:
    model, answer = first_fails("claim", "{}", finish="length")
    analysed(answer)
    limits = [r.body["max_completion_tokens"] for r in model.asked if stage_of(r) == "claim"]
    assert limits == [16_000, 32_000]


def test_after_two_unfit_replies_the_stage_is_unsettled_and_what_needs_it_is_skipped() -> None:
    _, answer = first_fails("claim", "{}", times=2)
    analysis = analysed(answer)
    found = missing(analysis)
    assert found["claim", None] == "unfit"
    assert found["mechanism", None] == found["summary", None] == "skipped"
    assert analysis.evidence.appraisals
    assert analysis.settlement.balance.for_clusters == 3


def test_one_bad_study_never_costs_the_claim() -> None:
    model = Scripted()

    def answer(request: RequestLine) -> ReplyLine:
        if stage_of(request) in {"appraisal", "stance"} and "beta-2002" in request.body["messages"][1]["content"]:
            return ReplyLine.failed(request.custom_id, "http_500", "the server failed")
        return model(request)

    analysis = analysed(answer)
    assert missing(analysis) == {("appraisal", "beta-2002"): "http_500", ("stance", "beta-2002"): "http_500"}
    assert analysis.settlement.balance.for_clusters == 2
    assert analysis.evidence.summary is not None


def test_an_unanswered_question_stops_what_would_be_asked_on_its_grounds() -> None:
    model = Scripted()

    def answer(request: RequestLine) -> ReplyLine:
        if stage_of(request) == "stance" and "beta-2002" in request.body["messages"][1]["content"]:
            return ReplyLine.failed(request.custom_id, UNANSWERED, "later")
        return model(request)

    analysis = analysed(answer)
    assert missing(analysis) == {("stance", "beta-2002"): UNANSWERED, ("summary", None): UNANSWERED}
    assert not [r for r in model.asked if stage_of(r) == "summary"]


def test_a_reply_that_is_not_there_counts_as_unanswered() -> None:
    core = synthesis.synthesise(CLAIM, STUDIES, SETTINGS)
    next(core)
    with pytest.raises(StopIteration) as stop:
        core.send([])
    assert {u.code for u in stop.value.value.unsettled} == {UNANSWERED}
    assert stop.value.value.settlement.verdict.level is VerdictLevel.NOT_SETTLED


def test_words_that_are_not_in_the_claim_are_refused() -> None:
    bad = Scripted().content(next(synthesis.synthesise(CLAIM, STUDIES, SETTINGS))[0])
    bad["claims"][0]["cause"] = {"words": "Vitamin D", "meaning": "vitamin D"}
    model, answer = first_fails("claim", bad)
    analysed(answer)
    again = [r for r in model.asked if stage_of(r) == "claim"][1]
    assert "'Vitamin D' do not stand in the claim" in again.body["messages"][-1]["content"]


def test_verification_must_judge_every_link_exactly_once() -> None:
    judgement = Scripted().content
    model = Scripted()

    def answer(request: RequestLine) -> ReplyLine:
        if stage_of(request) == "verification":
            content = judgement(request)
            content["judgements"][0]["link"] = "L99"
            model.asked.append(request)
            return answered(request, content)
        return model(request)

    analysis = analysed(answer)
    assert {u.code for u in analysis.unsettled if u.stage == "verification"} == {"unfit"}
    assert not analysis.settlement.link_evidence


def test_a_set_type_overrules_the_model() -> None:
    claim = Claim(id="strength", text=CLAIM.text, type=ClaimType.CAUSAL_HARM)
    analysis = analysed(Scripted(), claim=claim)
    assert analysis.settlement.claim_type is ClaimType.CAUSAL_HARM
    assert len(analysis.settlement.rungs) == 5


def test_a_summary_that_says_too_much_is_asked_again_and_then_missing() -> None:
    loud = {"text": "Training makes people stronger.", "rests_on": ["F1"]}
    bad = {"teaser": loud, "how_it_works": [loud], "in_simple_terms": [loud, loud]}
    model, answer = first_fails("summary", bad, times=2)
    analysis = analysed(answer)
    assert missing(analysis) == {("summary", None): "unfit"}
    assert analysis.evidence.summary is None
    assert len([r for r in model.asked if stage_of(r) == "summary"]) == 2


@pytest.mark.parametrize("seed", range(25))
def test_a_greedy_model_with_true_quotations_never_breaks_an_invariant(seed: int) -> None:
    analysis = analysed(Scripted(seed, greedy=True, links=3 + seed % 4))
    for link in analysis.settlement.links:
        judged = [j for j in analysis.settlement.link_evidence if j.link == link.id and j.basis is Basis.MANIPULATED]
        assert link.manipulated <= len({j.cluster for j in judged})


def test_the_claims_that_studies_make_are_proposed_with_quotations_that_stand() -> None:
    proposed = pumped(synthesis.propose(STUDIES, SETTINGS), Scripted())
    assert not isinstance(proposed, Unsettled)
    assert proposed[0].text == "Strength training raises muscle strength."


def test_a_proposed_claim_with_an_invented_quotation_is_not_taken() -> None:
    model = Scripted()

    def answer(request: RequestLine) -> ReplyLine:
        content = model.content(request)
        content["claims"][0]["quotes"][0]["text"] = "Nobody ever wrote this sentence anywhere in these studies."
        return answered(request, content)

    proposed = pumped(synthesis.propose(STUDIES, SETTINGS), answer)
    assert isinstance(proposed, Unsettled)
    assert proposed.code == "unquoted"


def test_a_proposal_that_cannot_be_had_says_why() -> None:
    def answer(request: RequestLine) -> ReplyLine:
        return ReplyLine.failed(request.custom_id, "http_500", "the server failed")

    proposed = pumped(synthesis.propose(STUDIES, SETTINGS), answer)
    assert isinstance(proposed, Unsettled)
    assert proposed.code == "http_500"
