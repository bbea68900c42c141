"""Reads the marked-up titles and abstracts of Crossref and Europe PMC: fragments of JATS or HTML, often broken ones.

Promises plain passages: heads where the markup has heads, paragraphs where it has blocks, raised figures as superscript
characters. No entity of a document's own, no nesting that costs anything. Does not read whole documents.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from pipeline.sources.cleaning import clean_text
from pipeline.sources.passages import Passage, Role

_HEADS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "sec", "div", "br", "break", "list", "list-item", "ul", "ol", "li", "abstract", "disp-quote"})
_LEFT_OUT = frozenset({"script", "style", "annotation", "annotation-xml", "tex-math"})
_RAISED = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True)) | {"−": "⁻", "–": "⁻"}


def fragment_passages(markup: str) -> tuple[Passage, ...]:
    """Heads and paragraphs of an abstract, in order; a head that only says 'Abstract' is left out."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    found = reader.finished()
    return tuple(p for i, p in enumerate(found) if i or p.role is not Role.HEAD or p.text.casefold() != "abstract")


def fragment_text(markup: str) -> str:
    """The text of a title on one line."""
    return " ".join(p.text for p in fragment_passages(f"<p>{markup}</p>"))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._passages: list[Passage] = []
        self._pieces: list[str] = []
        self._head = False
        self._skipped = 0
        self._raised: list[str] | None = None

    def finished(self) -> list[Passage]:
        self._end()
        return self._passages

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        name = tag.rpartition(":")[2]
        if name in _HEADS:
            self._end()
            self._head = True
        elif name in _BLOCKS:
            self._end()
        elif name in _LEFT_OUT:
            self._skipped += 1
        elif name == "sup" and self._raised is None:
            self._raised = []

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _HEADS or name in _BLOCKS:
            self._end()
            self._head = False
        elif name in _LEFT_OUT:
            self._skipped = max(0, self._skipped - 1)
        elif name == "sup":
            self._lower()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            (self._pieces if self._raised is None else self._raised).append(data)

    def _lower(self) -> None:
        """Figures glued on would change the number before them: '10⁻³', not '10-3'."""
        if self._raised is None:
            return
        text = "".join(self._raised)
        bare = text.strip()
        figures = any(c.isdigit() for c in bare) and all(c in _RAISED for c in bare)
        self._pieces.append("".join(_RAISED[c] for c in bare) if figures else text)
        self._raised = None

    def _end(self) -> None:
        self._lower()
        text = clean_text(re.sub(r"\s+", " ", "".join(self._pieces)))
        self._pieces = []
        if text:
            self._passages.append(
                Passage(text.rstrip(":") if self._head else text, Role.HEAD if self._head else Role.BODY)
            )
