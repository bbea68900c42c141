"""No process that parses PDFs outlives the program that started it, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def is_there(pid: int) -> bool:
    """Whether a process runs or is left as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(pid: int, within: float = 5.0) -> bool:
    until = time.monotonic() + within
    while is_there(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_there(pid)


def program(body: str, path: Path) -> subprocess.Popen[str]:
    """A program that reads a PDF: `{body}` runs with `pool`, `data` and the module `child` at hand."""
    start = (
        "import os, sys, time, threading\nfrom pathlib import Path\n"
        "from pipeline.sources.pdf import child\nfrom pipeline.sources.pdf.workers import default_workers\n"
        "pool, data = default_workers(), Path(sys.argv[1]).read_bytes()\n"
        "def pids(): return pool.processes\n"
    )
    root = Path(__file__).resolve().parents[3]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", start + body, str(path)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


SLOW = "child._START = 'import time; time.sleep(60)'\n"


@pytest.fixture
def file(tmp_path: Path, article: bytes) -> Path:
    path = tmp_path / "article.pdf"
    path.write_bytes(article)
    return path


def test_no_process_is_left_when_the_program_ends(file: Path) -> None:
    out, err = program("pool.read(data, 'a'); print(*pids())", file).communicate(timeout=60)
    assert err == ""
    assert gone(int(out))


def test_no_process_is_left_when_the_program_ends_in_the_middle_of_a_file(file: Path) -> None:
    body = SLOW + (
        "threading.Thread(target=pool.read, args=(data, 'a'), daemon=True).start()\n"
        "while not pool.processes: time.sleep(0.01)\n"
        "print(*pids(), flush=True)"
    )
    process = program(body, file)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert gone(int(out))


def test_an_interrupted_program_ends_at_once_and_leaves_no_process(file: Path) -> None:
    body = SLOW + (
        "def show():\n"
        "    while not pool.processes: time.sleep(0.01)\n"
        "    print(*pids(), flush=True)\n"
        "threading.Thread(target=show).start()\n"
        "pool.read(data, 'a')"
    )
    process = program(body, file)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in err
    assert gone(pid)


def test_a_program_that_is_killed_leaves_no_process(file: Path) -> None:
    process = program("pool.read(data, 'a'); print(*pids(), flush=True); time.sleep(60)", file)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate(timeout=30)
    assert gone(pid)


def test_a_forked_program_starts_processes_of_its_own(file: Path) -> None:
    body = (
        "pool.read(data, 'a'); before = pids(); forked = os.fork()\n"
        "if not forked:\n"
        "    pool.read(data, 'b'); print(*pids(), flush=True); pool.close(); os._exit(0)\n"
        "os.waitpid(forked, 0); pool.read(data, 'c'); print(*before, *pids())"
    )
    out, err = program(body, file).communicate(timeout=60)
    assert err == ""
    theirs, before, after = map(int, out.split())
    assert theirs != before == after
