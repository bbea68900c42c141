"""Reads one PDF page through PDFium as runs: stretches of text that one operator of the page drew.

Promises text in the order of the content stream, with box, baseline, size, weight and how it is painted. Does not
decide on lines, columns or visibility. This and `ink` are the only modules that call PDFium's text functions; its
bindings carry no types, so what they return is converted here, at once.
"""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass, replace
from typing import Any

from pipeline.sources.pdf.gaps import parts

MOST_CHARACTERS = 200_000
"""Characters read of one page; a page of print has about 6,000."""

_SOFT_HYPHENS = {0xFFFE, 0xAD}
_UNMAPPED = {*range(0x01, 0x09), *range(0x0E, 0x20)}
_STX = 0x02
"""PDFium writes it for a hyphen at a line end, and passes it on from fonts that have their minus sign there."""

SOFT_HYPHEN = "\u00ad"
INVISIBLE_MODE = 3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in PDF points, y upward."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def union(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one text object. `box` and `baseline` are turned so that the text runs to the right; `on_page` is not.

    `angle` is the turn in degrees (0, 90, 180 or 270), `size` the font size in points as it is drawn, `mode` the text
    render mode of the PDF standard (3 is invisible), `paint` the grey value of the fill from 0 (black) to 255.
    """

    text: str
    box: Box
    on_page: Box
    baseline: float
    size: float
    bold: bool
    font: str
    angle: int
    mode: int
    paint: float


def read_runs(raw: Any, text_page: Any) -> list[Run]:
    """The runs of a loaded text page, in stream order; generated spaces belong to the run before them."""
    count = min(int(raw.FPDFText_CountChars(text_page)), MOST_CHARACTERS)
    runs: list[Run] = []
    start, owner = 0, None
    characters: list[str] = []
    for index in range(count + 1):
        character, here = "", None
        if index < count:
            character = _character(raw, text_page, index)
            here = _object_key(raw, text_page, index)
            if here is None or (character == " " and owner is not None):
                characters.append(character)
                continue
        if here != owner:
            if owner is not None:
                runs.extend(_cells(raw, text_page, start, characters))
            start, owner, characters = index, here, []
        characters.append(character)
    return [r for r in runs if r.text]


def _character(raw: Any, text_page: Any, index: int) -> str:
    """The character, U+00AD for a hyphen at a line end, U+FFFD for one that the font does not say."""
    code = int(raw.FPDFText_GetUnicode(text_page, index))
    if code in _SOFT_HYPHENS or (code == _STX and raw.FPDFText_IsHyphen(text_page, index)):
        return SOFT_HYPHEN
    if code == _STX and chr(int(raw.FPDFText_GetUnicode(text_page, index + 1))).isdigit():
        return "−"
    if code in _UNMAPPED:
        return "\ufffd"
    return " " if code in {0x0A, 0x0D} else chr(code) if code < 0x110000 else ""


def _object_key(raw: Any, text_page: Any, index: int) -> int | None:
    return ctypes.cast(raw.FPDFText_GetTextObject(text_page, index), ctypes.c_void_p).value


def _cells(raw: Any, text_page: Any, start: int, characters: list[str]) -> list[Run]:
    whole = _run(raw, text_page, start, characters)
    cells = parts(characters, lambda i: _loose_box(raw, text_page, start + i), whole.size)
    return [_run(raw, text_page, start + a, characters[a:b]) for a, b in cells] if len(cells) > 1 else [whole]


def _run(raw: Any, text_page: Any, start: int, characters: list[str]) -> Run:
    last = start + max((i for i, c in enumerate(characters) if c != " "), default=0)
    # PDFium gives characters beyond U+FFFF as two surrogates; a lone one is a broken font table.
    text = "".join(characters).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    on_page = _loose_box(raw, text_page, start).union(_loose_box(raw, text_page, last))
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, start, matrix)
    size = float(raw.FPDFText_GetFontSize(text_page, start)) * math.hypot(float(matrix.c), float(matrix.d))
    angle = round(math.degrees(math.atan2(float(matrix.b), float(matrix.a))) / 90) % 4 * 90
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, start, x, y)
    font, bold = _font(raw, text_page, start)
    text_object = raw.FPDFText_GetTextObject(text_page, start)
    run = Run(
        text=text,
        box=on_page,
        on_page=on_page,
        baseline=y.value,
        size=size,
        bold=bold,
        font=font,
        angle=angle,
        mode=int(raw.FPDFTextObj_GetTextRenderMode(text_object)),
        paint=_paint(raw, text_page, start),
    )
    return run if not angle else _upright(run, x.value, y.value)


def _upright(run: Run, x: float, y: float) -> Run:
    box = run.on_page
    if run.angle == 90:
        return replace(run, box=Box(box.bottom, -box.right, box.top, -box.left), baseline=-x)
    if run.angle == 180:
        return replace(run, box=Box(-box.right, -box.top, -box.left, -box.bottom), baseline=-y)
    return replace(run, box=Box(-box.top, box.left, -box.bottom, box.right), baseline=x)


def _loose_box(raw: Any, text_page: Any, index: int) -> Box:
    rectangle = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, rectangle)
    low, high = sorted((float(rectangle.bottom), float(rectangle.top)))
    left, right = sorted((float(rectangle.left), float(rectangle.right)))
    return Box(left, low, right, high)


def _font(raw: Any, text_page: Any, index: int) -> tuple[str, bool]:
    """Family name without subset prefix and face, and whether the face is bold."""
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, buffer, len(buffer), flags)
    name = buffer.value.decode("utf-8", "replace").partition("+")[2] or buffer.value.decode("utf-8", "replace")
    weight = int(raw.FPDFText_GetFontWeight(text_page, index))
    bold = weight >= 600 or bool(re.search(r"bold|black|heavy|semibold|-medi|CMBX", name, re.IGNORECASE))
    return re.split(r"[-,]", name)[0], bold


def _paint(raw: Any, text_page: Any, index: int) -> float:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha):
        return 0.0
    grey = 0.299 * red.value + 0.587 * green.value + 0.114 * blue.value
    return 255 - (255 - grey) * alpha.value / 255
