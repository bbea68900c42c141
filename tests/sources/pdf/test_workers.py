"""The processes that parse PDFs: what they may do, and what becomes of a file that hurts them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.sources.pdf import child as child_module
from pipeline.sources.pdf.child import Child
from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.document import read_pdf
from pipeline.sources.pdf.exchange import Order
from pipeline.sources.pdf.limits import OPEN_FILES, Limits
from pipeline.sources.pdf.pages import read_pages
from pipeline.sources.pdf.workers import PdfFile, PdfWorkers, processors
from tests.sources.pdf.test_endings import is_there

Pool = Callable[..., PdfWorkers]
LINUX = pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="the system does not show limits in /proc")

# A process that does its work as always but for one function that is replaced.
SCRIPTED = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
from pipeline.sources.pdf import pages, worker
from pipeline.sources.pdf.limits import Limits
read_page, read_pages, join_lines = pages._read_page, pages.read_pages, pages.join_lines
def die(number=signal.SIGSEGV):
    os.kill(os.getpid(), number)
    time.sleep(30)
"""
# A process that says whatever it likes.
LIAR = """
import json, os, pickle, socket, struct, sys, time
channel = socket.socket(fileno=0)
def say(text):
    channel.sendall(struct.pack(">Q", len(text)) + text)
channel.recv(1 << 20)
"""


@pytest.fixture
def pool() -> Iterator[Pool]:
    made: list[PdfWorkers] = []

    def make(count: int = 1, **limits: float) -> PdfWorkers:
        made.append(PdfWorkers(count, Limits.model_validate(limits)))
        return made[-1]

    yield make
    for workers in made:
        workers.close()


def scripted(monkeypatch: pytest.MonkeyPatch, body: str, *, script: str = SCRIPTED, end: str = "worker.main()") -> None:
    monkeypatch.setattr(child_module, "_START", f"{script}\n{body}\n{end}\n")


def on_page(number: int, what: str) -> str:
    return f"""
def _read_page(document, index):
    if index + 1 == {number}:
        {what}
    return read_page(document, index)
pages._read_page = _read_page
"""


def told(reading: PdfReading) -> str:
    return " ".join(passage.text for passage in reading.passages)


def test_what_the_process_reads_is_what_is_read_here(pool: Pool, article: bytes) -> None:
    here = read_pages(article, Order(size=len(article)), lambda _stage, _page: None)
    there = pool().read(article, "made.pdf")
    assert there == here
    assert "On page 2 we report" in told(there)
    assert there.pages == 3


def test_a_page_that_kills_the_process_costs_that_page(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, on_page(2, "die()"))
    reading = pool().read(article, "made.pdf")
    assert [(n.kind, n.page, "SIGSEGV" in n.message) for n in reading.notes] == [("unreadable_page", 2, True)]
    assert "On page 1" in told(reading)
    assert "On page 2" not in told(reading)
    assert "On page 3" in told(reading)


def test_a_page_that_hangs_costs_that_page(pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, on_page(3, "time.sleep(60)"))
    reading = pool(page_seconds=0.3).read(article, "made.pdf")
    assert [(n.kind, n.page) for n in reading.notes] == [("unreadable_page", 3)]
    assert "it takes more than 0.3 s" in reading.notes[0].message
    assert "On page 2" in told(reading)


def test_a_file_of_such_pages_only_is_an_error(pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, "pages._read_page = lambda document, index: die(signal.SIGILL)")
    with pytest.raises(
        SourceError, match=r"^made.pdf: is damaged: reading it crashed the reader \(SIGILL, at page 3\)"
    ):
        pool().read(article, "made.pdf")
    with pytest.raises(SourceError, match=r"crashed the reader \(SIGILL, at page 2\)"):
        pool(skipped_pages=1).read(article, "made.pdf")


def test_a_crash_while_opening_is_that_file_alone(pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, "pages.opened = (lambda do: lambda d, p: die() if b'BAD' in d else do(d, p))(pages.opened)")
    workers = pool(2)
    files = [PdfFile(article, "a"), PdfFile(b"%PDF-BAD", "b"), PdfFile(article, "c")]
    one, two, three = workers.read_many(files)
    assert isinstance(one, PdfReading)
    assert str(two) == "b: is damaged: reading it crashed the reader (SIGSEGV); get the file again from its source"
    assert one == three


