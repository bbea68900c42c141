"""The process that parses PDFs: takes orders on descriptor 0, answers there, and gives up every right it can.

Promises that whatever a file does to the libraries that parse it stays in this process: bounded address space and CPU,
no writing to files, no core dumps, few descriptors, no environment. Keeps nothing of one file for the next. The time of
a clock, the size of the answer and the restart after a crash are kept by the other side (`child`).
"""

from __future__ import annotations

import gc
import importlib
import re
import resource
import socket
import sys
from functools import partial
from pathlib import Path

from pipeline.sources.pdf.exchange import (
    LONGEST_ORDER,
    ORDERS,
    WORDS,
    Answer,
    Closed,
    Failure,
    Word,
    receive,
    receive_exactly,
    send,
)
from pipeline.sources.pdf.limits import OPEN_FILES, Limits
from pipeline.sources.pdf.opening import UnreadableError
from pipeline.sources.pdf.pages import Progress, read_pages
from pipeline.sources.pdf.progress import say

_LIBRARIES = ("pypdf", "pypdfium2", "pypdfium2.raw", "xml.dom.minidom", "encodings.idna")
"""Loaded before rights are given up and memory is scarce."""

_LEFT_OVER = 50_000
"""Objects, some 10 MB, that are left of files that were read before; pypdf's are, in cycles, a thousand a file."""


def main() -> None:
    """Serves orders until the other side closes the connection. The limits are the last argument, as JSON.

    The one before it is the descriptor of the pipe for what is begun.
    """
    for library in _LIBRARIES:
        importlib.import_module(library)
    # A page makes ten thousand small objects that live until it is read: looking for cycles among them takes a fifth
    # of the time, so it is done between files, and only when as many are left over as make it worth while.
    gc.freeze()
    gc.disable()
    confine(Limits.model_validate_json(sys.argv[-1]))
    with socket.socket(fileno=0) as channel:
        while serve(channel, partial(say, int(sys.argv[-2]))):
            if gc.get_count()[0] > _LEFT_OVER:
                gc.collect()


def confine(limits: Limits) -> None:
    """Lowers this process's limits for good. Address space is only bounded where the system counts it (Linux)."""
    lowered = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: OPEN_FILES}
    if sys.platform == "linux":
        lowered |= {resource.RLIMIT_AS: limits.memory_bytes, resource.RLIMIT_NPROC: 0}
    for kind, value in lowered.items():
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def serve(channel: socket.socket, begin: Progress) -> bool:
    """Answers one order, and tells `begin` what it begins.

    False when there is none any more, or when this process is too spoilt to take another.
    """
    try:
        order = ORDERS.validate_json(receive(channel, LONGEST_ORDER))
    except Closed:
        return False
    data = receive_exactly(channel, order.size)
    _allow_cpu(order.limits.file_seconds)

    try:
        answer: Word = Answer(reading=read_pages(data, order, begin), peak_bytes=peak_bytes())
        text = _json(answer)
    except UnreadableError as error:
        text = _json(Failure(fault=error.fault, pages=error.pages, peak_bytes=peak_bytes()))
    except MemoryError:
        send(channel, _json(Failure(fault="memory")))
        return False
    except Exception as error:  # noqa: BLE001 - the other side is told, and names the file
        text = _json(Failure(fault="failed", detail=type(error).__name__[:100], peak_bytes=peak_bytes()))
    send(channel, text)
    return True


def peak_bytes() -> int:
    """The most resident memory that this process has ever had.

    Where it can be read without it: `ru_maxrss` also counts the process that this one was started from.
    """
    status = Path("/proc/self/status")
    found = re.search(rb"VmHWM:\s+(\d+) kB", status.read_bytes()) if status.is_file() else None
    if found:
        return 1024 * int(found[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _allow_cpu(seconds: float) -> None:
    """CPU for one more file, on top of what was used for those before it; past it the system ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _json(word: Word) -> bytes:
    return WORDS.dump_json(word)
