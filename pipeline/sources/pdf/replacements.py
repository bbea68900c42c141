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

from pipeline.sources.pdf.pdfium import Handle, Objects, Size, at, found, whole

LONGEST_HONEST = 4
"""Characters. A ligature stands for three letters, a composed sign for a few; a word has more."""

MOST_OBJECTS = 100_000
"""Objects of a page that are looked at, those in forms included; a full page has 300."""

_DEEPEST = 8
_LONGEST = 20_000
_KEY = b"ActualText"
_FORM = 5

_NO_ROOM = Size(0)
_LENGTH = ctypes.byref(Size())
"""Where PDFium writes how long a text is that is not taken."""

_count_marks = whole("FPDFPageObj_CountMarks")
_mark = found("FPDFPageObj_GetMark")
_string_value = whole("FPDFPageObjMark_GetParamStringValue")


@dataclass(slots=True)
class _Budget:
    left: int


def without_replacements(raw: Any, page: Any, objects: Objects) -> list[str]:
    """Takes long replacement texts off a loaded PDFium page with these objects, in memory; the texts in its order."""
    taken: list[str] = []
    for holder in _objects(raw, page, objects, _Budget(MOST_OBJECTS)):
        held = at(ctypes.cast(holder, ctypes.c_void_p).value)
        for index in reversed(range(_count_marks(held))):
            if not _has_replacement(held, index):
                continue
            mark = raw.FPDFPageObj_GetMark(holder, index)
            text = _replacement(raw, mark)
            if len(text) > LONGEST_HONEST and raw.FPDFPageObj_RemoveMark(holder, mark) and taken[-1:] != [text]:
                taken.append(text)
    return taken


def _objects(raw: Any, page: Any, objects: Objects, budget: _Budget) -> Iterator[Any]:
    for index in _marked(objects, budget):
        yield from _within(raw, raw.FPDFPage_GetObject(page, index), _DEEPEST, budget)


def _marked(objects: Objects, budget: _Budget) -> list[int]:
    """Places of the objects of the page itself that have a replacement or are forms; few pages have any."""
    if len(objects.kinds) > budget.left:
        raise ValueError(f"more than {MOST_OBJECTS} objects")
    marked = zip(objects.handles, map(_count_marks, objects.handles), objects.kinds, strict=True)
    return [
        place
        for place, (thing, marks, kind) in enumerate(marked)
        if kind == _FORM or (marks and any(_has_replacement(thing, index) for index in range(marks)))
    ]


def _within(raw: Any, thing: Any, depth: int, budget: _Budget) -> Iterator[Any]:
    """The object itself, and what it holds if it is a form."""
    budget.left -= 1
    if budget.left < 0:
        raise ValueError(f"more than {MOST_OBJECTS} objects")
    yield thing
    if depth and int(raw.FPDFPageObj_GetType(thing)) == raw.FPDF_PAGEOBJ_FORM:
        for index in range(int(raw.FPDFFormObj_CountObjects(thing))):
            yield from _within(raw, raw.FPDFFormObj_GetObject(thing, index), depth - 1, budget)


def _has_replacement(thing: Handle, index: int) -> bool:
    """Whether that mark of an object has a replacement text at all; nearly none has."""
    mark = _mark(thing, Size(index))
    return mark is not None and bool(_string_value(at(mark), _KEY, None, _NO_ROOM, _LENGTH))


def _replacement(raw: Any, mark: Any) -> str:
    """The replacement text of a mark, cut at 20,000 characters; empty when it has none."""
    size = ctypes.c_ulong()
    if not raw.FPDFPageObjMark_GetParamStringValue(mark, _KEY, None, 0, size) or size.value < 4:
        return ""
    buffer = ctypes.create_string_buffer(size.value)
    units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    raw.FPDFPageObjMark_GetParamStringValue(mark, _KEY, units, size.value, size)
    return buffer.raw[: 2 * _LONGEST].decode("utf-16-le", "replace").rstrip("\0")
