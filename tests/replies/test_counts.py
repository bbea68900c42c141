"""Counts of a run, its stages and its claims: exact, and unknown money is said to be unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipeline.replies.counts import Counts, Meter
from pipeline.replies.prices import PriceTable
from schemas.wire import NOT_ASKED, ReplyLine, RequestLine, Response

PRICES = PriceTable.model_validate(
    {"currency": "EUR", "models": {"m": {"input": "1", "output": "2", "cached_input": "0.5", "as_of": "2026-01-01"}}}
)
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}}
COST = Decimal("0.001")
"""600 fresh at 1, 400 cached at 0.5 and 100 out at 2, per million."""


def question(stage: str = "stance", number: int = 0, model: str = "m") -> RequestLine:
    return RequestLine.ask(stage, {"model": model, "messages": [{"role": "user", "content": str(number)}]})


def answer(request: RequestLine, usage: dict[str, Any] | None = USAGE, text: str = "{}") -> ReplyLine:
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    body: dict[str, Any] = {"choices": [choice]} if usage is None else {"choices": [choice], "usage": usage}
    return ReplyLine(custom_id=request.custom_id, response=Response(status_code=200, body=body))


def asked(meter: Meter, request: RequestLine, claim: str, reply: ReplyLine) -> None:
    meter.begin(request, claim)
    meter.end(request, claim, reply)


def test_a_run_its_stages_and_its_claims_are_counted_each_for_itself() -> None:
    meter = Meter(PRICES)
    for claim, stage in (("a", "stance"), ("a", "ladder"), ("b", "stance")):
        asked(meter, question(stage), claim, answer(question(stage)))
    assert meter.counts.answered == 3
    assert meter.counts.money == 3 * COST
    assert meter.counts.currency == "EUR"
    assert {stage: counts.answered for stage, counts in meter.stages.items()} == {"ladder": 1, "stance": 2}
    assert meter.claim_done("a").usage.prompt_tokens == 2000
    assert meter.claim_done("b").money == COST


def test_a_finished_claim_is_forgotten_and_the_run_is_not() -> None:
    meter = Meter(PRICES)
    asked(meter, question(), "a", answer(question()))
    assert meter.claim_done("a").asked == 1
    assert meter.claim_done("a") == Counts()
    assert meter.counts.asked == 1


def test_money_is_unknown_as_soon_as_one_answer_has_no_price_or_no_usage() -> None:
    for request, usage in ((question(model="unheard-of"), USAGE), (question(), None)):
        meter = Meter(PRICES)
        asked(meter, question(number=1), "a", answer(question(number=1)))
        assert meter.counts.money == COST
        asked(meter, request, "b", answer(request, usage))
        asked(meter, question(number=2), "a", answer(question(number=2)))
        assert meter.counts.money is None
        assert meter.claim_done("a").money == 2 * COST
        assert meter.claim_done("b").money is None


def test_a_failed_question_costs_nothing_and_counts_by_its_code() -> None:
    meter = Meter(PRICES)
    unheard = question(model="unheard-of")
    asked(meter, unheard, "a", ReplyLine.failed(unheard.custom_id, "timeout", "x"))
    assert (meter.counts.asked, meter.counts.answered, meter.counts.money) == (1, 0, 0)
    assert meter.counts.failed == {"timeout": 1}


@pytest.mark.parametrize("code", sorted(NOT_ASKED))
def test_a_question_that_was_left_unasked_is_not_counted_as_asked(code: str) -> None:
    meter = Meter(PRICES)
    asked(meter, question(), "a", ReplyLine.failed(question().custom_id, code, "x"))
    assert (meter.counts.asked, meter.counts.under_way) == (0, 0)
    assert meter.counts.failed == {code: 1}


def test_a_paid_answer_without_a_text_is_failed_and_paid_for() -> None:
    meter = Meter(PRICES)
    asked(meter, question(), "a", answer(question(), text=""))
    assert (meter.counts.answered, meter.counts.money) == (0, COST)
    assert meter.counts.failed == {"empty": 1}


def test_a_known_answer_is_kept_and_costs_nothing() -> None:
    meter = Meter(PRICES)
    meter.keep(question(), "a", answer(question(), usage=None))
    meter.keep(question(number=1), "a", answer(question(number=1), text=""))
    counts = meter.claim_done("a")
    assert (counts.kept, counts.asked, counts.money) == (2, 0, 0)
    assert counts.failed == {"empty": 1}
    assert counts.usage.replies == 0


def test_every_change_is_handed_over_as_a_moment_that_does_not_change() -> None:
    seen: list[Counts] = []
    meter = Meter(PRICES, seen.append)
    meter.begin(question(), "a")
    meter.begin(question(number=1), "a")
    meter.abandon(question(), "a")
    meter.end(question(number=1), "a", answer(question(number=1)))
    assert [c.under_way for c in seen] == [1, 2, 1, 0]
    assert [c.answered for c in seen] == [0, 0, 0, 1]
