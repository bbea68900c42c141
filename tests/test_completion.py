"""What comes out of a reply line, for every shape that providers send."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion import content_of, error_message, model_of, one_line, usage_of
from schemas.analysis import Usage
from schemas.wire import ReplyLine, Response


def reply(body: dict[str, Any], status: int = 200) -> ReplyLine:
    return ReplyLine(custom_id="claim-0", response=Response(status_code=status, body=body))


def choice(message: object, finish: str = "stop") -> dict[str, Any]:
    return {"choices": [{"finish_reason": finish, "message": message}]}


def test_text_comes_out_exactly_as_it_stands() -> None:
    text = '  ```json\n{"a": "\u00a0≥ 0.57"}\n```\u200b '
    assert content_of(reply(choice({"content": text}))) == (text, None)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (ReplyLine.failed("c", "timeout", "no answer"), "timeout"),
        (ReplyLine(custom_id="c"), "malformed"),
        (reply({"error": {"message": "slow down"}}, 429), "http_429"),
        (reply({}), "malformed"),
        (reply({"choices": None}), "malformed"),
        (reply({"choices": []}), "empty"),
        (reply({"choices": ["text"]}), "malformed"),
        (reply(choice(None)), "malformed"),
        (reply(choice({"content": ["part"]})), "malformed"),
        (reply(choice({"content": {}})), "malformed"),
        (reply(choice({"content": None})), "empty"),
        (reply(choice({})), "empty"),
        (reply(choice({"content": " \n"})), "empty"),
        (reply(choice({"content": "{", "refusal": None}, "length")), "cut_off"),
        (reply(choice({"content": "{}"}, "content_filter")), "content_filter"),
        (reply(choice({"content": "{}", "refusal": "I cannot"})), "refused"),
    ],
)
def test_reply_without_a_text_says_why(line: ReplyLine, code: str) -> None:
    text, error = content_of(line)
    assert text is None
    assert error is not None
    assert error.code == code
    assert error.message


def test_message_of_an_error_response_is_the_server_s_own() -> None:
    _, error = content_of(reply({"error": {"message": "slow\ndown"}}, 429))
    assert error is not None
    assert error.message == "slow down"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["choices", "message", "content", "refusal", "finish_reason", "usage", "model", "error"]
CHOICES: st.SearchStrategy[Any] = st.lists(st.fixed_dictionaries({"message": JSON}), max_size=1)
BODIES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from(FIELDS), st.one_of(JSON, CHOICES))


@given(BODIES, st.integers(100, 599))
def test_no_body_of_any_shape_makes_reading_fail(body: dict[str, Any], status: int) -> None:
    line = reply(body, status)
    text, error = content_of(line)
    assert (text is None) != (error is None)
    assert usage_of(line).replies == (status == 200)
    assert model_of(line) is None or isinstance(body["model"], str)


def usage(**numbers: Any) -> Usage:
    return usage_of(reply({"choices": [], "usage": numbers}))


def test_usage_is_read_as_reported() -> None:
    assert usage(prompt_tokens=10, completion_tokens=5, prompt_tokens_details={"cached_tokens": 4}) == Usage(
        replies=1, prompt_tokens=10, cached_tokens=4, completion_tokens=5, unreported=0
    )


def test_more_cached_tokens_than_tokens_are_not_believed() -> None:
    assert usage(prompt_tokens=10, completion_tokens=0, prompt_tokens_details={"cached_tokens": 99}).cached_tokens == 10


@pytest.mark.parametrize(
    "numbers",
    [
        {},
        {"prompt_tokens": 3},
        {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": "3", "completion_tokens": 1},
        {"prompt_tokens": 3.5, "completion_tokens": 1},
    ],
)
def test_unsound_usage_counts_as_unreported_never_as_nought(numbers: dict[str, Any]) -> None:
    assert usage(**numbers) == Usage(replies=1, unreported=1)


def test_failed_line_used_nothing() -> None:
    assert usage_of(ReplyLine.failed("c", "timeout", "x")) == Usage()
    assert usage_of(ReplyLine(custom_id="c")) == Usage()
    assert usage_of(reply({"usage": {"prompt_tokens": 1, "completion_tokens": 1}}, 500)) == Usage()


@pytest.mark.parametrize(
    ("line", "model"),
    [
        (reply({"model": "m-2026-01"}), "m-2026-01"),
        (reply({"model": ""}), None),
        (reply({"model": 7}), None),
        (reply({"model": "x" * 999}), "x" * 200),
        (ReplyLine(custom_id="c"), None),
    ],
)
def test_model_is_the_one_that_the_provider_names(line: ReplyLine, model: str | None) -> None:
    assert model_of(line) == model


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "a"}}, "a"),
        ({"error": "b"}, "b"),
        ({"message": "c"}, "c"),
        ({"detail": "d"}, "d"),
        ({"error": {"message": " "}, "detail": []}, "no reason given"),
        ({}, "no reason given"),
    ],
)
def test_error_message_is_found_in_every_usual_shape(body: dict[str, Any], message: str) -> None:
    assert error_message(body) == message


@given(st.text())
def test_message_is_one_short_printable_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 300


def test_long_message_is_cut_where_it_shows() -> None:
    assert one_line("x" * 301) == "x" * 299 + "…"


def test_reading_replies_needs_no_client() -> None:
    names = "import sys, pipeline.completion; print({'openai', 'tenacity', 'diskcache'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", names], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
