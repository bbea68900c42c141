"""The loopback server does what it says: limits, headers, faults, repeatability, counters, whole claims."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from pipeline.claimwork.driving import analyse
from pipeline.claimwork.intake import Task, claim_of
from pipeline.completion import content_of
from pipeline.questions import response_format
from pipeline.replies.live import LiveEndpoint
from pipeline.settings import Settings, SynthesisSettings
from schemas.analysis import ClaimAnalysis
from schemas.claim import ClaimReply
from schemas.mechanism import StanceReply
from schemas.wire import RequestLine
from tests.builders import study
from tests.loopback import Behaviour, Loopback, Question
from tests.loopback.behaviour import FAULTS
from tests.loopback.ledger import identity
from tests.replies.test_live import Sleeps

MODEL = "tests.loopback.scripted_model:answer"


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    """One server for the module; every test that uses it changes all that it depends on."""
    with Loopback() as server:
        yield server


@pytest.fixture
def server(running: Loopback) -> Loopback:
    """The server as it is at first."""
    first = Behaviour()
    running.change(reset=True, **{name: getattr(first, name) for name in first.__dataclass_fields__})
    return running


def question(number: int = 0, reply: type[Any] = StanceReply) -> RequestLine:
    messages = [{"role": "system", "content": "Be brief. " * 20}, {"role": "user", "content": f"Question {number}."}]
    body = {"model": "m", "messages": messages, "response_format": response_format(reply), "max_completion_tokens": 300}
    return RequestLine.ask("stance", body)


def ask(server: Loopback, body: object, timeout: float = 5.0) -> tuple[HTTPResponse, bytes]:
    """One request on a connection of its own."""
    port = urlsplit(server.base_url).port
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", "/v1/chat/completions", body if isinstance(body, bytes) else json.dumps(body))
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def outcome(server: Loopback, request: RequestLine, timeout: float = 5.0) -> str:
    """What befell a request, as a client sees it."""
    try:
        response, text = ask(server, request.body, timeout)
        if response.status != 200:
            return str(response.status)
        json.loads(completion(text)["choices"][0]["message"]["content"])
    except (HTTPException, OSError, ValueError) as error:
        return type(error).__name__
    return "sound"


def settings(server: Loopback, **more: Any) -> Settings:
    return Settings(openai_api_key=SecretStr("any"), openai_base_url=server.base_url, model="m", **more)


def completion(text: bytes) -> dict[str, Any]:
    return json.loads(text)


# What is said


def test_the_text_is_chosen_by_the_name_of_the_reply_schema(server: Loopback) -> None:
    server.change(content='{"any": 1}', contents={"StanceReply": '{"stance": 1}'})
    texts = [
        completion(ask(server, question(reply=reply).body)[1])["choices"][0]["message"]["content"]
        for reply in (StanceReply, ClaimReply)
    ]
    assert texts == ['{"stance": 1}', '{"any": 1}']


def test_a_whole_claim_completes_on_the_scripted_model(server: Loopback) -> None:
    server.change(model=MODEL)
    core = SynthesisSettings(searched_on=date(2026, 1, 1), model="m")

    async def run() -> ClaimAnalysis:
        async with LiveEndpoint(settings(server)) as endpoint:
            task = Task(claim_of("Training raises muscle strength."), (study(), study("beta-2002")))
            return await analyse(task, lambda _: endpoint.answer, core, lambda _name, _requests: None)

    analysis = asyncio.run(run())
    assert analysis.complete
    seen = server.stats()
    assert seen.completed == seen.requests == 10
    assert set(seen.questions.values()) == {Question(1, 1)}


def test_a_model_answers_a_question_that_is_of_no_stage_with_what_its_schema_allows(server: Loopback) -> None:
    server.change(model=MODEL)
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    form = {"type": "json_schema", "json_schema": {"name": "Other", "strict": True, "schema": schema}}
    said = completion(ask(server, {"messages": [], "response_format": form})[1])
    assert isinstance(json.loads(said["choices"][0]["message"]["content"])["n"], int)


def test_tokens_are_a_quarter_of_the_bytes_and_a_system_message_seen_before_is_cached(server: Loopback) -> None:
    body = json.dumps(question().body).encode()
    first, again = (completion(ask(server, body)[1])["usage"] for _ in range(2))
    assert first["prompt_tokens"] == len(body) // 4
    assert first["completion_tokens"] == len("{}") // 4
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert again["prompt_tokens_details"]["cached_tokens"] == len("Be brief. " * 20) // 4


def test_an_answer_comes_no_earlier_than_the_latency(server: Loopback) -> None:
    server.change(latency_seconds=0.1)
    start = time.monotonic()
    response, _ = ask(server, question().body)
    assert response.status == 200
    assert time.monotonic() - start >= 0.1


def test_the_date_is_the_servers_own_and_may_be_wrong(server: Loopback) -> None:
    server.change(clock_skew_seconds=3600)
    response, _ = ask(server, question().body)
    ahead = parsedate_to_datetime(response.headers["date"]).timestamp() - time.time()
    assert 3590 < ahead < 3610


# Counters


def test_a_question_is_counted_under_the_hash_of_its_custom_id_however_it_is_sent(server: Loopback) -> None:
    asked = question(1)
    older = {k: v for k, v in asked.body.items() if k != "max_completion_tokens"} | {"max_tokens": 300}
    for body in (asked.body, {**asked.body, "service_tier": "flex", "user": "x"}, older):
        ask(server, body)
    assert server.stats().question(asked.custom_id) == Question(3, 3)
    assert server.stats().question(question(2).custom_id) == Question(0, 0)


@given(
    st.dictionaries(st.text(), st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False), max_size=4)
)
def test_the_hash_is_that_of_the_custom_id(content: dict[str, Any]) -> None:
    body = {"model": "m", "messages": [content]}
    assert RequestLine.ask("claim", body).custom_id == f"claim-{identity(body)}"


def test_a_reset_sets_the_counters_to_nothing_and_a_change_leaves_them(server: Loopback) -> None:
    ask(server, question().body)
    server.change(content="[]")
    assert server.stats().requests == 1
    server.change(reset=True)
    seen = server.stats()
    assert (seen.requests, seen.completed, seen.bytes_in, seen.questions) == (0, 0, 0, {})


def test_a_client_that_leaves_before_its_answer_is_counted_as_gone(server: Loopback) -> None:
    server.change(latency_seconds=30)
    with pytest.raises(TimeoutError):
        ask(server, question().body, timeout=0.05)
    seen = server.stats()
    for _ in range(100):
        if seen.abandoned:
            break
        time.sleep(0.002)
        seen = server.stats()
    assert (seen.requests, seen.completed, seen.abandoned, seen.under_way) == (1, 0, 1, 0)


def test_without_counting_by_question_totals_are_counted_all_the_same(server: Loopback) -> None:
    server.change(by_question=False)
    ask(server, b"not even JSON")
    seen = server.stats()
    assert (seen.requests, seen.completed, seen.questions) == (1, 1, {})


# Limits


def test_who_comes_too_early_is_refused_at_once_and_told_when_to_come_again(server: Loopback) -> None:
    server.change(rate=0.01, burst=3, latency_seconds=0.01)
    answers = [ask(server, question(n).body)[0] for n in range(5)]
    assert [a.status for a in answers] == [200, 200, 200, 429, 429]
    assert 90 <= int(answers[3].headers["retry-after"]) <= 100
    seen = server.stats()
    assert (seen.refused, seen.completed) == (2, 3)
    assert seen.statuses == {"200": 3, "429": 2}


def test_headers_stand_on_every_answer_or_on_none(server: Loopback) -> None:
    server.change(rate=0.1, burst=1, shown="bucket")
    answers = [ask(server, question(n).body)[0] for n in range(2)]
    assert [a.status for a in answers] == [200, 429]
    assert [a.headers["x-ratelimit-remaining-requests"] for a in answers] == ["0", "0"]
    server.change(shown="none")
    assert not [h for h in ask(server, question().body)[0].headers if h.startswith("x-ratelimit")]


# Faults


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("429", "429"),
        ("500", "500"),
        ("hang", "TimeoutError"),
        ("broken_body", "JSONDecodeError"),
        ("broken_content", "JSONDecodeError"),
        ("cut_connection", "IncompleteRead"),
        ("html", "JSONDecodeError"),
        ("drip", "sound"),
    ],
)
def test_each_fault_is_what_its_name_says(server: Loopback, fault: str, seen: str) -> None:
    server.change(faults={fault: 1.0}, content='{"some": "content"}', drip_seconds=0.02)
    asked = question()
    assert outcome(server, asked, timeout=0.2 if fault == "hang" else 5.0) == seen
    assert server.stats().faults == {fault: 1}
    charged = fault in {"broken_content", "drip"}
    assert server.stats().question(asked.custom_id) == Question(1, int(charged))


def test_a_reply_that_was_cut_off_says_so_and_is_charged(server: Loopback) -> None:
    server.change(faults={"cut_off": 1.0}, content='{"some": "content"}')
    said = completion(ask(server, question().body)[1])["choices"][0]
    assert said["finish_reason"] == "length"
    assert said["message"]["content"] == '{"some": '
    assert server.stats().completed == 1


def test_a_page_has_status_200_and_calls_itself_html(server: Loopback) -> None:
    server.change(faults={"html": 1.0})
    response, text = ask(server, question().body)
    assert (response.status, response.headers.get_content_type()) == (200, "text/html")
    assert text.startswith(b"<html>")


def test_the_same_seed_brings_the_same_faults_in_whatever_order_questions_come(server: Loopback) -> None:
    mixed = {"429": 0.2, "500": 0.2, "broken_content": 0.2, "cut_connection": 0.2}
    asked = [question(n) for n in range(20)]
    seen: list[dict[str, list[str]]] = []
    for seed, order in ((1, asked), (1, asked[::-1]), (2, asked)):
        server.change(reset=True, faults=mixed, seed=seed, content='{"some": "content"}')
        outcomes: dict[str, list[str]] = {q.custom_id: [] for q in asked}
        for q in order * 2:
            outcomes[q.custom_id].append(outcome(server, q))
        seen.append(outcomes)
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]
    assert any(first != second for first, second in seen[0].values())


def test_refusals_by_the_limit_do_not_change_which_fault_comes_next(server: Loopback) -> None:
    faults = {"500": 0.5}
    asked = question()
    behaviour = Behaviour(faults=faults, seed=4)
    expected = [500 if behaviour.fault(identity(asked.body), n) else 200 for n in range(1, 5)]
    statuses: list[int] = []
    for _ in range(4):
        server.change(faults=faults, seed=4, rate=0.001, burst=1)
        statuses += [ask(server, asked.body)[0].status for _ in range(3)]
    assert [s for s in statuses if s != 429] == expected
    assert statuses.count(429) == 8


@given(st.integers(), st.text(max_size=20))
def test_a_share_of_one_befalls_every_request_and_a_share_of_none_no_request(seed: int, asked: str) -> None:
    assert all(Behaviour(faults={name: 1.0}, seed=seed).fault(asked, 1) == name for name in FAULTS)
    assert Behaviour(seed=seed).fault(asked, 1) is None


def test_faults_befall_about_the_share_that_was_asked_for() -> None:
    behaviour = Behaviour(faults={"429": 0.1, "hang": 0.3}, seed=7)
    drawn = [behaviour.fault(str(n), 1) for n in range(10_000)]
    for name, share in (("429", 0.1), ("hang", 0.3), (None, 0.6)):
        assert math.isclose(drawn.count(name) / len(drawn), share, abs_tol=0.02)


# The client of this project


def test_the_client_gets_through_passing_faults_and_pays_for_no_question_twice(server: Loopback) -> None:
    server.change(
        faults={"429": 0.2, "500": 0.1, "cut_connection": 0.1, "drip": 0.2},
        content='{"some": "content"}',
        drip_seconds=0.02,
        retry_after="milliseconds",
        seed=3,
    )
    asked = [question(n) for n in range(30)]

    waits = Sleeps()

    async def run() -> list[str | None]:
        async with LiveEndpoint(settings(server, attempts=20), sleep=waits, clock=waits.clock) as endpoint:
            return [content_of(r)[0] for r in await asyncio.gather(*map(endpoint.answer, asked))]

    assert asyncio.run(run()) == ['{"some": "content"}'] * 30
    seen = server.stats()
    assert {seen.question(q.custom_id).completed for q in asked} == {1}
    assert seen.requests > 30


# Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"faults": {"hangs": 0.1}},
        {"faults": {"hang": 0.6, "500": 0.6}},
        {"faults": {"hang": -0.1}},
        {"shown": "hour"},
        {"retry_after": "soon"},
        {"rate": 10, "burst": 0.5},
    ],
)
def test_what_cannot_be_set_is_refused_before_anything_is_started(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no such fault|shares|one of|admits nothing"):
        Loopback(**wrong)


def test_a_model_that_is_not_there_is_refused_in_words(server: Loopback) -> None:
    with pytest.raises(RuntimeError, match="no_such_model"):
        server.change(model="tests.loopback.no_such_model:answer")


def test_the_server_is_gone_after_its_block() -> None:
    with Loopback() as server:
        assert ask(server, question().body)[0].status == 200
    with pytest.raises(ConnectionRefusedError):
        ask(server, question().body)
