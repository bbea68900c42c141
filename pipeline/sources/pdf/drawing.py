"""Lists what else is drawn on a page besides its text, and which text is drawn in the plainest way.

Promises covers: whatever may hide text beneath it or swallow text upon it. Nothing is left out because it seems
unlikely; what cannot be judged (patterns, forms, images, shadings) is a cover. Does not look at the text itself.
"""

from __future__ import annotations

import ctypes
import struct
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.sources.pdf.pdfium import Handle, Objects, Size, at, found, whole
from pipeline.sources.pdf.runs import Box

MOST_OBJECTS = 20_000
"""A page with more is not judged by its objects."""

THIN = 1.0
"""Points. Rules and frames are at most this wide; it takes several of them to hide a letter."""

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_CLIPS_FROM = 4
"""Text render modes from this one on clip what is drawn later."""

_PATTERN_GREYS = {(255, 255, 255), (191, 191, 191)}
"""What PDFium says of a fill that is a pattern; white may be one."""

_LIGHT = 170
_CORNERS = struct.Struct("=4f")
_EVERYWHERE = Box(float("-inf"), float("-inf"), float("inf"), float("inf"))

_kind = whole("FPDFPageObj_GetType")
_bounds = whole("FPDFPageObj_GetBounds")
_has_transparency = whole("FPDFPageObj_HasTransparency")
_LAYER = "OC\0".encode("utf-16-le")
_NAME, _NEEDED = ctypes.create_string_buffer(16), ctypes.c_ulong()
_ROOM, _NEEDED_PLACE = Size(len(_NAME)), ctypes.byref(_NEEDED)
"""Where PDFium writes the name of a mark, and how many bytes it takes."""

_count_marks = whole("FPDFPageObj_CountMarks")
_mark = found("FPDFPageObj_GetMark")
_mark_name = whole("FPDFPageObjMark_GetName")
_clip_path = found("FPDFPageObj_GetClipPath")
_count_clips = whole("FPDFClipPath_CountPaths")
_render_mode = whole("FPDFTextObj_GetTextRenderMode")
_draw_mode = whole("FPDFPath_GetDrawMode")
_fill_color = whole("FPDFPageObj_GetFillColor")
_form_count = whole("FPDFFormObj_CountObjects")
_form_object = found("FPDFFormObj_GetObject")


class Cover(NamedTuple):
    """Something that may hide text that it touches.

    `order` is the place in the order of drawing from which on text is safe from it, None where none is. `by` is the
    index of the run if it is itself text.
    """

    box: Box
    order: int | None = None
    by: int | None = None


@dataclass(slots=True)
class Drawing:
    """What is drawn on a page.

    `texts` are the text objects of the page itself by address, with their place in the order of drawing, that are
    opaque, not clipped and not on a layer that could be switched off. `images` are the boxes of images, those of forms
    in the forms' own coordinates.
    """

    texts: dict[int, int] = field(default_factory=dict[int, int])
    covers: list[Cover] = field(default_factory=list[Cover])
    images: list[Box] = field(default_factory=list[Box])


def drawing_of(objects: Objects) -> Drawing:
    """What is drawn on an open page, by its objects."""
    drawing, asked = Drawing(), _Questions()
    _add_texts(drawing, objects)
    for order, (thing, kind) in enumerate(zip(objects.handles, objects.kinds, strict=True)):
        if kind == _PATH:
            drawing.covers.extend(asked.path_cover(thing, order))
        elif kind != _TEXT:
            _add_other(drawing, asked, thing, kind)
    if len(objects.kinds) > MOST_OBJECTS:
        drawing.texts.clear()
    return drawing


def _add_texts(drawing: Drawing, objects: Objects) -> None:
    places = [order for order, kind in enumerate(objects.kinds) if kind == _TEXT]
    texts = [objects.handles[order] for order in places]
    if max(map(_render_mode, texts), default=0) >= _CLIPS_FROM:
        return
    clips = map(_count_clips, map(at, map(_clip_path, texts)))
    for order, thing, clip, transparent, marks in zip(
        places, texts, clips, map(_has_transparency, texts), map(_count_marks, texts), strict=True
    ):
        if clip <= 0 and not transparent and not (marks and _is_on_layer(thing, marks)):
            drawing.texts[objects.addresses[order] or 0] = order


def _is_on_layer(thing: Handle, marks: int) -> bool:
    """Whether it belongs to optional content (mark OC), which may be switched off."""
    for index in range(marks):
        if not _mark_name(at(_mark(thing, Size(index))), _NAME, _ROOM, _NEEDED_PLACE):
            return True
        if _NEEDED.value == len(_LAYER) and _NAME.raw.startswith(_LAYER):
            return True
    return False


def _add_other(drawing: Drawing, asked: _Questions, thing: Handle, kind: int) -> None:
    """Images, shadings, forms and what is unknown cover all text that they touch."""
    if kind == _FORM:
        count = _form_count(thing)
        if not count:
            return
        inner = [at(_form_object(thing, Size(index))) for index in range(min(count, MOST_OBJECTS))]
        drawing.images.extend(asked.box(image) for image in inner if _kind(image) == _IMAGE)
    box = asked.box(thing)
    if kind == _IMAGE:
        drawing.images.append(box)
    drawing.covers.append(Cover(box))


class _Questions:
    """Asks PDFium about objects of one page; holds the places that it writes its answers to."""

    def __init__(self) -> None:
        self.corners = ctypes.create_string_buffer(_CORNERS.size)
        self.to_corners = [at(ctypes.addressof(self.corners) + offset) for offset in (0, 4, 8, 12)]
        self.colour, self.modes = (ctypes.c_uint * 4)(), (ctypes.c_int * 2)()
        self.to_colour, self.to_modes = map(_places, (self.colour, self.modes))

    def box(self, thing: Handle) -> Box:
        return Box._make(_CORNERS.unpack_from(self.corners)) if _bounds(thing, *self.to_corners) else _EVERYWHERE

    def path_cover(self, thing: Handle, order: int) -> list[Cover]:
        """None for a path that is not painted. A light ground covers only what was drawn before it."""
        box = self.box(thing)
        if box.right - box.left < THIN or box.top - box.bottom < THIN:
            return [Cover(box)]
        is_known = _draw_mode(thing, *self.to_modes)
        fill, stroke = self.modes
        if is_known and not fill and not stroke:
            return []
        is_ground = is_known and not stroke and self._is_light(thing) and not _has_transparency(thing)
        return [Cover(box, order if is_ground else None)]

    def _is_light(self, thing: Handle) -> bool:
        """Whether dark text on a fill of this colour can be seen for certain."""
        if not _fill_color(thing, *self.to_colour):
            return False
        red, green, blue, alpha = self.colour
        is_known = alpha == 255 and (red, green, blue) not in _PATTERN_GREYS
        return is_known and 0.299 * red + 0.587 * green + 0.114 * blue >= _LIGHT


def _places(answers: ctypes.Array[Any]) -> list[Handle]:
    size = ctypes.sizeof(answers) // len(answers)
    return [at(ctypes.addressof(answers) + size * index) for index in range(len(answers))]
