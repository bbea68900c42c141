"""Reads the symbols that a typesetter's fonts draw under other letters' codes.

Fonts named "Adv..." of one typesetting system hold a single sign each and say that it is a letter: "m" is drawn as the
sign of micro, "e" as an en dash, "6" as plus-minus, the quarter as an equals sign. Read as they say, "10 µg" becomes
"10 mg" and "80–120" becomes "80e120". Others hold all the signs of mathematics under figures, so that "−80 °C" becomes
"280 °C" and "P = 0.03" becomes "P 5 0.03"; the fonts of text of the same system may say "signi®cant" and "300±400".
Promises to change a run only if its font is one of these and draws nothing but that one sign on the page, or nothing
but signs that it is known for. Does not look at glyphs: a font of another name that lies is not found out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.pdf.runs import Run

_SYMBOL_FONT = re.compile(r"Adv(?!TT)[A-Za-z0-9]+$")
_SIGNS = {"m": "µ", "e": "–", "6": "±", "y": "†", "z": "‡", "3": "×", "¼": "=", "þ": "+"}
_MATHEMATICAL_PI = dict(zip("1235689,.$abghkmpsF", "+−×=±°′<>≥αβγηκµπσΦ", strict=True))
_KNOWN_FONTS = {
    **dict.fromkeys(("AdvP7DA6", "AdvPS7DA6", "AdvP80675", "AdvP7DED"), _MATHEMATICAL_PI),
    "AdvPi1": dict(zip("+76548*'.mbD", "±−×<>°~′•µβΔ", strict=True)),
    "AdvP4C4E74": dict(zip("01zfgjp¼½ðÞþ−", "′∞‡{}|√=[()+−", strict=True)),
    "AdvP4C4E51": dict(zip(":;=<>", ".,/<>", strict=True)),
    "AdvPS3FDD77": dict(zip("#wZ)", "′~=*", strict=True)),
    "AdvPS4731B1": {"!": "<", "%": "≤"},
    "AdvMacMthSyN": {"¼": "=", "þ": "+", "−": "−"},
    "AdvP40798": {"z": "+", "|": "×", "¡": "−"},
    "AdvPS48994E": {"^": "±"},
    "AdvP7DB7": {",": "~"},
    "AdvPS7DB7": {",": "~"},
    "AdvMathSymb": {"\x88": "="},
}
"""What fonts draw, seen in the papers of many journals of 1998 to 2022, under the characters that they give it."""

_STANDARD = str.maketrans(
    {"®": "fi", "¯": "fl", "±": "–", "Ð": "—", "ª": "“", "º": "”", "\x80": "ff", "\x81": "ffi", "\x82": "ffl"}
)
"""What is drawn where a font in Adobe's standard encoding says that it is in that of Windows."""

_SPLIT_WORD = re.compile(r"[a-z]®[a-z]|(?:^|\s)®[a-z]")
"""An "fi" in that encoding; a registered mark stands behind a word."""

_UNIT = re.compile(r"[gGlLmMsAVSTWUk]")
_FIGURE = re.compile(r"[(<>=≤≥±+−–]?\s?[\d.]")


def with_signs(runs: Sequence[Run]) -> list[Run]:
    """The runs of a page, those of lying fonts with the signs that a reader sees."""
    runs = [_known(run) if run.font in _KNOWN_FONTS else run for run in runs]
    standard = {run.font for run in runs if "®" in run.text and run.font[:3] == "Adv" and _SPLIT_WORD.search(run.text)}
    if standard:
        runs = [r._replace(text=r.text.translate(_STANDARD)) if r.font in standard else r for r in runs]
    drawn: dict[str, set[str]] = {}
    for run in runs:
        if _SYMBOL_FONT.fullmatch(run.font) and run.font not in _KNOWN_FONTS:
            drawn.setdefault(run.font, set()).update(run.text.strip())
    lying = {font: signs for font, signs in drawn.items() if len(signs) == 1 and signs <= _SIGNS.keys()}
    if not lying:
        return runs
    return [_read(runs, i) if run.font in lying else run for i, run in enumerate(runs)]


def _known(run: Run) -> Run:
    """The run with the signs of its font, unless it holds anything else."""
    signs = _KNOWN_FONTS[run.font]
    if not set(run.text) <= {*signs, " ", "\ufffd"}:
        return run
    return run._replace(text="".join(signs.get(character, character) for character in run.text))


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
    return run._replace(text=run.text.replace(letter, _SIGNS[letter])) if fits.get(letter, True) else run
