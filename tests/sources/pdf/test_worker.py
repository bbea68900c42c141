"""The process that parses PDFs, served in this one: without the limits that it would keep for good."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable, Iterator

import pytest

from pipeline.sources.pdf import worker
from pipeline.sources.pdf.exchange import (
    ORDERS,
    WORDS,
    Answer,
    Closed,
    ExchangeError,
    Failure,
    Order,
    Word,
    receive,
    send,
)
from pipeline.sources.pdf.limits import OPEN_FILES, Limits
from pipeline.sources.pdf.pages import Progress
from pipeline.sources.pdf.progress import Stage
from tests.sources.pdf import hostile

PAGE = hostile.page(hostile.packed(hostile.TEXT))


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, socket.socket]]:
    def no_limit(seconds: float) -> None:
        assert seconds == 60

    monkeypatch.setattr(worker, "_allow_cpu", no_limit)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def said(channel: socket.socket) -> list[Word]:
    """Every word on the channel, once the other side has closed it."""
    words: list[Word] = []
    while True:
        try:
            words.append(WORDS.validate_json(receive(channel, 1_000_000)))
        except Closed:
            return words


def ignore(_stage: Stage, _page: int) -> None:
    pass


def asked(ends: tuple[socket.socket, socket.socket], data: bytes, begin: Progress = ignore) -> tuple[bool, list[Word]]:
    ours, theirs = ends
    send(ours, ORDERS.dump_json(Order(size=len(data))), data)
    goes_on = worker.serve(theirs, begin)
    theirs.close()
    return goes_on, said(ours)


def test_an_order_is_answered_with_the_reading_and_what_is_begun_is_said(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    begun: list[tuple[Stage, int]] = []
    goes_on, (answer,) = asked(ends, PAGE, lambda stage, page: begun.append((stage, page)))
    assert goes_on
    assert begun == [("open", 0), ("page", 1), ("join", 0), ("inspect", 0)]
    assert isinstance(answer, Answer)
    assert [p.text for p in answer.reading.passages] == [hostile.SENTENCE]
    assert answer.peak_bytes > 10_000_000


@pytest.mark.parametrize(
    ("raises", "fault", "goes_on"),
    [(MemoryError, "memory", False), (RecursionError, "failed", True), (ValueError, "failed", True)],
)
def test_whatever_goes_wrong_is_said(
    ends: tuple[socket.socket, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    raises: type[Exception],
    fault: str,
    goes_on: bool,
) -> None:
    def fails(data: bytes, order: Order, progress: Callable[..., None]) -> None:
        raise raises

    monkeypatch.setattr(worker, "read_pages", fails)
    still, (word,) = asked(ends, PAGE)
    assert still == goes_on
    assert isinstance(word, Failure)
    assert (word.fault, word.detail) == (fault, "" if fault == "memory" else raises.__name__)


def test_a_file_that_cannot_be_read_is_a_failure(ends: tuple[socket.socket, socket.socket]) -> None:
    goes_on, words = asked(ends, b"%PDF")
    assert goes_on
    assert isinstance(words[-1], Failure)
    assert words[-1].fault == "damaged"


def test_it_ends_with_its_connection_and_with_half_an_order(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    send(ours, ORDERS.dump_json(Order(size=100)), b"half")
    ours.close()
    with pytest.raises(ExchangeError):
        worker.serve(theirs, ignore)
    assert worker.serve(theirs, ignore) is False


def test_limits_are_lowered_for_good_and_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered: dict[int, tuple[int, int]] = {}
    hard = {resource.RLIMIT_NOFILE: 8, resource.RLIMIT_AS: resource.RLIM_INFINITY}

    def limits(kind: int) -> tuple[int, int]:
        return 0, hard.get(kind, resource.RLIM_INFINITY)

    monkeypatch.setattr(resource, "getrlimit", limits)
    monkeypatch.setattr(resource, "setrlimit", lowered.__setitem__)
    worker.confine(Limits(memory_bytes=400_000_000))
    assert OPEN_FILES > 8
    assert lowered[resource.RLIMIT_NOFILE] == (8, 8)
    assert lowered[resource.RLIMIT_CORE] == lowered[resource.RLIMIT_FSIZE] == (0, 0)
    if hasattr(resource, "RLIMIT_NPROC") and resource.RLIMIT_AS in lowered:
        assert lowered[resource.RLIMIT_AS] == (400_000_000, 400_000_000)
