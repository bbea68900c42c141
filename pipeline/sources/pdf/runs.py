"""Reads one PDF page through PDFium as runs: stretches of text that one operator of the page drew.

Promises text in the order of the content stream, with box, baseline, size, weight and how it is painted. Does not
decide on lines, columns or visibility.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
from collections import deque
from itertools import accumulate, islice, pairwise, repeat
from typing import Any, NamedTuple

from pipeline.sources.pdf.characters import SOFT_HYPHEN, page_text
from pipeline.sources.pdf.gaps import GAP, parts
from pipeline.sources.pdf.owners import starts_of_objects
from pipeline.sources.pdf.pdfium import Handle, Size, at, found, handle, real, whole

MOST_CHARACTERS = 200_000
"""Characters read of one page; a page of print has about 6,000."""

INVISIBLE_MODE = 3

_MOST_SPACES = 200
"""Spaces of a run whose sides are asked for in one go; a line of print has 20."""

_LETTER = re.compile(r"[^\W\d_]")
_INNER_SPACE = re.compile("[^ ] +(?=[^ ])")

_NOWHERE = (0.0, 0.0, 0.0, 0.0)
_BOX = struct.Struct("=4f")
_BOXES = struct.Struct("=8f")
_ANSWER = struct.Struct("=4f4f6f2d4I")
"""Two boxes (left, top, right, bottom), a matrix, an origin and a colour, in the order in which `_Reader` asks."""

_BOLD = re.compile(r"bold|black|heavy|semibold|-medi|CMBX", re.IGNORECASE)

_count_characters = whole("FPDFText_CountChars")
_loose_box = whole("FPDFText_GetLooseCharBox")
_matrix = whole("FPDFText_GetMatrix")
_origin = whole("FPDFText_GetCharOrigin")
_font_size = real("FPDFText_GetFontSize")
_fill_color = whole("FPDFText_GetFillColor")
_font_info = whole("FPDFText_GetFontInfo")
_font_weight = whole("FPDFText_GetFontWeight")
_font_of = found("FPDFTextObj_GetFont")
_render_mode = whole("FPDFTextObj_GetTextRenderMode")


_AROUND = ctypes.create_string_buffer(_BOXES.size * _MOST_SPACES)
_SIDES = [at(ctypes.addressof(_AROUND) + _BOX.size * side) for side in range(2 * _MOST_SPACES)]
"""Where PDFium writes the boxes of the characters on both sides of each space."""


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
    reader = _Reader(page)
    starts = [*starts_of_objects(text_page, text), (count, 0)]
    runs = [run for (start, drawn), (end, _) in pairwise(starts) for run in reader.cells(start, drawn, text[start:end])]
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError:
        # PDFium gives characters beyond U+FFFF as two surrogates; a lone one is a broken font table.
        return [run._replace(text=_with_pairs_joined(run.text)) for run in runs]
    return runs


class _Reader:
    """Asks PDFium about runs of one page; holds the places that it writes its answers to."""

    def __init__(self, page: Handle) -> None:
        self.page = page
        self.answer = ctypes.create_string_buffer(_ANSWER.size)
        address = ctypes.addressof(self.answer)
        places = [at(address + offset) for offset in (0, 16, 32, 56, 64, 72, 76, 80, 84)]
        self.first, self.last, self.matrix, self.origin, self.color = *places[:3], places[3:5], places[5:]
        self.fonts: dict[int, tuple[str, bool]] = {}

    def cells(self, start: int, drawn: int, text: str) -> list[Run]:
        """The text of one object as one run, or as several where wide gaps part it."""
        run = self.run(start, drawn, text)
        if self._may_have_gaps(run):
            pieces = parts(text, lambda index: self._box(start + index), run.size)
            if len(pieces) > 1:
                return [self.run(start + a, drawn, text[a:b]) for a, b in pieces]
        return [run]

    def _may_have_gaps(self, run: Run) -> bool:
        """Whether `parts` may find a gap; it seldom does, and asks more of every character."""
        text, start, gap = run.text, run.start, GAP * run.size
        if max(run.box.right - run.box.left, run.box.height) <= gap:
            return False
        if run.angle or not _LETTER.search(text):
            return len(text) > 1
        sides = _beside_spaces(text, start)
        if len(sides) > len(_SIDES):
            return True
        deque(map(_loose_box, repeat(self.page), sides, _SIDES), maxlen=0)
        return any(
            left_2 - right > gap or left - right_2 > gap or bottom_2 - top > gap or bottom - top_2 > gap
            for left, top, right, bottom, left_2, top_2, right_2, bottom_2 in _BOXES.iter_unpack(
                memoryview(_AROUND)[: _BOX.size * len(sides)]
            )
        )

    def run(self, start: int, drawn: int, text: str) -> Run:
        answers = self._answers(start, start + (len(text.rstrip(" ")) or 1) - 1)
        l1, t1, r1, b1, l2, t2, r2, b2, a, b, c, d, _, _, x, y, red, green, blue, alpha = answers
        if l1 <= l2 <= r2 and l1 <= r1 <= r2 and b1 <= t1 and b2 <= t2:  # as in nearly all print; asked first for speed
            on_page = Box(l1, min(b1, b2), r2, max(t1, t2))
        else:
            on_page = Box(min(l1, r1, l2, r2), min(t1, b1, t2, b2), max(l1, r1, l2, r2), max(t1, b1, t2, b2))
        angle = 0 if b == 0 and a > 0 else round(math.degrees(math.atan2(b, a)) / 90) % 4 * 90
        box, baseline = (on_page, y) if not angle else _turned(on_page, angle, x, y)
        text_object = at(drawn)
        face = _font_of(text_object) or 0
        if face not in self.fonts:
            self.fonts[face] = self._font(start)
        family, bold = self.fonts[face]
        size = _font_size(self.page, start) * (math.hypot(c, d) if c else abs(d))
        paint = 255 - (255 - (0.299 * red + 0.587 * green + 0.114 * blue)) * alpha / 255
        mode = _render_mode(text_object)
        return Run(text, box, on_page, baseline, size, bold, family, angle, mode, paint, drawn, face, start)

    def _box(self, index: int) -> Box:
        told = _loose_box(self.page, index, self.first)
        left, top, right, bottom = _BOX.unpack_from(self.answer) if told else _NOWHERE
        return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))

    def _answers(self, start: int, last: int) -> tuple[Any, ...]:
        """Boxes of the first and the last character, matrix, origin and colour; nought where PDFium has no answer."""
        page = self.page
        told = (
            _loose_box(page, start, self.first)
            and _loose_box(page, last, self.last)
            and _matrix(page, start, self.matrix)
            and _origin(page, start, *self.origin)
            and _fill_color(page, start, *self.color)
        )
        if told:
            return _ANSWER.unpack_from(self.answer)
        ctypes.memset(self.answer, 0, _ANSWER.size)
        _loose_box(page, start, self.first)
        _loose_box(page, last, self.last)
        _matrix(page, start, self.matrix)
        _origin(page, start, *self.origin)
        if not _fill_color(page, start, *self.color):
            return (*_ANSWER.unpack_from(self.answer)[:-4], 0, 0, 0, 255)
        return _ANSWER.unpack_from(self.answer)

    def _font(self, start: int) -> tuple[str, bool]:
        """Family name without subset prefix and face, and whether the face is bold."""
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        _font_info(self.page, start, buffer, Size(len(buffer)), ctypes.byref(flags))
        whole_name = buffer.value.decode("utf-8", "replace")
        name = whole_name.partition("+")[2] or whole_name
        bold = _font_weight(self.page, start) >= 600 or bool(_BOLD.search(name))
        return re.split(r"[-,]", name)[0], bold


def _beside_spaces(text: str, start: int) -> list[int]:
    """Places of the characters before and behind each space or row of spaces inside the text, which is at `start`."""
    if "  " in text or text[0] == " " or text[-1] == " ":
        return [start + place for space in _INNER_SPACE.finditer(text) for place in space.span()]
    ends = accumulate([len(word) + 1 for word in text.split(" ")[:-1]], initial=start)
    return [place for end in islice(ends, 1, None) for place in (end - 2, end)]


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
