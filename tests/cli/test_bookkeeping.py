"""`mechsyn ledger` as a user runs it: totals, lists, exports, pruning; never a word of a study or a key."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cli.answering import KEPT
from pipeline.replies.exchange import read_replies, read_requests
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from schemas.ledger import LedgerEntry, Route
from schemas.wire import ReplyLine, RequestLine
from tests.cli.test_commands import CLAIM, Run, answer_all, questions
from tests.replies.test_counts import PRICES, answer, question

SECRET = "Sixty adults were randomised"
EARLY, LATE = datetime(2026, 1, 31, 23, 30, tzinfo=UTC), datetime(2026, 2, 1, 8, 0, tzinfo=UTC)


def store_folder() -> Path:
    return Path(os.environ["MECHSYN_HOME"]) / KEPT


def noted(request: RequestLine, reply: ReplyLine, at: datetime, route: Route = Route.LIVE) -> None:
    with KeptReplies(store_folder()) as store:
        Ledger(store, PRICES, lambda: at).record(reply, route, request=request, attempt=1, seconds=2.0)


@pytest.fixture
def filled() -> None:
    """Two early answers, one of them without a price, a late fault and a late answer."""
    stance, ladder = question("stance", 1), question("ladder", 2, model="unheard-of")
    noted(stance, answer(stance, text=SECRET), EARLY)
    noted(ladder, answer(ladder), EARLY, Route.BATCH)
    late = question("stance", 3)
    noted(late, ReplyLine.failed(late.custom_id, "http_503", SECRET), LATE)
    noted(late, answer(late), LATE)


def cells(out: str, row: str) -> list[str]:
    (line,) = [line for line in out.splitlines() if line.split()[0] == row]
    return line.split()[1:]


def test_looking_at_a_ledger_that_is_not_there_says_so_and_makes_no_folder(run: Run) -> None:
    done = run("ledger")
    assert (done.code, done.out, done.err) == (0, "the ledger is empty\n", "")
    assert run("ledger", "list").out == ""
    assert run("ledger", "prune", "--before", "2026-01-01").code == 0
    assert not store_folder().exists()


@pytest.mark.usefixtures("filled")
def test_totals_by_stage_count_attempts_answers_tokens_money_and_what_has_no_price(run: Run) -> None:
    done = run("ledger")
    assert done.code == 0
    assert cells(done.out, "ladder") == ["1", "1", "1,000", "400", "40%", "100", "0.0000", "1"]
    assert cells(done.out, "stance") == ["3", "2", "2,000", "800", "40%", "200", "0.0020", "0"]
    assert cells(done.out, "total") == ["4", "3", "3,000", "1,200", "40%", "300", "0.0020", "1"]
    assert done.out.splitlines()[0].split()[-2:] == ["USD", "unpriced"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("model", {"m": "3", "unheard-of": "1"}),
        ("day", {"2026-01-31": "2", "2026-02-01": "2"}),
        ("route", {"live": "3", "batch": "1"}),
        ("outcome", {"answered": "3", "http_503": "1"}),
    ],
)
def test_totals_are_made_by_what_is_asked_for(run: Run, by: str, rows: dict[str, str]) -> None:
    done = run("ledger", "--by", by)
    assert done.out.split()[0] == by
    assert {row: cells(done.out, row)[0] for row in rows} == rows
    assert run("ledger", "--by", "weather").code == 2


@pytest.mark.usefixtures("filled")
def test_a_list_has_one_line_an_attempt_in_the_order_of_writing(run: Run) -> None:
    lines = run("ledger", "list").out.splitlines()
    assert [line.split()[5] for line in lines] == ["answered", "answered", "http_503", "answered"]
    assert [line.split()[0][:10] for line in lines] == ["2026-01-31", "2026-01-31", "2026-02-01", "2026-02-01"]
    assert "cost unknown" in lines[1]
    assert run("ledger", "list", "--last", "1").out.splitlines() == lines[-1:]
    assert run("ledger", "list", "--outcome", "http_503").out.splitlines() == lines[2:3]
    assert run("ledger", "list", "--last", "0").code == 2


@pytest.mark.usefixtures("filled")
def test_a_list_as_json_lines_holds_the_entries_themselves(run: Run) -> None:
    out = run("ledger", "list", "--json", "--last", "3").out
    entries = [LedgerEntry.model_validate_json(line) for line in out.splitlines()]
    with KeptReplies(store_folder()) as store:
        assert entries == [e for _, e in store.entries()][-3:]


@pytest.mark.usefixtures("filled")
def test_nothing_that_is_printed_holds_a_word_of_question_or_answer(run: Run) -> None:
    commands = [("ledger",), ("ledger", "--by", "outcome"), ("ledger", "list"), ("ledger", "list", "--json")]
    for command in commands:
        done = run(*command)
        assert "Sixty" not in done.out + done.err


@pytest.mark.usefixtures("filled")
def test_an_export_is_what_a_batch_runner_and_replies_read_again(run: Run, tmp_path: Path) -> None:
    done = run("ledger", "export", "out")
    assert (done.code, done.out) == (0, "out: 3 requests, 3 replies, 4 entries\n")
    folder = tmp_path / "out"
    requests, replies = list(read_requests(folder / "requests.jsonl")), list(read_replies(folder / "replies.jsonl"))
    assert {r.custom_id for r in requests} == {r.custom_id for r in replies}
    assert len((folder / "entries.jsonl").read_text(encoding="utf-8").splitlines()) == 4
    assert sorted(p.name for p in folder.iterdir()) == ["entries.jsonl", "replies.jsonl", "requests.jsonl"]
    (tmp_path / "file").write_text("")
    refused = run("ledger", "export", "file")
    assert refused.code == 1
    assert refused.err.count("\n") == 1


@pytest.mark.usefixtures("filled")
def test_pruning_says_first_what_would_go_and_does_it_only_when_told(run: Run) -> None:
    asked = run("ledger", "prune", "--before", "2026-02-01")
    assert asked.code == 1
    assert "2 entries and 2 answers are older than 2026-02-01" in asked.err
    assert "--yes" in asked.err
    assert cells(run("ledger").out, "total")[0] == "4"
    done = run("ledger", "prune", "--before", "2026-02-01", "--yes")
    assert done.code == 0
    assert done.out.startswith("dropping 2 entries and 2 answers")
    assert cells(run("ledger").out, "total")[:2] == ["2", "1"]
    assert run("ledger", "prune", "--before", "2026-02-01", "--yes").out == "nothing is older than 2026-02-01\n"


@pytest.mark.usefixtures("filled")
def test_pruning_failed_attempts_leaves_every_answer(run: Run) -> None:
    done = run("ledger", "prune", "--before", "2027-01-01", "--failed", "--yes")
    assert done.out.splitlines()[0] == "dropping 1 entries older than 2027-01-01"
    assert cells(run("ledger").out, "total")[:2] == ["3", "3"]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "01.02.2026", ""])
def test_a_day_that_is_none_is_refused_in_one_line(run: Run, day: str) -> None:
    done = run("ledger", "prune", "--before", day, "--yes")
    assert done.code == 1
    assert "is no day" in done.err
    assert done.err.count("\n") == 1


def test_what_one_analysis_took_is_added_up_and_what_came_from_elsewhere_is_said(
    run: Run, studies: list[Path], tmp_path: Path
) -> None:
    command = ("requests", "--claim", CLAIM[1], "--study", studies[0])
    while asked := questions(run(*command)):
        assert answer_all(run, asked, tmp_path).code == 0
    assert run("analyze", studies[0], *CLAIM, "--replies", "files", "--out", "o").code == 0
    (analysis,) = (tmp_path / "o").glob("*/v*/analysis.json")
    other = question("stance", 9)
    noted(other, answer(other), LATE)
    total = run("ledger", "--of", analysis)
    ids = json.loads(analysis.read_text(encoding="utf-8"))["provenance"]["request_ids"]
    assert cells(total.out, "total")[:2] == [str(len(ids))] * 2
    assert cells(run("ledger", "--of", analysis.parent).out, "total") == cells(total.out, "total")
    run("ledger", "prune", "--before", "2999-01-01", "--yes")
    none = run("ledger", "--of", analysis)
    assert none.code == 0
    assert f"{len(ids)} of {len(ids)} answers have no entry here" in none.out


def test_a_file_that_is_no_analysis_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}")
    done = run("ledger", "--of", "no.json")
    assert done.code == 1
    assert done.err.count("\n") == 1


def test_a_damaged_store_is_said_in_one_line(run: Run) -> None:
    store_folder().mkdir(parents=True)
    (store_folder() / "cache.db").write_bytes(b"this is no database at all" * 100)
    for command in (("ledger",), ("ledger", "list"), ("ledger", "export", "x")):
        done = run(*command)
        assert done.code == 1
        assert "move the folder away" in done.err
        assert done.err.count("\n") == 1
