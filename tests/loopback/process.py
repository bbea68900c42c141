"""Starts and stops the loopback server as a process of its own, and asks it what it saw.

    with Loopback(latency_seconds=0.2, rate=100, burst=20) as server:
        ...server.base_url...
        server.stats().completed

The server ends with this process, however this process ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.loopback.behaviour import Behaviour

ROOT = Path(__file__).resolve().parent.parent.parent


class Question(NamedTuple):
    """How often a question was asked, and how often a completion of it was written whole."""

    asked: int
    completed: int


@dataclass(frozen=True)
class Stats:
    """Counters since the last reset. `refused` by the rate limit; `abandoned` by the client before it had its answer;
    `seconds` from the first request to the last that was admitted; `questions` by the hash in a `custom_id`."""

    requests: int
    completed: int
    refused: int
    abandoned: int
    bytes_in: int
    connections: int
    under_way: int
    most_under_way: int
    seconds: float
    statuses: Mapping[str, int]
    faults: Mapping[str, int]
    questions: Mapping[str, Question]

    def question(self, custom_id: str) -> Question:
        """The counters of a request line."""
        return self.questions.get(custom_id.rpartition("-")[2], Question(0, 0))


class Loopback:
    """A running server as a context manager; takes the fields of `Behaviour`. `base_url` ends in /v1.

    TypeError for a setting that there is not, ValueError for one that cannot be, both before anything is started;
    RuntimeError when the server does not start, whose stderr says why.
    """

    def __init__(self, **settings: Any) -> None:
        self.behaviour = Behaviour(**settings)
        self.base_url = ""
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.loopback.server"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip():
            self.__exit__()
            raise RuntimeError("the loopback server did not start")
        self._port = int(line)
        self.base_url = f"http://127.0.0.1:{self._port}/v1"
        try:
            self.change()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def change(self, *, reset: bool = False, **changes: Any) -> None:
        """Change the behaviour; buckets are full again. `reset` sets the counters, and attempts at questions, to 0.

        RuntimeError when the server refuses, as it does a model that cannot be imported.
        """
        self.behaviour = replace(self.behaviour, **changes)
        self._call("POST", "/__settings", {"reset": reset, "behaviour": asdict(self.behaviour)})

    def stats(self) -> Stats:
        """What happened since the last reset."""
        seen = self._call("GET", "/__stats")
        seen["questions"] = {k: Question(*v) for k, v in seen["questions"].items()}
        return Stats(**seen)

    def cpu_seconds(self) -> float:
        """CPU seconds that the server has used since it was started."""
        return self._call("GET", "/__cpu")["seconds"]

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"the loopback server refuses: {text.decode()}")
        return json.loads(text)
