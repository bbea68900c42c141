"""Reads the signs that fonts draw under the codes of letters, figures and stops, or under none.

Typesetters' fonts for signs seldom say what they hold: where a reader sees "=", "±", "<" or a minus, the text of the
page has "5", "6", "," or "2", or nothing that could be named, and "n = 30" becomes "n530". What is drawn decides: a
sign that can be told by its picture is read so. Other signs go by the names of their fonts: those of one typesetting
system, named "Adv...", hold a single sign each ("m" is drawn as the sign of micro, so that "10 µg" would become
"10 mg"), and those named "Symbol" have an encoding of their own. Promises to look only at characters that stand apart,
in fonts that draw no words on the page, and to leave alone what already is the sign that it shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from pipeline.sources.pdf.characters import UNREAD
from pipeline.sources.pdf.pdfium import handle, whole
from pipeline.sources.pdf.pictures import columns_of_ink, parted
from pipeline.sources.pdf.places import tight_boxes
from pipeline.sources.pdf.runs import Run
from pipeline.sources.pdf.signs import sign

LONGEST_SIGN = 3
"""Characters; a font with a longer run on the page is one for words."""

MOST_PICTURES = 200
"""Characters of a page that are drawn to be looked at; a page has up to 20 different ones."""

_WIDEST, _NARROWEST = 1.4, 0.3
"""A sign is at most so many times as high as wide, and at least so many times the font size wide."""

_SURE = frozenset("=±×≤≥~～")
_TRUE = frozenset(("Pd", "Pi", "Pf", "Sk", "Mn", "Zs", "Cf", "Cc"))
"""Kinds of characters that may look like a bar or an angle and are none: dashes, quotation marks, accents, what is not
printed."""

_SYMBOL = str.maketrans(
    {
        **{chr(0xF000 + ord(code)): code for code in "0123456789!#%&()*+,./:;<=>?[]{|}"},
        **dict(zip(map(chr, range(0xF061, 0xF07B)), "αβχδεφγηιϕκλµνοπθρστυϖωξψζ", strict=True)),
        **dict(zip(map(chr, range(0xF041, 0xF05B)), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
        **dict(
            zip(
                "\uf02d\uf07e\uf0a3\uf0a5\uf0ae\uf0b0\uf0b1\uf0b3\uf0b4\uf0b7\uf0b8\uf0b9\uf0bb",
                "−∼≤∞→°±≥×•÷≠≈",
                strict=True,
            )
        ),
    }
)
"""What the codes of fonts named "Symbol" stand for where a file says no more (the PDF standard's Symbol encoding)."""

_SIGN_FONT = re.compile(r"Adv(?!TT)[A-Za-z0-9]+$")
_NAMED = {"m": "µ", "y": "†", "z": "‡", "¼": "=", "þ": "+"}
_UNIT = re.compile(r"[gGlLmMsAVSTWUk]")

_code = whole("FPDFText_GetUnicode")


def with_signs(runs: Sequence[Run], text_page: Any) -> list[Run]:
    """The runs of an open page and text page of pypdfium2 with the signs that a reader sees."""
    fonts = {run.font for run in runs}
    found = list(runs)
    if any(font.startswith("Symbol") for font in fonts):
        found = [r._replace(text=r.text.translate(_SYMBOL)) if r.font.startswith("Symbol") else r for r in found]
    found = _with_drawn_signs(found, text_page)
    return with_named_signs(found) if any(map(_SIGN_FONT.fullmatch, fonts)) else found


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
    return width > _NARROWEST * run.size and height < _WIDEST * width


def with_named_signs(runs: Sequence[Run]) -> list[Run]:
    """Signs with curves, by the names of their fonts."""
    drawn: dict[str, set[str]] = {}
    for run in runs:
        if _SIGN_FONT.fullmatch(run.font):
            drawn.setdefault(run.font, set()).update(run.text.strip())
    lying = {font: signs for font, signs in drawn.items() if len(signs) == 1 and signs <= _NAMED.keys()}
    if not lying:
        return list(runs)
    return [_named(runs, i) if run.font in lying else run for i, run in enumerate(runs)]


def _named(runs: Sequence[Run], index: int) -> Run:
    """The run with its sign, unless what stands behind it says that the letter is meant."""
    run = runs[index]
    letter = run.text.strip()
    after = runs[index + 1].text.lstrip() if index + 1 < len(runs) else ""
    fits = {"m": bool(_UNIT.match(after)), "y": not after[:1].isdigit()}
    return run._replace(text=run.text.replace(letter, _NAMED[letter])) if fits.get(letter, True) else run
