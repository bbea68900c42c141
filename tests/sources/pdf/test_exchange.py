from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.sources.passages import Passage, Role
from pipeline.sources.pdf.content import Inspection, PdfReading
from pipeline.sources.pdf.exchange import (
    WORDS,
    Answer,
    Closed,
    ExchangeError,
    TooLongError,
    receive,
    receive_exactly,
    send,
)
from schemas.study import PrintedLine, SourceNote

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, two = socket.socketpair()
    with one, two:
        yield one, two


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@given(texts=st.lists(TEXTS, max_size=5), title=st.none() | TEXTS, pages=st.frozensets(st.integers(1, 500)))
def test_a_reading_arrives_as_it_was_sent(texts: list[str], title: str | None, pages: frozenset[int]) -> None:
    reading = PdfReading(
        passages=[Passage(text, Role.TABLE, (PrintedLine(0, 3, 1, 10.0, 20.0, 30.5, 40.5),)) for text in texts],
        metadata_title=title,
        notes=[SourceNote(kind="hidden_text", message=text, page=1) for text in texts],
        ocr_pages=pages,
        inspection=Inspection(title=title, attachments=tuple(texts)),
    )
    sent = Answer(reading=reading, peak_bytes=1)
    assert WORDS.validate_json(WORDS.dump_json(sent)) == sent


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b'{"kind": "order"}',
        b'{"kind": "answer", "reading": null, "peak_bytes": 0}',
        b'{"kind": "answer", "reading": {"passages": [{"text": "a", "role": "macro"}]}, "peak_bytes": 0}',
        b'{"kind": "answer", "reading": {"passages": [{"text": 5}]}, "peak_bytes": 0}',
        b'{"kind": "answer", "reading": {}, "peak_bytes": -1}',
    ],
)
def test_words_that_are_not_in_the_list_are_refused(text: bytes) -> None:
    with pytest.raises(ValidationError):
        WORDS.validate_json(text)


def test_frames_and_what_follows_them_arrive_whole(pair: Pair) -> None:
    big = bytes(range(256)) * 20_000
    sender = threading.Thread(target=send, args=(pair[0], b"order", big))
    sender.start()
    assert receive(pair[1], 100) == b"order"
    assert receive_exactly(pair[1], len(big)) == big
    sender.join()
    send(pair[0], b"")
    assert receive(pair[1], 0) == b""


def test_a_frame_that_is_too_long_is_not_taken_in(pair: Pair) -> None:
    send(pair[0], b"x" * 101)
    with pytest.raises(TooLongError):
        receive(pair[1], 100)


def test_an_end_between_frames_is_an_end_and_within_one_a_fault(pair: Pair) -> None:
    pair[0].sendall(b"\0\0\0\0\0\0\0\x05ab")
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(ExchangeError, match="gone"):
        receive(pair[1], 100)
    with pytest.raises(Closed):
        receive(pair[1], 100)


def test_waiting_ends_with_its_time(pair: Pair) -> None:
    for until in (time.monotonic() - 1, time.monotonic() + 0.01):
        with pytest.raises(TimeoutError):
            receive(pair[1], 100, until=until)
    with pytest.raises(TimeoutError):
        send(pair[0], b"order", b"x" * 50_000_000, until=time.monotonic() + 0.05)