def test_what_an_earlier_file_broke_is_not_the_fault_of_the_next(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(
        monkeypatch,
        "def opened(data, order, do=pages.opened, seen=[]):\n"
        "    if seen: die()\n"
        "    seen.append(1)\n"
        "    return do(data, order)\n"
        "pages.opened = opened",
    )
    workers = pool()
    one = workers.read(article, "a")
    (first,) = workers.processes
    assert workers.read(article, "b") == one
    assert workers.processes != {first}


def test_a_process_that_something_else_has_ended_is_replaced(pool: Pool, article: bytes) -> None:
    workers = pool()
    one = workers.read(article, "a")
    (first,) = workers.processes
    os.kill(first, signal.SIGKILL)
    assert workers.read(article, "b") == one
    assert not is_there(first)


def test_a_process_that_cannot_be_started_is_named(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/none")
    with pytest.raises(SourceError, match=r"no process could be started for it \(No such file or directory\)"):
        pool().read(b"%PDF-", "made.pdf")


def test_the_time_of_a_file_is_kept_and_named(pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, "pages.join_lines = lambda *given: time.sleep(60)")
    with pytest.raises(SourceError, match=r"made.pdf: takes more than 0.6 s to read; print it to a new PDF"):
        pool(file_seconds=0.6).read(article, "made.pdf")


def test_the_end_of_its_processor_time_is_a_matter_of_time(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, "pages.join_lines = lambda *given: die(signal.SIGXCPU)")
    with pytest.raises(SourceError, match="takes more than 60 s to read"):
        pool().read(article, "made.pdf")


def test_the_memory_of_a_process_is_bounded_and_named(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, "pages.join_lines = lambda *given: bytearray(10**9)")
    workers = pool(memory_bytes=500_000_000)
    with pytest.raises(SourceError, match="needs more than 500 MB of memory to read; print it to a new PDF"):
        workers.read(article, "made.pdf")


def test_an_inspection_that_kills_the_process_costs_the_metadata_alone(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, "pages.inspect_pdf = lambda *given: die()")
    reading = pool().read(article, "made.pdf")
    assert "On page 3" in told(reading)
    assert reading.metadata_title is None
    assert reading.notes == []


def test_a_fault_of_the_reader_itself_is_named_with_the_file(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, "pages.join_lines = lambda *given: [][0]")
    with pytest.raises(SourceError, match=r"made.pdf: is damaged: reading it failed \(IndexError\)"):
        pool().read(article, "made.pdf")


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("say(b'no JSON')", "no valid answer"),
        ("say(pickle.dumps(os.system))", "no valid answer"),
        ("""say(b'{"kind": "answer", "reading": {"passages": []}, "run": "id"}')""", "no valid answer"),
        ("""say(b'{"kind": "failure", "fault": "damaged; run this", "pages": 0}')""", "no valid answer"),
        ("""say(b'{"kind": "failure", "fault": "failed", "detail": "x; run this"}')""", "no valid answer"),
        ("channel.sendall(struct.pack('>Q', 1 << 40))", "holds more than the 32 MB of text"),
        ("channel.sendall(struct.pack('>Q', 100) + b'{')", "exit status 0"),
        ("channel.close()", "exit status 0"),
        ("channel.sendall(b'x')", "exit status 0"),
    ],
)
def test_a_process_that_was_taken_over_gets_nothing_but_an_error(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, said: str, cause: str
) -> None:
    scripted(monkeypatch, said, script=LIAR, end="")
    with pytest.raises(SourceError, match=cause):
        pool().read(b"%PDF-", "made.pdf")


