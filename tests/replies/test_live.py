"""The real client against a real server on loopback: what is asked again, what is not, and what comes out."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pipeline.completion import content_of
from pipeline.errors import ReplyFileError, SetupError
from pipeline.replies.budget import Budget
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.live import LiveEndpoint
from pipeline.replies.prices import PriceTable
from pipeline.settings import Settings
from schemas.wire import ReplyLine, RequestLine
from tests.replies import fault_server as faults
from tests.replies.fault_server import Behaviour, FaultServer

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}


def question(text: str = "Say a word.", **more: Any) -> RequestLine:
    form = {"type": "json_schema", "json_schema": {"name": "word", "strict": True, "schema": SCHEMA}}
    body: dict[str, Any] = {
        "model": "m",
        "max_completion_tokens": 300,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}],
        "response_format": form,
    }
    return RequestLine.ask("claim", body | more)


class Sleeps:
    """Records the waits instead of waiting, and lets its clock go on as if it had."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0)

    def clock(self) -> float:
        return time.monotonic() + sum(self.asked)


def talk(
    settings: Settings, conversation: Callable[[LiveEndpoint], Awaitable[Any]], sleeps: Sleeps | None = None
) -> Any:
    async def run() -> Any:
        waits = sleeps or Sleeps()
        async with LiveEndpoint(settings, sleep=waits, clock=waits.clock) as endpoint:
            return await conversation(endpoint)

    return asyncio.run(run())


def ask(server: FaultServer, sleeps: Sleeps | None = None, **settings: Any) -> ReplyLine:
    return talk(server.settings(**settings), lambda endpoint: endpoint.answer(question()), sleeps)


def code(reply: ReplyLine) -> str:
    assert reply.error is not None
    return reply.error.code


def message(reply: ReplyLine) -> str:
    assert reply.error is not None
    return reply.error.message


def test_reply_is_handed_on_as_the_server_sent_it() -> None:
    body = {**faults.completion('{"word": "ÿ \\u00e9"}'), "x_vendor": {"deep": [1, 2.5, None]}}
    with FaultServer(faults.sending(body, headers={"x-request-id": "req-77"})) as server:
        reply = ask(server)
    assert reply.response is not None
    assert reply.response.body == body
    assert (reply.response.status_code, reply.response.request_id) == (200, "req-77")
    assert reply.custom_id == question().custom_id


def test_body_goes_out_as_it_was_made_with_the_key_in_the_header_only() -> None:
    with FaultServer() as server:
        ask(server)
    assert server.asked[0].body == question().body
    assert server.asked[0].path == "/v1/chat/completions"
    assert server.asked[0].headers["authorization"] == "Bearer sk-test-secret"


@pytest.mark.parametrize(
    "fault",
    [
        faults.unavailable(500),
        faults.unavailable(503),
        faults.unavailable(408),
        faults.unavailable(409),
        faults.too_many(),
        faults.drop(),
        faults.truncated(),
        faults.html(502),
    ],
)
def test_passing_fault_is_asked_again_after_a_wait(fault: Behaviour) -> None:
    sleeps = Sleeps()
    with FaultServer(fault, fault, then=faults.ok('{"word": "x"}')) as server:
        reply = ask(server, sleeps)
    assert content_of(reply) == ('{"word": "x"}', None)
    assert len(server.asked) == 3
    assert len(sleeps.asked) == 2
    assert all(0 <= wait <= 2 for wait in sleeps.asked)


def test_attempts_end_and_the_reply_says_why() -> None:
    with FaultServer(then=faults.unavailable(503)) as server:
        reply = ask(server, attempts=4)
    assert code(reply) == "http_503"
    assert message(reply) == "The server had an error"
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"Retry-After": "0"}, 0.0),
    ],
)
def test_wait_is_the_one_that_the_server_asked_for(headers: dict[str, str], seconds: float) -> None:
    sleeps = Sleeps()
    with FaultServer(faults.too_many(headers)) as server:
        assert ask(server, sleeps).is_answer
    assert sleeps.asked == [seconds]


def test_wait_until_a_date_is_honoured() -> None:
    sleeps = Sleeps()
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with FaultServer(faults.unavailable(503, {"retry-after": until})) as server:
        assert ask(server, sleeps).is_answer
    assert 20 < sleeps.asked[0] <= 30


