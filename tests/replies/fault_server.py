"""A chat completions endpoint on loopback that fails in every way that real ones do, by script.

    with FaultServer(unavailable(), too_many({"retry-after": "1"}), then=ok('{"word": "x"}')) as server:
        settings = server.settings()

Scripted behaviours are used up in the order in which requests arrive; `then` answers all others. The server counts
what it was asked. Real HTTP, real connections; never anything but 127.0.0.1.
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from pipeline.settings import Settings
from tests.replies.random_reply import phrases_of, random_reply

__all__ = ["Asked", "FaultServer", "Sent", "phrases_of", "random_reply"]


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; `number` counts from 0 in order of arrival."""

    number: int
    path: str
    body: dict[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Sent:
    """What the server does: an answer, or silence (`hang`) until the server closes, or a cut connection (`drop`)."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    hang: bool = False
    drop: bool = False
    promised: int | None = None


Behaviour = Callable[[Asked], Sent]


def completion(content: str | None, *, finish: str = "stop", refusal: str | None = None, **more: Any) -> dict[str, Any]:
    """A chat completion with usage, as providers send it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "scripted-model-1",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
            }
        ],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "total_tokens": 120,
            "prompt_tokens_details": {"cached_tokens": 60},
        },
        **more,
    }


def sending(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    """JSON with a status and further headers."""
    sent = Sent(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})
    return lambda _: sent


def ok(content: str = "{}") -> Behaviour:
    """A sound completion that says `content`."""
    return sending(completion(content), headers={"x-request-id": "req-1"})


def fenced(content: str = "{}") -> Behaviour:
    """JSON inside a Markdown fence, which is not JSON."""
    return ok(f"```json\n{content}\n```")


def broken_content() -> Behaviour:
    """A sound completion whose content is JSON that stops in the middle."""
    return ok('{"claim": "the ans')


def cut_off(content: str = '{"claim": "the') -> Behaviour:
    return sending(completion(content, finish="length"))


def refusal(words: str = "I can't help with that.") -> Behaviour:
    return sending(completion(None, refusal=words))


def filtered() -> Behaviour:
    return sending(completion(None, finish="content_filter"))


def no_content() -> Behaviour:
    return sending(completion(None))


def empty_choices() -> Behaviour:
    return sending({**completion(""), "choices": []})


def error(status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> Behaviour:
    """An error in the provider's form."""
    return sending({"error": {"message": message, "type": None, "param": None, "code": None, **more}}, status, headers)


def too_many(headers: Mapping[str, str] | None = None) -> Behaviour:
    return error(429, "Rate limit reached", headers, type="requests", code="rate_limit_exceeded")


def no_quota() -> Behaviour:
    return error(429, "You exceeded your current quota", type="insufficient_quota", code="insufficient_quota")


def unavailable(status: int = 500, headers: Mapping[str, str] | None = None) -> Behaviour:
    return error(status, "The server had an error", headers)


def html(status: int = 200) -> Behaviour:
    return lambda _: Sent(status, b"<html><h1>Welcome to nginx!</h1></html>", {"content-type": "text/html"})


def raw(body: bytes, kind: str = "application/json") -> Behaviour:
    """Any bytes under any content type."""
    return lambda _: Sent(200, body, {"content-type": kind})


def truncated() -> Behaviour:
    """A body that ends before its own length: the connection breaks in the middle."""
    text = json.dumps(completion("{}")).encode()
    return lambda _: Sent(200, text[:40], promised=len(text))


def hang() -> Behaviour:
    return lambda _: Sent(hang=True)


def drop() -> Behaviour:
    return lambda _: Sent(drop=True)


def no_json_schema(then: Behaviour) -> Behaviour:
    """A server without structured outputs: refuses `json_schema`, answers everything else by `then`."""
    refused = error(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.")
    return lambda asked: (
        refused(asked) if asked.body.get("response_format", {}).get("type") == "json_schema" else then(asked)
    )


def no_completion_tokens(then: Behaviour) -> Behaviour:
    """An older server: knows `max_tokens` only."""
    refused = error(400, "Unrecognized request argument supplied: max_completion_tokens")
    return lambda asked: refused(asked) if "max_completion_tokens" in asked.body else then(asked)


def random_valid(seed: int = 0) -> Behaviour:
    """Schema-valid nonsense for every request, the same for the same seed and request, in whatever order they come."""

    def answer(asked: Asked) -> Sent:
        schema = asked.body["response_format"]["json_schema"]["schema"]
        messages = asked.body["messages"]
        rng = random.Random(f"{seed}:{json.dumps(asked.body, sort_keys=True)}")
        return ok(json.dumps(random_reply(schema, rng, phrases_of(messages))))(asked)

    return answer


class FaultServer:
    """A context manager; `url` ends in /v1. Thread-safe counts: `asked`, `peak` (most requests at one moment)."""

    def __init__(self, *script: Behaviour, then: Behaviour | None = None) -> None:
        self._script = script
        self._then = then or ok()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self.asked: list[Asked] = []
        self.peak = 0
        self._now = 0
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def settings(self, **more: Any) -> Settings:
        """Settings that point here, with a key and a model."""
        given: dict[str, Any] = {"openai_api_key": "sk-test-secret", "openai_base_url": self.url, "model": "m"}
        return Settings(**{**given, **more})

    @property
    def counts(self) -> Counter[str]:
        """How often each different body was asked."""
        return Counter(json.dumps(asked.body, sort_keys=True) for asked in self.asked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.cut_connections()
        self._thread.join()

    def behaviour(self, asked: Asked) -> Behaviour:
        return self._script[asked.number] if asked.number < len(self._script) else self._then

    def arrived(self, path: str, body: dict[str, Any], headers: Mapping[str, str]) -> Asked:
        with self._lock:
            asked = Asked(len(self.asked), path, body, headers)
            self.asked.append(asked)
            self._now += 1
            self.peak = max(self.peak, self._now)
        return asked

    def left(self) -> None:
        with self._lock:
            self._now -= 1

    def wait_for_close(self) -> None:
        self._closing.wait(30)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def cut_connections(self) -> None:
        """End what clients keep alive; otherwise a closed server would go on answering them."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is part of the game."""


def _handler(server: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = server.arrived(self.path, json.loads(self.rfile.read(length)), headers)
            try:
                sent = server.behaviour(asked)(asked)
                if sent.hang:
                    server.wait_for_close()
                if sent.hang or sent.drop:
                    self._cut()
                else:
                    self._send(sent)
            finally:
                server.left()

        def _send(self, sent: Sent) -> None:
            self.send_response(sent.status)
            for name, value in sent.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(sent.body) if sent.promised is None else sent.promised))
            self.end_headers()
            self.wfile.write(sent.body)
            if sent.promised is not None:
                self.wfile.flush()
                self._cut()

        def _cut(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                # A reset, not a polite close: what a dying proxy does.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Nothing on stderr."""

    return Handler
