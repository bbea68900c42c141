"""LaTeX of a BibTeX field -> text as it is read.

Promises that no word is lost: where pylatexenc stops, the words stay without braces and commands. Signs that are LaTeX
to a typesetter and text to a database ('5 % of', 'R&D', 'cost $5') stay what the database meant.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from pylatexenc.latex2text import LatexNodes2Text  # pyright: ignore[reportMissingTypeStubs]
from pylatexenc.latexwalker import LatexWalkerError  # pyright: ignore[reportMissingTypeStubs]

from pipeline.sources.records.fields import LONGEST_FIELD
from pipeline.sources.records.xml import raised

_MARKS = re.compile(r"[\\${}~]|``|''|--")
_SIGN = re.compile(r"\\?([%#&])|\\([_$])")
_KEPT = {sign: chr(0xE000 + ord(sign)) for sign in "%#&_$"}
"""Signs that are text pass the converter as private characters, so that it neither drops them nor the space behind."""

_RETURNED = {ord(kept): sign for sign, kept in _KEPT.items()}
_UNKNOWN = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textbackslash": " ", "textquotesingle": "'",
    "textquotedbl": '"', "textasciimacron": "¯", "textasciiacute": "´", "textminus": "−", "textsubset": "⊂",
    "textle": "≤", "textge": "≥", "textapprox": "≈", "textsim": "∼", "textmultiply": "×", "textohm": "Ω",
    "textcelsius": "°C", "textperthousand": "‰", "textonesuperior": "¹", "texttwosuperior": "²",
    "textthreesuperior": "³", "textalpha": "α", "textbeta": "β", "textgamma": "γ", "textdelta": "δ", "textmu": "µ",
}  # fmt: skip
_UNKNOWN_MACRO = re.compile(r"\\(" + "|".join(sorted(_UNKNOWN, key=len, reverse=True)) + r")(?![A-Za-z])(?:\{\}|\s?)")
_PLAIN_BOX = re.compile(r"\\(?:mbox|textmd|textsf|texttt|textup)(?=\s*\{)")
"""Macros that the converter drops together with their words."""

_DEGREE = re.compile(r"\^\s*(?:\\circ(?![A-Za-z])|\{\s*\\circ\s*\})")
_RAISED = re.compile(
    r"\\textsuperscript\s*\{([^{}]{0,40})\}|\^\{\s*([-−+]?\s?\d{1,6}\s?[-−+]?|[-−+])\s*\}|(?<=\d)\^(\d)(?!\d)"
)
_LOWERED = re.compile(r"\\textsubscript\s*\{([^{}]{0,40})\}|_\{([^{}]{0,40})\}")
_LINK = re.compile(r"\\href\s*\{[^{}]{0,2000}\}\s*\{([^{}]{0,2000})\}|\\url\s*\{([^{}]{0,2000})\}")
_MATHS = re.compile(
    r"(?<!\\)\$(?=\S)(?:((?:\\[A-Za-z]+ ?|[-−+=<>~±×]){1,20})\$|((?:[^$\\]|\\.){1,300}?)(?<=\S)\$(?!\d))", re.DOTALL
)
_DEEPEST = 40
_LONGEST = 20_000
"""Characters that the converter reads, at some 100,000 a second; abstracts have 2,000."""


_SPACES = {
    "between-macro-and-chars": False,
    "between-latex-constructs": True,
    "after-comment": False,
    "in-equations": False,
}
"""Spaces between two braced words are kept: Zotero braces every capital ('{A} {Trial}')."""


@lru_cache(maxsize=1)
def _converter() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="text", strict_latex_spaces=_SPACES, keep_comments=True)


def latex_text(value: str) -> str:
    """`value` without LaTeX."""
    if not _MARKS.search(value):
        return value
    text = _LINK.sub(lambda m: m.group(1) or m.group(2) or "", value[:LONGEST_FIELD])
    text = _DEGREE.sub("°", _PLAIN_BOX.sub("", text))
    text = _RAISED.sub(lambda m: raised(m.group(1) or m.group(2) or m.group(3) or ""), text)
    text = _LOWERED.sub(lambda m: m.group(1) or m.group(2) or "", text)
    text = _UNKNOWN_MACRO.sub(lambda m: _UNKNOWN[m.group(1)], text)
    text = _SIGN.sub(lambda m: _KEPT[m.group(1) or m.group(2)], _dollars(text))
    if not _MARKS.search(text):
        return text.translate(_RETURNED)
    if len(text) > _LONGEST or _depth(text) > _DEEPEST:
        return _unbraced(text)
    try:
        read = cast("str", _converter().latex_to_text(text))  # pyright: ignore[reportUnknownMemberType]
    except (LatexWalkerError, IndexError, ValueError, RecursionError):
        # the library stops at a macro without its argument; the words are there all the same
        return _unbraced(text)
    return read.replace("\u00a0", " ").translate(_RETURNED)


def _dollars(text: str) -> str:
    """Dollar signs that enclose no formula are escaped, by the rule of Pandoc: no space inside, no figure behind.

    A figure may follow signs without figures and letters ('p$<$0.05', '$\\pm$2', '$\\beta$2').
    """
    pieces: list[str] = []
    end = 0
    for match in _MATHS.finditer(text):
        inside = match.group(1) or match.group(2)
        formula = re.sub(r"\^([-−+\d])", lambda m: raised(m.group(1)), re.sub(r"_(\w)", r"\1", inside))
        pieces += [_escaped(text[end : match.start()]), "$", formula, "$"]
        end = match.end()
    return "".join([*pieces, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\$", text)


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest


def _unbraced(text: str) -> str:
    return re.sub(r"[{}]", "", re.sub(r"\\[A-Za-z]+\s?", "", text)).translate(_RETURNED)
