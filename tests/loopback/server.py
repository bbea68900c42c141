"""A fast chat completions server on 127.0.0.1: fixed latency, rate limits, faults by share, counters by question.

    python -m tests.loopback.server        prints its port; ends when its standard input ends

Promises: standard library only, unless a model is set that needs more; one protocol, timers instead of tasks. HTTP/1.1
with Content-Length and keep-alive; does no chunked requests, no pipelining, no streaming. GET /__stats tells what was
seen, POST /__settings changes the behaviour.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from tests.loopback.answers import Answers, Asked, failure
from tests.loopback.behaviour import Behaviour
from tests.loopback.ledger import Ledger
from tests.loopback.limits import ANY_MOMENT, Admission, Limits, retry_after

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection:[^\r]*\bclose\b", re.IGNORECASE)
_END = b"\r\n\r\n"
_PIECES = 10
_WHOLE = frozenset({None, "broken_content", "cut_off", "drip"})
"""Outcomes in which the client gets a chat completion, so that a provider would charge for it."""


class Request(NamedTuple):
    method: str
    path: str
    body: bytes


class Connection(asyncio.Protocol):
    """One client's connection: cuts requests out of the stream, writes answers."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._buffer = bytearray()
        self._close = False
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._service.ledger.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._timer is not None:
            self._timer.cancel()
        if self._waiting:
            self._waiting = False
            self._service.ledger.left()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self.transport is not None and (request := self._next()) is not None:
            self._service.take(self, request)

    def _next(self) -> Request | None:
        end = self._buffer.find(_END)
        if end < 0:
            return None
        head = bytes(self._buffer[: end + 2])
        if _CHUNKED.search(head):
            self._close = True
            self.send(411, failure("send a Content-Length", "length_required", "invalid_request_error"))
            return None
        found = _LENGTH.search(head)
        whole = end + len(_END) + (int(found[1]) if found else 0)
        if len(self._buffer) < whole:
            return None
        body = bytes(self._buffer[end + len(_END) : whole])
        del self._buffer[:whole]
        self._close = _CLOSE.search(head) is not None
        method, path = head.decode("latin-1").split(" ", 2)[:2]
        return Request(method, path, body)

    def wait(self) -> None:
        """An answer is due; if the client goes away before `waited`, its request counts as abandoned."""
        self._waiting = True

    def waited(self) -> None:
        self._waiting = False

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Act after some time, unless the client has gone by then."""
        self._timer = asyncio.get_running_loop().call_later(seconds, act)

    def send(self, status: int, body: bytes, headers: str = "", kind: str = "application/json") -> None:
        """A whole answer at once."""
        self.write(self._head(status, body, headers, kind) + body)
        self.finish()

    def begin(self, status: int, body: bytes, headers: str) -> None:
        """The head of an answer that promises the whole body."""
        self.write(self._head(status, body, headers, "application/json"))

    def write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def finish(self, *, cut: bool = False) -> None:
        """The answer is out; close the connection if the client wants that, or to cut the answer short."""
        if (cut or self._close) and self.transport is not None:
            self.transport.close()

    def _head(self, status: int, body: bytes, headers: str, kind: str) -> bytes:
        moment = self._service.date()
        close = "connection: close\r\n" if self._close else ""
        return (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ndate: {moment}\r\ncontent-type: {kind}\r\n"
            f"x-request-id: req-loopback\r\n{headers}{close}content-length: {len(body)}\r\n\r\n"
        ).encode("latin-1")


class Service:
    """Decides what becomes of each request."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._behave(Behaviour())

    def _behave(self, behaviour: Behaviour) -> None:
        self._answers = Answers(behaviour)
        self._behaviour = behaviour
        self._limits = Limits(behaviour, time.monotonic())

    def date(self) -> str:
        """The Date header by the server's clock, which may be wrong on purpose."""
        return _date(int(self._clock()))

    def _clock(self) -> float:
        return time.time() + self._behaviour.clock_skew_seconds

    def take(self, connection: Connection, request: Request) -> None:
        """Answers a request, now or later."""
        match request.method, request.path.partition("?")[0]:
            case "POST", path if path.endswith("/chat/completions"):
                self._ask(connection, request.body)
            case "GET", "/__stats":
                connection.send(200, json.dumps(self.ledger.stats()).encode())
            case "GET", "/__cpu":
                connection.send(200, json.dumps({"seconds": time.process_time()}).encode())
            case "POST", "/__settings":
                self._change(connection, request.body)
            case "GET", path if path.endswith("/models"):
                connection.send(200, b'{"object":"list","data":[{"id":"loopback-1","object":"model"}]}')
            case method, path:
                connection.send(404, failure(f"{method} {path} is not served", "not_found", "invalid_request_error"))

    def _change(self, connection: Connection, body: bytes) -> None:
        try:
            wanted: dict[str, Any] = json.loads(body)
            self._behave(Behaviour(**wanted["behaviour"]))
        except (ValueError, TypeError, LookupError, ImportError, AttributeError) as error:
            connection.send(400, failure(str(error), "settings", "invalid_request_error"))
            return
        if wanted["reset"]:
            self.ledger = Ledger(self.ledger.under_way)
        connection.send(200, b"{}")

    def _ask(self, connection: Connection, raw: bytes) -> None:
        now = time.monotonic()
        try:
            asked = Asked(raw, read=self._behaviour.reads_bodies)
        except ValueError as error:
            connection.send(400, failure(str(error), "no_json", "invalid_request_error"))
            return
        self.ledger.arrived(len(raw), asked.question, now)
        admission = self._limits.admit(asked.tokens, now)
        if not admission.admitted:
            self.ledger.refused += 1
            self.ledger.statuses[429] += 1
            self._refuse(connection, admission.wait, admission.scarce, admission)
            return
        attempt = self.ledger.admitted(asked.question, now)
        fault = self._behaviour.fault(asked.question, attempt) if asked.question is not None else None
        if fault is not None:
            self.ledger.faults[fault] += 1
        connection.wait()
        if fault == "429":
            self._over(connection, asked, 429)
            self._refuse(connection, ANY_MOMENT, "requests", admission)
        elif fault != "hang":
            latency = self._behaviour.latency_seconds
            connection.later(latency, lambda: self._answer(connection, asked, fault, admission))

    def _refuse(self, connection: Connection, wait: float, scarce: str, admission: Admission) -> None:
        headers = admission.headers + retry_after(self._behaviour, wait, self._clock())
        connection.send(429, failure(f"Rate limit reached for {scarce}", "rate_limit_exceeded", scarce), headers)

    def _answer(self, connection: Connection, asked: Asked, fault: str | None, admission: Admission) -> None:
        if fault == "500":
            self._over(connection, asked, 500)
            connection.send(500, failure("The server had an error", "server_error", "server_error"), admission.headers)
            return
        try:
            body = self._answers.completion(asked, fault)
        except (KeyError, ValueError, LookupError, AttributeError) as error:
            self._over(connection, asked, 400)
            connection.send(400, failure(f"the model cannot answer: {error!r}", "model", "invalid_request_error"))
            return
        match fault:
            case "drip":
                connection.begin(200, body, admission.headers)
                self._drip(connection, asked, body)
            case "cut_connection":
                self._over(connection, asked, 200)
                connection.begin(200, body, admission.headers)
                connection.write(body[: len(body) // 2])
                connection.finish(cut=True)
            case _:
                self._over(connection, asked, 200, completed=fault in _WHOLE)
                kind = "text/html; charset=utf-8" if fault == "html" else "application/json"
                connection.send(200, body, admission.headers, kind)

    def _drip(self, connection: Connection, asked: Asked, body: bytes) -> None:
        """Writes a tenth of the body, and the rest after a while."""
        step = -(-len(body) // _PIECES)

        def drop(start: int) -> None:
            connection.write(body[start : start + step])
            if start + step < len(body):
                connection.later(self._behaviour.drip_seconds / _PIECES, lambda: drop(start + step))
                return
            self._over(connection, asked, 200, completed=True)
            connection.finish()

        drop(0)

    def _over(self, connection: Connection, asked: Asked, status: int, *, completed: bool = False) -> None:
        connection.waited()
        self.ledger.ended(asked.question, status, completed=completed)


@lru_cache(maxsize=2)
def _date(moment: int) -> str:
    return formatdate(moment, usegmt=True)


async def serve() -> None:
    """Serves on a free port, which is printed, until standard input ends."""
    loop = asyncio.get_running_loop()
    service = Service()
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    over = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), over.set)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
