"""Draws a text object of an open PDF page by itself, as columns of ink, read from its left to its right.

Promises nothing but what the object draws, turned until its text runs to the right, its letters `HEIGHT` pixels to the
font size. Does not say what is seen.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from pypdfium2 import raw  # pyright: ignore[reportMissingTypeStubs]

from pipeline.sources.pdf.runs import Run

HEIGHT = 30
"""Pixels for the font size."""

_draw: Callable[..., Any] = raw.FPDFTextObj_GetRenderedBitmap  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

_INKED = 100
"""Opacity of 255 from which a pixel counts."""

_MOST_PIXELS = 40_000
_TO_INK = bytes(int(opacity >= _INKED) for opacity in range(256))
_PIXEL = 4
"""Bytes of a pixel: blue, green, red, opacity."""


def columns_of_ink(page: Any, run: Run) -> list[bytes]:
    """The columns of the picture of a run of an open page of pypdfium2, from the top, a byte (1: ink) for each pixel.

    Nothing for a run that draws nothing, or too much for a sign.
    """
    scale, box = HEIGHT / max(run.size, 0.1), run.on_page
    if not (box.right - box.left) * box.height * scale * scale <= _MOST_PIXELS:  # what is no number is too much as well
        return []
    bitmap: Any = _draw(page.pdf.raw, page.raw, ctypes.cast(run.drawn, raw.FPDF_PAGEOBJECT), scale)
    if not bitmap:
        return []
    try:
        width, height = int(raw.FPDFBitmap_GetWidth(bitmap)), int(raw.FPDFBitmap_GetHeight(bitmap))
        stride = int(raw.FPDFBitmap_GetStride(bitmap))
        if int(raw.FPDFBitmap_GetFormat(bitmap)) != raw.FPDFBitmap_BGRA or width * height > _MOST_PIXELS:
            return []
        ink = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height).translate(_TO_INK)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    rows = [ink[start + _PIXEL - 1 : start + width * _PIXEL : _PIXEL] for start in range(0, stride * height, stride)]
    down = [bytes(column) for column in zip(*rows, strict=True)]
    return {0: down, 90: rows[::-1], 180: [column[::-1] for column in down[::-1]], 270: [row[::-1] for row in rows]}[
        run.angle
    ]


def parted(columns: Sequence[bytes]) -> list[list[bytes]]:
    """The pieces of a picture that empty columns part."""
    return [list(piece) for inked, piece in groupby(columns, any) if inked]
