"""Calls PDFium's functions without the conversions that its bindings make on every call.

A page has thousands of characters, each of which is asked about, so the price of a call decides how long a page takes.
Promises the functions by name, typed by what they give back. Handles go in as `handle()`, whole numbers as they are,
places to write to by `at`. Nothing is checked: the caller knows the signature. The interpreter stays
locked during a call, so only functions that are over at once are fit for it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from itertools import repeat
from typing import Any, NamedTuple

from pypdfium2 import raw  # pyright: ignore[reportMissingTypeStubs]

Size = ctypes.c_ulong
Real = ctypes.c_float
Handle = object
"""An address as `at` gives it."""

at: Callable[[int | None], Handle] = ctypes.c_void_p.from_param
"""An address, ready to be passed: what ctypes would make of a pointer anew on every call; None is no address."""


def handle(held: Any) -> Handle:
    """The handle of an open page or text page of pypdfium2, valid until that is closed."""
    return at(ctypes.cast(held.raw, ctypes.c_void_p).value)


def whole(name: str) -> Callable[..., int]:
    """The function of that name, which gives back a whole number or a truth value."""
    return ctypes.PYFUNCTYPE(ctypes.c_int)(_address(name))


def real(name: str) -> Callable[..., float]:
    """The function of that name, which gives back a double."""
    return ctypes.PYFUNCTYPE(ctypes.c_double)(_address(name))


def found(name: str) -> Callable[..., int | None]:
    """The function of that name, which gives back the address of something, None where there is nothing."""
    return ctypes.PYFUNCTYPE(ctypes.c_void_p)(_address(name))


class Objects(NamedTuple):
    """What is drawn on a page itself, in the order of drawing: addresses, handles and kinds (of fpdf_edit.h)."""

    addresses: list[int | None]
    handles: list[Handle]
    kinds: list[int]


def objects_of(page: Any) -> Objects:
    """The objects of an open page of pypdfium2; what forms hold is not among them."""
    held = handle(page)
    addresses = list(map(_object, repeat(held), range(_count(held))))
    handles = list(map(at, addresses))
    return Objects(addresses, handles, list(map(_kind, handles)))


def _address(name: str) -> int:
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert address is not None, name
    return address


_count = whole("FPDFPage_CountObjects")
_object = found("FPDFPage_GetObject")
_kind = whole("FPDFPageObj_GetType")
