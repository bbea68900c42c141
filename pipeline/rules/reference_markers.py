"""Reference markers: which bracketed numbers and superscripts point to literature and are no part of the wording.

Promises to name as markers only what stands where a marker stands: [3], [3,4], [3-5] behind a word, Unicode
superscripts behind a longer word or behind punctuation. Leaves alone powers, charges, isotopes, units, intervals and
scores: a number that may be a result always stays. Ordinary digits glued to a word, as PDF extraction leaves them,
always stay too.

Source of the rules: the quote gate (docs/method.md).
"""

from __future__ import annotations

import itertools
import re
import unicodedata

_LETTER = r"[^\W\d_]"

_POWERS = frozenset(
    re.findall(
        r"\w+",
        "area beta time dose year years month months week weeks days hours mmol kcal umol μmol nmol pmol mole "
        "hertz volt watt joule newton pascal metre meter metres meters inch inches feet foot mile miles mass size "
        "distance height weight length depth width speed velocity power rate inverse",
    )
)
"""Words that a superscript digit raises to a power rather than supports with a reference."""

_MEASURED = frozenset(
    re.findall(
        r"\w+",
        "ci cri pi hdi iqr sd se sem range ranges ranging ranged interval intervals limits limit median mean "
        "means medians quartile quartiles percentile percentiles from to between of by than about approximately "
        "age aged score scores scale points point level levels value values estimate estimates difference "
        "differences ratio or rr hr rate rates kg mg ml dl mm cm km hz ms nm min bpm mmhg mmol nmol umol μmol "
        "year years month months week weeks day days hour hours minute minutes second seconds percent was is were "
        "are rose fell increased decreased",
    )
)
"""Words after which bracketed numbers may be an interval, an index or a result and therefore always stay."""


def marker_digits(raw: str) -> str:
    """The digits of a possible marker in plain form: "[3–5; 7]" and "³⁻⁵" become "3-5,7" and "3-5"."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", raw) if c not in "[]" and not c.isspace())
    return re.sub("[‐‑–−]", "-", kept).replace(";", ",")


def is_reference(text: str, start: int, content: str) -> bool:
    """True when the bracketed numbers `content` at `start` can only point to literature.

    They must rise, as lists of references do, and stand behind a word of two letters or more that does not measure.
    """
    numbers = [int(n) for n in re.split("[,-]", content)]
    if numbers[0] == 0 or any(a >= b for a, b in itertools.pairwise(numbers)):
        return False
    word = _word_before(text, start)
    return len(word) > 1 and word.casefold() not in _MEASURED


def is_footnote(text: str, start: int, end: int, content: str) -> bool:
    """True when the superscripts from `start` to `end` can only point to literature or a footnote.

    They must stand behind punctuation, or directly behind a word of four letters or more that takes no powers.
    """
    if "+" in content or content.startswith("-") or text[end : end + 1].isalnum():
        return False
    before = text[start - 1 : start] if start else ""
    if before in {".", ",", ";", ":"}:
        return True
    word = _word_before(text, start)
    return not before.isspace() and len(word) >= 4 and word.casefold() not in _POWERS


def _word_before(text: str, at: int) -> str:
    """The word before `at`, across closing punctuation; empty when a number or a sign stands there."""
    found = re.search(rf"({_LETTER}+)[)'\"”’.,;:]*\s*$", text[max(0, at - 40) : at])
    return found.group(1) if found else ""
