"""One process that parses PDFs, seen from the side that keeps the rights: starts it, orders, waits, ends it.

Promises that an order comes back as an answer, a failure or `LostError` within its time, whatever the process does;
that the process inherits no secrets (no environment, no descriptors but its own connection and pipe); and that none is
left behind: it ends with its connection, and `stop` waits for it. Not for two threads at once. Does not decide on
retries.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from pydantic import ValidationError

from pipeline.sources.pdf.exchange import (
    ORDERS,
    WORDS,
    Answer,
    ExchangeError,
    Failure,
    Order,
    TooLongError,
    receive,
    send,
)
from pipeline.sources.pdf.faults import Ending, Lost, signal_name
from pipeline.sources.pdf.limits import Limits
from pipeline.sources.pdf.progress import Listener

_ROOT = Path(__file__).resolve().parents[3]
_START = (
    "import os, sys\n"
    "if sys.argv[1] not in sys.path: sys.path.insert(0, sys.argv[1])\n"
    "from pipeline.sources.pdf.worker import main\n"
    "main()\n"
    "os._exit(0)\n"
)
"""With -I neither the folder nor PYTHONPATH is searched, so that the package's own place is said."""

_NEEDED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of the environment: where some interpreters find their own libraries. Nothing else is passed on."""

_SPOILT = 0.6
"""Share of the memory limit that a process must have filled for its crash to be put down to memory."""

_LOOK_SECONDS = 1.0
"""From one look at what the process has begun to the next, while it has not answered."""

_GRACE_SECONDS = 1.0
"""For a process that has closed its connection to end."""


def _started(channel: socket.socket, pipe: int, limits: Limits) -> subprocess.Popen[bytes]:
    """The process, with `channel` as its descriptor 0; OSError. What it prints is dropped: a full pipe stops it.

    `pipe` is where it says what it begins.
    """
    return subprocess.Popen(  # noqa: S603 - this interpreter, and nothing that a user gave
        [sys.executable, "-I", "-c", _START, str(_ROOT), str(pipe), limits.model_dump_json()],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={name: os.environ[name] for name in _NEEDED if name in os.environ},
        start_new_session=True,
        pass_fds=[pipe],
    )


class LostError(Exception):
    """The process has been ended, or has ended, before it answered. `was_fresh`: it had read nothing else before."""

    def __init__(self, end: Lost, *, was_fresh: bool) -> None:
        super().__init__(end.why)
        self.end = end
        self.was_fresh = was_fresh


class Child:
    """A process that reads files one after the other; OSError when it cannot be started.

    `files` counts what it was given, `peak_bytes` is the peak of its memory so far.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.files = 0
        self.peak_bytes = 0
        self._lock = threading.Lock()
        self._cancelled = False
        self._look_seconds = min(limits.page_seconds, _LOOK_SECONDS)
        self._inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._progress = Listener()
        try:
            self._channel, theirs = socket.socketpair()
        except OSError:
            self._progress.close()
            raise
        try:
            with theirs:
                self._process = _started(theirs, self._progress.theirs, limits)
        except OSError:
            self._close()
            raise
        self._progress.hand_over()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_spent(self) -> bool:
        """Whether it should read no further file: ended, grown, or old."""
        grown = self.peak_bytes > self.limits.kept_bytes
        return self._process.returncode is not None or grown or self.files >= self.limits.files

    def ask(self, order: Order, data: bytes, until: float) -> Answer | Failure:
        """What the process makes of `data`, by `until` (of `time.monotonic`); LostError when it is no more."""
        self.files += 1
        self._progress.restart()
        try:
            send(self._channel, ORDERS.dump_json(order), data, until=until)
            self._await(until)
            word = WORDS.validate_json(receive(self._channel, self.limits.answer_bytes, until=until))
        except TimeoutError as error:
            raise self._stopped("time") from error
        except TooLongError as error:
            raise self._stopped("answer") from error
        except ValidationError as error:
            raise self._stopped("crash", "no valid answer") from error
        except (ExchangeError, OSError) as error:
            raise self._lost(self._ended()) from error
        except BaseException:
            self.stop()
            raise
        self.peak_bytes = max(self.peak_bytes, word.peak_bytes)
        if isinstance(word, Failure) and word.fault == "memory":
            raise self._stopped("memory")
        return word

    def _await(self, until: float) -> None:
        """Waits until there is something of an answer; TimeoutError past `until`, or when a page takes too long."""
        waiting = select.poll()
        waiting.register(self._channel, select.POLLIN)
        while True:
            at, now = self._progress.last(), time.monotonic()
            due = min(until, at.since + self.limits.page_seconds) if at.stage in {"page", "inspect"} else until
            if now >= due:
                raise TimeoutError
            if waiting.poll(1000 * min(due - now, self._look_seconds)):
                return

    def _stopped(self, why: Ending, detail: str = "") -> LostError:
        """Ends the process because of what it did."""
        at = self._progress.last()
        self.stop()
        return self._lost(Lost(why, at.stage, at.page, detail))

    def _lost(self, end: Lost) -> LostError:
        return LostError(end, was_fresh=self.files == 1)

    def stop(self) -> None:
        """Ends the process and waits for it; for the thread that uses it, or when none does."""
        self._close()
        self._reap(kill=True)

    def cancel(self) -> None:
        """Ends the process under the thread that waits for its answer; that thread gets LostError ("stopped")."""
        self._cancelled = True
        with self._lock:
            if self._process.returncode is None:
                os.kill(self.pid, signal.SIGKILL)

    def forget(self) -> None:
        """Lets go of a process that belongs to the process this one was forked from."""
        self._close()
        self._process.returncode = 0

    def _close(self) -> None:
        self._channel.close()
        self._progress.close()

    def _ended(self) -> Lost:
        """Why the process closed its connection."""
        at = self._progress.last()
        self._close()
        ending = time.monotonic() + _GRACE_SECONDS
        while not self._reap(kill=False) and time.monotonic() < ending:
            time.sleep(0.005)
        self._reap(kill=True)
        if self._cancelled:
            return Lost("stopped", at.stage, at.page)
        status = self._process.returncode
        if status == -signal.SIGXCPU:
            return Lost("time", at.stage, at.page)
        if self.peak_bytes >= _SPOILT * self.limits.memory_bytes:
            return Lost("memory", at.stage, at.page)
        return Lost("crash", at.stage, at.page, signal_name(status))

    def _reap(self, *, kill: bool) -> bool:
        """Whether the process has ended; its exit status and its peak of memory are taken from the system once."""
        with self._lock:
            if self._process.returncode is not None:
                return True
            if kill:
                os.kill(self.pid, signal.SIGKILL)
            try:
                pid, status, usage = os.wait4(self.pid, 0 if kill else os.WNOHANG)
            except ChildProcessError:  # a program around this one takes the exit status of every process
                self._process.returncode = 0
                return True
            if not pid:
                return False
            self._process.returncode = os.waitstatus_to_exitcode(status)
            if usage.ru_maxrss > self._inherited:  # else it is that of this process, which counts until the start
                self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
            return True
