"""How services are asked: at their pace, again where that helps, within bounds, and without letting anything slip."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.row_store import open_rows
from pipeline.settings import Settings
from pipeline.sources.services import asking as asking_module
from pipeline.sources.services.asking import Asking, Manners, Question, Told
from pipeline.sources.services.faults import NoRecordError, NotAskedError
from pipeline.sources.services.kept_answers import KeptAnswers
from pipeline.sources.services.pace import Pace, Service, services_of, told_pace
from tests.loopback_services.server import Fault, ServicesServer

WORK = Question("/works/10.5555%2Fstairs.2021")


def asked(
    server: ServicesServer,
    manners: Manners,
    question: Question = WORK,
    *,
    url: str | None = None,
    kept: KeptAnswers | None = None,
    max_age: timedelta = timedelta(),
    busy: Callable[[bytes], bool] | None = None,
    contact: str | None = None,
    times: int = 1,
) -> Told[bytes]:
    service = Service("Crossref", url or f"{server.url}/crossref/v1", Pace(1000))

    async def ask() -> Told[bytes]:
        async with Asking(contact, kept, manners) as asking:
            for _ in range(times - 1):
                with pytest.raises(NotAskedError):
                    await asking.ask(service, question, bytes, max_age=max_age, busy=busy)
            return await asking.ask(service, question, bytes, max_age=max_age, busy=busy)

    return asyncio.run(ask())


def refused(server: ServicesServer, manners: Manners, question: Question = WORK, **more: str) -> NotAskedError:
    with pytest.raises(NotAskedError) as caught:
        asked(server, manners, question, **more)  # pyright: ignore[reportArgumentType]
    return caught.value


def test_the_contact_address_is_in_the_user_agent_and_missing_without_one(
    services: ServicesServer, manners: Manners
) -> None:
    asked(services, manners, contact="editor@loopback.example")
    asked(services, manners)
    agents = [a.headers["user-agent"] for a in services.asked]
    assert "(mailto:editor@loopback.example)" in agents[0]
    assert "mailto" not in agents[1]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_passing_fault_is_repeated(services: ServicesServer, manners: Manners, status: int) -> None:
    services.fail("crossref", Fault(status), times=2)
    assert b"stairs" in asked(services, manners).value
    assert len(services.asked) == 3


def test_retry_after_is_honoured(services: ServicesServer, manners: Manners, waits: list[float]) -> None:
    services.fail("crossref", Fault(429, headers={"retry-after": "7"}))
    asked(services, manners)
    assert max(waits) >= 7


def test_a_service_that_wants_too_long_a_silence_is_left_alone_by_the_whole_run(
    services: ServicesServer, manners: Manners
) -> None:
    services.fail("crossref", Fault(429, headers={"retry-after": "3600"}))
    with pytest.raises(NotAskedError, match="left alone for 3600 seconds"):
        asked(services, manners, times=3)
    assert len(services.asked) == 1


def test_too_many_requests_for_too_long_end_with_one_line(services: ServicesServer, manners: Manners) -> None:
    services.fail("crossref", Fault(429), times=9)
    assert refused(services, manners).cause == "answers that there are too many requests"
    assert len(services.asked) == 3


def test_an_answer_with_status_200_may_be_a_refusal(services: ServicesServer, manners: Manners) -> None:
    services.fail("crossref", Fault(200, b"busy"))
    assert b"stairs" in asked(services, manners, busy=lambda body: body == b"busy").value


def test_what_does_not_exist_is_asked_for_once(services: ServicesServer, manners: Manners) -> None:
    with pytest.raises(NoRecordError):
        asked(services, manners, Question("/works/10.5555%2Fnothing"))
    assert len(services.asked) == 1


def test_the_words_of_a_refusal_are_told_without_what_is_private(services: ServicesServer, manners: Manners) -> None:
    body = b'{"message": "Bad address me@example.org\\nfor key 0123456789abcdef0123456789"}'
    services.fail("crossref", Fault(422, body))
    fault = refused(services, manners, Question("/works/x", private={"email": "me@example.org"}))
    assert fault.cause == "refuses the question (HTTP 422: Bad address … for key …)"
    services.fail("crossref", Fault(400, b"<html><body>Bad request</body></html>"))
    assert refused(services, manners).cause == "refuses the question (HTTP 400)"


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_refused_question_is_not_repeated(services: ServicesServer, manners: Manners, status: int) -> None:
    services.fail("crossref", Fault(status))
    assert f"HTTP {status}" in refused(services, manners).cause
    assert len(services.asked) == 1


def test_a_host_that_is_down_is_named_and_not_asked_again(services: ServicesServer, manners: Manners) -> None:
    fault = refused(services, manners, url="http://127.0.0.1:1/x")
    assert "cannot be reached" in fault.cause
    assert fault.lasting


def test_a_connection_that_is_cut_is_repeated(services: ServicesServer, manners: Manners) -> None:
    services.fail("crossref", Fault(200, b"x" * 1000, cut=True))
    assert b"stairs" in asked(services, manners).value


def test_an_answer_that_takes_too_long_is_given_up(services: ServicesServer) -> None:
    services.fail("crossref", Fault(200, b"late", seconds=0.25), times=1)
    fault = refused(services, Manners(attempts=1, answer_seconds=0.05))
    assert "gave no whole answer" in fault.cause


def test_an_answer_is_bounded_in_bytes(
    services: ServicesServer, manners: Manners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_module, "LARGEST_ANSWER", 1_000_000)
    services.fail("crossref", Fault(200, b"x" * 1_000_001))
    assert refused(services, manners).cause == "answers with more than 1 MB"


def test_redirects_are_followed_on_loopback_and_stop_after_a_few(services: ServicesServer, manners: Manners) -> None:
    services.files["a"] = Fault(301, headers={"location": f"{services.url}/files/b"})
    services.files["b"] = Fault(200, b"here")
    services.fail("crossref", Fault(302, headers={"location": "/files/a"}))
    assert asked(services, manners).value == b"here"
    services.files["b"] = Fault(302, headers={"location": "/files/a"})
    services.fail("crossref", Fault(302, headers={"location": "/files/a"}))
    assert "redirects more than 5 times" in refused(services, manners).cause


def test_a_redirect_to_what_is_not_https_is_not_followed(services: ServicesServer, manners: Manners) -> None:
    services.fail("crossref", Fault(302, headers={"location": "http://papers.example/x"}))
    assert "not https" in refused(services, manners).cause


@pytest.mark.parametrize("location", ["http://[bad", "https://[::1/x", "\x7f://", ""])
def test_a_redirect_to_nonsense_is_one_fault(services: ServicesServer, manners: Manners, location: str) -> None:
    services.fail("crossref", Fault(302, headers={"location": location}))
    assert "address" in refused(services, manners).cause


def test_a_post_with_a_key_is_never_sent_on_to_another_address(services: ServicesServer, manners: Manners) -> None:
    services.fail("crossref", Fault(307, headers={"location": "/files/a"}))
    question = Question("/x", form={"id": "1"}, private={"api_key": "secret"})
    assert "another address" in refused(services, manners, question).cause
    assert len(services.asked) == 1


def test_a_kept_answer_serves_until_it_is_too_old(services: ServicesServer, manners: Manners, tmp_path: Path) -> None:
    day = timedelta(days=1)
    with KeptAnswers(tmp_path / "kept") as kept:
        first = asked(services, manners, kept=kept, max_age=day)
        assert asked(services, manners, kept=kept, max_age=day).value == first.value
        assert len(services.asked) == 1
        asked(services, manners, kept=kept, max_age=timedelta())
        asked(services, manners, kept=kept, max_age=timedelta(microseconds=1))
    assert len(services.asked) == 3


def test_neither_key_nor_contact_is_kept_logged_or_told(
    services: ServicesServer, manners: Manners, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    question = Question(
        "/works/10.5555%2Fstairs.2021", {"a": "b"}, private={"email": "e@loopback.example", "k": "secret"}
    )
    with KeptAnswers(tmp_path / "kept") as kept:
        told = asked(services, manners, question, kept=kept, contact="e@loopback.example")
    assert services.asked[0].parameters == {"a": "b", "email": "e@loopback.example", "k": "secret"}
    assert told.url.endswith("?a=b")
    everything = b"".join(p.read_bytes() for p in (tmp_path / "kept").iterdir())
    assert b"secret" not in everything
    assert "secret" not in caplog.text
    assert "e@loopback" not in caplog.text


def test_damaged_rows_of_kept_answers_are_as_good_as_none(
    services: ServicesServer, manners: Manners, tmp_path: Path
) -> None:
    day = timedelta(days=1)
    with KeptAnswers(tmp_path / "kept") as kept:
        asked(services, manners, kept=kept, max_age=day)
        name = f"Crossref {services.url}/crossref/v1/works/10.5555%2Fstairs.2021"
        assert kept.get(name, day) is not None
    with closing(open_rows(tmp_path / "kept")) as rows:
        rows.set(name, "{}")
    with KeptAnswers(tmp_path / "kept") as kept:
        assert kept.get(name, day) is None


def test_crossref_tells_its_pace_in_headers() -> None:
    start = Pace(5, 1, 3)
    headers = {"x-rate-limit-limit": "50", "x-rate-limit-interval": "10s", "x-concurrency-limit": "1"}
    assert told_pace(headers, start) == Pace(50, 10, 1)
    assert told_pace({}, start) == start
    assert told_pace({"x-rate-limit-limit": "0", "x-rate-limit-interval": "1s"}, start) == start
    assert told_pace({"x-rate-limit-limit": "many", "x-concurrency-limit": "9"}, start) == start


def test_paces_are_the_published_ones_and_a_key_or_a_contact_speeds_up(settings: Settings) -> None:
    plain = services_of(settings)
    known = services_of(Settings(ncbi_api_key="k", contact="a@b.example"))  # pyright: ignore[reportArgumentType]
    assert (plain.pubmed.pace.gap, known.pubmed.pace.gap) == (1 / 3, 0.1)
    assert (plain.crossref.pace.at_once, known.crossref.pace.at_once) == (1, 3)
    assert plain.europe_pmc.pace.gap == 0.1


def test_requests_keep_their_distance(services: ServicesServer) -> None:
    service = Service("Crossref", f"{services.url}/crossref/v1", Pace(20, 1, 4))
    # The headers of the answers would allow more; they are taken away here.
    services.papers = []
    services.fail("crossref", Fault(200, b"{}"), times=4)

    async def ask() -> None:
        async with Asking(None, None, Manners()) as asking:
            await asyncio.gather(*(asking.ask(service, WORK, bytes) for _ in range(4)))

    begun = time.monotonic()
    asyncio.run(ask())
    # A busy machine sees a request late, never early, so the last one is measured from before the first.
    assert services.asked[-1].at - begun >= 3 * 0.05 * 0.9


def test_a_service_that_fails_question_after_question_is_given_up(services: ServicesServer, manners: Manners) -> None:
    services.fail("crossref", Fault(500), times=30)
    with pytest.raises(NotAskedError, match="HTTP 500"):
        asked(services, manners, times=6)
    assert len(services.asked) == 9


def test_a_file_is_fetched_without_the_contact_address(services: ServicesServer, manners: Manners) -> None:
    services.files["a.pdf"] = Fault(200, b"%PDF-1.4")
    service = Service("Unpaywall", f"{services.url}/unpaywall/v2", Pace(1000))

    async def fetch() -> bytes:
        async with Asking("e@loopback.example", None, manners) as asking:
            return (await asking.fetch(f"{services.url}/files/a.pdf", service)).value

    assert asyncio.run(fetch()) == b"%PDF-1.4"
    assert "mailto" not in services.asked[0].headers["user-agent"]
    assert services.asked[0].headers["host"] == services.url.removeprefix("http://")
