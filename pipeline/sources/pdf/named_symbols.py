"""What fonts draw that is known by their names: signs with curves, and text in another encoding than a file says.

One typesetting system names its fonts "Adv...". Some hold a single sign each and say that it is a letter: "m" is drawn
as the sign of micro, so that "10 µg" would become "10 mg". Others hold all the signs of mathematics under letters and
figures, and the fonts of text of the same system may say "signi®cant" and "300±400". Fonts named "Symbol" have an
encoding of their own. Promises to change a run only if its font is one of these and draws nothing that it is not known
for. Does not look at what is drawn; that is for `symbols`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.pdf.runs import Run

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

_MATHEMATICAL_PI = dict(zip("89abghkmpsF", "°′αβγηκµπσΦ", strict=True))
_KNOWN = {
    **dict.fromkeys(("AdvP7DA6", "AdvPS7DA6", "AdvP80675", "AdvP7DED"), _MATHEMATICAL_PI),
    "AdvPi1": dict(zip("8'.mbD", "°′•µβΔ", strict=True)),
    "AdvP4C4E51": {":": "."},
    "AdvMathSymb": {"\x88": "="},
}
"""What fonts draw, seen in the papers of many journals of 1998 to 2022, under the characters that they give it."""

_SIGNS = frozenset("+-−×÷=±<>≤≥∼()[]/ ")
"""Stand beside those in the same runs."""

_SINGLE = {"m": "µ", "y": "†", "z": "‡", "¼": "=", "þ": "+"}
"""What a font draws that draws nothing else on the page."""

_ADV = re.compile(r"Adv(?!TT)[A-Za-z0-9]+$")
_UNIT = re.compile(r"[gGlLmMsAVSTWUk]")

_STANDARD = str.maketrans(
    {"®": "fi", "¯": "fl", "±": "–", "Ð": "—", "ª": "“", "º": "”", "\x80": "ff", "\x81": "ffi", "\x82": "ffl"}
)
"""What is drawn where a font in Adobe's standard encoding says that it is in that of Windows."""

_SPLIT_WORD = re.compile(r"[a-z]®[a-z]|(?:^|\s)®[a-z]")
"""An "fi" in that encoding; a registered mark stands behind a word."""


def with_symbol_codes(runs: Sequence[Run]) -> list[Run]:
    """The runs, those in a font "Symbol" in its encoding."""
    return [r._replace(text=r.text.translate(_SYMBOL)) if r.font.startswith("Symbol") else r for r in runs]


def with_named_signs(runs: Sequence[Run]) -> list[Run]:
    """The runs of a page, those in fonts of the typesetting system with what these are known to draw."""
    if not any(run.font.startswith("Adv") for run in runs):
        return list(runs)
    found = [_known(run) if run.font in _KNOWN else run for run in runs]
    standard = {r.font for r in found if "®" in r.text and r.font.startswith("Adv") and _SPLIT_WORD.search(r.text)}
    found = [r._replace(text=r.text.translate(_STANDARD)) if r.font in standard else r for r in found]
    drawn: dict[str, set[str]] = {}
    for run in found:
        if _ADV.fullmatch(run.font) and run.font not in _KNOWN:
            drawn.setdefault(run.font, set()).update(run.text.strip())
    single = {font for font, signs in drawn.items() if len(signs) == 1 and signs <= _SINGLE.keys()}
    return [_single(found, i) if run.font in single else run for i, run in enumerate(found)]


def _known(run: Run) -> Run:
    """The run with the signs of its font, unless it holds anything else."""
    signs = _KNOWN[run.font]
    if not set(run.text) <= signs.keys() | _SIGNS:
        return run
    return run._replace(text="".join(signs.get(character, character) for character in run.text))


def _single(runs: Sequence[Run], index: int) -> Run:
    """The run with its sign, unless what stands behind it says that the letter is meant."""
    run = runs[index]
    letter = run.text.strip()
    after = runs[index + 1].text.lstrip() if index + 1 < len(runs) else ""
    fits = {"m": bool(_UNIT.match(after)), "y": not after[:1].isdigit()}
    return run._replace(text=run.text.replace(letter, _SINGLE[letter])) if fits.get(letter, True) else run
