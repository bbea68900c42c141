"""Reads the symbols that a typesetter's fonts draw under other letters' codes.

Fonts named "Adv..." of one typesetting system hold a single sign each and say that it is a letter: "m" is drawn as the
sign of micro, "e" as an en dash, "6" as plus-minus, the quarter as an equals sign. Read as they say, "10 µg" becomes
"10 mg" and "80–120" becomes "80e120". Promises to change a run only if its font is one of these and draws nothing but
that one sign on the page. Does not look at glyphs: a font of another name that lies is not found out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.sources.pdf.runs import Run

_SYMBOL_FONT = re.compile(r"Adv(?!TT)[A-Za-z0-9]+$")
_SIGNS = {"m": "µ", "e": "–", "6": "±", "y": "†", "z": "‡", "3": "×", "¼": "=", "þ": "+"}
_UNIT = re.compile(r"[gGlLmMsAVSTWUk]")
_FIGURE = re.compile(r"[(<>=≤≥±+−–]?\s?[\d.]")


def with_signs(runs: Sequence[Run]) -> list[Run]:
    """The runs of a page, those of lying symbol fonts with the sign that a reader sees."""
    drawn: dict[str, set[str]] = {}
    for run in runs:
        if _SYMBOL_FONT.fullmatch(run.font):
            drawn.setdefault(run.font, set()).update(run.text.strip())
    lying = {font: signs for font, signs in drawn.items() if len(signs) == 1 and signs <= _SIGNS.keys()}
    if not lying:
        return list(runs)
    return [_read(runs, i) if run.font in lying else run for i, run in enumerate(runs)]


def _read(runs: Sequence[Run], index: int) -> Run:
    """The run with its sign, unless what stands around it says that the letter is meant."""
    run = runs[index]
    letter = run.text.strip()
    before = runs[index - 1].text.rstrip() if index else ""
    after = runs[index + 1].text.lstrip() if index + 1 < len(runs) else ""
    fits = {
        "m": bool(_UNIT.match(after)),
        "e": before[-1:].isdigit() and bool(_FIGURE.match(after)),
        "6": not before[-1:].isdigit() or bool(_FIGURE.match(after)),
        "y": not after[:1].isdigit(),
        "3": before[-1:].isdigit() and after[:1].isdigit(),
    }
    return replace(run, text=run.text.replace(letter, _SIGNS[letter])) if fits.get(letter, True) else run
