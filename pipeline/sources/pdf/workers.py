"""A few processes that parse PDFs side by side, so that a folder is read in parallel and a hostile file hurts nobody.

Promises a `PdfReading` or a SourceError for every file, in bounded time; the same result whatever is read beside it;
results in the order of the files. Processes are started when they are needed, replaced after a crash, after a number
of files and after they have grown, and ended at the latest with the interpreter. `read` may be called from any number
of threads. Does not keep results.

A process reads many files, because starting one costs as much as reading an article. What crashes is read again by a
process that has read nothing else; a file that takes a process over without being noticed could still falsify what that
process says of later ones. `Limits(files=1)` gives every file a process of its own.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self

from pipeline.errors import SourceError
from pipeline.sources.pdf.child import Child, LostError
from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.exchange import Answer, Failure, Order
from pipeline.sources.pdf.faults import Lost, PdfError, failure, lost, page_lost
from pipeline.sources.pdf.limits import LONGEST_PASSWORD, Limits


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A PDF to read: its bytes, the name it has in messages, its password."""

    data: bytes
    name: str
    password: str | None = None


class _Staff:
    """The processes there are, and which are free. Apart from the pool, whose end as garbage ends them too."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free: list[Child] = []
        self.all: set[Child] = set()

    def stop(self) -> None:
        """Ends them all; those at work under the threads that wait for them, which then clear up."""
        with self.lock:
            busy, free = self.all.difference(self.free), self.free
            self.all, self.free = set(), []
        for child in busy:
            child.cancel()
        for child in free:
            child.stop()


class PdfWorkers:
    """Up to `count` processes (default: one for each processor that may be used)."""

    def __init__(self, count: int | None = None, limits: Limits | None = None) -> None:
        self.count = count or processors()
        self.limits = limits or Limits()
        self._room = threading.Semaphore(self.count)
        self._staff = _Staff()
        self._finalizer = weakref.finalize(self, self._staff.stop)
        _POOLS.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def processes(self) -> frozenset[int]:
        """The numbers that the system gave to the processes that there are now."""
        with self._staff.lock:
            return frozenset(child.pid for child in self._staff.all)

    def close(self) -> None:
        """Ends all processes. A file that is being read fails with SourceError; the next would start a process anew."""
        self._staff.stop()

    def read(self, data: bytes, file: str, password: str | None = None) -> PdfReading:
        """The PDF in `data`; SourceError for one that cannot be read. Waits while all processes are at work.

        `file` names it in messages. What a page costs the process beyond a limit costs that page: the file is read
        again without it, `skipped_pages` times at most and all within `file_seconds`.
        """
        if password is not None and len(password) > LONGEST_PASSWORD:
            raise failure(file, Failure(fault="wrong_password"))
        with self._room:
            outcome = self._outcome(data, file, password)
        if isinstance(outcome, Failure):
            raise failure(file, outcome)
        return outcome.reading

    def read_many(self, files: Iterable[PdfFile]) -> Generator[PdfReading | SourceError]:
        """The readings, or why there is none, in the order of `files`; at most twice `count` files are in memory."""
        waiting: deque[Future[PdfReading | SourceError]] = deque()
        with ThreadPoolExecutor(self.count, thread_name_prefix="pdf") as threads:
            try:
                for file in files:
                    waiting.append(threads.submit(self._read_or_error, file))
                    if len(waiting) >= 2 * self.count:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:  # left early or interrupted: nobody waits for what is under way
                threads.shutdown(wait=False, cancel_futures=True)
                if not all(future.done() for future in waiting):
                    self.close()

    def _read_or_error(self, file: PdfFile) -> PdfReading | SourceError:
        try:
            return self.read(file.data, file.name, file.password)
        except SourceError as error:
            return error

    def _outcome(self, data: bytes, file: str, password: str | None) -> Answer | Failure:
        skip: dict[int, str] = {}
        inspect, fresh, end = True, False, None
        until = time.monotonic() + self.limits.file_seconds
        while True:
            order = Order(size=len(data), password=password, skip=skip, inspect=inspect, limits=self.limits)
            try:
                outcome = self._ask(order, data, until, fresh=fresh)
            except LostError as error:
                end = error.end
                if not (fresh or error.was_fresh) and end.why in {"crash", "memory"}:
                    fresh = True  # what an earlier file left behind may be to blame: once more, on clean ground
                    continue
                if time.monotonic() >= until or end.why in {"answer", "stopped", "start"}:
                    raise lost(file, end, self.limits) from error
                if end.stage == "inspect" and inspect:
                    inspect = False
                elif end.stage == "page" and end.page not in skip and len(skip) < self.limits.skipped_pages:
                    skip[end.page] = page_lost(end, self.limits)
                else:
                    raise lost(file, end, self.limits) from error
                continue
            if end is not None and isinstance(outcome, Failure) and outcome.fault == "unreadable_pages":
                raise lost(file, end, self.limits)
            return outcome

    def _ask(self, order: Order, data: bytes, until: float, *, fresh: bool) -> Answer | Failure:
        child = self._hired(fresh=fresh)
        try:
            return child.ask(order, data, until)
        finally:
            self._returned(child)

    def _hired(self, *, fresh: bool) -> Child:
        """A process that is free, or a new one; for a `fresh` one, a free one makes room."""
        staff = self._staff
        with staff.lock:
            free = staff.free.pop() if staff.free else None
        if free is not None and not fresh:
            return free
        if free is not None:
            self._dismiss(free)
        try:
            child = Child(self.limits)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise LostError(Lost("start", "open", detail=why), was_fresh=True) from error
        with staff.lock:
            staff.all.add(child)
        return child

    def _returned(self, child: Child) -> None:
        staff = self._staff
        with staff.lock:
            if not child.is_spent and child in staff.all:
                staff.free.append(child)
                return
        self._dismiss(child)

    def _dismiss(self, child: Child) -> None:
        with self._staff.lock:
            self._staff.all.discard(child)
        child.stop()

    def _after_fork(self) -> None:
        """In a forked process: the processes belong to the other one, and its locks may be held for ever."""
        for child in set(self._staff.all):
            child.forget()
        self._finalizer.detach()
        self._staff = _Staff()
        self._finalizer = weakref.finalize(self, self._staff.stop)
        self._room = threading.Semaphore(self.count)


_POOLS: weakref.WeakSet[PdfWorkers] = weakref.WeakSet()


def _after_fork() -> None:
    for pool in list(_POOLS):
        pool._after_fork()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module


os.register_at_fork(after_in_child=_after_fork)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def default_workers() -> PdfWorkers:
    """The processes that `read_pdf` uses when it is given none."""
    return PdfWorkers()


__all__ = ["PdfError", "PdfFile", "PdfWorkers", "default_workers", "processors"]