def test_longer_wait_than_allowed_ends_the_question_and_is_told() -> None:
    with FaultServer(then=faults.too_many({"retry-after": "3600"})) as server:
        reply = ask(server, longest_wait_seconds=60)
    assert code(reply) == "http_429"
    assert "asked to wait 3600 s, longer than 60 s" in message(reply)
    assert len(server.asked) == 1


def test_spent_quota_is_never_asked_again() -> None:
    with FaultServer(then=faults.no_quota()) as server:
        reply = ask(server)
    assert code(reply) == "insufficient_quota"
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_refused_question_is_not_asked_again(status: int) -> None:
    with FaultServer(then=faults.error(status, "the context is too long")) as server:
        reply = ask(server)
    assert (code(reply), message(reply)) == (f"http_{status}", "the context is too long")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.html(),
        faults.raw(b"{}"),
        faults.raw(b"[1]"),
        faults.raw(b'{"choices": null}'),
        faults.raw(b'{"choices": [{"mess'),
        faults.raw(b'{"choices": [], "x": NaN}'),
        faults.raw(b'{"choices": [], "x": 1e999}'),
        faults.raw(b'{"choices": []}', "text/plain"),
        faults.raw(b'{"choices": []}', ""),
        faults.raw(b'{"choices": [' + b" " * (8 * 2**20) + b"]}"),
        faults.sending(faults.completion("{}"), 202),
    ],
)
def test_reply_that_is_no_completion_is_asked_for_once_more_and_then_malformed(fault: Behaviour) -> None:
    with FaultServer(then=fault) as server:
        reply = ask(server)
    assert code(reply) == "malformed"
    assert len(server.asked) == 2


def test_reply_that_is_no_completion_once_is_made_good() -> None:
    with FaultServer(faults.unavailable(), faults.html()) as server:
        assert ask(server).is_answer
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (faults.cut_off(), "cut_off"),
        (faults.refusal(), "refused"),
        (faults.filtered(), "content_filter"),
        (faults.empty_choices(), "empty"),
        (faults.no_content(), "empty"),
    ],
)
def test_completion_without_a_text_is_a_reply_that_was_paid_for(behaviour: Behaviour, reason: str) -> None:
    with FaultServer(then=behaviour) as server:
        reply = ask(server)
    _, error = content_of(reply)
    assert error is not None
    assert error.code == reason
    assert reply.is_answer
    assert len(server.asked) == 1


def test_fenced_and_broken_texts_are_handed_on_untouched() -> None:
    with FaultServer(faults.fenced('{"word": 1}'), faults.broken_content()) as server:
        texts = [content_of(ask(server))[0] for _ in range(2)]
    assert texts == ['```json\n{"word": 1}\n```', '{"claim": "the ans']


def test_silent_server_ends_in_a_timeout() -> None:
    with FaultServer(then=faults.hang()) as server:
        reply = ask(server, timeout_seconds=0.2, attempts=2)
    assert code(reply) == "timeout"
    assert "no answer within 0.2 s" in message(reply)
    assert len(server.asked) == 2


def test_slow_drip_ends_in_a_timeout_though_bytes_keep_coming() -> None:
    class Drip(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(0.02)
                yield b" "

    def respond(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "application/json"}, stream=Drip())

    async def run() -> ReplyLine:
        settings = settings_for("http://127.0.0.1:9/v1", timeout_seconds=0.15, attempts=1)
        async with LiveEndpoint(settings, transport=httpx2.MockTransport(respond)) as endpoint:
            return await endpoint.answer(question())

    assert code(asyncio.run(run())) == "timeout"


def test_broken_connection_is_named_when_it_stays_broken() -> None:
    with FaultServer(then=faults.drop()) as server:
        reply = ask(server, attempts=2)
    assert code(reply) == "connection"
    assert "the connection broke" in message(reply)


def settings_for(url: str | None, **more: Any) -> Settings:
    given: dict[str, Any] = {"openai_api_key": "sk-test-secret", "openai_base_url": url, "model": "m"}
    return Settings(**{**given, **more})


@pytest.mark.parametrize("status", [401, 403])
def test_refused_key_stops_everything_and_is_not_shown(status: int) -> None:
    with (
        FaultServer(then=faults.error(status, "Incorrect API key provided: sk-test-secret.")) as server,
        pytest.raises(SetupError) as raised,
    ):
        ask(server)
    assert "refuses the key (Incorrect API key provided: [key].); set OPENAI_API_KEY" in str(raised.value)
    assert "sk-test-secret" not in repr(raised.value.__cause__)
    assert len(server.asked) == 1