def test_endless_progress_does_not_buy_time(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "while True: os.write(int(sys.argv[2]), struct.pack('=dII', time.monotonic() + 9e9, 1, 1))"
    scripted(monkeypatch, endless, script=LIAR, end="")
    with pytest.raises(SourceError, match="takes more than"):
        pool(file_seconds=0.4).read(b"%PDF-", "made.pdf")


def test_a_process_that_takes_nothing_in_is_ended(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, "time.sleep(60)", script="import time", end="")
    with pytest.raises(SourceError, match="takes more than"):
        pool(file_seconds=0.4).read(b"%PDF-" * 5_000_000, "made.pdf")


def test_an_answer_beyond_the_limit_is_refused(pool: Pool, article: bytes) -> None:
    with pytest.raises(SourceError, match=r"holds more than the 0\.0003 MB of text that are read"):
        pool(answer_bytes=300).read(article, "made.pdf")


@LINUX
def test_the_process_has_no_secrets_few_rights_and_nothing_open(
    article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    child = Child(Limits())
    try:
        child.ask(Order(size=len(article)), article, time.monotonic() + 60)
        home = Path(f"/proc/{child.pid}")
        assert b"secret" not in (home / "environ").read_bytes()
        assert {line.split(b"=")[0] for line in (home / "environ").read_bytes().split(b"\0")} <= {
            b"",
            b"LD_LIBRARY_PATH",
        }
        rows = (line.rsplit(maxsplit=3) for line in (home / "limits").read_text().splitlines()[1:])
        limits = {row[0].strip(): row[1:3] for row in rows if row[-1] in {"bytes", "files"}}
        assert limits["Max address space"] == ["1000000000"] * 2
        assert limits["Max file size"] == ["0"] * 2
        assert limits["Max core file size"] == ["0"] * 2
        assert limits["Max open files"] == [str(OPEN_FILES)] * 2
        opened = {int(fd.name): str(fd.readlink()) for fd in (home / "fd").iterdir()}
        (pipe,) = set(opened) - {0, 1, 2}
        assert opened[pipe].startswith("pipe:")
        assert opened[0].startswith("socket:")
        assert opened[1] == opened[2] == "/dev/null"
        assert os.getsid(child.pid) != os.getsid(0)
    finally:
        child.stop()
    assert not is_there(child.pid)


def test_processes_are_kept_replaced_and_never_more_than_the_count(pool: Pool, article: bytes) -> None:
    workers = pool(2, files=3)
    seen: set[int] = set()

    def read(number: int) -> str:
        reading = workers.read(article, str(number))
        now = workers.processes
        assert len(now) <= 2
        seen.update(now)
        return told(reading)

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(read, range(8)))) == 1
    assert 3 <= len(seen) <= 5
    workers.close()
    assert not any(map(is_there, seen))


def test_a_process_that_has_grown_is_replaced(pool: Pool, article: bytes) -> None:
    workers = pool(kept_bytes=1_000_000)
    assert workers.read(article, "a") == workers.read(article, "b")
    assert workers.processes == frozenset()


def test_the_order_of_results_is_that_of_the_files(pool: Pool, article: bytes) -> None:
    files = [PdfFile(article if n % 3 else b"no PDF", str(n)) for n in range(9)]
    found = list(pool(2).read_many(files))
    assert [isinstance(reading, PdfReading) for reading in found] == [n % 3 > 0 for n in range(9)]
    assert [error.file for error in found if isinstance(error, SourceError)] == ["0", "3", "6"]


def test_leaving_a_folder_half_read_ends_what_is_under_way(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(
        monkeypatch,
        "pages.opened = (lambda do: lambda d, p: time.sleep(60) if d == b'S' else do(d, p))(pages.opened)",
    )
    workers = pool(2)
    found = workers.read_many([PdfFile(article, "a"), *(PdfFile(b"S", str(n)) for n in range(9))])
    assert isinstance(next(found), PdfReading)
    start = time.monotonic()
    found.close()
    assert time.monotonic() - start < 20
    assert workers.processes == frozenset()


def test_closing_under_a_reading_thread_ends_its_file_with_an_error(
    pool: Pool, article: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, "pages.join_lines = lambda *given: time.sleep(60)")
    workers = pool()
    said: list[str] = []

    def read() -> None:
        try:
            workers.read(article, "made.pdf")
        except SourceError as error:
            said.append(str(error))

    thread = threading.Thread(target=read)
    thread.start()
    until = time.monotonic() + 10
    while not workers.processes and time.monotonic() < until:
        time.sleep(0.01)
    (busy,) = workers.processes
    workers.close()
    thread.join(10)
    assert said == ["made.pdf: was not read to its end, because reading was stopped; read it again"]
    assert not is_there(busy)


def test_it_can_be_read_beside_a_running_loop(pool: Pool, article: bytes) -> None:
    workers = pool(2)

    async def both() -> list[PdfReading]:
        return await asyncio.gather(*(asyncio.to_thread(workers.read, article, str(n)) for n in range(2)))

    one, two = asyncio.run(both())
    assert one == two


def test_a_long_password_is_a_wrong_one_and_a_strange_one_no_fault(pool: Pool, article: bytes) -> None:
    workers = pool()
    with pytest.raises(SourceError, match="the password given is wrong"):
        workers.read(article, "made.pdf", "x" * 2_000)
    assert told(workers.read(article, "made.pdf", "ø\x00\u2028"))


def test_there_is_a_process_for_each_processor() -> None:
    assert PdfWorkers().count == processors() >= 1


def test_read_pdf_uses_the_processes_that_it_is_given(pool: Pool, article: bytes) -> None:
    workers = pool()
    assert told(read_pdf(article, "made.pdf", workers=workers)).startswith("On page 1")
    assert len(workers.processes) == 1
