"""What is old goes with what belongs to it, what came again stays, and an interruption leaves a sound store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.errors import ReplyFileError
from pipeline.replies import pruning
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.pruning import Old, Pruning
from schemas.ledger import ANSWERED, Route
from schemas.wire import ReplyLine
from tests.replies.test_counts import PRICES, answer, question

DAY = date(2026, 3, 1)
OLD, NEW = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeptReplies]:
    with KeptReplies(tmp_path / "kept") as opened:
        yield opened


def answered(store: KeptReplies, number: int, at: datetime) -> str:
    request = question(number=number)
    Ledger(store, PRICES, lambda: at).record(answer(request), Route.LIVE, request=request)
    return request.custom_id


def failed(store: KeptReplies, number: int, at: datetime) -> str:
    request = question(number=number)
    fault = ReplyLine.failed(request.custom_id, "timeout", "x")
    Ledger(store, PRICES, lambda: at).record(fault, Route.LIVE, request=request)
    return request.custom_id


def pruned(store: KeptReplies, *, failed_only: bool = False) -> Old:
    work = Pruning(store, DAY, failed_only=failed_only)
    found = work.count()
    work.drop()
    return found


def left(store: KeptReplies) -> tuple[set[str], list[str], set[str]]:
    """Replies, entries and requests that are there."""
    entries = sorted(e.custom_id for _, e in store.entries())
    return set(store), entries, {r.custom_id for r in store.requests()}


def test_an_old_answer_goes_with_its_entries_and_its_request_and_the_day_itself_stays(store: KeptReplies) -> None:
    failed(store, 1, OLD)
    answered(store, 1, OLD)
    new = answered(store, 2, NEW)
    assert pruned(store) == Old(entries=2, answers=1)
    assert left(store) == ({new}, [new], {new})


def test_a_question_that_was_never_answered_leaves_no_request_behind(store: KeptReplies) -> None:
    failed(store, 1, OLD)
    assert pruned(store) == Old(entries=1, answers=0)
    assert left(store) == (set(), [], set())


def test_an_answer_that_came_again_later_stays(store: KeptReplies) -> None:
    again = answered(store, 1, OLD)
    answered(store, 1, NEW)
    assert pruned(store) == Old(entries=1, answers=0)
    assert left(store) == ({again}, [again], {again})


def test_an_answer_without_an_entry_has_no_date_and_stays(store: KeptReplies) -> None:
    store.put(question(), answer(question()))
    assert pruned(store) == Old(entries=0, answers=0)
    assert left(store)[0] == {question().custom_id}


def test_only_failed_attempts_go_where_only_they_are_meant(store: KeptReplies) -> None:
    failed(store, 1, OLD)
    kept = answered(store, 1, OLD)
    failed(store, 2, NEW)
    assert pruned(store, failed_only=True) == Old(entries=1, answers=0)
    replies, entries, requests = left(store)
    assert replies == {kept}
    assert len(entries) == 2
    assert len(requests) == 2


def test_an_interruption_leaves_every_answer_with_its_entry_and_the_rest_for_next_time(
    store: KeptReplies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "_AT_ONCE", 3)
    for number in range(10):
        failed(store, number, OLD)
    for number in range(10):
        answered(store, number, OLD)
    drop, calls = store.drop, 0

    def interrupted(custom_ids: list[str], entries: list[str]) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise ReplyFileError("the power failed")
        drop(custom_ids, entries)

    monkeypatch.setattr(store, "drop", interrupted)
    with pytest.raises(ReplyFileError):
        pruned(store)
    answers = {e.custom_id for _, e in store.entries() if e.outcome == ANSWERED}
    assert 0 < len(answers) < 10
    assert answers == set(store)
    monkeypatch.setattr(store, "drop", drop)
    pruned(store)
    assert left(store) == (set(), [], set())
