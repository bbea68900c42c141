"""Two verifiers settled: the worse reading of each pair, the only reading of a lone one, and never more than by one."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import settlement
from pipeline.claimwork.recomputing import recompute
from pipeline.rules.step_labels import strength
from pipeline.rules.verdict import support_rank
from pipeline.settlement.twice import read_twice
from schemas.analysis import ClaimAnalysis, Evidence
from schemas.claim import Claim
from schemas.settlement import Settlement
from schemas.vocabulary import Basis, ClaimType, MechanismStatus, Stance, StepLabel
from schemas.wire import ReplyLine, RequestLine
from tests.rules.test_monotone import judgement
from tests.scripted import Model, Scripted, answered, stage_of
from tests.test_synthesis import CLAIM, STUDIES, TWICE, analysed

STATUSES = tuple(MechanismStatus)
MECHANISTIC = Claim(id="strength", text=CLAIM.text, type=ClaimType.MECHANISTIC)


def by_verifier(first: Model, second: Model) -> Model:
    return lambda request: (second if stage_of(request) == "second_verification" else first)(request)


def saying(**changes: Any) -> Model:
    """A verifier that changes every judgement of links."""

    def answer(request: RequestLine) -> ReplyLine:
        content = Scripted().content(request)
        for j in content.get("judgements", ()):
            j.update(changes)
        return answered(request, content)

    return answer


def alone(evidence: Evidence, *, second: bool) -> Settlement:
    judged = evidence.second_judgements if second else evidence.judgements
    return settlement.settle(evidence.model_copy(update={"judgements": judged, "second_judgements": ()}), 400)


def twice(first: Model, second: Model) -> ClaimAnalysis:
    return analysed(by_verifier(first, second), settings=TWICE)


def test_two_verifiers_who_agree_change_nothing_but_say_so() -> None:
    analysis = twice(Scripted(), Scripted())
    both, once = analysis.settlement, alone(analysis.evidence, second=False)
    assert both.agreement is not None
    assert (both.agreement.judged, both.agreement.same, both.agreement.differing) == (9, 9, ())
    assert both.model_copy(update={"agreement": None}) == once.model_copy(
        update={"language": both.language, "readability": both.readability}
    )


def test_the_lower_basis_of_two_is_kept_with_its_reason() -> None:
    analysis = twice(Scripted(), saying(cause_match="not_measured"))
    settled = analysis.settlement
    assert {j.basis for j in settled.link_evidence} == {Basis.END_ONLY}
    assert all("the first verifier read it otherwise (tested directly" in j.reasons[-1] for j in settled.link_evidence)
    assert {link.label for link in settled.links} == {StepLabel.PARTLY_MEASURED}
    assert settled.agreement is not None
    assert (settled.agreement.same_basis, settled.agreement.same_stance, settled.agreement.same) == (0, 9, 0)
    assert {d.kept for d in settled.agreement.differing} == {"second"}


@pytest.mark.parametrize("against_first", [True, False])
def test_at_the_same_basis_the_one_who_sees_it_contradicted_is_believed(against_first: bool) -> None:
    models = (saying(finding="opposite"), Scripted())
    settled = twice(*(models if against_first else models[::-1])).settlement
    assert {j.stance for j in settled.link_evidence} == {Stance.CONTRADICTS}
    assert {link.label for link in settled.links} == {StepLabel.CONTRADICTED}


@pytest.mark.parametrize("against_first", [True, False])
def test_a_verifier_who_overlooks_a_contradiction_does_not_silence_it(against_first: bool) -> None:
    """The lower basis alone would: what is only asserted contradicts nothing."""
    models = (saying(finding="opposite"), saying(basis="asserted"))
    settled = twice(*(models if against_first else models[::-1])).settlement
    assert {link.label for link in settled.links} == {StepLabel.CONTRADICTED}


@pytest.mark.parametrize("seed", range(20))
def test_a_second_verifier_never_raises_a_label_a_chain_or_a_verdict(seed: int) -> None:
    model = by_verifier(Scripted(seed, greedy=bool(seed % 4)), Scripted(seed + 100, greedy=bool(seed % 3)))
    analysis = analysed(model, claim=MECHANISTIC, settings=TWICE)
    both = analysis.settlement
    assert both.agreement is not None
    for one in (alone(analysis.evidence, second=False), alone(analysis.evidence, second=True)):
        assert all(strength(a.label) <= strength(b.label) for a, b in zip(both.links, one.links, strict=True))
        worst = {c.id: c for c in one.chains}
        assert all(STATUSES.index(c.status) >= STATUSES.index(worst[c.id].status) for c in both.chains)
        assert support_rank(both.verdict) <= support_rank(one.verdict)


def test_a_study_that_one_verifier_did_not_judge_keeps_the_other_reading_and_is_named_missing() -> None:
    def answer(request: RequestLine) -> ReplyLine:
        if stage_of(request) == "second_verification" and "beta-2002" in request.body["messages"][1]["content"]:
            return ReplyLine.failed(request.custom_id, "http_500", "the server failed")
        return Scripted()(request)

    analysis = analysed(answer, settings=TWICE)
    assert [(u.stage, u.study, u.code) for u in analysis.unsettled] == [
        ("second_verification", "beta-2002", "http_500")
    ]
    assert analysis.settlement.agreement is not None
    assert analysis.settlement.agreement.judged == 6
    assert len(analysis.settlement.link_evidence) == 9


def test_a_lone_reading_is_kept_whoever_made_it_and_stands_in_for_the_missing_one() -> None:
    one = judgement("K1", Basis.CO_MEASURED, Stance.SUPPORTS, high_risk=False, study="a")
    other = judgement("K2", Basis.CO_MEASURED, Stance.SUPPORTS, high_risk=False, study="b")
    readings = read_twice((one,), (other,))
    assert readings.kept == (one, other)
    assert readings.alone == ((one, other), (one, other))
    assert readings.agreement is None


def test_without_a_second_verifier_judgements_stay_as_they_are() -> None:
    one = judgement("K1", Basis.CO_MEASURED, Stance.SUPPORTS, high_risk=False)
    assert read_twice((one,), ()) == read_twice([one], [])
    assert read_twice((one,), ()).kept == (one,)
    assert read_twice((one,), ()).alone == ()


def test_an_analysis_with_two_verifiers_is_made_again_from_its_stored_inputs() -> None:
    analysis = twice(Scripted(1, greedy=True), Scripted(2, greedy=True))
    stored = ClaimAnalysis.model_validate_json(analysis.model_dump_json(by_alias=True))
    assert stored == analysis
    result = recompute(stored, {s.id: s for s in STUDIES})
    assert (result.differences, result.broken) == ((), ())
    verdictless = stored.settlement.model_copy(update={"agreement": None})
    (difference,) = recompute(stored.model_copy(update={"settlement": verdictless}), {}).differences
    assert difference.startswith("agreement:")


def test_quotations_of_the_second_verifier_go_through_the_gate() -> None:
    invented = {"sentence": 1, "text": "Nobody ever wrote this sentence.", "role": "result"}
    analysis = twice(Scripted(), saying(quotes=[invented]))
    (found,) = {q.fault for q in analysis.evidence.quotations if q.key.text == invented["text"]}
    assert found is not None
    assert {j.basis for j in analysis.settlement.link_evidence} == {Basis.NOT_ADDRESSED}
