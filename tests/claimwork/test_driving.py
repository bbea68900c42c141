"""Many claims at once: one bad claim never costs the run, nobody to ask ends it, a claim is proposed where none is."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from pipeline.claimwork.driving import Outcome, analyse_all
from pipeline.claimwork.intake import Task
from pipeline.errors import ClaimError, ReplyFileError, SetupError
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

    outcomes = asyncio.run(analyse_all(tasks, answer, SETTINGS, lambda c, n: waves.append((c, n)), done.append))
    assert len(done) == len(tasks)
    assert all(n > 0 for _, n in waves)
    return outcomes


def test_claims_are_analysed_side_by_side_and_come_back_in_their_order() -> None:
    outcomes = run([task("a"), task("b"), task("c")], Scripted())
    assert [o.analysis.evidence.claim.id for o in outcomes if o.analysis] == ["a", "b", "c"]


def test_one_bad_claim_never_costs_the_run() -> None:
    good, bad = run([task("good"), task("bad")], Scripted(), "in bad.", ReplyFileError("the store is damaged"))
    assert good.analysis is not None
    assert bad.analysis is None
    assert isinstance(bad.error, ReplyFileError)


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

    (outcome,) = asyncio.run(analyse_all([task(None)], answer, SETTINGS, lambda _c, _n: None, lambda _: None))
    assert isinstance(outcome.error, ClaimError)
    assert "the server is down" in str(outcome.error)
