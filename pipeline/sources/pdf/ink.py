"""Finds text of a PDF page that leaves no visible ink: what a machine would read and a person cannot see.

The page is rendered in grey without annotations, and every run that something could hide (`doubt`) is looked for in
the picture; only the parts where such runs stand are drawn. That covers white on white, transparent, covered, clipped
and invisibly drawn text alike, and leaves white text on a dark bar alone. Text outside the page and text under MIN_SIZE
points is hidden whatever its colour. An invisible layer over a scanned page (OCR) is how such pages are meant to be
read, so it is not hidden text.
Does not judge what the text says, and does not look at annotations or metadata, which are never read as text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import Any

from pipeline.sources.pdf.runs import INVISIBLE_MODE, Box, Run

MIN_SIZE = 2.0
"""Points. Print that is meant to be read is at least 4; 3 occurs in lettering of figures."""

SMALL_SIZE = 3.0
"""Points. Between MIN_SIZE and this, only prose (four words or more) is taken as hidden."""

MIN_CONTRAST = 20
"""Steps of 255 that a run must differ from what is around it; #eee on white has 17."""

SCALE = 1.5
"""Pixels a point, less on giant pages."""

_MOST_PIXELS = 6_000_000
_APART = 12
"""Pixels from which on two runs below each other are drawn in two pieces."""

_RIM = 2
"""Pixels around a run that belong to the piece."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """An open page of pypdfium2 as a picture that is not drawn yet, upright in its own coordinates (/Rotate undone).

    `width` and `height` are pixels; the top left corner is at (`left`, `top`) of the page box.
    """

    page: Any
    box: Box
    scale: float
    turn: int
    width: int
    height: int

    def area(self, box: Box) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in pixels, clipped to the picture, never empty for a box that touches the page."""
        left = int((box.left - self.box.left) * self.scale)
        right = int((box.right - self.box.left) * self.scale) + 1
        top = int((self.box.top - box.top) * self.scale)
        bottom = int((self.box.top - box.bottom) * self.scale) + 1
        return max(left, 0), max(top, 0), min(right, self.width), min(bottom, self.height)

    def piece(self, left: int, top: int, right: int, bottom: int) -> Picture:
        """Draws that part of the page, in grey."""
        cut = (left, self.height - bottom, self.width - right, top)
        bitmap = self.page.render(
            scale=self.scale,
            grayscale=True,
            rotation=self.turn,
            draw_annots=False,
            may_draw_forms=False,
            # pypdfium2 rounds up to whole pixels
            crop=tuple(max(pixels - 0.5, 0) / self.scale for pixels in cut),
        )
        try:
            return Picture(bytes(bitmap.buffer), left, top, int(bitmap.stride))
        finally:
            bitmap.close()


@dataclass(frozen=True, slots=True)
class Picture:
    """A part of a page in grey, a byte a pixel from 0 (black), its top left pixel at (`left`, `top`) of the canvas."""

    pixels: bytes
    left: int
    top: int
    stride: int

    def row(self, y: int, left: int, right: int) -> bytes:
        start = (y - self.top) * self.stride - self.left
        return self.pixels[start + left : start + right]


def canvas_of(page: Any) -> Canvas:
    """The canvas of an open page of pypdfium2, at most 6 million pixels."""
    box = Box(*(float(v) for v in page.get_bbox()))
    area = max((box.right - box.left) * box.height, 1.0)
    scale = min(SCALE, (_MOST_PIXELS / area) ** 0.5)
    turn = (360 - int(page.get_rotation())) % 360
    width, height = (math.ceil(float(points) * scale) for points in page.get_size())
    return Canvas(page, box, scale, turn, *((height, width) if turn in {90, 270} else (width, height)))


