"""Finds replacement text: what a PDF says that a stretch of a page reads, whatever is drawn there ("ActualText").

Honest files name a hyphen, a ligature or a letter so. A hostile one hangs a sentence on a full stop, and every program
that extracts text, PDFium with it, reads the sentence. Replacements of more than a few letters are therefore taken off
the page in memory, before its text is read; what is drawn is then read for itself. Does not judge what they say.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_HONEST = 4
"""Characters. A ligature stands for three letters, a composed sign for a few; a word has more."""

MOST_OBJECTS = 100_000
"""Objects of a page that are looked at, those in forms included; a full page has 300."""

_DEEPEST = 8
_LONGEST = 20_000
_KEY = b"ActualText"


@dataclass(slots=True)
class _Budget:
    left: int


def without_replacements(raw: Any, page: Any) -> list[str]:
    """Takes long replacement texts off a loaded PDFium page, in memory; the texts in the order of the page."""
    found: list[str] = []
    for holder in _objects(raw, page, _Budget(MOST_OBJECTS)):
        for index in reversed(range(int(raw.FPDFPageObj_CountMarks(holder)))):
            mark = raw.FPDFPageObj_GetMark(holder, index)
            text = _replacement(raw, mark)
            if len(text) > LONGEST_HONEST and raw.FPDFPageObj_RemoveMark(holder, mark) and found[-1:] != [text]:
                found.append(text)
    return found


def _objects(raw: Any, page: Any, budget: _Budget) -> Iterator[Any]:
    for index in range(int(raw.FPDFPage_CountObjects(page))):
        yield from _within(raw, raw.FPDFPage_GetObject(page, index), _DEEPEST, budget)


def _within(raw: Any, thing: Any, depth: int, budget: _Budget) -> Iterator[Any]:
    """The object itself, and what it holds if it is a form."""
    budget.left -= 1
    if budget.left < 0:
        raise ValueError(f"more than {MOST_OBJECTS} objects")
    yield thing
    if depth and int(raw.FPDFPageObj_GetType(thing)) == raw.FPDF_PAGEOBJ_FORM:
        for index in range(int(raw.FPDFFormObj_CountObjects(thing))):
            yield from _within(raw, raw.FPDFFormObj_GetObject(thing, index), depth - 1, budget)


def _replacement(raw: Any, mark: Any) -> str:
    """The replacement text of a mark, cut at 20,000 characters; empty when it has none."""
    size = ctypes.c_ulong()
    if not raw.FPDFPageObjMark_GetParamStringValue(mark, _KEY, None, 0, size) or size.value < 4:
        return ""
    buffer = ctypes.create_string_buffer(size.value)
    units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    raw.FPDFPageObjMark_GetParamStringValue(mark, _KEY, units, size.value, size)
    return buffer.raw[: 2 * _LONGEST].decode("utf-16-le", "replace").rstrip("\0")
