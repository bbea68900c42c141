"""Folding: what typesetting changes is taken away, with an index map back to the original characters.

Promises: white space, zero-width characters, soft hyphens and hyphens between letters vanish; dashes, quotation marks,
comparison signs and letter case are unified; ligatures, full-width and mathematical letters become plain (NFKC);
reference markers (bracketed numbers, Unicode superscripts) vanish where they can only be reference markers. The same
folding serves quotation and source. Every folded character knows the original characters that it came from.

Does not decide that two texts say the same: folding makes "not able" and "notable" equal, and it is for
`pipeline.rules.load_bearing` to tell them apart. Does not touch ordinary digits glued to words ("complaint1"), units,
exponents ("m2", "10^5", "cm²"), intervals in brackets ("CI [3, 4]"), fractions or accents.

Source of the rules: the quote gate (docs/method.md); what real extractions and real copies were seen to differ in.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipeline.rules.reference_markers import is_footnote, is_reference, marker_digits

INVISIBLE_HYPHENS = "\xad\x02\ufffe"
"""Soft hyphen, and the two characters that PDFium puts where a word was broken at the end of a line."""

_HYPHENS = "\\-‐‑‒–−⁃﹣－"
_EM_DASHES = "—―﹘⸺⸻"
_QUOTES = "'\"`‘’‚‛“”„‟′″‴´«»‹›＂＇"
_SUPER = "⁰¹²³⁴-⁹"
_LETTER = r"[^\W\d_]"
_ZERO_WIDTH = (
    "\x00\x01\x03-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_COMBINING = "\u0300-\u036f\u20d0-\u20f0"

_PLAIN = r"!\#$%&()*,./0-9:;=?@A-Z\\\]_a-z{|}~"
"""ASCII that folds to itself, in lower case. A run of it may hold single spaces, so that prose makes long runs."""

_PIECE = re.compile(
    rf"""
      (?P<plain>(?:[{_PLAIN}]+(?:[ ](?=[{_PLAIN}]))?)+(?![{_COMBINING}]))
    | (?P<joint>(?<={_LETTER})(?:(?:[{_HYPHENS}][{INVISIBLE_HYPHENS}]?|[{INVISIBLE_HYPHENS}]{{1,3}}[{_HYPHENS}]?)\s*
        | \s+(?:[{_HYPHENS}]|[{INVISIBLE_HYPHENS}])[{INVISIBLE_HYPHENS}]?
        | \s+[{INVISIBLE_HYPHENS}]{{1,2}}\s+)(?={_LETTER}))
    | (?P<space>\s+)
    | (?P<zero>[{_ZERO_WIDTH}]+)
    | (?P<plusminus>\+\s?/\s?[{_HYPHENS}])
    | (?P<least><=|>=|=<)
    | (?P<emdash>-{{2,3}}(?!\d)|[{_EM_DASHES}])
    | (?P<invisible>[{INVISIBLE_HYPHENS}])
    | (?P<dash>[{_HYPHENS}])
    | (?P<quotes>[{_QUOTES}]+)
    | (?P<bracket>\[\s?\d{{1,3}}(?:\s?[,;–-]\s?\d{{1,3}}){{0,40}}\s?\])
    | (?P<super>[{_SUPER}⁺⁻]+(?:[,–-][{_SUPER}]+){{0,40}})
    | (?P<sub>[₀-₉]+)
    | (?P<caret>\^)
    | (?P<other>.[{_COMBINING}]*)
    """,
    re.VERBOSE | re.DOTALL,
)

_ODD = {
    **dict.fromkeys("≦⩽≲", "≤"),
    **dict.fromkeys("≧⩾≳", "≥"),
    **dict.fromkeys("∼˜～", "~"),
    **dict.fromkeys("×✕⨯", "x"),
    **dict.fromkeys("˚º", "°"),
    "⁄": "/",
    "∕": "/",
}

_LONG = 4000
"""A quotation is never longer. Studies are kept apart, so that many quotations do not push one out."""

_FIXED = {"joint": "", "zero": "", "plusminus": "±", "emdash": "-", "dash": "-", "quotes": "'"}


class Marker(NamedTuple):
    """A reference marker that was folded away: where it stood in the folded text, and its digits."""

    at: int
    digits: str


@dataclass(frozen=True, slots=True, eq=False)
class FoldedText:
    """A folded text. `folded[i]` came from the original characters from `start(i)` to `end(i + 1)`, exclusive.

    `starts` holds one original offset per folded character; `wide` the length of those that came from several.
    """

    text: str
    folded: str
    starts: array[int]
    wide: dict[int, int]
    markers: tuple[Marker, ...]
    drop_markers: bool

    def start(self, i: int) -> int:
        """Original offset at which the folded character `i` starts; IndexError past the end."""
        return self.starts[i]

    def end(self, j: int) -> int:
        """Original offset just behind the folded slice that ends at `j` (exclusive); `j` is at least 1."""
        return self.starts[j - 1] + self.wide.get(j - 1, 1)

    def between(self, i: int) -> str:
        """Original characters between the folded characters `i - 1` and `i`: what folding took away there."""
        return self.text[self.end(i) : self.starts[i]]


_Piece = tuple[str, int, int, str]
"""Kind, original start and end, and what comes of it."""


def fold(text: str, *, drop_markers: bool = True) -> FoldedText:
    """Fold `text`; the result is kept, so that a study is folded once. About 10 ms for 60 KB, linear in the length.

    With `drop_markers` false, reference markers stay as the digits they are: a copy may have kept them as such.
    """
    return _fold_long(text, drop_markers) if len(text) > _LONG else _fold_short(text, drop_markers)


@lru_cache(maxsize=128)
def _fold_long(text: str, drop: bool) -> FoldedText:  # noqa: FBT001 - private, behind the keyword of `fold`
    return _fold(text, drop)


@lru_cache(maxsize=256)
def _fold_short(text: str, drop: bool) -> FoldedText:  # noqa: FBT001 - private, behind the keyword of `fold`
    return _fold(text, drop)


def _fold(text: str, drop: bool) -> FoldedText:  # noqa: FBT001 - private, behind the keyword of `fold`
    out: list[str] = []
    starts = array("i")
    wide: dict[int, int] = {}
    markers: list[Marker] = []
    for kind, start, end, piece in _pieces(text, drop=drop):
        if kind == "plain":
            out.append(piece.lower().replace(" ", ""))
            starts.extend([i for i, c in enumerate(piece, start) if c != " "])
        elif kind == "marker":
            markers.append(Marker(len(starts), piece))
        elif kind != "space" and piece:
            lowered = piece.casefold()
            out.append(lowered)
            if end - start > 1:
                wide.update(dict.fromkeys(range(len(starts), len(starts) + len(lowered)), end - start))
            starts.extend([start] * len(lowered))
    return FoldedText(
        text=text, folded="".join(out), starts=starts, wide=wide, markers=tuple(markers), drop_markers=drop
    )


def spaced(text: str, *, drop_markers: bool = True) -> str:
    """`text` with its signs and forms unified but its white space (as single spaces) and letter case kept.

    From it the load-bearing tokens are read, which folding for the search would run together.
    """
    return "".join("" if kind == "marker" else piece for kind, _, _, piece in _pieces(text, drop=drop_markers))


def _pieces(text: str, *, drop: bool) -> Iterator[_Piece]:
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "other"
        start, end = match.span()
        if kind == "plain":
            yield (kind, start, end, match.group())
        elif kind == "space":
            yield (kind, start, end, " ")
        elif kind in {"bracket", "super"}:
            yield from _marker(text, match, drop=drop)
        else:
            yield (kind, start, end, _unified(text, match, kind))


def _unified(text: str, match: re.Match[str], kind: str) -> str:
    """What one piece that is neither plain, space nor marker becomes; its white space stays out of the folded text."""
    if kind in _FIXED:
        return _FIXED[kind]
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if kind == "least":
        form = "≥" if match.group() == ">=" else "≤"
    elif kind == "invisible":
        # Some fonts print a visible hyphen from U+00AD; beside a digit it may be a range or a sign and must stay.
        form = "-" if match.group() != "\xad" or before.isdigit() or after.isdigit() or after == "." else ""
    elif kind == "sub":
        form = ("_" if before.isdigit() else "") + unicodedata.normalize("NFKC", match.group())
    elif kind == "caret":
        form = "" if before.isalpha() and (after.isdigit() or after in {"-", "−", "+"}) else "^"
    elif match.group() == "·" and before.isdigit() and after.isdigit():
        form = "."
    else:
        form = _plain_form(match.group())
    return form


@lru_cache(maxsize=4096)
def _plain_form(cluster: str) -> str:
    """NFKC of one character with its combining marks, but fractions and circled numbers stay what they are.

    "2½" must not become "21/2", nor "5①" become "51".
    """
    if cluster in _ODD:
        return _ODD[cluster]
    if len(cluster) == 1 and unicodedata.decomposition(cluster).startswith(("<fraction>", "<circle>")):
        return cluster
    form = unicodedata.normalize("NFKC", cluster)
    return _ODD.get(form, "".join(form.split()))


def _marker(text: str, match: re.Match[str], *, drop: bool) -> Iterator[_Piece]:
    """A bracketed number or a run of superscripts: a reference marker, or else part of the wording."""
    start, end = match.span()
    bracketed = match.lastgroup == "bracket"
    content = marker_digits(match.group())
    if drop and (is_reference(text, start, content) if bracketed else is_footnote(text, start, end, content)):
        yield ("marker", start, end, content)
    elif bracketed:
        for at, character in enumerate(match.group(), start):
            if character.isspace():
                yield ("space", at, at + 1, " ")
            else:
                yield ("bracketed", at, at + 1, "-" if character == "–" else character)
    else:
        # An exponent must not run into its base: 10⁵ is 10^5, never 105.
        before = text[start - 1 : start]
        yield ("super", start, end, ("^" if before.isdigit() or before in {")", "%"} else "") + content)