def test_unknown_model_stops_everything() -> None:
    with (
        FaultServer(then=faults.error(404, "The model `m` does not exist")) as server,
        pytest.raises(SetupError, match=r"does not know the model 'm'.*set MECHSYN_MODEL or --model"),
    ):
        ask(server)


def test_redirect_is_not_followed_with_the_study_text() -> None:
    elsewhere = faults.sending({}, 307, {"location": "http://127.0.0.1:1/v1/chat/completions"})
    with (
        FaultServer(then=elsewhere) as server,
        pytest.raises(SetupError, match="set OPENAI_BASE_URL to the final address"),
    ):
        ask(server)
    assert len(server.asked) == 1


def test_refused_connection_is_told_after_three_attempts() -> None:
    with FaultServer() as server:
        url = server.url
    sleeps = Sleeps()
    with pytest.raises(SetupError, match="cannot be reached") as raised:
        talk(settings_for(url), lambda endpoint: endpoint.answer(question()), sleeps)
    assert "set OPENAI_BASE_URL" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(sleeps.asked) == 2


def test_unknown_host_is_told(outside_attempts: list[str]) -> None:
    with pytest.raises(SetupError, match=r"http://nowhere\.invalid/v1 cannot be reached"):
        talk(settings_for("http://nowhere.invalid/v1"), lambda endpoint: endpoint.answer(question()))
    assert set(outside_attempts) == {"nowhere.invalid"}
    outside_attempts.clear()


def test_endpoint_that_vanishes_in_mid_run_fails_questions_not_the_run() -> None:
    server = FaultServer()

    async def conversation(endpoint: LiveEndpoint) -> list[ReplyLine]:
        with server:
            first = await endpoint.answer(question("one"))
        return [first, await endpoint.answer(question("two"))]

    first, second = talk(server.settings(attempts=2), conversation)
    assert first.is_answer
    assert code(second) in {"unreachable", "connection"}


def test_key_refused_in_mid_run_fails_the_question_not_the_run() -> None:
    async def conversation(endpoint: LiveEndpoint) -> list[ReplyLine]:
        return [await endpoint.answer(question("one")), await endpoint.answer(question("two"))]

    with FaultServer(faults.ok(), then=faults.error(401, "revoked")) as server:
        _, second = talk(server.settings(), conversation)
    assert code(second) == "http_401"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"openai_api_key": None}, "set OPENAI_API_KEY (any value for a local server) or use --replies recorded"),
        ({"openai_api_key": "  "}, "set OPENAI_API_KEY (any value for a local server) or use --replies recorded"),
        ({"openai_api_key": "sk-\u2026"}, "OPENAI_API_KEY holds characters that no key has; set it again"),
        ({"model": None}, "set MECHSYN_MODEL or --model to a model that the endpoint serves"),
        ({"openai_base_url": "localhost:8000/v1"}, "OPENAI_BASE_URL is no address; "),
        ({"openai_base_url": "http://[::1"}, "OPENAI_BASE_URL is no address; "),
        ({"openai_base_url": "http://h:99999/v1"}, "OPENAI_BASE_URL is no address; "),
        ({"openai_base_url": "http://h:0/v1"}, "OPENAI_BASE_URL is no address; "),
    ],
)
def test_missing_setting_is_told_before_anything_is_sent(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(SetupError) as raised:
        LiveEndpoint(settings_for(None, **settings))
    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)


def test_address_is_shown_without_its_password() -> None:
    async def shown() -> str:
        async with LiveEndpoint(settings_for("http://user:hunter2@127.0.0.1:9/v1")) as endpoint:
            return endpoint.shown_url

    assert asyncio.run(shown()) == "http://127.0.0.1:9/v1"


def test_no_more_requests_are_in_flight_than_allowed() -> None:
    async def conversation(endpoint: LiveEndpoint) -> list[ReplyLine]:
        return await asyncio.gather(*(endpoint.answer(question(str(n))) for n in range(30)))

    with FaultServer() as server:
        talk(server.settings(in_flight=3), conversation)
    assert len(server.asked) == 30
    assert server.peak <= 3


