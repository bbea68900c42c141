from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.pdf.progress import Begun, Listener, Stage, say


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def test_what_was_begun_last_is_known_however_much_was_said(listener: Listener) -> None:
    assert listener.last() == Begun("open", 0, 0.0)
    say(listener.theirs, "open", 0)
    for page in range(1, 500):
        say(listener.theirs, "page", page)
    at = listener.last()
    assert (at.stage, at.page) == ("page", 499)
    assert at.since > 0
    assert listener.last() == at


def test_it_is_known_after_the_other_side_has_gone_and_after_closing(listener: Listener) -> None:
    say(listener.theirs, "join", 0)
    listener.hand_over()
    assert listener.last().stage == "join"
    assert listener.last().stage == "join"
    listener.close()
    assert listener.last().stage == "join"
    listener.close()


def test_what_was_said_of_an_earlier_file_is_let_go(listener: Listener) -> None:
    say(listener.theirs, "inspect", 0)
    listener.restart()
    assert listener.last() == Begun()


def test_every_stage_arrives(listener: Listener) -> None:
    for stage in get_args(Stage):
        say(listener.theirs, stage, 3)
        assert listener.last()[:2] == (stage, 3)


@given(st.binary(min_size=1, max_size=80))
def test_anything_else_in_the_pipe_is_some_place_or_none(said: bytes) -> None:
    listener = Listener()
    try:
        os.write(listener.theirs, said)
        at = listener.last()
        assert at.stage in get_args(Stage)
        assert at.page == (struct.unpack("=dII", said[-16:])[1] if len(said) >= 16 else 0)
    finally:
        listener.close()
