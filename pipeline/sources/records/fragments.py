"""Cuts an XML export into its records as they are written, so that a broken one does not cost the rest of the file.

Promises that what stands between two records and is more than the frame of the file comes out as a fragment too: it
may be a record that lost its start tag. Does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fragment:
    """An element as it is written, with the line on which it starts, from 1. `whole` is false without both its tags."""

    line: int
    text: str
    whole: bool = True


_FRAME = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]{0,2000}(?:\[[^\]]{0,20000}\]\s*)?>|"
    r"</?(?:[\w.-]+:)?[\w.-]*(?:Set|records|xml|Result|eFetchResult)(?:\s[^<>]{0,2000})?>|<DeleteCitation>.*?"
    r"(?:</DeleteCitation>|\Z)",
    re.DOTALL,
)


def fragments(text: str, *names: str) -> Iterator[Fragment]:
    """The elements of these names in order; one without its end tag ends before the next one starts.

    Elements of these names must not hold each other.
    """
    wanted = "|".join(map(re.escape, names))
    starts = re.compile(rf"<(?:[\w.-]+:)?({wanted})(?=[\s>/])")
    ends = {name: re.compile(rf"</(?:[\w.-]+:)?{re.escape(name)}\s*>") for name in names}
    line, counted, begun = 1, 0, 0
    begin = starts.search(text)
    while begin is not None:
        following = starts.search(text, begin.end())
        limit = following.start() if following else len(text)
        end = ends[begin.group(1)].search(text, begin.end(), limit)
        between = _unframed(text, begun, begin.start())
        for start, stop, whole in [*between, (begin.start(), end.end() if end else limit, end is not None)]:
            line, counted = line + line_ends(text, counted, start), start
            yield Fragment(line, text[start:stop], whole=whole)
        begun = end.end() if end else limit
        begin = following
    for start, stop, _ in _unframed(text, begun, len(text)) if begun else []:
        yield Fragment(line + line_ends(text, counted, start), text[start:stop], whole=False)


def _unframed(text: str, start: int, stop: int) -> list[tuple[int, int, bool]]:
    """What stands here besides the frame of the file, as one stretch; nothing for white space."""
    rest = _FRAME.sub(lambda match: " " * len(match.group()), text[start:stop])
    bare = rest.strip(" \t\r\n\ufeff\x00")
    if not re.sub(r"<[^<>]*>", "", bare).strip():
        return []
    begin = rest.index(bare)
    return [(start + begin, start + begin + len(bare), False)]


def line_ends(text: str, start: int, stop: int) -> int:
    """Line ends of any kind; a CR before a LF is one with it."""
    lf = text.count("\n", start, stop)
    return lf + text.count("\r", start, stop) - text.count("\r\n", start, stop) if "\r" in text[start:stop] else lf
