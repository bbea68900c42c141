"""Tells whether a text is English, by the share of very common words. Does not name rare languages.

The rules for hedges, negations and result tokens are written for English, so nothing in another language can be
counted as evidence; saying so is better than guessing.
"""

from __future__ import annotations

import re
from collections import Counter

_COMMON = {
    "English": "the of and in to a with for was were that is by on as from at this be or are than not which we",
    "French": "le la les de des du et en un une est dans pour que qui sur par au aux avec ne pas ce sont plus nous",
    "German": "der die das und in den von zu mit des auf für ist im dem nicht ein eine als auch es werden aus bei war",
    "Spanish": "el la los las de y en que un una con por para se del al es no su como más fue entre son lo",
    "Italian": "il la di e che in un una per con del della dei le gli non è sono da al nel alla come più si",
    "Portuguese": "o a os as de e em que um uma com por para se do da dos das no na não foi ao mais como",
    "Dutch": "de het een van en in is dat op te met voor niet zijn werd aan er bij ook als door om was naar uit",
}
_WORD_SETS = {language: frozenset(words.encode().split()) for language, words in _COMMON.items()}
_ONLY_LETTERS = bytes(code if code > 0x7F or chr(code).isalpha() else 0x20 for code in range(256))
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f]")
_FEWEST_WORDS = 40
_LEAST_ENGLISH = 0.12
"""Share of the 25 words in English prose: 0.3 to 0.4; in tables and titles down to 0.15."""


def _words(text: str) -> list[bytes]:
    """The runs of letters in `text`, in UTF-8, in which signs of ASCII are blanked out at once."""
    for sign in set(text):
        if not sign.isascii() and (sign.isdecimal() or not sign.isalnum()):
            text = text.replace(sign, " ")
    return text.encode().translate(_ONLY_LETTERS).split()


def other_language(text: str) -> str | None:
    """The name of the language if the text is clearly not English ('a language other than English' if unknown)."""
    found = _words(text.replace("\u0130", "i").lower())
    most_other = len(text.encode("utf-8", "replace")) - len(text)  # beyond ASCII a character takes two bytes or more
    if most_other > 0.5 * len(found):
        letters = len(b"".join(found).decode())
        if letters >= 100 and most_other > 0.5 * letters < len(_NOT_LATIN.findall(text)):
            return "a language other than English"
    words = Counter(found)
    count = words.total()
    if count < _FEWEST_WORDS:
        return None
    shares = {name: sum(words[word] for word in common) / count for name, common in _WORD_SETS.items()}
    best = max(shares, key=lambda name: shares[name])
    if best != "English" and shares[best] > 1.4 * shares["English"] and shares[best] > 0.1:
        return best
    return "a language other than English" if count >= 150 and shares["English"] < _LEAST_ENGLISH / 2 else None
