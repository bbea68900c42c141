"""Many questions, many faults at once: every question ends in an answer or a reason, and none is paid for twice."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from pathlib import Path

from pipeline.completion import content_of
from pipeline.replies.counts import Meter
from pipeline.replies.keeping import Desk
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.live import LiveEndpoint
from pipeline.replies.prices import read_prices
from schemas.wire import ReplyError, ReplyLine
from tests.replies import fault_server as faults
from tests.replies.fault_server import Asked, FaultServer, Sent
from tests.replies.test_live import SCHEMA, Sleeps, question

FAULTS = (
    faults.too_many({"retry-after": "1"}),
    faults.too_many(),
    faults.unavailable(500),
    faults.unavailable(503, {"retry-after": "9999"}),
    faults.drop(),
    faults.truncated(),
    faults.html(),
    faults.raw(b"{}"),
    faults.no_quota(),
    faults.cut_off(),
    faults.refusal(),
    faults.error(400, "too long"),
)
QUESTIONS = [question(f"Question {number}. It has two sentences.") for number in range(150)]


def storm(seed: int) -> faults.Behaviour:
    """Every second request fails in some way; the others are answered with valid nonsense."""
    answer = faults.random_valid(seed)

    def behave(asked: Asked) -> Sent:
        rng = random.Random(f"{seed}:{asked.number}")
        return (rng.choice(FAULTS) if rng.random() < 0.5 else answer)(asked)

    return behave


async def run(server: FaultServer, folder: Path, meter: Meter) -> list[ReplyLine]:
    with KeptReplies(folder) as store:
        ledger, settings = Ledger(store, read_prices(None)), server.settings(attempts=4, in_flight=20)
        waits = Sleeps()
        async with LiveEndpoint(settings, ledger=ledger, sleep=waits, clock=waits.clock) as endpoint:
            answer = Desk(store, endpoint.answer, meter).answer_for("storm")
            return await asyncio.gather(*(answer(q) for q in QUESTIONS))


def test_every_question_of_a_storm_ends_in_an_answer_or_a_reason(tmp_path: Path) -> None:
    answered: Counter[str] = Counter()
    texts: list[tuple[str | None, ReplyError | None]] = []
    with FaultServer(faults.ok(), then=storm(1)) as server:
        for _ in range(5):
            meter = Meter(read_prices(None))
            before = len(server.asked)
            replies = asyncio.run(run(server, tmp_path, meter))
            again = {json.dumps(asked.body, sort_keys=True) for asked in server.asked[before:]}
            assert not again & answered.keys(), "a question was asked again after it had been answered"
            answered.update(
                json.dumps(q.body, sort_keys=True) for q, r in zip(QUESTIONS, replies, strict=True) if r.is_answer
            )
            assert [r.custom_id for r in replies] == [q.custom_id for q in QUESTIONS]
            counts = meter.counts
            assert counts.asked + counts.kept == len(QUESTIONS)
            assert counts.under_way == 0
            texts = [content_of(reply) for reply in replies]
            assert sum(counts.failed.values()) == sum(error is not None for _, error in texts)
    assert len(answered) > 0.9 * len(QUESTIONS)
    for text, error in texts:
        assert (text is None) == (error is not None)
        if text is not None and text != "{}":
            assert json.loads(text).keys() == SCHEMA["properties"].keys()
