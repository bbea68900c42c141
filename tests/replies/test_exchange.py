"""The file exchange: what goes out, what comes in, and what is said about a line that cannot be used."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion import content_of, model_of, usage_of
from pipeline.errors import ReplyFileError
from pipeline.replies import lines
from pipeline.replies.exchange import match, read_replies, read_requests, record, write_requests
from schemas.wire import ReplyLine, RequestLine, Response


def request(text: str) -> RequestLine:
    return RequestLine.ask("claim", {"model": "m", "messages": [{"role": "user", "content": text}]})


def reply(to: RequestLine, text: str = "{}", **more: Any) -> ReplyLine:
    body = {"model": "m-1", "choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    return ReplyLine(custom_id=to.custom_id, response=Response(status_code=200, body=body | more))


ONE, TWO = request("one"), request("two")


def file(folder: Path, *rows: object, name: str = "in.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"".join(r if isinstance(r, bytes) else json.dumps(r).encode() + b"\n" for r in rows))
    return path


def told(path: Path) -> str:
    with pytest.raises(ReplyFileError) as raised:
        list(read_replies(path))
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_requests_go_out_as_batch_lines_each_question_once() -> None:
    stream = io.StringIO()
    assert write_requests([ONE, TWO, ONE], stream) == 2
    rows = [json.loads(row) for row in stream.getvalue().splitlines()]
    assert rows[0] == {
        "custom_id": ONE.custom_id,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": ONE.body,
    }
    assert [row["custom_id"] for row in rows] == [ONE.custom_id, TWO.custom_id]


def test_requests_come_back_as_they_went_out(tmp_path: Path) -> None:
    odd = request("≥ 0.57 \u2028 \u0085 \x1c ﬁ 🏃")
    with (tmp_path / "out.jsonl").open("w", encoding="utf-8") as stream:
        write_requests([ONE, odd], stream)
    assert list(read_requests(tmp_path / "out.jsonl")) == [ONE, odd]


def test_request_whose_body_was_changed_is_refused(tmp_path: Path) -> None:
    changed = {**ONE.model_dump(), "body": TWO.body}
    with pytest.raises(ReplyFileError, match=r"in\.jsonl:2: the body was changed after its id was made"):
        list(read_requests(file(tmp_path, ONE.model_dump(), changed)))


def test_line_that_is_no_request_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplyFileError, match=r"in\.jsonl:1: no request \(body: Field required\); export"):
        list(read_requests(file(tmp_path, {"custom_id": "claim-0"})))


def test_batch_output_is_read_in_whatever_order(tmp_path: Path) -> None:
    rows = [{"id": "batch_req_1", **reply(TWO).model_dump(exclude={"id"}), "extra": 1}, reply(ONE).model_dump()]
    replies = list(read_replies(file(tmp_path, *rows)))
    assert [r.custom_id for r in replies] == [TWO.custom_id, ONE.custom_id]
    assert replies[0].response == reply(TWO).response


def test_error_lines_of_a_batch_are_replies(tmp_path: Path) -> None:
    rows = [
        {"custom_id": "a", "response": {"status_code": 429, "body": {"error": {"message": "slow"}}}, "error": None},
        {"custom_id": "b", "response": None, "error": {"code": "batch_expired", "message": "late"}},
    ]
    errors = [content_of(line)[1] for line in read_replies(file(tmp_path, *rows))]
    assert [e.code for e in errors if e is not None] == ["http_429", "batch_expired"]


def test_hand_carried_object_becomes_a_completion_without_usage(tmp_path: Path) -> None:
    row = {"custom_id": ONE.custom_id, "content": {"β": [1, 0.5, None], "q": "p < .05"}, "model": "by-hand-1"}
    (line,) = read_replies(file(tmp_path, row))
    text, error = content_of(line)
    assert error is None
    assert json.loads(text or "") == row["content"]
    assert model_of(line) == "by-hand-1"
    assert usage_of(line).unreported == 1


def test_hand_carried_text_is_kept_to_the_letter(tmp_path: Path) -> None:
    text = ' ```json\n{"a":  "\u00a0"}\n``` '
    (line,) = read_replies(file(tmp_path, {"custom_id": "a", "content": text}))
    assert content_of(line) == (text, None)
    assert model_of(line) == "language-model"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"{not json\n", ":1: no JSON ("),
        (b"\xff\xfe\n", ":1: no JSON ("),
        (b'{"custom_id": "a", "content": {"n": NaN}}', ":1: no JSON ("),
        (b'{"custom_id": "a", "content": {"n": 1e999}}', ":1: no JSON ("),
        (b'{"custom_id": "a", "content": "\\ud800"}', ":1: no JSON ("),
        (b"[" * 5000, ":1: no JSON ("),
        ([1], ":1: no reply ("),
        ({"response": {"status_code": 200}}, ":1: no reply (custom_id: Field required); give"),
        ({"custom_id": "a"}, ":1: no reply (neither a response nor an error); give"),
        ({"custom_id": "a", "content": 7}, ":1: no reply (content"),
        ({"custom_id": "a", "content": "x", "usage": {}}, ":1: no reply (usage: Extra inputs"),
        ({"custom_id": "a", "content": "x", "model": ""}, ":1: no reply (model"),
    ],
)
def test_bad_line_is_named_with_file_line_cause_and_remedy(tmp_path: Path, row: object, said: str) -> None:
    path = file(tmp_path, row)
    assert told(path).startswith(f"{path}{said}")
    assert "; " in told(path)


def test_line_number_counts_blank_lines(tmp_path: Path) -> None:
    path = file(tmp_path, b"\xef\xbb\xbf" + reply(ONE).model_dump_json().encode() + b"\r\n", b"\n", b"  \n", b"x\n")
    assert told(path).startswith(f"{path}:4: ")


def test_repeated_line_is_passed_over(tmp_path: Path) -> None:
    again = {**reply(ONE).model_dump(), "id": "another line id"}
    assert len(list(read_replies(file(tmp_path, reply(ONE).model_dump(), again)))) == 1


def test_two_answers_to_one_question_are_reported(tmp_path: Path) -> None:
    path = file(tmp_path, reply(ONE).model_dump(), reply(TWO).model_dump(), reply(ONE, '{"a": 1}').model_dump())
    assert told(path) == f"{path}:3: {ONE.custom_id} is answered otherwise in line 1; keep one of the two lines"


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory); name a readable file" in told(tmp_path / "none.jsonl")


def test_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 50)
    assert ":1: the line is longer than" in told(file(tmp_path, b"x" * 5000))
    row = b'{"custom_id":"a","content":"xxxxxxxxxxxxxxxxxxxx"}'
    assert len(row) == 50
    assert len(list(read_replies(file(tmp_path, row + b"\r\n")))) == 1


def test_endless_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LARGEST_FILE", 20)
    assert "split the file" in told(file(tmp_path, reply(ONE).model_dump()))


def test_replies_to_nothing_asked_are_counted_not_refused() -> None:
    failed = ReplyLine.failed(TWO.custom_id, "timeout", "x")
    matched = match([ONE, TWO], [reply(request("three")), failed, reply(ONE)])
    assert (matched.replies, matched.unknown, matched.open) == ((reply(ONE),), 1, (TWO,))


def test_recording_adds_sorted_and_keeps_what_is_there(tmp_path: Path) -> None:
    requests = [request(str(n)) for n in range(6)]
    record(tmp_path, "a-claim", requests[:3], [reply(r, '{"q": "0.97 ≥"}', usage={"x": 1}) for r in requests[:3]])
    done = record(tmp_path, "a-claim", requests[3:], [reply(requests[5]), reply(request("other"))])
    assert (done.requests, done.replies, done.unknown) == (6, 4, 1)
    asked = list(read_requests(tmp_path / "a-claim.requests.jsonl"))
    answered = list(read_replies(tmp_path / "a-claim.replies.jsonl"))
    assert [r.custom_id for r in asked] == sorted(r.custom_id for r in requests)
    assert [r.custom_id for r in answered] == sorted(r.custom_id for r in (*requests[:3], requests[5]))
    assert reply(requests[0], '{"q": "0.97 ≥"}', usage={"x": 1}) in answered
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-claim.replies.jsonl", "a-claim.requests.jsonl"]


def test_recording_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    record(tmp_path, "c", [TWO, ONE], [reply(ONE), reply(TWO)])
    before = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    record(tmp_path, "c", [ONE], [reply(ONE)])
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == before


def test_recording_never_replaces_an_answer(tmp_path: Path) -> None:
    record(tmp_path, "c", [ONE], [reply(ONE)])
    with pytest.raises(ReplyFileError, match="is recorded with another answer; delete the recording to make it again"):
        record(tmp_path, "c", [ONE], [reply(ONE, '{"better": true}')])
    assert list(read_replies(tmp_path / "c.replies.jsonl")) == [reply(ONE)]


def test_errors_are_not_recorded(tmp_path: Path) -> None:
    done = record(tmp_path, "c", [ONE], [ReplyLine.failed(ONE.custom_id, "timeout", "x")])
    assert (done.requests, done.replies) == (1, 0)


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "-a", "a.b", "x" * 101])
def test_recording_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReplyFileError, match="cannot name a recording; use small letters, digits and hyphens"):
        record(tmp_path, name, [ONE], [reply(ONE)])


def test_recording_that_cannot_be_written_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lines.os, "fsync", full)
    with pytest.raises(ReplyFileError, match=r"cannot be written \(No space left on device\)"):
        record(tmp_path, "c", [ONE], [reply(ONE)])
    assert list(tmp_path.iterdir()) == []


def test_recording_into_something_that_is_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReplyFileError, match="cannot be written"):
        record(tmp_path / "file", "c", [ONE], [reply(ONE)])


TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(TEXTS, VALUES)
def test_whatever_a_model_said_survives_recording(
    tmp_path_factory: pytest.TempPathFactory, text: str, value: object
) -> None:
    folder = tmp_path_factory.mktemp("recording")
    said = reply(ONE, text, x_vendor=value)
    record(folder, "c", [ONE], [said])
    assert list(read_replies(folder / "c.replies.jsonl")) == [said]