def test_server_without_structured_outputs_is_asked_in_json_mode_from_then_on() -> None:
    async def conversation(endpoint: LiveEndpoint) -> tuple[list[ReplyLine], int]:
        replies = [await endpoint.answer(question("one")), await endpoint.answer(question("two"))]
        return replies, endpoint.fallbacks

    with FaultServer(then=faults.no_json_schema(faults.ok('{"word": "x"}'))) as server:
        replies, fallbacks = talk(server.settings(), conversation)
    assert [reply.custom_id for reply in replies] == [question("one").custom_id, question("two").custom_id]
    assert all(reply.is_answer for reply in replies)
    assert fallbacks == 1
    assert len(server.asked) == 3
    sent = server.asked[2].body
    assert sent["response_format"] == {"type": "json_object"}
    assert sent["messages"][1]["content"].startswith("two\n\nAnswer with one JSON object")
    assert json.loads(sent["messages"][1]["content"].rsplit("\n", 1)[1]) == SCHEMA


def test_many_at_once_learn_the_same_lesson_once() -> None:
    async def conversation(endpoint: LiveEndpoint) -> tuple[list[ReplyLine], int]:
        replies = await asyncio.gather(*(endpoint.answer(question(str(n))) for n in range(8)))
        return replies, endpoint.fallbacks

    behaviour = faults.no_completion_tokens(faults.no_json_schema(faults.ok()))
    with FaultServer(then=behaviour) as server:
        replies, fallbacks = talk(server.settings(), conversation)
    assert all(reply.is_answer for reply in replies)
    assert fallbacks == 2
    assert server.asked[-1].body["max_tokens"] == 300
    assert "max_completion_tokens" not in server.asked[-1].body


def test_our_own_invalid_schema_is_told_not_hidden_by_a_fallback() -> None:
    refused = faults.error(400, "Invalid schema for response_format 'word': 'oneOf' is not permitted.")
    with FaultServer(then=refused) as server:
        reply = ask(server)
    assert code(reply) == "http_400"
    assert "oneOf" in message(reply)


def test_key_and_study_text_reach_no_log(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("openai").setLevel(logging.DEBUG)  # as OPENAI_LOG=debug does
    with caplog.at_level(logging.DEBUG), FaultServer(faults.unavailable(), faults.too_many()) as server:
        ask(server)
    assert "sk-test-secret" not in caplog.text
    assert "Say a word" not in caplog.text


@pytest.mark.parametrize(
    ("base_url", "version", "address", "header"),
    [
        (
            "https://ours.openai.azure.com",
            "2026-01-01",
            "https://ours.openai.azure.com/openai/deployments/m/chat/completions?api-version=2026-01-01",
            "api-key",
        ),
        (
            "https://ours.openai.azure.com/openai/v1/",
            None,
            "https://ours.openai.azure.com/openai/v1/chat/completions",
            "authorization",
        ),
    ],
)
def test_azure_is_spoken_to_in_its_own_way(base_url: str, version: str | None, address: str, header: str) -> None:
    seen: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=faults.completion("{}"))

    async def run() -> ReplyLine:
        settings = settings_for(base_url, azure_api_version=version)
        async with LiveEndpoint(settings, transport=httpx2.MockTransport(respond)) as endpoint:
            return await endpoint.answer(question())

    assert asyncio.run(run()).is_answer
    assert str(seen[0].url) == address
    assert "sk-test-secret" in seen[0].headers[header]
    assert json.loads(seen[0].content) == question().body


def test_money_is_free_again_although_the_answer_cannot_be_written_down(tmp_path: Path) -> None:
    price = {"input": "1", "output": "1", "as_of": "2026-01-01"}
    prices = PriceTable.model_validate({"currency": "EUR", "models": {"scripted": price, "m": price}})
    budget = Budget(Decimal(1), prices)

    class Full(Ledger):
        def record(self, *_: Any, **__: Any) -> Any:
            raise ReplyFileError("the disk is full")

    async def run(server: FaultServer) -> None:
        with KeptReplies(tmp_path) as store:
            settings = server.settings(model="m")
            async with LiveEndpoint(settings, ledger=Full(store, prices), budget=budget) as endpoint:
                with pytest.raises(ReplyFileError):
                    await endpoint.answer(question())

    with FaultServer(then=faults.ok()) as server:
        asyncio.run(run(server))
    assert budget.reserved == 0
    assert budget.spent > 0
