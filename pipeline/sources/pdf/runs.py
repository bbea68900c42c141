"""Reads one PDF page through PDFium as runs: stretches of text that one operator of the page drew.

Promises text in the order of the content stream, with box, baseline, size, weight and how it is painted. Does not
decide on lines, columns or visibility.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from pipeline.sources.pdf.characters import SOFT_HYPHEN, page_text
from pipeline.sources.pdf.gaps import cell_starts
from pipeline.sources.pdf.owners import starts_of_objects
from pipeline.sources.pdf.pdfium import Handle, Size, at, found, handle, real, whole
from pipeline.sources.pdf.places import fill_colours, loose_boxes, matrices, origins

MOST_CHARACTERS = 200_000
"""Characters read of one page; a page of print has about 6,000."""

INVISIBLE_MODE = 3

_BLACK = (0, 0, 0, 255)
_BOLD = re.compile(r"bold|black|heavy|semibold|-medi|CMBX", re.IGNORECASE)

_count_characters = whole("FPDFText_CountChars")
_font_size = real("FPDFText_GetFontSize")
_font_info = whole("FPDFText_GetFontInfo")
_font_weight = whole("FPDFText_GetFontWeight")
_font_of = found("FPDFTextObj_GetFont")
_render_mode = whole("FPDFTextObj_GetTextRenderMode")


class Box(NamedTuple):
    """A rectangle in PDF points, y upward."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def union(self, other: Box) -> Box:
        left, bottom, right, top = self
        return Box(
            min(left, other[0]),
            min(bottom, other[1]),
            max(right, other[2]),
            max(top, other[3]),
        )


class Run(NamedTuple):
    """Text of one text object. `box` and `baseline` are turned so that the text runs to the right; `on_page` is not.

    `angle` is the turn in degrees (0, 90, 180 or 270), `size` the font size in points as it is drawn, `mode` the text
    render mode of the PDF standard (3 is invisible), `paint` the grey value of the fill from 0 (black) to 255. While
    the page is open, `drawn` and `face` are the addresses of the text object and of its font, and `start` is the place
    of the first character.
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
    drawn: int = 0
    face: int = 0
    start: int = 0


def read_runs(text_page: Any) -> list[Run]:
    """The runs of a loaded text page, in stream order; generated spaces belong to the run before them."""
    page = handle(text_page)
    count = min(_count_characters(page), MOST_CHARACTERS)
    text = page_text(page, count)
    reader = _Reader(page, text)
    runs = reader.runs(starts_of_objects(text_page, text))
    starts, sizes = [run.start for run in runs], [run.size for run in runs]
    cells = cell_starts(text, starts, sizes, partial(loose_boxes, page))
    if cells:
        runs = reader.parted(runs, cells)
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError:
        # PDFium gives characters beyond U+FFFF as two surrogates; a lone one is a broken font table.
        return [run._replace(text=_with_pairs_joined(run.text)) for run in runs]
    return runs


class _Reader:
    """Asks PDFium about runs of one page."""

    def __init__(self, page: Handle, text: str) -> None:
        self.page = page
        self.text = text
        self.fonts: dict[int, tuple[str, bool]] = {}

    def runs(self, stretches: Sequence[tuple[int, int]], until: int | None = None) -> list[Run]:
        """A run from each (place, address of the text object) to the next, the last one `until` the end."""
        if not stretches:
            return []
        page, starts = self.page, [start for start, _ in stretches]
        ends = [*starts[1:], len(self.text) if until is None else until]
        texts = [self.text[start:end] for start, end in zip(starts, ends, strict=True)]
        lasts = [start + (len(text.rstrip(" ")) or 1) - 1 for start, text in zip(starts, texts, strict=True)]
        things = [at(drawn) for _, drawn in stretches]
        faces = [face or 0 for face in map(_font_of, things)]
        for face, start in zip(faces, starts, strict=True):
            if face not in self.fonts:
                self.fonts[face] = self._font(start)
        answers = zip(
            loose_boxes(page, starts),
            loose_boxes(page, lasts),
            matrices(page, starts),
            origins(page, starts),
            map(_font_size, repeat(page), starts),
            fill_colours(page, starts, _BLACK),
            map(_render_mode, things),
            strict=True,
        )
        return [
            _run(text, *self.fonts[face], answer, (drawn, face, start))
            for text, answer, face, (start, drawn) in zip(texts, answers, faces, stretches, strict=True)
        ]

    def parted(self, runs: Sequence[Run], cells: Sequence[int]) -> list[Run]:
        """The runs, those parted in which one of the `cells` begins."""
        found: list[Run] = []
        begun = iter([*cells, len(self.text)])
        cell = next(begun)
        for run in runs:
            end = run.start + len(run.text)
            stretches = [(run.start, run.drawn)]
            while cell < end:
                stretches.append((cell, run.drawn))
                cell = next(begun)
            found += self.runs(stretches, end) if len(stretches) > 1 else [run]
        return found

    def _font(self, start: int) -> tuple[str, bool]:
        """Family name without subset prefix and face, and whether the face is bold."""
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        _font_info(self.page, start, buffer, Size(len(buffer)), ctypes.byref(flags))
        whole_name = buffer.value.decode("utf-8", "replace")
        name = whole_name.partition("+")[2] or whole_name
        bold = _font_weight(self.page, start) >= 600 or bool(_BOLD.search(name))
        return re.split(r"[-,]", name)[0], bold


def _run(text: str, family: str, bold: bool, answer: tuple[Any, ...], drawn: tuple[int, int, int]) -> Run:  # noqa: FBT001
    """A run from PDFium's answers, as `_Reader.runs` puts the questions; `drawn` are text object, face and place."""
    (l1, t1, r1, b1), (l2, t2, r2, b2), (a, b, c, d, _, _), (x, y), size, (red, green, blue, alpha), mode = answer
    if l1 <= l2 <= r2 and l1 <= r1 <= r2 and b1 <= t1 and b2 <= t2:  # as in nearly all print; asked first for speed
        on_page = Box(l1, min(b1, b2), r2, max(t1, t2))
    else:
        on_page = Box(min(l1, r1, l2, r2), min(t1, b1, t2, b2), max(l1, r1, l2, r2), max(t1, b1, t2, b2))
    angle = 0 if b == 0 and a > 0 else round(math.degrees(math.atan2(b, a)) / 90) % 4 * 90
    box, baseline = (on_page, y) if not angle else _turned(on_page, angle, x, y)
    size *= math.hypot(c, d) if c else abs(d)
    paint = 255 - (255 - (0.299 * red + 0.587 * green + 0.114 * blue)) * alpha / 255
    return Run(text, box, on_page, baseline, size, bold, family, angle, mode, paint, *drawn)


def _turned(box: Box, angle: int, x: float, y: float) -> tuple[Box, float]:
    """Box and baseline of text turned by `angle`, as if the page were turned until the text runs to the right."""
    if angle == 90:
        return Box(box.bottom, -box.right, box.top, -box.left), -x
    if angle == 180:
        return Box(-box.right, -box.top, -box.left, -box.bottom), -y
    return Box(-box.top, box.left, -box.bottom, box.right), x


def _with_pairs_joined(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


__all__ = ["INVISIBLE_MODE", "MOST_CHARACTERS", "SOFT_HYPHEN", "Box", "Run", "read_runs"]
