"""An event loop whose clock jumps to the next moment at which something happens: hours pass in milliseconds.

    run_in_virtual_time(main())

Nothing in it may wait for the outside world; a loop that has nothing left to wait for raises instead of hanging.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_TURN = 1e-6
"""Seconds that a turn of the loop takes at the least: in a world where none passes, rounding can wait for ever."""


class StuckError(RuntimeError):
    """Everybody waits and nothing will ever happen: a deadlock."""


class _Jumping(selectors.DefaultSelector):
    """A selector that never waits: the time that it would have waited is over at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StuckError("nothing is left to wait for, and something still waits")
        self.now += max(_TURN, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is the virtual clock, in seconds from 0."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Runs `main` to its end in a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def now() -> float:
    """The time of the running loop: the clock to give to what is tested."""
    return asyncio.get_running_loop().time()
