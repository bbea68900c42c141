"""Tells which text of a page has to be looked for in a picture of it, because something could hide it.

Promises that a run left out is seen: dark opaque fill, letters with strokes heavy enough to leave ink, inside the page,
not clipped, not on a layer, and nothing else drawn over, under or across it but light grounds, and rules too few and
too thin to cover a letter. Whatever cannot be judged is in doubt. Does not say that a run is hidden; that is for `ink`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor
from typing import Any

from pipeline.sources.pdf.drawing import THIN, Cover, Drawing
from pipeline.sources.pdf.glyphs import Glyphs
from pipeline.sources.pdf.ink import SCALE, Canvas
from pipeline.sources.pdf.pdfium import handle
from pipeline.sources.pdf.runs import INVISIBLE_MODE, Box, Run

DARK = 100
"""Grey of 255 up to which a fill counts as dark."""

SMALLEST = 4.0
"""Points. Smaller text is always looked for."""

LEAST_INK = 60
"""Steps of 255 that the strokes of the run, thin as they are, must darken white; three times what `ink` asks for."""

HEAVY = 2.0
"""Points. Strokes wider than this can hide other text."""

MOST_COVERS = 3_000
_THIN_COVERS = 3
_BAND = 12.0
_FILLED = 0
_WORD = re.compile(r"\w")
_BLOCKS = re.compile("[\u2500-\u25ff\u2b00-\u2bff\ue000-\uf8ff\ufffd]")
"""Signs that may be solid; those of a font's own choosing (private use, unmapped) are among them."""


def doubtful_runs(runs: Sequence[Run], drawing: Drawing, text_page: Any, canvas: Canvas) -> set[int]:
    """Indexes of the runs with a letter or a number that something could hide; the text page is that of `runs`."""
    worded = {i for i, run in enumerate(runs) if _WORD.search(run.text)}
    if canvas.scale < SCALE:
        return worded
    glyphs, page, plain = Glyphs(handle(text_page)), canvas.box, set[int]()
    covers = list(drawing.covers)
    for index, run in enumerate(runs):
        ink = glyphs.stroke(run) if _is_dark(run) and run.drawn in drawing.texts else 0.0
        if index in worded and _is_plain(run, ink, glyphs, page):
            plain.add(index)
        if ink == 0.0 or ink > HEAVY or _BLOCKS.search(run.text):
            covers.extend([Cover(run.on_page, by=index)] if run.mode != INVISIBLE_MODE else [])
    if len(covers) > MOST_COVERS:
        return worded
    return worded - plain | _covered(runs, plain, covers, drawing)


def _is_dark(run: Run) -> bool:
    return run.mode == _FILLED and run.paint <= DARK and not run.angle


def _is_plain(run: Run, ink: float, glyphs: Glyphs, page: Box) -> bool:
    box = run.on_page
    if run.size < SMALLEST or min(ink * SCALE, 1) * (255 - run.paint) < LEAST_INK:
        return False
    if box.left < page.left or box.right > page.right or box.bottom < page.bottom or box.top > page.top:
        return False
    return glyphs.is_drawn(run)


def _covered(runs: Sequence[Run], plain: set[int], covers: Sequence[Cover], drawing: Drawing) -> set[int]:
    """Those of the `plain` runs that a cover touches; thin ones count together."""
    bands: dict[int, list[int]] = {}
    for index in plain:
        box = runs[index].on_page
        for band in range(floor(box.bottom / _BAND), floor(box.top / _BAND) + 1):
            bands.setdefault(band, []).append(index)
    found: set[int] = set()
    touched: dict[int, int] = {}
    for cover in covers:
        is_thin = cover.by is None and min(cover.box.right - cover.box.left, cover.box.height) < THIN
        for index in _touched(runs, bands, cover):
            run = runs[index]
            if cover.order is not None and drawing.texts[run.drawn] > cover.order:
                continue
            touched[index] = touched.get(index, 0) + 1
            is_small = min(run.on_page.right - run.on_page.left, run.on_page.height) < 3 * THIN
            if not is_thin or is_small or touched[index] >= _THIN_COVERS:
                found.add(index)
    return found


def _touched(runs: Sequence[Run], bands: dict[int, list[int]], cover: Cover) -> set[int]:
    left, bottom, right, top = cover.box
    if not bands:
        return set()
    first, last = max(bottom, min(bands) * _BAND), min(top, (max(bands) + 1) * _BAND)
    return {
        index
        for band in range(floor(first / _BAND), floor(last / _BAND) + 1)
        for index in bands.get(band, ())
        if index != cover.by
        and runs[index].on_page.left <= right
        and runs[index].on_page.right >= left
        and runs[index].on_page.bottom <= top
        and runs[index].on_page.top >= bottom
    }
