"""Batches as a user meets them: analyze --replies batch, the job book, cancelling, and files of other runners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.claimwork import batching
from pipeline.replies import batch
from pipeline.replies.jobs import BATCHES, JobBook
from schemas.batch import JobState
from tests.cli.test_commands import CLAIM, Run, analyses, questions
from tests.replies.batch_server import BatchServer, Fate
from tests.scripted import Scripted


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchServer]:
    monkeypatch.setattr(batching, "FIRST_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(batching, "LONGEST_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(batch, "_SETTLING_SECONDS", 0.001)
    with BatchServer() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret")
        monkeypatch.setenv("MECHSYN_MODEL", "m")
        yield running


def test_a_batch_run_writes_complete_analyses_and_tells_of_its_waves(
    run: Run, studies: list[Path], server: BatchServer, tmp_path: Path
) -> None:
    done = run("analyze", *studies, *CLAIM, "--replies", "batch", "--out", "o")
    assert done.code == 0, done.err
    assert analyses(tmp_path / "o")[0].complete
    assert [line for line in done.err.splitlines() if line.startswith("mechsyn: wave 4:")]
    assert "sk-test-secret" not in done.err
    again = run("analyze", *studies, *CLAIM, "--replies", "batch", "--out", "o", "--quiet")
    assert again.code == 0
    assert "unchanged:" in again.out
    assert again.err == ""
    assert len(server.batches) == 4


def test_without_waiting_the_same_command_goes_on_until_all_is_written(
    run: Run, studies: list[Path], server: BatchServer, tmp_path: Path
) -> None:
    command = ("analyze", *studies, *CLAIM, "--replies", "batch", "--no-wait", "--out", "o")
    first = run(*command)
    assert first.code == 3
    assert "run the same command again" in first.err
    assert "questions in 1 jobs" in first.err
    for _ in range(30):
        done = run(*command)
        if done.code == 0:
            break
        assert analyses(tmp_path / "o") == []
    assert analyses(tmp_path / "o")[0].complete
    assert set(server.accepted.values()) == {1}


def test_late_waves_are_finished_live(run: Run, studies: list[Path], server: BatchServer, tmp_path: Path) -> None:
    done = run(
        "analyze",
        *studies,
        *CLAIM,
        "--replies",
        "batch",
        "--live-after",
        "1",
        "--out",
        "o",
        "--budget",
        "5",
        "--model",
        "gpt-5.4",
    )
    assert done.code == 0, done.err
    assert analyses(tmp_path / "o")[0].complete
    assert len(server.batches) == 1
    assert server.calls["chat"] == len(analyses(tmp_path / "o")[0].provenance.request_ids) - len(server.accepted)


def test_the_claim_that_studies_make_is_proposed_by_batch(
    run: Run, studies: list[Path], server: BatchServer, tmp_path: Path
) -> None:
    assert run("analyze", *studies, "--replies", "batch", "--out", "o").code == 0
    assert analyses(tmp_path / "o")[0].evidence.claim.text == "Strength training raises muscle strength."
    assert len(server.batches) == 5


@pytest.mark.parametrize("option", [("--no-wait",), ("--live-after", "2")])
def test_options_of_batches_are_refused_elsewhere(option: tuple[str, ...], run: Run, studies: list[Path]) -> None:
    done = run("analyze", *studies, *CLAIM, "--replies", "files", *option)
    assert done.code == 2
    assert "--replies batch" in done.err


def test_a_second_run_at_the_same_time_says_so_in_one_line(
    run: Run, studies: list[Path], server: BatchServer, tmp_path: Path
) -> None:
    with JobBook(tmp_path / "mechsyn-home" / BATCHES).driven():
        done = run("analyze", *studies, *CLAIM, "--replies", "batch", "--out", "o")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "another process drives these batches" in done.err


def test_the_book_is_listed_and_cancelled(run: Run, studies: list[Path], server: BatchServer, tmp_path: Path) -> None:
    assert run("batches").out == "no batches\n"
    command = ("analyze", *studies, *CLAIM, "--replies", "batch", "--no-wait", "--out", "o")
    run(*command)
    (listed,) = json.loads(run("batches", "--json").out)
    assert listed["state"] == "created"
    assert listed["questions"] == 5
    assert run("batches").out.startswith(f"{listed['id']}  created (validating)  5 questions to m at http://127.0.0.1")
    assert run("batches", "cancel").code == 2
    assert "no job that could be cancelled" in run("batches", "cancel", "x").err
    done = run("batches", "cancel", listed["id"])
    assert done.code == 0, done.err
    assert "(cancelling)" in done.out
    assert server.batches["batch-1"].cancelled
    run(*command)
    assert [job["state"] for job in json.loads(run("batches", "--json").out)] == ["cancelled", "created"]
    assert len(server.accepted) == 5, "what was answered before it was cancelled is kept"


def test_a_lost_batch_is_given_up_by_name_only(
    run: Run, studies: list[Path], server: BatchServer, tmp_path: Path
) -> None:
    command = ("analyze", *studies, *CLAIM, "--replies", "batch", "--no-wait", "--out", "o")
    run(*command)
    server.batches["gone"] = server.batches.pop("batch-1")
    lost = run(*command)
    assert lost.code == 1
    book = JobBook(tmp_path / "mechsyn-home" / BATCHES)
    (job,) = book.open_jobs()
    assert f"mechsyn batches cancel {job.id}" in lost.err
    run("batches", "cancel", "--all")
    assert book.open_jobs() == [job]
    assert run("batches", "cancel", job.id).code == 0
    assert [j.state for j in book.jobs()] == [JobState.CANCELLED]


def test_cancelling_never_costs_answers_that_are_there(
    run: Run, studies: list[Path], server: BatchServer, tmp_path: Path
) -> None:
    command = ("analyze", *studies, *CLAIM, "--replies", "batch", "--no-wait", "--out", "o")
    run(*command)
    server.batches["batch-1"].fate = Fate(("completed",))
    done = run("batches", "cancel", "--all")
    assert done.code == 0
    assert "completed" in done.out
    run(*command)
    assert JobBook(tmp_path / "mechsyn-home" / BATCHES).jobs()[0].answered == 5


def test_what_vllm_run_batch_writes_is_taken_its_failures_too(run: Run, studies: list[Path], tmp_path: Path) -> None:
    asked = questions(run("requests", "--study", studies[0], *CLAIM, "--model", "local"))
    lines: list[object] = []
    for number, line in enumerate(asked):
        choice = {"index": 0, "message": {"role": "assistant", "content": json.dumps(Scripted().content(line))}}
        body = {"id": "chatcmpl-1", "object": "chat.completion", "model": "local", "choices": [choice], "usage": None}
        response: dict[str, object] = {"status_code": 200, "request_id": "vllm-batch-1", "body": body}
        error = None
        if number == 0:
            response = {"status_code": 400, "request_id": "vllm-batch-1", "body": None}
            error = {"error": {"message": "too long", "type": "BadRequestError", "param": None, "code": 400}}
        lines.append({"id": f"vllm-{number}", "custom_id": line.custom_id, "response": response, "error": error})
    (tmp_path / "out.jsonl").write_text("\n".join(map(json.dumps, lines)))
    done = run("replies", "out.jsonl")
    assert done.code == 3
    assert f"{len(asked) - 1} replies kept" in done.out
    assert "no answer in it (too long)" in done.err
    left = questions(run("requests", "--study", studies[0], *CLAIM, "--model", "local"))
    assert asked[0] in left
    assert not {r.custom_id for r in asked[1:]} & {r.custom_id for r in left}
