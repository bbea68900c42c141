"""What the two processes say to each other: JSON in frames of bounded length, checked on arrival on both sides.

Promises that nothing is executed, imported or allocated beyond a bound because the other side said so: a process that
parses hostile files may have been taken over, so no pickles. Does not know what the words are for.
"""

from __future__ import annotations

import socket
import time
from io import BytesIO
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.limits import LONGEST_PASSWORD, Limits

LONGEST_ORDER = 100_000
"""Bytes of an order, the file that follows it not counted."""

_LENGTH = 8
_PIECE = 1 << 20

Fault = Literal[
    "locked",
    "wrong_password",
    "damaged",
    "no_pages",
    "scan",
    "no_text",
    "hidden",
    "garbled",
    "unreadable_pages",
    "memory",
    "failed",
]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Order(_Message):
    """Read the `size` bytes that follow. `skip` maps pages (from 1) that are left out to why."""

    size: int = Field(ge=0)
    password: str | None = Field(default=None, max_length=LONGEST_PASSWORD)
    skip: dict[int, str] = {}
    inspect: bool = True
    limits: Limits = Limits()


class Failure(_Message):
    """Why the file cannot be read; `pages` is how many it has, 0 when unknown, `detail` the class of an exception.

    `peak_bytes` is the most resident memory that the process has ever had.
    """

    kind: Literal["failure"] = "failure"
    fault: Fault
    pages: int = Field(default=0, ge=0)
    detail: str = Field(default="", max_length=100, pattern=r"^\w*$")
    peak_bytes: int = Field(default=0, ge=0)


class Answer(_Message):
    """The file as it was read. `peak_bytes` is the most resident memory that the process has ever had."""

    kind: Literal["answer"] = "answer"
    reading: PdfReading
    peak_bytes: int = Field(ge=0)


Word = Failure | Answer
WORDS: TypeAdapter[Word] = TypeAdapter(Annotated[Failure | Answer, Field(discriminator="kind")])
ORDERS: TypeAdapter[Order] = TypeAdapter(Order)


class ExchangeError(Exception):
    """The other side is gone, or what it says is no frame of this exchange."""


class TooLongError(ExchangeError):
    """A frame is announced that is longer than allowed."""


class Closed(ExchangeError):  # noqa: N818 - an end, not a fault
    """The other side has closed the connection between two frames."""


def send(channel: socket.socket, text: bytes, attachment: bytes = b"", *, until: float | None = None) -> None:
    """Sends one frame and, after it, an attachment; TimeoutError past `until` (of `time.monotonic`)."""
    _set_timeout(channel, until)
    channel.sendall(len(text).to_bytes(_LENGTH, "big") + text)
    if attachment:
        _set_timeout(channel, until)
        channel.sendall(attachment)


def receive(channel: socket.socket, most: int, *, until: float | None = None) -> bytes:
    """The next frame; Closed at the end, ExchangeError when it is cut or longer than `most` bytes, TimeoutError."""
    head = receive_exactly(channel, _LENGTH, until=until, may_end=True)
    length = int.from_bytes(head, "big")
    if length > most:
        raise TooLongError(f"a frame of {length} bytes where {most} are allowed")
    return receive_exactly(channel, length, until=until)


def receive_exactly(channel: socket.socket, size: int, *, until: float | None = None, may_end: bool = False) -> bytes:
    """`size` bytes; memory grows with what arrives, never with what is announced."""
    got = BytesIO()
    while left := size - got.tell():
        _set_timeout(channel, until)
        piece = channel.recv(min(_PIECE, left))
        if not piece:
            raise Closed if may_end and left == size else ExchangeError("the other side is gone")
        got.write(piece)
    return got.getvalue()  # hands over what it holds, where joining pieces would hold a file twice


def _set_timeout(channel: socket.socket, until: float | None) -> None:
    """Time left for the next step; at least a millisecond, because 0 would mean not to wait at all."""
    if until is None:
        channel.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(max(left, 0.001))
