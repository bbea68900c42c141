"""Puts the lines of a first page in an order in which its own DOI is found first.

Promises that every line is in the text. Does not look for the DOI; that is for `citation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BARE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi\s*:?\s*)\S+", re.IGNORECASE)
_CUT_DOI = re.compile(r"\b10\.\d{4,9}/\S{0,60}[./-]$")
_REST_OF_DOI = re.compile(r"(?=.*\d)[\w().-]{1,40}")


def imprint_first(lines: Iterable[str]) -> str:
    """The lines of a first page: those that are a DOI before those that mention one, which may be another article's.

    The rest of a DOI that a line end cuts is put behind it.
    """
    whole: list[str] = []
    for line in lines:
        if whole and _CUT_DOI.search(whole[-1]) and _REST_OF_DOI.fullmatch(line):
            whole[-1] += line
        else:
            whole.append(line)
    return "\n".join(sorted(whole, key=_rank))


def _rank(text: str) -> int:
    return 0 if _BARE_DOI.fullmatch(text.strip()) else 1 if "doi" in text.lower() else 2
