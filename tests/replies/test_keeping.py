"""Stores in front of drivers, and the counts of what passes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.replies.counts import Counts, Meter
from pipeline.replies.deadlines import Deadlines
from pipeline.replies.driver import Answer, unanswered
from pipeline.replies.exchange import record
from pipeline.replies.keeping import Desk, ReplySource
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.live import LiveEndpoint
from pipeline.replies.prices import PriceTable
from pipeline.replies.recorded import Recorded
from schemas.analysis import Usage
from schemas.ledger import Route
from schemas.wire import ReplyLine, RequestLine
from tests.replies import fault_server as faults
from tests.replies.fault_server import FaultServer
from tests.replies.test_exchange import ONE, TWO, reply

NOTHING = Recorded(())
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 600}}


class Scripted:
    """Answers each question as told and remembers what it was asked."""

    def __init__(self, *replies: ReplyLine | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[RequestLine] = []

    async def answer(self, request: RequestLine) -> ReplyLine:
        self.asked.append(request)
        said = self.replies.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


def prices(**prices: str) -> PriceTable:
    models = {"m": {"as_of": "2026-01-01", **prices}} if prices else {}
    return PriceTable.model_validate({"currency": "EUR", "models": models})


def desk(
    source: ReplySource,
    answer: Answer,
    seen: list[Counts] | None = None,
    table: PriceTable | None = None,
    **limits: Any,
) -> Desk:
    meter = Meter(table or prices(), seen.append if seen is not None else None)
    return Desk(source, answer, meter, Deadlines(**limits) if limits else None)


def done(answering: Awaitable[ReplyLine]) -> ReplyLine:
    async def awaited() -> ReplyLine:
        return await answering

    return asyncio.run(awaited())


def test_question_is_asked_once_and_answered_from_the_store_for_ever(tmp_path: Path) -> None:
    driver = Scripted(reply(ONE))
    for _ in range(3):
        with KeptReplies(tmp_path) as store:
            assert done(desk(store, keeping(store, driver)).answer_for("c")(ONE)) == reply(ONE)
    assert driver.asked == [ONE]


def keeping(store: KeptReplies, driver: Scripted) -> Answer:
    """A driver that keeps what it is given before it hands it on, as live endpoints do."""
    ledger = Ledger(store, prices(input="2", output="10"))

    async def answer(request: RequestLine) -> ReplyLine:
        reply = await driver.answer(request)
        ledger.record(reply, Route.LIVE, request=request)
        return reply

    return answer


def test_error_is_asked_again_the_next_time(tmp_path: Path) -> None:
    failed = ReplyLine.failed(ONE.custom_id, "http_503", "down")
    driver = Scripted(failed, reply(ONE))
    with KeptReplies(tmp_path) as store:
        answer = desk(store, keeping(store, driver)).answer_for("c")
        assert done(answer(ONE)) == failed
        assert done(answer(ONE)) == reply(ONE)
        assert store.request(ONE.custom_id) == ONE
        assert [entry.outcome for _, entry in store.entries()] == ["http_503", "answered"]


def test_counts_tell_what_was_asked_and_what_was_known(tmp_path: Path) -> None:
    seen: list[Counts] = []
    driver = Scripted(reply(ONE, usage=USAGE), ReplyLine.failed(TWO.custom_id, "http_503", "down"))
    with KeptReplies(tmp_path) as store:
        counting = desk(store, keeping(store, driver), seen, prices(input="2", output="10", cached_input="1"))
        for claim, request in (("a", ONE), ("a", TWO), ("b", ONE)):
            done(counting.answer_for(claim)(request))
    run = Counts(
        asked=2,
        answered=1,
        kept=1,
        failed={"http_503": 1},
        usage=Usage(replies=1, prompt_tokens=1000, cached_tokens=600, completion_tokens=100),
        money=Decimal("0.0024"),
        currency="EUR",
    )
    assert counting.meter.counts == run
    assert [counts.under_way for counts in seen] == [1, 0, 1, 0, 0]
    assert counting.meter.stages == {"claim": run}
    assert counting.claim_done("b") == Counts(kept=1, currency="EUR")
    assert counting.claim_done("a").money == Decimal("0.0024")
    assert counting.claim_done("a") == Counts()


def test_money_is_unknown_while_a_price_or_a_usage_is() -> None:
    unpriced = desk(NOTHING, Scripted(reply(ONE, usage=USAGE)).answer)
    done(unpriced.answer_for("c")(ONE))
    assert unpriced.meter.counts.money is None
    assert unpriced.meter.counts.usage.prompt_tokens == 1000
    unreported = desk(NOTHING, Scripted(reply(ONE)).answer, None, prices(input="1", output="1"))
    done(unreported.answer_for("c")(ONE))
    counts = unreported.meter.counts
    assert (counts.usage.unreported, counts.answered, counts.money) == (1, 1, None)


def test_question_that_nobody_was_asked_does_not_count_as_asked() -> None:
    counting = desk(NOTHING, unanswered)
    done(counting.answer_for("c")(ONE))
    assert (counting.meter.counts.asked, dict(counting.meter.counts.failed)) == (0, {"unanswered": 1})


def test_kept_reply_without_a_text_counts_by_its_code(tmp_path: Path) -> None:
    record(tmp_path, "c", [ONE], [reply(ONE, "")])
    counting = desk(Recorded(tmp_path), unanswered)
    done(counting.answer_for("c")(ONE))
    assert (counting.meter.counts.kept, dict(counting.meter.counts.failed)) == (1, {"empty": 1})


def test_question_that_cannot_be_asked_at_all_is_no_longer_under_way() -> None:
    counting = desk(NOTHING, Scripted(SetupError("set the key")).answer)
    with pytest.raises(SetupError):
        done(counting.answer_for("c")(ONE))
    assert counting.meter.counts.under_way == 0


def test_after_the_limit_of_a_claim_nothing_new_is_asked_for_it() -> None:
    driver, now = Scripted(reply(ONE), reply(TWO)), [0.0]
    limited = desk(NOTHING, driver.answer, run_seconds=None, claim_seconds=10, clock=lambda: now[0])
    assert done(limited.answer_for("slow")(ONE)) == reply(ONE)
    now[0] = 10.0
    late = done(limited.answer_for("slow")(TWO))
    assert late.error is not None
    assert (late.error.code, late.error.message) == ("out_of_time", "the claim's limit of 10 s is over")
    assert done(limited.answer_for("other")(TWO)) == reply(TWO)
    assert (limited.meter.counts.asked, dict(limited.meter.counts.failed)) == (2, {"out_of_time": 1})


def test_question_that_two_claims_ask_at_once_is_paid_for_and_counted_once(tmp_path: Path) -> None:
    driver = Scripted(reply(ONE, usage=USAGE))

    async def run() -> tuple[list[ReplyLine], Counts]:
        with KeptReplies(tmp_path) as store:
            counting = desk(store, keeping(store, driver))

            async def late(turns: int) -> ReplyLine:
                # Comes in at every moment between the asking and the keeping.
                for _ in range(turns):
                    await asyncio.sleep(0)
                return await counting.answer_for(f"claim {turns}")(ONE)

            return await asyncio.gather(*(late(turns) for turns in range(12))), counting.meter.counts

    replies, counts = asyncio.run(run())
    assert replies == [reply(ONE, usage=USAGE)] * 12
    assert driver.asked == [ONE]
    assert (counts.asked, counts.kept, counts.usage.prompt_tokens) == (1, 11, 1000)


def test_claim_that_gives_up_leaves_the_question_to_the_others() -> None:
    driver = Scripted(reply(ONE))

    async def run() -> ReplyLine:
        shared = desk(NOTHING, driver.answer)
        hasty = asyncio.ensure_future(shared.answer_for("hasty")(ONE))
        patient = asyncio.ensure_future(shared.answer_for("patient")(ONE))
        await asyncio.sleep(0)
        hasty.cancel()
        return await patient

    assert asyncio.run(run()) == reply(ONE)
    assert driver.asked == [ONE]


def test_leaving_the_desk_ends_what_is_in_flight() -> None:
    async def run(server: FaultServer) -> bool:
        async with LiveEndpoint(server.settings(timeout_seconds=30)) as endpoint:
            async with desk(NOTHING, endpoint.answer) as busy:
                asked = asyncio.ensure_future(busy.answer_for("c")(ONE))
                while not server.asked:  # noqa: ASYNC110 - the server is another thread
                    await asyncio.sleep(0.01)
            with pytest.raises(asyncio.CancelledError):
                await asked
            return asked.cancelled()

    with FaultServer(then=faults.hang()) as server:
        assert asyncio.run(run(server))


def test_second_identical_live_run_asks_the_server_nothing(tmp_path: Path) -> None:
    async def run(server: FaultServer) -> list[ReplyLine]:
        with KeptReplies(tmp_path) as store:
            async with LiveEndpoint(server.settings(), ledger=Ledger(store, prices())) as endpoint:
                answer = desk(store, endpoint.answer).answer_for("c")
                return await asyncio.gather(*(answer(request) for request in (ONE, TWO, ONE)))

    with FaultServer(then=faults.ok('{"a": "≥"}')) as server:
        first = asyncio.run(run(server))
        assert len(server.asked) == 2
        assert asyncio.run(run(server)) == first
        assert len(server.asked) == 2
