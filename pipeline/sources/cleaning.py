"""Makes text fit to be read and quoted: what typesetting and encodings add goes, what an author wrote stays.

Folds line ends, special white space, ligatures, mathematical letters and soft hyphens; removes control and zero-width
characters. Does not touch dashes, quotation marks, signs, superscripts or numbers: those carry meaning.
Text smuggled in Unicode tag characters is invisible to a reader, so it is returned apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_MATHEMATICAL = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in range(0x1D400, 0x1D800)
    if unicodedata.category(chr(code)) != "Cn"
}
_SPACES = {ord(c): " " for c in "\t\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))}
_LINE_ENDS = {ord(c): "\n" for c in "\x0b\x0c\x85\u2028\u2029"}
_INVISIBLE = dict.fromkeys(
    (
        *(*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x034F, 0x061C, 0x180E),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF),
        *(*range(0xFFF0, 0xFFFC), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000), *range(0xE0100, 0xE01F0)),
    ),
    None,
)
_FOLD = {**_LIGATURES, **_MATHEMATICAL, **_SPACES, **_LINE_ENDS, **_INVISIBLE}
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_FOLDED = re.compile(
    f"[{re.escape(''.join(chr(code) for code in _FOLD if code < 0x10000))}\U0001d400-\U0001d7ff\U000e0000-\U000e01ef]"
)
"""What any of the above may change; most of what is cleaned has none of it."""

_WIDE = re.compile(r" {2,}")
_AT_LINE_END = re.compile(r" ?\n ?")


def clean_text(text: str) -> str:
    """`text` with `\\n` line ends, plain spaces and nothing invisible; no leading or trailing white space per line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _FOLDED.search(text):
        text = _TAGS.sub("", text).translate(_FOLD)
    if "  " in text:
        text = _WIDE.sub(" ", text)
    return (_AT_LINE_END.sub("\n", text) if "\n" in text else text).strip()


def offsets_in(cleaned: str, text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Where the pieces of `text` that begin at `starts` (rising) stand in `cleaned`, as (start, end).

    `cleaned` is `clean_text(text)`. A piece of nothing but white space or invisible characters is empty there.
    """
    found: list[tuple[int, int]] = []
    position, is_clean = 0, cleaned == text
    for start, end in pairwise([*starts, len(text)]):
        piece = text[start:end].strip() if is_clean else clean_text(text[start:end])
        at = max(cleaned.find(piece, position), position)
        position = min(at + len(piece), len(cleaned))
        found.append((at, position))
    return found


def smuggled_text(text: str) -> str:
    """The ASCII that `text` spells in Unicode tag characters (U+E0020 to U+E007E), which no reader sees; else ''."""
    spelt = "".join(_TAGS.findall(text))
    return "".join(chr(ord(c) - 0xE0000) for c in spelt if 0xE0020 <= ord(c) <= 0xE007E).strip()
