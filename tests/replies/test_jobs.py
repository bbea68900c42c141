"""The job book: one driver at a time, nothing half made, damage named in one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ReplyFileError, SetupError
from pipeline.replies.collecting import collect
from pipeline.replies.failures import FAILURES, Failures, hopeless
from pipeline.replies.jobs import ERRORS, INPUT, JOB, OUTPUT, JobBook
from pipeline.replies.lines import LONGEST_LINE
from pipeline.replies.parts import Parts
from schemas.batch import BatchJob, BatchStanding, JobState
from schemas.wire import ReplyError, ReplyLine, RequestLine

QUESTIONS = [RequestLine.ask("claim", {"model": "m", "n": number}) for number in range(4)]


def book_with(folder: Path, most: int = 50) -> tuple[JobBook, list[BatchJob]]:
    book = JobBook(folder, lambda: datetime(2026, 1, 2, tzinfo=UTC))
    with book.driven(), Parts(book, "http://localhost/v1", most_questions=most) as parts:
        for question in QUESTIONS:
            assert parts.add(question) is None
        return book, parts.done()


def answered(custom_id: str, **changes: object) -> str:
    body = {"choices": [{"message": {"role": "assistant", "content": "yes"}}]} | changes
    return json.dumps({"custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None})


def test_a_second_driver_is_told_in_one_line(tmp_path: Path) -> None:
    first, second = JobBook(tmp_path).driven(), JobBook(tmp_path).driven()
    with first, pytest.raises(SetupError, match="another process drives these batches"), second:
        pass
    with JobBook(tmp_path).driven():
        assert (tmp_path.stat().st_mode & 0o777) == 0o700


def test_questions_are_found_again_in_their_parts(tmp_path: Path) -> None:
    book, jobs = book_with(tmp_path, most=3)
    assert [job.questions for job in jobs] == [3, 1]
    with book.questions(jobs[0]) as questions:
        assert list(questions) == [q.custom_id for q in QUESTIONS[:3]]
        assert [questions.request(q.custom_id) for q in reversed(QUESTIONS[:3])] == QUESTIONS[2::-1]


def test_what_a_killed_process_left_half_made_is_no_job_and_is_removed(tmp_path: Path) -> None:
    book = JobBook(tmp_path)
    with book.driven(), Parts(book, "http://localhost/v1") as parts:
        parts.add(QUESTIONS[0])
    assert book.jobs() == []
    assert [path for path in tmp_path.iterdir() if path.is_dir()]
    with book.driven():
        assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_an_ended_job_keeps_no_study_text(tmp_path: Path) -> None:
    book, (job,) = book_with(tmp_path)
    book.path(job.id, OUTPUT).write_text("x")
    book.save(job.model_copy(update={"state": JobState.COLLECTED}))
    assert [path.name for path in (tmp_path / job.id).iterdir()] == [JOB]
    assert book.open_jobs() == []
    assert [each.state for each in book.jobs()] == [JobState.COLLECTED]


@pytest.mark.parametrize("text", ["{}", "nonsense", '{"id": "20260102T000000-00000000"}'])
def test_a_damaged_job_is_named_with_its_file(text: str, tmp_path: Path) -> None:
    book, (job,) = book_with(tmp_path)
    book.path(job.id, JOB).write_text(text)
    with pytest.raises(ReplyFileError, match=f"{job.id}/{JOB}: no job of ours"):
        book.jobs()


def test_a_job_in_the_folder_of_another_is_refused(tmp_path: Path) -> None:
    book, (job,) = book_with(tmp_path)
    (tmp_path / job.id).rename(tmp_path / "20260102T000000-ffffffff")
    with pytest.raises(ReplyFileError, match="the job of another folder"):
        book.jobs()


@pytest.mark.parametrize("text", ["", '{"custom_id":"claim-1"', '{"body":{}}\n'])
def test_a_damaged_input_is_named_with_its_line(text: str, tmp_path: Path) -> None:
    book, (job,) = book_with(tmp_path)
    path = book.path(job.id, INPUT)
    path.write_text(text)
    if text:
        with pytest.raises(ReplyFileError, match=f"{INPUT}:1: no question of ours"):
            book.questions(job)
    path.unlink()
    with pytest.raises(ReplyFileError, match="No such file"):
        book.questions(job)


def test_every_question_comes_to_one_end_whatever_the_lines_are(tmp_path: Path) -> None:
    book, (job,) = book_with(tmp_path)
    one, two, three, four = (q.custom_id for q in QUESTIONS)
    output, errors = book.path(job.id, OUTPUT), book.path(job.id, ERRORS)
    output.write_text(
        "\n".join(
            [
                "x" * (LONGEST_LINE + 5),
                answered(two),
                answered(two, model="another"),
                answered("claim-nobody"),
                answered(three, choices="none"),
                json.dumps({"custom_id": one, "response": "odd"}),
                '{"custom_id": NaN}',
            ]
        )
    )
    refused = {"status_code": 429, "body": {"error": {"message": "slow\ndown"}}}
    errors.write_text(
        json.dumps({"custom_id": two, "response": refused}) + "\n" + json.dumps({"custom_id": one, "response": refused})
    )
    kept: list[ReplyLine] = []
    with book.questions(job) as questions:
        found = collect(questions, [output, errors], kept.append)
    assert [reply.custom_id for reply in kept] == [two]
    assert found.answered == {two}
    assert {i: e.code for i, e in found.failed.items()} == {one: "http_429", three: "malformed", four: "missing"}
    assert found.failed[one].message == "slow down"
    assert found.unknown == 5


def test_a_failure_counts_once_a_job_and_is_forgotten_when_answered_or_told(tmp_path: Path) -> None:
    passing, jobs = ReplyError(code="http_500", message="down"), [f"20260102T000000-0000000{n}" for n in range(3)]
    failures = Failures(tmp_path)
    for job in (jobs[0], jobs[0], jobs[1]):
        failures.note(job, {"a": passing, "b": passing}, [])
    assert failures.attempts("a") == 2
    assert failures.given_up("a") is None
    failures.note(jobs[2], {"a": passing}, ["b"])
    again = Failures(tmp_path)
    assert again.given_up("a") == ReplyLine.failed("a", "http_500", "down")
    assert again.attempts("b") == 0
    again.forget(["a", "never seen"])
    assert Failures(tmp_path).attempts("a") == 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("http_400", True),
        ("http_404", True),
        ("http_429", False),
        ("http_408", False),
        ("http_500", False),
        ("batch_expired", False),
    ],
)
def test_only_a_refusal_of_the_question_itself_is_hopeless(code: str, expected: bool, tmp_path: Path) -> None:
    assert hopeless(code) is expected
    failures = Failures(tmp_path)
    failures.note("20260102T000000-00000000", {"a": ReplyError(code=code, message="")}, [])
    assert (failures.given_up("a") is not None) is expected


def test_a_damaged_file_of_failures_is_named(tmp_path: Path) -> None:
    (tmp_path / FAILURES).write_text('{"questions": 3}')
    with pytest.raises(ReplyFileError, match=FAILURES):
        Failures(tmp_path)


def test_a_batch_that_counts_answers_but_names_no_output_has_not_ended() -> None:
    given = {"id": "b", "status": "completed", "request_counts": {"completed": 3}}
    assert not BatchStanding.model_validate(given).ended
    assert BatchStanding.model_validate(given | {"output_file_id": "f"}).ended
    assert BatchStanding.model_validate(given | {"request_counts": {"completed": 0}}).ended
    assert not BatchStanding.model_validate(given | {"status": "something new"}).ended
