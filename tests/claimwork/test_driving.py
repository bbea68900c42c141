"""Many claims at once: one bad claim never costs the run, nobody to ask ends it, a claim is proposed where none is."""

from __future__ import annotations

import asyncio
import gc
import weakref
from datetime import date

import pytest

from pipeline.claimwork.driving import Outcome, ProposalUnansweredError, analyse_all
from pipeline.claimwork.intake import Task
from pipeline.errors import ClaimError, ReplyFileError, SetupError
from pipeline.replies.driver import unanswered
from pipeline.settings import SynthesisSettings
from schemas.claim import Claim
from schemas.wire import ReplyLine, RequestLine
from tests.scripted import Scripted, stage_of
from tests.test_synthesis import STUDIES

SETTINGS = SynthesisSettings(searched_on=date(2026, 1, 2))


def task(name: str | None) -> Task:
    return Task(Claim(id=name, text=f"Training raises strength in {name}.") if name else None, STUDIES)


def run(tasks: list[Task], model: Scripted, failing: str = "", error: Exception | None = None) -> list[Outcome]:
    done: list[Outcome] = []
    waves: list[tuple[str, int]] = []

    async def answer(request: RequestLine) -> ReplyLine:
        await asyncio.sleep(0)
        if error is not None and failing in request.body["messages"][1]["content"]:
            raise error
        return model(request)

    asyncio.run(analyse_all(tasks, lambda _: answer, SETTINGS, lambda c, n: waves.append((c, n)), done.append))
    assert len(done) == len(tasks)
    assert all(n > 0 for _, n in waves)
    return sorted(done, key=lambda o: tasks.index(o.task))


def test_claims_are_analysed_side_by_side_and_each_is_handed_over() -> None:
    outcomes = run([task("a"), task("b"), task("c")], Scripted())
    assert [o.analysis.evidence.claim.id for o in outcomes if o.analysis] == ["a", "b", "c"]
    assert [o.name for o in outcomes] == ["a", "b", "c"]


def test_a_claim_is_let_go_once_it_was_handed_over() -> None:
    model, first, alive = Scripted(), asyncio.Event(), list[bool]()
    seen: list[weakref.ref[Outcome]] = []

    async def answer(request: RequestLine) -> ReplyLine:
        if "in late." in request.body["messages"][1]["content"]:
            await first.wait()
            await asyncio.sleep(0)
            gc.collect()
            alive.append(any(ref() is not None for ref in seen))
        return model(request)

    def done(outcome: Outcome) -> None:
        seen.append(weakref.ref(outcome))
        first.set()

    asyncio.run(analyse_all([task("early"), task("late")], lambda _: answer, SETTINGS, lambda _c, _n: None, done))
    assert len(seen) == 2
    assert alive
    assert not any(alive)


def test_one_bad_claim_never_costs_the_run() -> None:
    good, bad = run([task("good"), task("bad")], Scripted(), "in bad.", ReplyFileError("the store is damaged"))
    assert good.analysis is not None
    assert bad.analysis is None
    assert isinstance(bad.error, ReplyFileError)


def test_not_even_a_fault_of_ours_in_one_claim_costs_the_others() -> None:
    good, bad = run([task("good"), task("bad")], Scripted(), "in bad.", KeyError("L9"))
    assert good.analysis is not None
    assert isinstance(bad.error, KeyError)


def test_what_is_finished_is_handed_over_before_the_run_ends_for_want_of_anybody_to_ask() -> None:
    model, done, first = Scripted(), list[Outcome](), asyncio.Event()

    async def answer(request: RequestLine) -> ReplyLine:
        if "in late." in request.body["messages"][1]["content"]:
            await first.wait()
            raise SetupError("the key was withdrawn")
        return model(request)

    def finished(outcome: Outcome) -> None:
        done.append(outcome)
        first.set()

    with pytest.raises(SetupError):
        asyncio.run(
            analyse_all([task("early"), task("late")], lambda _: answer, SETTINGS, lambda _c, _n: None, finished)
        )
    assert [o.name for o in done if o.analysis] == ["early"]


def test_when_nobody_can_be_asked_the_run_ends() -> None:
    with pytest.raises(SetupError):
        run([task("a")], Scripted(), "", SetupError("set OPENAI_API_KEY"))


def test_without_a_claim_the_main_claim_of_the_studies_is_analysed() -> None:
    model = Scripted()
    (outcome,) = run([task(None)], model)
    assert outcome.analysis is not None
    assert outcome.analysis.evidence.claim.text == "Strength training raises muscle strength."
    assert next(stage_of(r) for r in model.asked) == "claim"


def test_a_claim_that_cannot_be_proposed_is_an_error_with_a_reason() -> None:
    def silent(request: RequestLine) -> ReplyLine:
        return ReplyLine.failed(request.custom_id, "http_500", "the server is down")

    async def answer(request: RequestLine) -> ReplyLine:
        return silent(request)

    done: list[Outcome] = []
    asyncio.run(analyse_all([task(None)], lambda _: answer, SETTINGS, lambda _c, _n: None, done.append))
    (outcome,) = done
    assert isinstance(outcome.error, ClaimError)
    assert not isinstance(outcome.error, ProposalUnansweredError)
    assert "the server is down" in str(outcome.error)
    assert outcome.name == "proposed claim"


def test_a_proposal_that_nobody_has_answered_yet_is_told_apart_from_one_that_failed() -> None:
    done: list[Outcome] = []
    asyncio.run(analyse_all([task(None)], lambda _: unanswered, SETTINGS, lambda _c, _n: None, done.append))
    assert isinstance(done[0].error, ProposalUnansweredError)
