"""An endpoint with files and batches on loopback, which goes from state to state by script and answers as a model does.

    with BatchServer() as server:
        settings = server.settings()

Each look at a batch moves it one state on. `fates` says what becomes of each batch, in the order of creation; `then`
what becomes of all others. `troubles` are answered before anything else: a status (or a cut connection) for the n-th
call of a kind. Real HTTP; never anything but 127.0.0.1.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from pipeline.settings import Settings
from schemas.wire import RequestLine
from tests.scripted import Scripted

LIVE = ("validating", "in_progress", "finalizing", "cancelling")
DROP = -1
"""A trouble: the connection is cut after the server has done what it was asked, before it says anything."""
HALF = -2
"""A trouble: the connection is cut in the middle of the answer."""

Line = Callable[[RequestLine, int], dict[str, Any] | None]
"""What becomes of one question, the n-th time that it is asked: its line, or None for no line at all."""

_PART = re.compile(rb'name="(\w+)"(?:; filename="[^"]*")?\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
_BATCH = re.compile(r"/v1/batches/([\w-]+)(/cancel)?$")
_CONTENT = re.compile(r"/v1/files/([\w-]+)/content$")


def completion(content: object) -> dict[str, Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    return {"id": "c", "object": "chat.completion", "model": "scripted-1", "choices": [choice], "usage": usage}


def refused(status: int = 500, message: str = "The server had an error") -> dict[str, Any]:
    """The response of a line that failed."""
    return {"status_code": status, "request_id": "r", "body": {"error": {"message": message, "code": None}}}


def answering(model: Scripted | None = None) -> Line:
    """Every question is answered by script."""
    scripted = model or Scripted()

    def line(request: RequestLine, _asked: int) -> dict[str, Any]:
        response = {"status_code": 200, "request_id": "r", "body": completion(scripted.content(request))}
        return {"id": "b", "custom_id": request.custom_id, "response": response, "error": None}

    return line


def failing_first(every: int, times: int = 1, status: int = 500) -> Line:
    """About one question in `every` fails the first `times` that it is asked."""
    answer = answering()

    def line(request: RequestLine, asked: int) -> dict[str, Any] | None:
        if int(request.custom_id[-6:], 16) % every == 0 and asked <= times:
            return {"id": "b", "custom_id": request.custom_id, "response": refused(status), "error": None}
        return answer(request, asked)

    return line


@dataclass(frozen=True)
class Fate:
    """The states of a batch, one for each look, and what becomes of its questions. `done`: the share that an expired or
    cancelled batch has answered; `extra`: lines that nobody asked for."""

    states: tuple[str, ...] = ("validating", "in_progress", "finalizing", "completed")
    line: Line = field(default_factory=answering)
    done: float = 1.0
    errors: tuple[Mapping[str, Any], ...] = ()
    extra: tuple[str, ...] = ()


@dataclass
class Batch:
    """One batch as the server keeps it."""

    id: str
    input_file: str
    metadata: dict[str, str]
    fate: Fate
    created: int
    looks: int = 0
    cancelled: bool = False
    ended: bool = False
    output_file: str | None = None
    error_file: str | None = None

    @property
    def status(self) -> str:
        if self.cancelled:
            return "cancelled" if self.ended else "cancelling"
        return self.fate.states[min(self.looks, len(self.fate.states) - 1)]


class BatchServer:
    """A context manager; `url` ends in /v1. `accepted` counts how often each question was answered in a batch that came
    to its end; `twice` lists questions that were in two live batches at once; `calls` counts calls by kind."""

    def __init__(self, *fates: Fate, then: Fate | None = None, page: int = 3) -> None:
        self._fates = list(fates)
        self._then = then or Fate()
        self._page = page
        self._lock = threading.RLock()
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}
        self.accepted: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.twice: list[str] = []
        self.calls: Counter[str] = Counter()
        self.troubles: dict[tuple[str, int], tuple[int, dict[str, str]]] = {}
        self.live: Callable[[RequestLine], object] = Scripted().content
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def settings(self, **more: Any) -> Settings:
        given: dict[str, Any] = {"openai_api_key": "sk-test-secret", "openai_base_url": self.url, "model": "m"}
        return Settings(**{**given, **more})

    def trouble(self, call: str, *numbers: int, status: int = 500, **headers: str) -> None:
        """The calls `numbers` (from 1) of a kind (upload, create, look, list, content, cancel) go wrong."""
        for number in numbers:
            self.troubles[call, number] = status, {k.replace("_", "-"): v for k, v in headers.items()}

    def questions(self, batch: Batch) -> list[RequestLine]:
        return [RequestLine.model_validate_json(line) for line in self.files[batch.input_file].splitlines()]

    def upload(self, body: bytes) -> dict[str, Any]:
        parts = dict(_PART.findall(body))
        assert parts[b"purpose"] == b"batch"
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = parts[b"file"]
        return {
            "id": file_id,
            "object": "file",
            "bytes": len(parts[b"file"]),
            "purpose": "batch",
            "status": "processed",
        }

    def create(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["completion_window"] == "24h"
        assert given["endpoint"] == "/v1/chat/completions"
        fate = self._fates.pop(0) if self._fates else self._then
        number = len(self.batches) + 1
        batch = Batch(f"batch-{number}", given["input_file_id"], given.get("metadata") or {}, fate, number)
        under_way = {q.custom_id for b in self.batches.values() if b.status in LIVE for q in self.questions(b)}
        mine = [q.custom_id for q in self.questions(batch)]
        self.twice += [q for q in mine if q in under_way]
        self.twice += [q for q in mine if self.accepted[q]]
        self.batches[batch.id] = batch
        return self.shown(batch)

    def look(self, batch: Batch) -> dict[str, Any]:
        batch.looks += batch.status in LIVE
        if not batch.ended and (batch.cancelled or batch.status in {"completed", "expired"}):
            self._end(batch)
        return self.shown(batch)

    def _end(self, batch: Batch) -> None:
        code = "batch_cancelled" if batch.cancelled else "batch_expired"
        batch.ended = True
        output: list[str] = []
        errors: list[str] = []
        questions = self.questions(batch)
        rng = random.Random(batch.id)
        rng.shuffle(questions)
        done = questions[: round(len(questions) * batch.fate.done)]
        for question in done:
            self.asked[question.custom_id] += 1
            line = batch.fate.line(question, self.asked[question.custom_id])
            if line is not None and line["response"]["status_code"] == 200:
                self.accepted[question.custom_id] += 1
                output.append(json.dumps(line))
            elif line is not None:
                errors.append(json.dumps(line))
        for question in questions[len(done) :]:
            error = {"code": code, "message": "This request could not be executed."}
            errors.append(json.dumps({"id": "b", "custom_id": question.custom_id, "response": None, "error": error}))
        batch.output_file = self._kept(f"{batch.id}-output", [*output, *batch.fate.extra])
        batch.error_file = self._kept(f"{batch.id}-errors", errors)

    def _kept(self, file_id: str, lines: list[str]) -> str | None:
        if not lines:
            return None
        self.files[file_id] = ("\n".join(lines) + "\n").encode()
        return file_id

    def cancel(self, batch: Batch) -> dict[str, Any]:
        batch.cancelled = True
        return self.shown(batch)

    def shown(self, batch: Batch) -> dict[str, Any]:
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "created_at": batch.created,
            "status": batch.status,
            "input_file_id": batch.input_file,
            "output_file_id": batch.output_file,
            "error_file_id": batch.error_file,
            "metadata": batch.metadata,
            "errors": {"object": "list", "data": list(batch.fate.errors)} if batch.status == "failed" else None,
            "request_counts": None,
        }

    def listed(self, after: str | None, limit: int) -> dict[str, Any]:
        newest_first = list(reversed(self.batches.values()))
        ids = [batch.id for batch in newest_first]
        start = ids.index(after) + 1 if after is not None else 0
        end = start + min(limit, self._page)
        data = [self.shown(batch) for batch in newest_first[start:end]]
        return {"object": "list", "data": data, "has_more": end < len(ids)}

    def called(self, kind: str) -> tuple[int, dict[str, str]] | None:
        self.calls[kind] += 1
        return self.troubles.pop((kind, self.calls[kind]), None)

    @property
    def lock(self) -> threading.RLock:
        return self._lock

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: BatchServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0)) if self._sized() else self._chunks()
        found = _BATCH.match(self.path)
        if self.path == "/v1/files":
            self._answer("upload", lambda: self.owner.upload(body))
        elif self.path == "/v1/batches":
            self._answer("create", lambda: self.owner.create(json.loads(body)))
        elif self.path == "/v1/chat/completions":
            self._answer("chat", lambda: self._chat(json.loads(body)))
        elif found is not None and found.group(2):
            batch = self.owner.batches.get(found.group(1))
            if batch is None or batch.status not in LIVE:
                status = 404 if batch is None else 400
                self._send(status, {"error": {"message": "Cannot cancel this batch"}})
            else:
                self._answer("cancel", lambda: self.owner.cancel(batch))

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        batch, content = _BATCH.match(path), _CONTENT.match(path)
        if path == "/v1/batches":
            given = dict(part.split("=") for part in query.split("&") if part)
            self._answer("list", lambda: self.owner.listed(given.get("after"), int(given.get("limit", "20"))))
        elif batch is not None and batch.group(1) in self.owner.batches:
            self._answer("look", lambda: self.owner.look(self.owner.batches[batch.group(1)]))
        elif content is not None and content.group(1) in self.owner.files:
            self._answer("content", lambda: self.owner.files[content.group(1)])
        else:
            self._send(404, {"error": {"message": "No such thing"}})

    def _chat(self, body: dict[str, Any]) -> dict[str, Any]:
        name = str(body["response_format"]["json_schema"]["name"]).removesuffix("Reply").lower()
        return completion(self.owner.live(RequestLine.ask(name, body)))

    def _sized(self) -> bool:
        return "chunked" not in (self.headers.get("transfer-encoding") or "")

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, kind: str, act: Callable[[], object]) -> None:
        with self.owner.lock:
            trouble = self.owner.called(kind)
            if trouble is not None and trouble[0] not in {DROP, HALF}:
                self._send(trouble[0], {"error": {"message": f"trouble with {kind}"}}, trouble[1])
                return
            answer = act()
        if trouble is not None and trouble[0] == HALF:
            self._send(200, answer, half=True)
        if trouble is not None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.close()
            return
        self._send(200, answer)

    def _send(
        self, status: int, answer: object, headers: Mapping[str, str] | None = None, *, half: bool = False
    ) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/octet-stream" if answer is body else "application/json")
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing on stderr."""
