"""Folding: what typesetting changes is taken away, with an index map back to the original characters.

Promises: white space, zero-width characters, soft hyphens and hyphens between letters vanish; dashes, quotation marks,
comparison signs and letter case are unified; ligatures, full-width and mathematical letters become plain (NFKC);
reference markers (bracketed numbers, Unicode superscripts) vanish where they can only be reference markers. The same
folding serves quotation and source. Every folded character knows the original characters that it came from.

Does not decide that two texts say the same: folding makes "not able" and "notable" equal, and it is for
`pipeline.rules.load_bearing` to tell them apart. Does not touch ordinary digits glued to words ("complaint1"), units and
exponents ("m2", "10^5", "cm²"), intervals in brackets ("CI [3, 4]"), fractions or accents.

Source of the rules: the quote gate (design.md); what real extractions and real copies differ in (facts.md 13, 14).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

INVISIBLE_HYPHENS = "\xad\x02\ufffe"
"""Soft hyphen, and the two characters that PDFium puts where a word was broken at the end of a line."""

_HYPHENS = "\\-‐‑‒–−⁃﹣－"
_EM_DASHES = "—―﹘⸺⸻"
_QUOTES = "'\"`‘’‚‛“”„‟′″‴´«»‹›＂＇"
_SUPER = "⁰¹²³⁴-⁹"
_LETTER = r"[^\W\d_]"
_ZERO_WIDTH = "\x00\x01\x03-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_COMBINING = "\u0300-\u036f\u20d0-\u20f0"

_PIECE = re.compile(
    rf"""
      (?P<plain>[!\#$%&()*,./0-9:;=?@A-Z\\\]_a-z{{|}}~]+(?![{_COMBINING}]))
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

_NOT_MARKED = frozenset(
    "area beta time dose year years month months week weeks days hours mmol kcal umol µmol μmol nmol pmol mole hertz volt "
    "watt joule newton pascal metre meter metres meters inch inches feet foot mile miles mass size distance height "
    "weight length depth width speed velocity power rate inverse squared cubed".split()
)
"""Words that a superscript digit raises to a power rather than supports with a reference."""

_MEASURED = frozenset(
    "ci cri pi hdi iqr sd se sem range ranges ranging ranged interval intervals limits limit median mean means medians "
    "quartile quartiles percentile percentiles from to between of by than about approximately age aged score scores "
    "scale points point level levels value values estimate estimates difference differences ratio or rr hr rate rates "
    "n p r t f z d x y i j k a b c m g s h l w v kg mg ml mm cm km hz ms min bpm mmhg mmol nmol umol year years month "
    "months week weeks day days hour hours minute minutes".split()
)
"""Words after which bracketed numbers may be an interval, an index or a score and therefore always stay."""


class Marker(NamedTuple):
    """A reference marker that was folded away: where it stood in the folded text, and its digits."""

    at: int
    digits: str


@dataclass(frozen=True, slots=True, eq=False)
class FoldedText:
    """A folded text. `starts[i]` and `ends[i]` are the original offsets of the characters that gave `folded[i]`."""

    text: str
    folded: str
    starts: array[int]
    ends: array[int]
    markers: tuple[Marker, ...]

    def start(self, i: int) -> int:
        """Original offset at which the folded character `i` starts; IndexError past the end."""
        return self.starts[i]

    def end(self, j: int) -> int:
        """Original offset just behind the folded slice that ends at `j` (exclusive), so `j` is at least 1."""
        return self.ends[j - 1] if j > 0 else 0

    def between(self, i: int) -> str:
        """Original characters between the folded characters `i - 1` and `i`: what folding took away there."""
        return self.text[self.ends[i - 1] : self.starts[i]]


class _Piece(NamedTuple):
    kind: str
    start: int
    end: int
    out: str


def fold(text: str, *, drop_markers: bool = True) -> FoldedText:
    """Fold `text`; the result is kept, so that a study is folded once. About 10 ms for 60 KB, linear in the length.

    With `drop_markers` false, reference markers stay as the digits they are: a copy may have kept them as such.
    """
    return _fold(text, drop_markers)


@lru_cache(maxsize=128)
def _fold(text: str, drop: bool) -> FoldedText:  # noqa: FBT001 - private, behind the keyword of `fold`
    out: list[str] = []
    starts, ends = array("l"), array("l")
    markers: list[Marker] = []
    for kind, start, end, piece in _pieces(text, drop=drop):
        if kind == "plain":
            out.append(piece.lower())
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        elif kind == "marker":
            markers.append(Marker(len(starts), piece))
        elif kind != "space" and piece:
            lowered = piece.casefold()
            out.append(lowered)
            starts.extend([start] * len(lowered))
            ends.extend([end] * len(lowered))
    return FoldedText(text=text, folded="".join(out), starts=starts, ends=ends, markers=tuple(markers))


def spaced(text: str, *, drop_markers: bool = True) -> str:
    """`text` with its signs and forms unified but its white space (as single spaces) and letter case kept.

    From it the load-bearing tokens are read, which folding for the search would run together.
    """
    return "".join(
        " " if p.kind == "space" else "" if p.kind == "marker" else p.out for p in _pieces(text, drop=drop_markers)
    )


def _pieces(text: str, *, drop: bool) -> Iterator[_Piece]:
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "other"
        start, end = match.span()
        if kind == "plain":
            yield _Piece(kind, start, end, match.group())
        elif kind == "space":
            yield _Piece(kind, start, end, " ")
        elif kind in {"bracket", "super"}:
            yield from _marker(text, match, drop=drop)
        else:
            yield _Piece(kind, start, end, _unified(text, match, kind))


def _unified(text: str, match: re.Match[str], kind: str) -> str:
    """What one piece that is neither plain, space nor marker becomes; its white space stays out of the folded text."""
    fixed = {"joint": "", "zero": "", "plusminus": "±", "emdash": "-", "dash": "-", "quotes": "'"}.get(kind)
    if fixed is not None:
        return fixed
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if kind == "least":
        return "≥" if match.group() == ">=" else "≤"
    if kind == "invisible":
        # Some fonts print a visible hyphen from U+00AD; beside a digit it may be a range or a sign and must stay.
        return "-" if match.group() != "\xad" or (before + after).strip(".").isdigit() or after.isdigit() else ""
    if kind == "sub":
        return ("_" if before.isdigit() else "") + unicodedata.normalize("NFKC", match.group())
    if kind == "caret":
        return "" if before.isalpha() and (after.isdigit() or after in "-−+") else "^"
    if match.group() == "·" and before.isdigit() and after.isdigit():
        return "."
    return _plain_form(match.group())


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
    raw = match.group()
    content = _digits(raw)
    if match.lastgroup == "bracket":
        if drop and _is_reference(text, start, content):
            yield _Piece("marker", start, end, content)
            return
        for offset, character in enumerate(raw, start):
            if not character.isspace():
                unified = "-" if character in "–-" else character
                yield _Piece("bracketed", offset, offset + 1, unified)
            else:
                yield _Piece("space", offset, offset + 1, " ")
        return
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if drop and _is_footnote(text, start, content, after):
        yield _Piece("marker", start, end, content)
        return
    # An exponent must not run into its base: 10⁵ is 10^5, never 105.
    yield _Piece("super", start, end, ("^" if before.isdigit() or before in {")", "%"} else "") + content)


def _digits(raw: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFKC", raw) if c not in "[]" and not c.isspace())
    return re.sub(f"[{_HYPHENS}]", "-", kept).replace(";", ",")


def _word_before(text: str, at: int) -> str:
    found = re.search(rf"({_LETTER}+)[)'\"”’.,;:]*\s*$", text[max(0, at - 40) : at])
    return found.group(1) if found else ""


def _is_reference(text: str, start: int, content: str) -> bool:
    """True for [3], [3,4], [3-5] behind a word or a full stop; false behind numbers, units and words of measuring."""
    numbers = [int(n) for n in re.split("[,-]", content)]
    if any(a >= b for a, b in zip(numbers, numbers[1:], strict=False)) or numbers[0] == 0:
        return False
    if not text[:start].strip():
        return False
    word = _word_before(text, start)
    return len(word) > 1 and word.casefold() not in _MEASURED


def _is_footnote(text: str, start: int, content: str, after: str) -> bool:
    """True for superscripts behind a word of four letters or more, or behind punctuation; never for a power or a charge."""
    if "+" in content or content.startswith("-") or after.isalnum():
        return False
    before = text[start - 1 : start] if start else ""
    if before in {".", ",", ";", ":"}:
        return True
    word = _word_before(text, start)
    return not before.isspace() and len(word) >= 4 and word.casefold() not in _NOT_MARKED
