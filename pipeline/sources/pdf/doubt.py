"""Tells which text of a page has to be looked for in a picture of it, because something could hide it.

Promises that a run left out is seen: dark opaque fill, letters with strokes heavy enough to leave ink, inside the page,
not clipped, not on a layer, and nothing else drawn over, under or across it but light grounds, and rules too few and
too thin to cover a letter. Whatever cannot be judged is in doubt. Does not say that a run is hidden; that is for `ink`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.sources.pdf.drawing import THIN, Cover, Drawing
from pipeline.sources.pdf.glyphs import Glyphs, is_drawn
from pipeline.sources.pdf.ink import SCALE, Canvas
from pipeline.sources.pdf.pdfium import handle
from pipeline.sources.pdf.places import tight_boxes
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
_LARGEST = 300.0
"""Points. Larger text is always looked for as well; it would stand in very many bands."""

_FILLED = 0
_WORD = re.compile(r"\w")
_BLOCKS = re.compile("[\u2500-\u25ff\u2b00-\u2bff\ue000-\uf8ff\ufffd]")
"""Signs that may be solid; those of a font's own choosing (private use, unmapped) are among them."""


def doubtful_runs(runs: Sequence[Run], drawing: Drawing, text_page: Any, canvas: Canvas) -> set[int]:
    """Indexes of the runs with a letter or a number that something could hide; the text page is that of `runs`."""
    glyphs, texts, covers = Glyphs(), drawing.texts, list(drawing.covers)
    doubtful: set[int] = set()
    likely: list[int] = []
    letters: list[int] = []
    for index, run in enumerate(runs):
        text, _, on_page, _, size, _, _, angle, mode, paint, drawn, _, start = run
        is_dark = mode == _FILLED and paint <= DARK and not angle and drawn in texts
        ink = glyphs.stroke(run) if is_dark else 0.0
        word = _WORD.search(text)
        if word is not None and ink and _is_plain(on_page, size, ink * (255 - paint), canvas.box):
            likely.append(index)
            letters.append(start + word.start())
        elif word is not None:
            doubtful.add(index)
        if (not ink or ink > HEAVY or (not text.isascii() and _BLOCKS.search(text))) and mode != INVISIBLE_MODE:
            covers.append(Cover(_core(run), by=index))
    boxes = tight_boxes(handle(text_page), letters)
    plain = [index for index, box in zip(likely, boxes, strict=True) if is_drawn(runs[index], box)]
    doubtful.update(likely)
    doubtful.difference_update(plain)
    if len(covers) > MOST_COVERS or canvas.scale < SCALE:
        return doubtful.union(plain)
    return doubtful.union(_covered(runs, plain, covers, texts))


def _is_plain(box: Box, size: float, ink: float, page: Box) -> bool:
    """Whether text in this box, of this size and with strokes that darken a point by `ink`, leaves all of it there."""
    left, bottom, right, top = box
    low, floor, far, ceiling = page
    within = low <= left and floor <= bottom and right <= far and top <= ceiling
    return within and SMALLEST <= size <= _LARGEST and ink * SCALE >= LEAST_INK


def _core(run: Run) -> Box:
    """The box of the run without its rim, where it may touch its neighbours but hides nothing of them."""
    left, bottom, right, top = run.on_page
    rim = 0.15 * (top - bottom)
    return Box(left + rim, bottom + rim, max(right - rim, left + rim), max(top - rim, bottom + rim))


def _covered(runs: Sequence[Run], plain: Sequence[int], covers: Sequence[Cover], order: dict[int, int]) -> set[int]:
    """Those of the `plain` runs that a cover touches; thin ones count together. `order`: as text objects are drawn."""
    if not covers or not plain:
        return set()
    bands: dict[int, list[int]] = {}
    for index in plain:
        _, bottom, _, top = runs[index].on_page
        first, last = int(bottom // _BAND), int(top // _BAND)
        for band in (first,) if first == last else range(first, last + 1):
            bands.setdefault(band, []).append(index)
    reach = min(bands) * _BAND, max(bands) * _BAND
    found: set[int] = set()
    touched: dict[int, int] = {}
    for cover in covers:
        is_thin = cover.by is None and min(cover.box.right - cover.box.left, cover.box.height) < THIN
        for index in _touched(runs, bands, reach, cover):
            run = runs[index]
            if cover.order is not None and order[run.drawn] > cover.order:
                continue
            touched[index] = touched.get(index, 0) + 1
            is_small = min(run.on_page.right - run.on_page.left, run.on_page.height) < 3 * THIN
            if not is_thin or is_small or touched[index] >= _THIN_COVERS:
                found.add(index)
    return found


def _touched(runs: Sequence[Run], bands: dict[int, list[int]], reach: tuple[float, float], cover: Cover) -> set[int]:
    """Indexes of the runs whose boxes the cover touches; `reach` is where the lowest and the highest band begin."""
    left, bottom, right, top = cover.box
    low, high = reach
    # the bounds of the bands stand first: what is no number, in a broken file, then reaches across all of them
    first, last = int(min(high, max(low, bottom)) // _BAND), int(max(low, min(high, top)) // _BAND)
    near = {index for band in range(first, last + 1) for index in bands.get(band, ()) if index != cover.by}
    return {index for index in near if _meet(runs[index].on_page, left, bottom, right, top)}


def _meet(box: Box, left: float, bottom: float, right: float, top: float) -> bool:
    return not (box[0] > right or box[2] < left or box[1] > top or box[3] < bottom)
