"""Text folded to plain letters: markup, LaTeX, Greek letters, accents and case go, so that two databases agree.

Does not shorten or translate anything, and never changes a digit.
"""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST = 2_000
"""Characters of a title that are compared; what is longer is a text in the wrong field."""

_INLINE_TAG = re.compile(r"</?(?:sub|sup|i|b|em|strong|u|sc|inf|span|italic|bold)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_ACCENT = re.compile(r"\\[\"'`^~=.]\s*\{?\\?([A-Za-z])\}?|\\[uvHtcdbkr]\s*\{\\?([A-Za-z])\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ß": "ss",
}
_LATEX_LETTERS = {"ss": "ss", "o": "o", "O": "O", "l": "l", "L": "L", "ae": "ae", "AE": "AE", "oe": "oe", "aa": "a"}
_GREEK = re.findall(
    r"\w+",
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega",
)
_GREEK_CODES = [0x3B1 + i + (i > 16) for i in range(24)]
_GREEK_NAMES = {chr(code): name for code, name in zip(_GREEK_CODES, _GREEK, strict=True)} | {"ς": "sigma"}
_MICRO = re.compile(r"[µμ](?=[gmlMLs]\b|mol|g/)")


def plain(text: str) -> str:
    """Lower-case text without markup and accents; Greek letters stand as words of their own."""
    text = html.unescape(html.unescape(_rightly_decoded(text[:LONGEST])))
    text = _TAG.sub(" ", _INLINE_TAG.sub("", text))
    if "\\" in text or "{" in text or "$" in text:
        text = _without_latex(text)
    text = _MICRO.sub("u", text)
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return "".join(f" {_GREEK_NAMES[c]} " if c in _GREEK_NAMES else _LETTERS.get(c, c) for c in bare)


def _rightly_decoded(text: str) -> str:
    """'Schué' for 'SchuÃ©': what is UTF-8 when it is taken for Latin-1 bytes is hardly ever anything else."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def squeezed(text: str) -> str:
    """Letters and digits of `plain` alone: 'J. Appl. Physiol.' -> 'japplphysiol'."""
    return "".join(c for c in plain(text) if c.isalnum())


def _without_latex(text: str) -> str:
    text = _ACCENT.sub(lambda m: m[1] or m[2], text)
    text = _ESCAPED.sub(r"\1", text)
    text = _COMMAND.sub(_command, text)
    return re.sub(r"[{}$\\]", "", text).replace("~", " ")


def _command(match: re.Match[str]) -> str:
    name = match[1]
    if name.lower() in _GREEK:
        return f" {name.lower()} "
    return _LATEX_LETTERS.get(name, "")
