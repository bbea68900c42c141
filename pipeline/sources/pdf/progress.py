"""What the process that parses has begun, so that the other side knows what hung or crashed.

It is said in a pipe that nobody is woken by: it costs a page nothing, and is looked at when it is asked for. Promises
that what was begun last can be learnt after the process has gone; that anything else that stands in the pipe is read
as some place or none. Does not say when an answer is due.
"""

from __future__ import annotations

import os
import struct
import time
from typing import Literal, NamedTuple, get_args

Stage = Literal["open", "page", "join", "inspect"]

_STAGES: tuple[Stage, ...] = get_args(Stage)
_RECORD = struct.Struct("=dII")
"""Seconds of `time.monotonic`, page, stage; a pipe takes that in one piece or not at all."""

_MOST = 1 << 16
"""Bytes that are taken at once; no pipe holds more."""


class Begun(NamedTuple):
    """What was begun last, and at which second of `time.monotonic`. `page` counts from 1, 0 outside pages."""

    stage: Stage = "open"
    page: int = 0
    since: float = 0.0


def say(pipe: int, stage: Stage, page: int) -> None:
    """Says what is begun now. Waits while the pipe is full, which it is not before 1,000 pages went unheard."""
    os.write(pipe, _RECORD.pack(time.monotonic(), page, _STAGES.index(stage)))


class Listener:
    """The end of a pipe that is looked at; OSError for want of one. `theirs` is the other end, until `hand_over`."""

    def __init__(self) -> None:
        self._ours, self.theirs = os.pipe()
        self._open = [self._ours, self.theirs]
        os.set_blocking(self._ours, False)
        self._last = Begun()

    def hand_over(self) -> None:
        """Lets go of the other end, which the other process has by now."""
        self._open.remove(self.theirs)
        os.close(self.theirs)

    def restart(self) -> None:
        """Lets go of what was said of an earlier file."""
        self.last()
        self._last = Begun()

    def last(self) -> Begun:
        """What was begun last."""
        if self._ours not in self._open:
            return self._last
        try:
            said = os.read(self._ours, _MOST)
        except BlockingIOError:  # nothing since
            return self._last
        if len(said) >= _RECORD.size:
            since, page, stage = _RECORD.unpack(said[-_RECORD.size :])
            self._last = Begun(_STAGES[min(stage, len(_STAGES) - 1)], page, since)
        return self._last

    def close(self) -> None:
        """Closes what is open; what was begun last stays known."""
        while self._open:
            os.close(self._open.pop())
