"""The Batch API through the real client: what is refused is one line with a remedy, nothing is created twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.errors import ReplyFileError, SetupError
from pipeline.replies import batch
from pipeline.replies.batch import BatchEndpoint
from pipeline.replies.faults import FaultError
from schemas.batch import METADATA_KEY, BatchJob, JobState
from schemas.wire import RequestLine
from tests.replies.batch_server import DROP, HALF, BatchServer
from tests.replies.fault_server import FaultServer, error, html, raw

T = TypeVar("T")
JOB = BatchJob(
    id="20260102T030405-0123abcd",
    created=datetime(2026, 1, 2, tzinfo=UTC),
    endpoint="http://localhost/v1",
    model="m",
    questions=1,
    file_id="file-1",
    batch_id="batch-1",
)
LINE = RequestLine.ask("claim", {"model": "m", "messages": [{"role": "user", "content": "ä" * 300_000}]})


def asked(
    server: BatchServer | FaultServer, call: Callable[[BatchEndpoint], Awaitable[T]], attempts: int = 3
) -> tuple[T, list[float]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def run() -> T:
        async with BatchEndpoint(server.settings(attempts=attempts), sleep=sleep) as endpoint:
            return await call(endpoint)

    return asyncio.run(run()), slept


def input_file(folder: Path) -> Path:
    path = folder / "input.jsonl"
    path.write_text(LINE.model_dump_json() + "\n", encoding="utf-8")
    return path


def test_a_file_arrives_as_it_was_written_and_comes_back_so(tmp_path: Path) -> None:
    path = input_file(tmp_path)
    with BatchServer() as server:
        file_id, _ = asked(server, lambda endpoint: endpoint.upload(JOB, path))
        assert server.files[file_id] == path.read_bytes().removesuffix(b"\r\n")
        asked(server, lambda endpoint: endpoint.download(JOB, file_id, tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == path.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["back", "input.jsonl"]


def test_a_batch_is_found_on_a_later_page_by_its_metadata_or_by_its_file() -> None:
    with BatchServer(page=2) as server:
        for number in range(5):
            server.files[f"file-{number}"] = b""
            metadata = {METADATA_KEY: JOB.id} if number == 0 else {}
            server.create(
                {
                    "completion_window": "24h",
                    "endpoint": "/v1/chat/completions",
                    "input_file_id": f"file-{number}",
                    "metadata": metadata,
                }
            )
        by_name, _ = asked(server, lambda endpoint: endpoint.found(JOB.model_copy(update={"file_id": None})))
        by_file, _ = asked(server, lambda endpoint: endpoint.found(JOB.model_copy(update={"id": JOB.id[:-1] + "e"})))
        nothing, _ = asked(
            server, lambda endpoint: endpoint.found(JOB.model_copy(update={"id": JOB.id[:-1] + "e", "file_id": "x"}))
        )
        assert by_name is not None
        assert by_name.id == "batch-1"
        assert by_file is not None
        assert by_file.id == "batch-2"
        assert nothing is None
        adopted, slept = asked(server, lambda endpoint: endpoint.created(JOB, untried=False))
        assert adopted.is_of(JOB)
        assert slept == [5.0], "a batch may take a moment to be listed"
        assert len(server.batches) == 5


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "set OPENAI_API_KEY"), (403, "set OPENAI_API_KEY"), (404, "run the same command again")],
)
def test_a_refusal_is_one_line_with_a_remedy_and_without_the_key(status: int, remedy: str, tmp_path: Path) -> None:
    path = input_file(tmp_path)
    with BatchServer() as server:
        server.trouble("upload", 1, status=status)
        with pytest.raises(SetupError, match=remedy) as raised:
            asked(server, lambda endpoint: endpoint.upload(JOB, path))
    assert "\n" not in str(raised.value)
    assert "sk-test-secret" not in str(raised.value)


def test_an_endpoint_without_quota_is_told_at_once() -> None:
    with FaultServer(then=error(429, "no credit", type="insufficient_quota", code="insufficient_quota")) as server:
        with pytest.raises(SetupError, match="no quota left"):
            asked(server, lambda endpoint: endpoint.created(JOB, untried=True))
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "behaviour", [html(), raw(b"[]"), raw(b'{"id": "b"}'), raw(b"{")], ids=["html", "list", "half", "cut"]
)
def test_what_is_no_batch_is_asked_again_and_then_told(behaviour: object, tmp_path: Path) -> None:
    with FaultServer(then=behaviour) as server, pytest.raises(SetupError, match="cannot be uploaded"):  # type: ignore[arg-type]
        asked(server, lambda endpoint: endpoint.upload(JOB, input_file(tmp_path)), attempts=2)


def test_an_endpoint_that_is_away_is_no_news_while_looking_and_an_error_otherwise(tmp_path: Path) -> None:
    with BatchServer() as server:
        pass
    with pytest.raises(FaultError) as fault:
        asked(server, lambda endpoint: endpoint.standing(JOB))
    assert fault.value.again
    with pytest.raises(SetupError, match="run the same command again"):
        asked(server, lambda endpoint: endpoint.upload(JOB, input_file(tmp_path)))


def test_a_batch_that_the_endpoint_does_not_know_is_not_given_up_by_itself() -> None:
    with BatchServer() as server, pytest.raises(SetupError, match=f"mechsyn batches cancel {JOB.id}"):
        asked(server, lambda endpoint: endpoint.standing(JOB))


def test_a_download_that_breaks_off_leaves_nothing_and_is_taken_again(tmp_path: Path) -> None:
    with BatchServer() as server:
        server.files["file-1"] = b"x" * 100_000
        server.trouble("content", 1, status=HALF)
        server.trouble("content", 2, status=502, retry_after="1.5")
        _, slept = asked(server, lambda endpoint: endpoint.download(JOB, "file-1", tmp_path / "out"), attempts=4)
    assert (tmp_path / "out").stat().st_size == 100_000
    assert slept[1] == 1.5
    assert len(list(tmp_path.iterdir())) == 1


def test_a_download_that_never_ends_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "LARGEST_OUTPUT", 1000)
    with BatchServer() as server:
        server.files["file-1"] = b"x" * 2000
        with pytest.raises(ReplyFileError, match="give the job up"):
            asked(server, lambda endpoint: endpoint.download(JOB, "file-1", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_job_is_created_once_though_the_answer_was_lost() -> None:
    with BatchServer() as server:
        server.files["file-1"] = b""
        server.trouble("create", 1, status=DROP)
        standing, _ = asked(server, lambda endpoint: endpoint.created(JOB, untried=True))
        assert standing.is_of(JOB)
        assert len(server.batches) == 1
        assert JOB.state is JobState.PLANNED
