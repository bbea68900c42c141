"""Stores in front of drivers, and the counts of what passes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.replies.counts import Counts, Meter
from pipeline.replies.driver import unanswered
from pipeline.replies.exchange import record
from pipeline.replies.keeping import kept_first, known_first
from pipeline.replies.kept import KeptReplies
from pipeline.replies.live import LiveEndpoint
from pipeline.replies.recorded import Recorded
from pipeline.settings import Settings
from schemas.wire import ReplyLine, RequestLine
from tests.replies import fault_server as faults
from tests.replies.fault_server import FaultServer
from tests.replies.test_exchange import ONE, TWO, reply

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


def meter(seen: list[Counts] | None = None, **settings: Any) -> Meter:
    return Meter(Settings(**settings), seen.append if seen is not None else None)


def done(answering: Awaitable[ReplyLine]) -> ReplyLine:
    async def awaited() -> ReplyLine:
        return await answering

    return asyncio.run(awaited())


def test_question_is_asked_once_and_answered_from_the_store_for_ever(tmp_path: Path) -> None:
    driver = Scripted(reply(ONE))
    for _ in range(3):
        with KeptReplies(tmp_path) as store:
            assert done(kept_first(store, driver.answer)(ONE)) == reply(ONE)
    assert driver.asked == [ONE]


def test_error_is_asked_again_the_next_time(tmp_path: Path) -> None:
    failed = ReplyLine.failed(ONE.custom_id, "http_503", "down")
    driver = Scripted(failed, reply(ONE))
    with KeptReplies(tmp_path) as store:
        answer = kept_first(store, driver.answer)
        assert done(answer(ONE)) == failed
        assert done(answer(ONE)) == reply(ONE)
        assert store.request(ONE.custom_id) == ONE


def test_counts_tell_what_was_asked_and_what_was_known(tmp_path: Path) -> None:
    seen: list[Counts] = []
    counting = meter(seen, price_per_million_input=2.0, price_per_million_output=10.0)
    driver = Scripted(reply(ONE, usage=USAGE), ReplyLine.failed(TWO.custom_id, "http_503", "down"))
    with KeptReplies(tmp_path) as store:
        answer = kept_first(store, driver.answer, meter=counting)
        for request in (ONE, TWO, ONE):
            done(answer(request))
    assert counting.counts == Counts(
        asked=2,
        under_way=0,
        answered=1,
        kept=1,
        failed={"http_503": 1},
        prompt_tokens=1000,
        cached_tokens=600,
        completion_tokens=100,
        unreported=0,
        money=0.003,
    )
    assert [counts.under_way for counts in seen] == [1, 0, 1, 0, 0]


def test_money_is_unknown_while_a_price_is() -> None:
    for priced in ((), ("price_per_million_input",), ("price_per_million_output",)):
        settings: dict[str, Any] = dict.fromkeys(priced, 2.0)
        counting = meter(**settings)
        done(counting.measured(Scripted(reply(ONE, usage=USAGE)).answer)(ONE))
        assert counting.counts.money is None
        assert counting.counts.prompt_tokens == 1000


def test_reply_without_usage_is_counted_as_unreported() -> None:
    counting = meter()
    done(counting.measured(Scripted(reply(ONE)).answer)(ONE))
    assert (counting.counts.unreported, counting.counts.answered) == (1, 1)


def test_question_that_nobody_was_asked_does_not_count_as_asked() -> None:
    counting = meter()
    done(counting.measured(unanswered)(ONE))
    assert (counting.counts.asked, dict(counting.counts.failed)) == (0, {"unanswered": 1})


def test_kept_reply_without_a_text_counts_by_its_code(tmp_path: Path) -> None:
    counting = meter()
    record(tmp_path, "c", [ONE], [reply(ONE, "")])
    done(known_first(Recorded(tmp_path), unanswered, meter=counting)(ONE))
    assert (counting.counts.kept, dict(counting.counts.failed)) == (1, {"empty": 1})


def test_question_that_cannot_be_asked_at_all_is_no_longer_under_way() -> None:
    counting = meter()
    with pytest.raises(SetupError):
        done(counting.measured(Scripted(SetupError("set the key")).answer)(ONE))
    assert counting.counts.under_way == 0


def test_recording_needs_no_meter(tmp_path: Path) -> None:
    record(tmp_path, "c", [ONE], [reply(ONE)])
    assert done(known_first(Recorded(tmp_path), unanswered)(ONE)) == reply(ONE)


def test_question_that_two_claims_ask_at_once_is_paid_for_and_counted_once(tmp_path: Path) -> None:
    driver = Scripted(reply(ONE, usage=USAGE))
    counting = meter()

    async def run() -> list[ReplyLine]:
        with KeptReplies(tmp_path) as store:
            answer = kept_first(store, driver.answer, meter=counting)

            async def late(turns: int) -> ReplyLine:
                # Comes in at every moment between the asking and the keeping.
                for _ in range(turns):
                    await asyncio.sleep(0)
                return await answer(ONE)

            return await asyncio.gather(*(late(turns) for turns in range(12)))

    assert asyncio.run(run()) == [reply(ONE, usage=USAGE)] * 12
    assert driver.asked == [ONE]
    counts = counting.counts
    assert (counts.asked, counts.kept, counts.prompt_tokens) == (1, 11, 1000)


def test_second_identical_live_run_asks_the_server_nothing(tmp_path: Path) -> None:
    async def run(server: FaultServer) -> list[ReplyLine]:
        with KeptReplies(tmp_path) as store:
            async with LiveEndpoint(server.settings()) as endpoint:
                answer = kept_first(store, endpoint.answer)
                return await asyncio.gather(*(answer(request) for request in (ONE, TWO, ONE)))

    with FaultServer(then=faults.ok('{"a": "≥"}')) as server:
        first = asyncio.run(run(server))
        assert len(server.asked) == 2
        assert asyncio.run(run(server)) == first
        assert len(server.asked) == 2
