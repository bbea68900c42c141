"""What `doctor` says about an endpoint, for each way in which one can be wrong."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from pipeline.replies.probe import Check, probe
from pipeline.settings import Settings
from tests.replies import fault_server as faults
from tests.replies.fault_server import Behaviour, FaultServer
from tests.replies.test_live import settings_for

NAMES = ["key", "address", "model", "price", "endpoint", "key accepted", "model known", "structured outputs"]
OBEYED = faults.ok(json.dumps({"word": "zyxomma-4417"}))


def checked(behaviour: Behaviour, **settings: Any) -> dict[str, Check]:
    with FaultServer(then=behaviour) as server:
        return by_name(asyncio.run(probe(server.settings(**settings))))


def by_name(checks: list[Check]) -> dict[str, Check]:
    assert [check.check for check in checks] == NAMES
    for check in checks:
        assert "\n" not in check.detail
        assert "sk-test-secret" not in check.detail
    return {check.check: check for check in checks}


def oks(checks: dict[str, Check]) -> list[bool | None]:
    return [checks[name].ok for name in NAMES]


def test_sound_endpoint_passes_every_check() -> None:
    checks = checked(OBEYED)
    assert oks(checks) == [True] * 8
    assert checks["model known"].detail == "scripted-model-1"
    assert checks["address"].detail.startswith("http://127.0.0.1:")


def test_probe_asks_once_for_a_word_that_no_model_would_say() -> None:
    with FaultServer(then=OBEYED) as server:
        asyncio.run(probe(server.settings()))
    assert len(server.asked) == 1
    assert "zyxomma" not in server.asked[0].body["messages"][0]["content"]


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (faults.ok('{"word": "blue"}'), "accepted, but the reply does not follow the schema"),
        (faults.ok("Blue."), "accepted, but the reply does not follow the schema"),
        (faults.ok('"blue"'), "accepted, but the reply does not follow the schema"),
        (faults.refusal(), "I can't help"),
        (faults.no_json_schema(OBEYED), "refused by the server; the schema goes into the prompt"),
    ],
)
def test_endpoint_without_structured_outputs_is_found_out(behaviour: Behaviour, said: str) -> None:
    checks = checked(behaviour)
    assert oks(checks) == [True] * 7 + [False]
    assert checks["structured outputs"].detail.startswith(said)


def test_old_name_of_a_limit_is_no_fault_of_structured_outputs() -> None:
    assert oks(checked(faults.no_completion_tokens(OBEYED))) == [True] * 8


def test_wrong_key_is_told_from_a_wrong_model() -> None:
    checks = checked(faults.error(401, "Incorrect API key provided: sk-test-secret"))
    assert oks(checks) == [True] * 5 + [False, None, None]
    assert "set OPENAI_API_KEY" in checks["key accepted"].detail
    checks = checked(faults.error(404, "no such model"))
    assert oks(checks) == [True] * 6 + [False, None]
    assert "set MECHSYN_MODEL" in checks["model known"].detail


@pytest.mark.parametrize(
    ("behaviour", "remedy"),
    [
        (faults.html(), "mostly ending in /v1"),
        (faults.no_quota(), "add credit"),
        (faults.error(400, "this is an embedding model"), "to a chat model"),
        (faults.unavailable(), "try again later"),
        (faults.sending({}, 302), "final address"),
    ],
)
def test_endpoint_that_gives_no_answer_is_told_with_a_remedy(behaviour: Behaviour, remedy: str) -> None:
    checks = checked(behaviour)
    assert oks(checks) == [True, True, True, True, False, None, None, None]
    assert remedy in checks["endpoint"].detail


def test_endpoint_that_is_not_there_is_told() -> None:
    with FaultServer() as server:
        settings = server.settings()
    checks = by_name(asyncio.run(probe(settings)))
    assert oks(checks) == [True, True, True, True, False, None, None, None]
    assert "cannot be reached" in checks["endpoint"].detail


def test_nothing_is_asked_when_something_is_not_set() -> None:
    checks = by_name(asyncio.run(probe(Settings())))
    assert oks(checks) == [False, True, False, False, None, None, None, None]
    assert checks["address"].detail == "the client's own"
    assert checks["key"].detail.startswith("set OPENAI_API_KEY")
    assert checks["model"].detail.startswith("set MECHSYN_MODEL")


def test_expired_certificate_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    expired = authority.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago + timedelta(days=1))
    with tls_server(expired) as url:
        checks = by_name(asyncio.run(probe(settings_for(url))))
    assert checks["endpoint"].ok is False
    assert "shows a certificate that is not valid (certificate has expired)" in checks["endpoint"].detail
    assert "SSL_CERT_FILE" in checks["endpoint"].detail
    assert checks["key accepted"].ok is None


def test_host_that_does_not_exist_is_told(outside_attempts: list[str]) -> None:
    checks = by_name(asyncio.run(probe(settings_for("http://nowhere.invalid/v1"))))
    assert checks["endpoint"].ok is False
    assert "http://nowhere.invalid/v1 cannot be reached" in checks["endpoint"].detail
    assert "check the network and set OPENAI_BASE_URL" in checks["endpoint"].detail
    outside_attempts.clear()


def test_every_model_that_a_stage_asks_is_checked() -> None:
    with FaultServer(then=OBEYED) as server:
        settings = server.settings(models={"verification": "other"})
        checks = asyncio.run(probe(settings))
    assert [asked.body["model"] for asked in server.asked] == [settings.model, "other"]
    assert [c.check for c in checks if c.check.endswith("(other)")] == [f"{name} (other)" for name in NAMES[4:]]


def test_price_of_the_model_is_told_with_its_day() -> None:
    assert "as of 2026-" in checked(OBEYED, model="gpt-4.1")["price"].detail
    assert checked(OBEYED)["price"].detail.startswith("unknown, so money is not counted")


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that turn away."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def tls_server(certificate: trustme.LeafCert) -> Generator[str]:
    """A TLS server on loopback that nobody gets to speak to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    with QuietServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()
