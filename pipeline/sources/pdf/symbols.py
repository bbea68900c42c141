"""Reads the signs that fonts draw under the codes of letters, figures and stops.

Typesetters' fonts for signs seldom say what they hold: where a reader sees "=", "±", "<" or a minus, the text of the
page has "5", "6", "," or "2", and "n = 30" becomes "n530". What is drawn decides: a sign that can be told by its
outline is read so. Of signs with curves, those of one typesetting system are known, whose fonts are named "Adv..." and
hold a single sign each: "m" is drawn as the sign of micro, so that "10 µg" would become "10 mg". Promises to change a
run of a few characters only, in a font that draws no longer ones on the page, or in one of those fonts, or in one named
"Symbol".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.sources.pdf.outlines import outline
from pipeline.sources.pdf.pdfium import at
from pipeline.sources.pdf.runs import Run
from pipeline.sources.pdf.signs import sign

MOST_SIGNS = 3
"""Characters of a run of signs."""

MOST_OUTLINES = 300
"""Characters of a page whose outlines are looked at; a page with all its signs has 20."""

_SIGN_FONT = re.compile(r"Adv(?!TT)[A-Za-z0-9]+$")
_CURVED = {"m": "µ", "y": "†", "z": "‡", ",": "∼", "¼": "=", "þ": "+"}
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

_UNIT = re.compile(r"[gGlLmMsAVSTWUk]")
_TRUE = frozenset(("Pd", "Pi", "Pf", "Sk", "Mn", "Zs", "Cf", "Cc"))
"""Kinds of characters that may look like a bar or an angle and are none: dashes, quotation marks, accents, what is not
printed."""


def with_signs(runs: Sequence[Run]) -> list[Run]:
    """The runs of a page, which must be open still, with the signs that a reader sees."""
    named = [r._replace(text=r.text.translate(_SYMBOL)) if r.font.startswith("Symbol") else r for r in runs]
    return _with_curved(_with_straight(named))


def _with_straight(runs: Sequence[Run]) -> list[Run]:
    """Signs of straight strokes, by their outlines."""
    for_text = {run.face for run in runs if len(run.text.strip()) > MOST_SIGNS}
    known: dict[tuple[int, str], str] = {}
    found: list[Run] = []
    for run in runs:
        if run.face and run.face not in for_text:
            for character in {*run.text} - {" "}:
                key = run.face, character
                if key not in known and len(known) < MOST_OUTLINES:
                    known[key] = _as_drawn(run.face, character)
            text = "".join(known.get((run.face, character), character) for character in run.text)
            found.append(run if text == run.text else run._replace(text=text))
        else:
            found.append(run)
    return found


def _as_drawn(face: int, character: str) -> str:
    """The sign that the font at that address draws for the character, or the character."""
    if unicodedata.category(character) in _TRUE:
        return character
    drawn = sign(outline(at(face), character))
    if drawn == "−" and character == "e":
        return "–"  # an en dash is drawn alike; fonts that call a minus "2" call this "e"
    return drawn or character


def _with_curved(runs: Sequence[Run]) -> list[Run]:
    """Signs that have curves, by the name of their font."""
    drawn: dict[str, set[str]] = {}
    for run in runs:
        if _SIGN_FONT.fullmatch(run.font):
            drawn.setdefault(run.font, set()).update(run.text.strip())
    lying = {font: signs for font, signs in drawn.items() if len(signs) == 1 and signs <= _CURVED.keys()}
    if not lying:
        return list(runs)
    return [_read(runs, i) if run.font in lying else run for i, run in enumerate(runs)]


def _read(runs: Sequence[Run], index: int) -> Run:
    """The run with its sign, unless what stands around it says that the letter is meant."""
    run = runs[index]
    letter = run.text.strip()
    before = runs[index - 1].text if index else ""
    after = runs[index + 1].text.lstrip() if index + 1 < len(runs) else ""
    fits = {
        "m": bool(_UNIT.match(after)),
        "y": not after[:1].isdigit(),
        ",": after[:1].isdigit() and before[-1:] in {"", " ", "("} and run.text[-1:] != " ",
    }
    return run._replace(text=run.text.replace(letter, _CURVED[letter])) if fits.get(letter, True) else run