def hidden_runs(runs: Sequence[Run], doubtful: Iterable[int], canvas: Canvas, *, is_scan: bool) -> set[int]:
    """Indexes of the runs, of those that are in doubt, that a reader of the page cannot see.

    `is_scan`: the page is mostly one image.
    """
    letters = sum(len(r.text) for r in runs)
    unseen = sum(len(r.text) for r in runs if r.mode == INVISIBLE_MODE)
    if is_scan and unseen >= 0.9 * letters:
        return set()
    worded = [i for i in sorted(doubtful) if re.search(r"\w", runs[i].text)]
    found = {i for i in worded if _is_hidden_anyway(runs[i], canvas.box)}
    areas = {i: canvas.area(runs[i].on_page) for i in worded if i not in found}
    for picture, members in _pieces(canvas, areas):
        found.update(i for i in members if _is_unseen(runs[i].paint, picture, areas[i], canvas.height))
    return found if _has_words(runs[i].text for i in sorted(found)) else set()


def _has_words(texts: Iterable[str]) -> bool:
    """Whether at least one word of three letters is among them: single letters are debris of figures."""
    return bool(re.search(r"[^\W\d_]{3}", " ".join(texts)))


def _is_hidden_anyway(run: Run, page: Box) -> bool:
    """Whether no look at the page is needed: too small, drawn invisibly or outside."""
    if run.size < MIN_SIZE or (run.size < SMALL_SIZE and len(run.text.split()) >= 4) or run.mode == INVISIBLE_MODE:
        return True
    box = run.on_page
    return box.right <= page.left or box.left >= page.right or box.top <= page.bottom or box.bottom >= page.top


def _pieces(canvas: Canvas, areas: dict[int, tuple[int, int, int, int]]) -> Iterator[tuple[Picture, list[int]]]:
    """Pictures that hold all areas with a rim, each with the indexes of those that it holds."""
    members: list[int] = []
    left = top = right = bottom = 0
    for index in sorted(areas, key=lambda i: areas[i][1]):
        area = areas[index]
        if members and area[1] > bottom + _APART:
            yield _piece(canvas, left, top, right, bottom), members
            members = []
        if members:
            left, right, bottom = min(left, area[0]), max(right, area[2]), max(bottom, area[3])
        else:
            left, top, right, bottom = area
        members.append(index)
    if members:
        yield _piece(canvas, left, top, right, bottom), members


def _piece(canvas: Canvas, left: int, top: int, right: int, bottom: int) -> Picture:
    if canvas.turn in {90, 270}:
        # PDFium leaves out letters at the edge of a piece when it turns the page
        return canvas.piece(0, 0, canvas.width, canvas.height)
    return canvas.piece(
        max(min(left, canvas.width - 1) - _RIM, 0),
        max(min(top, canvas.height - 1) - _RIM, 0),
        min(max(right, 1) + _RIM, canvas.width),
        min(max(bottom, 1) + _RIM, canvas.height),
    )


def _is_unseen(paint: float, picture: Picture, area: tuple[int, int, int, int], height: int) -> bool:
    """Whether the run leaves no ink, or only that of something else, being of the colour of its ground."""
    if not _has_ink(picture, *area):
        return True
    return paint > 127 and abs(_surroundings(picture, *area, height) - paint) < MIN_CONTRAST


def _has_ink(picture: Picture, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether the brightness within the rectangle varies by MIN_CONTRAST or more."""
    darkest, brightest = 255, 0
    middle = (top + bottom) // 2
    for y in chain(range(middle, bottom), range(top, middle)):
        row = picture.row(y, left, right)
        darkest, brightest = min(darkest, min(row, default=255)), max(brightest, max(row, default=0))
        if brightest - darkest >= MIN_CONTRAST:
            return True
    return False


def _surroundings(picture: Picture, left: int, top: int, right: int, bottom: int, height: int) -> float:
    """Median brightness just above and below the rectangle: the ground on which the text stands."""
    ring = picture.row(max(top - 1, 0), left, right) + picture.row(min(bottom, height - 1), left, right)
    return median(ring) if ring else 255.0
