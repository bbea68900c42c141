"""The ledger: an entry for every attempt, in one transaction with its reply, whatever happens to the process."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from pipeline.errors import ReplyFileError
from pipeline.replies import kept
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger, totals
from schemas.ledger import ANSWERED, LedgerEntry, Route
from schemas.wire import ReplyLine, RequestLine, Response
from tests.replies.test_counts import COST, PRICES, answer, question

ROOT = Path(__file__).resolve().parent.parent.parent
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
STUDY_TEXT = "Sixty adults were randomised."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def ledger_in(store: KeptReplies) -> Ledger:
    return Ledger(store, PRICES, lambda: AT)


def test_an_answer_is_kept_with_its_request_and_an_entry_that_says_what_it_cost(folder: Path) -> None:
    request = question()
    with KeptReplies(folder) as store:
        written = ledger_in(store).record(answer(request), Route.LIVE, request=request, attempt=2, seconds=1.23456)
        assert store.get(request.custom_id) == answer(request)
        assert store.request(request.custom_id) == request
        assert [e for _, e in store.entries()] == [written]
    assert (written.at, written.outcome, written.attempt, written.seconds) == (AT, ANSWERED, 2, 1.235)
    assert (written.model, written.stage, written.route, written.cost) == ("m", "stance", Route.LIVE, COST)


def test_a_fault_is_an_entry_without_cost_and_no_reply(folder: Path) -> None:
    request = question()
    refused = ReplyLine(custom_id=request.custom_id, response=Response(status_code=429))
    with KeptReplies(folder) as store:
        for reply in (ReplyLine.failed(request.custom_id, "timeout", "x"), refused):
            ledger_in(store).record(reply, Route.LIVE, request=request)
        assert [(e.outcome, e.cost) for _, e in store.entries()] == [("timeout", 0), ("http_429", 0)]
        assert store.get(request.custom_id) is None
        assert store.request(request.custom_id) == request


def test_what_no_price_or_no_usage_tells_is_unknown_and_never_nothing(folder: Path) -> None:
    with KeptReplies(folder) as store:
        ledger = ledger_in(store)
        unpriced = question(model="unheard-of")
        assert ledger.record(answer(unpriced), Route.LIVE, request=unpriced).cost is None
        assert ledger.record(answer(question(), usage=None), Route.LIVE, request=question()).cost is None
        assert ledger.record(answer(question()), Route.FILE).cost is None
        total = totals((e for _, e in store.entries()), lambda e: e.stage)["stance"]
    assert (total.answers, total.unpriced, total.cost) == (3, 3, 0)


def test_a_question_that_was_sent_and_lost_may_have_been_paid_for_so_its_cost_is_unknown(folder: Path) -> None:
    timeout = ReplyLine.failed(question().custom_id, "timeout", "x")
    with KeptReplies(folder) as store:
        entry = ledger_in(store).record(timeout, Route.LIVE, request=question(), lost=True)
        total = totals((e for _, e in store.entries()), lambda e: e.stage)["stance"]
    assert entry.cost is None
    assert (total.answers, total.unpriced) == (0, 1)


def test_entries_hold_neither_prompts_nor_answers(folder: Path) -> None:
    request = RequestLine.ask("stance", {"model": "m", "messages": [{"role": "user", "content": STUDY_TEXT}]})
    with KeptReplies(folder) as store:
        entry = ledger_in(store).record(answer(request, text=STUDY_TEXT), Route.LIVE, request=request)
    assert "Sixty" not in entry.model_dump_json()


def test_totals_add_up_what_is_named_alike_in_the_order_of_names() -> None:
    def entry(outcome: str, model: str, cost: str | None) -> LedgerEntry:
        money = None if cost is None else Decimal(cost)
        return LedgerEntry(at=AT, custom_id="stance-1", route=Route.LIVE, outcome=outcome, model=model, cost=money)

    entries = [entry(ANSWERED, "z", "0.1"), entry("timeout", "a", "0"), entry(ANSWERED, "z", "0.2")]
    found = totals(iter(entries), lambda e: e.model or "")
    assert list(found) == ["a", "z"]
    assert (found["z"].attempts, found["z"].answers, found["z"].cost) == (2, 2, Decimal("0.3"))
    assert (found["a"].attempts, found["a"].answers) == (1, 0)
    found["z"].include(found["a"])
    assert (found["z"].attempts, found["z"].answers) == (3, 2)


def test_dropping_forgets_replies_requests_and_entries_and_nothing_else(folder: Path) -> None:
    gone, stays = question(number=1), question(number=2)
    with KeptReplies(folder) as store:
        ledger = ledger_in(store)
        for request in (gone, stays):
            ledger.record(answer(request), Route.LIVE, request=request)
        store.drop([gone.custom_id], [key for key, e in store.entries() if e.custom_id == gone.custom_id])
        assert list(store) == [stays.custom_id]
        assert [e.custom_id for _, e in store.entries()] == [stays.custom_id]
        assert [r.custom_id for r in store.requests()] == [stays.custom_id]


def test_a_failure_between_reply_and_entry_leaves_neither(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = kept.JsonRows.store

    def failing(rows: kept.JsonRows, value: object, read: bool, key: object = None) -> tuple[int, int, None, bytes]:
        if key == question().custom_id:
            raise OSError("no space left on device")
        return original(rows, value, read, key)

    with KeptReplies(folder) as store:
        monkeypatch.setattr(kept.JsonRows, "store", failing)
        with pytest.raises(ReplyFileError, match="no space left"):
            ledger_in(store).record(answer(question()), Route.LIVE, request=question())
        assert list(store.entries()) == []
        assert list(store) == []
        assert list(store.requests()) == []


def test_a_process_killed_at_any_moment_leaves_every_answer_with_its_entry_and_opens_again(folder: Path) -> None:
    """kill -9 after a random number of records, four times over one store."""
    rng = random.Random(20260304)
    said: list[str] = []
    for start in range(0, 4_000_000, 1_000_000):
        command = [sys.executable, "-m", "tests.replies.recording_child", str(folder), str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
            assert child.stdout is not None
            said += [line.strip() for line in islice(child.stdout, rng.randint(1, 60))]
            # Not at the moment of a line, where the child has just committed.
            for _ in range(rng.randint(0, 40_000)):
                pass
            child.send_signal(signal.SIGKILL)
            said += [line.strip() for line in child.stdout if line.endswith("\n")]
        assert child.returncode == -signal.SIGKILL
        with KeptReplies(folder) as store:
            answered = Counter(e.custom_id for _, e in store.entries() if e.outcome == ANSWERED)
            assert set(store) == answered.keys()
            assert set(answered.values()) == {1}
            assert set(said) <= answered.keys()
            assert all(store.get(i) is not None and store.request(i) is not None for i in said)
    assert len(said) >= 4
