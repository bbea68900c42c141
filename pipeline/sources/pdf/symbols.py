"""Reads the signs that fonts draw under the codes of letters, figures and stops, or under none.

Typesetters' fonts for signs seldom say what they hold: where a reader sees "=", "±", "<" or a minus, the text of the
page has "5", "6", "," or "2", or nothing that could be named, and "n = 30" becomes "n530". What is drawn decides: a
sign that can be told by its picture is read so; others go by the names of their fonts (`named_symbols`). Promises to
look only at characters that stand apart, in fonts that draw no words on the page, and to leave alone what already is
the sign that it shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from pipeline.sources.pdf.characters import UNREAD
from pipeline.sources.pdf.named_symbols import with_named_signs, with_symbol_codes
from pipeline.sources.pdf.pdfium import handle, whole
from pipeline.sources.pdf.pictures import columns_of_ink, parted
from pipeline.sources.pdf.places import tight_boxes
from pipeline.sources.pdf.runs import Run
from pipeline.sources.pdf.signs import sign

LONGEST_SIGN = 3
"""Characters; a font with a longer run on the page is one for words."""

MOST_PICTURES = 200
"""Characters of a page that are drawn to be looked at; a page has up to 20 different ones."""

_HIGHEST, _NARROWEST = 1.4, 0.3
"""A sign is at most so many times as high as wide, and at least so many times the font size wide."""

_SURE = frozenset("=±×≤≥~～¯^`")
_TRUE = frozenset(("Pd", "Pi", "Pf", "Mn", "Zs", "Cf", "Cc"))
"""Kinds of characters that may look like a bar or an angle and are none: dashes, quotation marks, accents, what is not
printed."""

_code = whole("FPDFText_GetUnicode")


def with_signs(runs: Sequence[Run], text_page: Any) -> list[Run]:
    """The runs of an open page and text page of pypdfium2 with the signs that a reader sees."""
    return with_named_signs(_with_drawn_signs(with_symbol_codes(runs), text_page))


def _with_drawn_signs(runs: Sequence[Run], text_page: Any) -> list[Run]:
    """Signs of lines, by their pictures."""
    page, found = handle(text_page), list(runs)
    known: dict[tuple[int, str, int], str | None] = {}
    pictures = 0
    places = _doubtful(runs)
    boxes = tight_boxes(page, [runs[index].start + at for index, at in places])
    for (index, at), box in zip(places, boxes, strict=True):
        run = found[index]
        if not _has_proportions(run, box):
            continue
        character = run.text[at]
        key = run.face, character, _code(page, run.start + at) if character == UNREAD else 0
        if key not in known and pictures < MOST_PICTURES:
            pictures += 1
            picture = _picture(runs[index], at, text_page.page)
            if picture:
                known[key] = sign(picture)
        drawn = known.get(key)
        if drawn == "−" and character == "e":
            drawn = "–"  # an en dash is drawn alike; fonts that call a minus "2" call this "e"
        if drawn is not None:
            found[index] = run._replace(text=run.text[:at] + drawn + run.text[at + 1 :])
    return found


def _doubtful(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """(index of the run, place in its text) of the characters whose picture may show something else.

    A font with a word on the page is one for text, and a run of two letters is none of signs.
    """
    for_words = {run.face for run in runs if len(run.text) > LONGEST_SIGN and len(run.text.strip()) > LONGEST_SIGN}
    return [
        (index, at)
        for index, run in enumerate(runs)
        if run.face not in for_words and sum(map(str.isalpha, run.text)) < 2
        for at, character in enumerate(run.text)
        if character not in _SURE and unicodedata.category(character) not in _TRUE
    ]


def _picture(run: Run, at: int, page: Any) -> list[bytes]:
    """The columns of the character at that place of the run; nothing when it cannot be told from its neighbours."""
    columns, visible = columns_of_ink(page, run), len(run.text.replace(" ", ""))
    if visible == 1:
        return columns
    pieces = parted(columns)
    return pieces[len(run.text[:at].replace(" ", ""))] if len(pieces) == visible else []


def _has_proportions(run: Run, box: tuple[float, ...]) -> bool:
    left, right, bottom, top = box
    width, height = (top - bottom, right - left) if run.angle in {90, 270} else (right - left, top - bottom)
    return width > _NARROWEST * run.size and height < _HIGHEST * width
