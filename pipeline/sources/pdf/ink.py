"""Finds text of a PDF page that leaves no visible ink: what a machine would read and a person cannot see.

The page is rendered in grey without annotations, and every run is looked for in the picture. That covers white on
white, transparent, covered, clipped and invisibly drawn text alike, and leaves white text on a dark bar alone. Text
outside the page and text under MIN_SIZE points is hidden whatever its colour. An invisible layer over a scanned page
(OCR) is how such pages are meant to be read, so it is not hidden text.
Does not judge what the text says, and does not look at annotations or metadata, which are never read as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median
from typing import Any

from pipeline.sources.pdf.runs import INVISIBLE_MODE, Box, Run

MIN_SIZE = 2.0
"""Points. Print that is meant to be read is at least 4; 3 occurs in lettering of figures."""

SMALL_SIZE = 3.0
"""Points. Between MIN_SIZE and this, only prose (four words or more) is taken as hidden."""

MIN_CONTRAST = 20
"""Steps of 255 that a run must differ from what is around it; #eee on white has 17."""

_SCALE = 1.5
_MOST_PIXELS = 6_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in grey, one byte a pixel from 0 (black), its top left corner at (`left`, `top`) of the page."""

    pixels: bytes
    width: int
    height: int
    stride: int
    scale: float
    page: Box

    def row(self, y: int, left: int, right: int) -> bytes:
        return self.pixels[y * self.stride + left : y * self.stride + right]

    def area(self, box: Box) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in pixels, clipped to the picture, never empty for a box that touches the page."""
        left = int((box.left - self.page.left) * self.scale)
        right = int((box.right - self.page.left) * self.scale) + 1
        top = int((self.page.top - box.top) * self.scale)
        bottom = int((self.page.top - box.bottom) * self.scale) + 1
        return max(left, 0), max(top, 0), min(right, self.width), min(bottom, self.height)


def picture_of(page: Any) -> Picture:
    """Renders a pypdfium2 page upright in its own coordinates (its /Rotate undone), at most 6 million pixels."""
    box = Box(*(float(v) for v in page.get_bbox()))
    area = max((box.right - box.left) * box.height, 1.0)
    scale = min(_SCALE, (_MOST_PIXELS / area) ** 0.5)
    turned_back = (360 - int(page.get_rotation())) % 360
    bitmap = page.render(scale=scale, grayscale=True, rotation=turned_back, draw_annots=False, may_draw_forms=False)
    try:
        return Picture(bytes(bitmap.buffer), int(bitmap.width), int(bitmap.height), int(bitmap.stride), scale, box)
    finally:
        bitmap.close()


def hidden_runs(runs: list[Run], picture: Picture, *, is_scan: bool) -> set[int]:
    """Indexes of the runs that a reader of the page cannot see. `is_scan`: the page is mostly one image."""
    letters = sum(len(r.text) for r in runs)
    unseen = sum(len(r.text) for r in runs if r.mode == INVISIBLE_MODE)
    if is_scan and unseen >= 0.9 * letters:
        return set()
    found = {i for i, run in enumerate(runs) if re.search(r"\w", run.text) and _is_hidden(run, picture)}
    return found if _has_words(runs[i].text for i in sorted(found)) else set()


def _has_words(texts: Any) -> bool:
    """Whether at least one word of three letters is among them: single letters are debris of figures."""
    return bool(re.search(r"[^\W\d_]{3}", " ".join(texts)))


def _is_hidden(run: Run, picture: Picture) -> bool:
    if run.size < MIN_SIZE or (run.size < SMALL_SIZE and len(run.text.split()) >= 4):
        return True
    page, box = picture.page, run.on_page
    if box.right <= page.left or box.left >= page.right or box.top <= page.bottom or box.bottom >= page.top:
        return True
    left, top, right, bottom = picture.area(box)
    if run.mode == INVISIBLE_MODE or not _has_ink(picture, left, top, right, bottom):
        return True
    return abs(_surroundings(picture, left, top, right, bottom) - run.paint) < MIN_CONTRAST and run.paint > 127


def _has_ink(picture: Picture, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether the brightness within the rectangle varies by MIN_CONTRAST or more."""
    darkest, brightest = 255, 0
    for y in range(top, bottom):
        row = picture.row(y, left, right)
        darkest, brightest = min((darkest, *row)), max((brightest, *row))
        if brightest - darkest >= MIN_CONTRAST:
            return True
    return False


def _surroundings(picture: Picture, left: int, top: int, right: int, bottom: int) -> float:
    """Median brightness just above and below the rectangle: the ground on which the text stands."""
    ring = picture.row(max(top - 1, 0), left, right) + picture.row(min(bottom, picture.height - 1), left, right)
    return median(ring) if ring else 255.0
