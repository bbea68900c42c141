"""llama.cpp's `llama-server` as a process on loopback: started on a free port, stopped for sure.

Promises: the server ends with this process, even if this process is killed; it gets an environment of its own, so that
nobody's settings reach it; it writes into the given folder alone. Does not build it: that is `bin/llama-server`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2

VERSION = "0.3.36"
SLOTS = 4
SLOT_TOKENS = 24_576
"""Room of one question with its answer. A token is a byte: prompts of the fixture claims used here have up to 12 KB."""

_LONGEST_START = 60.0
_LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
# The shell ends the server when its own standard input ends, which the system sees to, however the tests end.
_UNTIL_STDIN_ENDS = """
exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ read -r _ <&3; kill -9 "$server"; } 2>/dev/null & reader=$!
wait "$server"; status=$?
kill "$reader" 2>/dev/null
exit "$status"
"""
_KILLED = 128 + signal.SIGKILL
"""It has nothing to save, and no request under way may delay its end."""


class Llama:
    """A running server: where it is, and what it has done so far."""

    def __init__(self, port: int, key: str) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self._metrics = f"http://127.0.0.1:{port}/metrics"
        self._headers = {"authorization": f"Bearer {key}"}

    def counts(self) -> dict[str, float]:
        """The server's own counters: `tokens_predicted_total`, `prompt_tokens_total`, `n_decode_total` and others."""
        text = httpx2.get(self._metrics, headers=self._headers, timeout=10, trust_env=False).raise_for_status().text
        found = re.findall(r"^llamacpp:(\w+) (\S+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in found}

    def listens(self) -> bool:
        """Whether anything accepts connections at the server's address."""
        try:
            httpx2.get(self._metrics, timeout=10, trust_env=False)
        except httpx2.ConnectError:
            return False
        return True


def binary() -> Path | None:
    """The server program: LLAMA_SERVER, or the one that `bin/llama-server` built; None where there is neither."""
    if named := os.environ.get("LLAMA_SERVER"):
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    built = cache / "mechsyn" / f"llama-server-{VERSION}" / "llama-server"
    return built if built.is_file() else None


@contextmanager
def serving(program: Path, model: Path, key: str, folder: Path) -> Generator[Llama]:
    """A server of `model` that accepts `key`; AssertionError with the end of its log when it does not run."""
    log = folder / "server.log"
    with (
        log.open("wb") as written,
        subprocess.Popen(
            ["sh", "-c", _UNTIL_STDIN_ENDS, "sh", *_command(program, model, key)],
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LLAMA_CACHE": str(folder)},
            cwd=folder,
        ) as shell,
    ):
        assert shell.stdin is not None
        try:
            yield Llama(_port(log, shell), key)
        finally:
            shell.stdin.close()
            status = shell.wait(timeout=30)
    assert status == _KILLED, f"llama-server ended by itself with status {status}; {_end_of(log)}"


def _command(program: Path, model: Path, key: str) -> list[str]:
    named = ["--model", str(model), "--alias", "tiny", "--api-key", key]
    slots = ["--parallel", str(SLOTS), "--ctx-size", str(SLOTS * SLOT_TOKENS), "--threads", "1", "--seed", "1"]
    # With flash attention this tiny model answers several questions at once five times as slowly.
    speed = ["--flash-attn", "off", "--no-warmup"]
    return [str(program), *named, "--host", "127.0.0.1", "--port", "0", *slots, *speed, "--metrics"]


def _port(log: Path, shell: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + _LONGEST_START
    while shell.poll() is None and time.monotonic() < end:
        if found := _LISTENING.search(log.read_text(encoding="utf-8", errors="replace")):
            return int(found[1])
        time.sleep(0.02)
    raise AssertionError(f"llama-server does not listen; {_end_of(log)}")


def _end_of(log: Path) -> str:
    return f"its log ends: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
