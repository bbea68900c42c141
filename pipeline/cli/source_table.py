"""The table in which reading and importing sources end: one line an item, what it is, and what became of it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath
from textwrap import wrap
from typing import TYPE_CHECKING

from pipeline.cli.tables import printable, table
from schemas.vocabulary import PublicationStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.source_report import SourceItem, SourceReport

NARROWEST = 20
"""Columns below which nothing is wrapped any narrower."""
_MEANT = re.compile(r"10\.|doi\b|https?:", re.IGNORECASE)
"""How a faulty identifier begins; it is shown whole."""
_HEAD = ("source", "outcome", "study", "title", "what it is, or why it was not read")


def source_table(report: SourceReport, width: int | None = None) -> str:
    """The report as text: the items, then the counts in one line.

    A table of one line an item; where it does not fit into `width`, that of a terminal, a few lines an item.
    """
    if not report.items:
        return "nothing to read"
    counted = ", ".join(
        f"{count} {outcome.in_words.removesuffix(' of')}" for outcome, count in report.counts.items() if count
    )
    named = _names(report)
    rows = [_row(item, named) for item in report.items]
    cells = (
        (_tail(place, 32) if item.source in named else _fit(place, 32), _fit(o, 40), _fit(w, 28), _fit(t, 40), c)
        for item, (place, o, w, t, c) in zip(report.items, rows, strict=True)
    )
    lines = table(_HEAD, cells, left=len(_HEAD))
    if width is not None and max(map(len, lines.splitlines())) > width:
        lines = "\n".join(line for row in rows for line in _paragraph(row, width))
    return f"{lines}\n\n{counted}"


def _names(report: SourceReport) -> dict[str, str]:
    """What files are called: by their base names or, where two have one, by their paths."""
    from pipeline.sources.services.identifiers import parse_identifier

    files = {i.source for i in report.items if parse_identifier(i.source) is None and not _MEANT.match(i.source)}
    shared = Counter(PurePath(source).name for source in files)
    return {s: PurePath(s).name if shared[PurePath(s).name] == 1 else s for s in files}


def _row(item: SourceItem, named: dict[str, str]) -> tuple[str, ...]:
    place = named.get(item.source, item.source) + (f" #{item.record}" if item.record else "")
    file, number, record = (item.duplicate_of or "").partition(" #")
    outcome = f"{item.outcome.in_words} {named.get(file, file)}{number}{record}".rstrip()
    who = item.study if item.label == item.title else item.label
    return tuple(map(printable, (place, outcome, who or "", item.title or "", _fit(_content(item), 400))))


def _paragraph(row: Sequence[str], width: int) -> Iterator[str]:
    """An item for a narrow terminal: the file and what became of it, and below that the rest, set in."""
    place, outcome, who, title, content = row
    yield from wrap(f"{place}: {outcome}", max(width, NARROWEST), subsequent_indent="    ")
    for text in (". ".join(filter(None, (who, _fit(title, 100)))), content):
        yield from wrap(text, max(width, NARROWEST), initial_indent="  ", subsequent_indent="    ")


def _content(item: SourceItem) -> str:
    """What was read, or why it was not."""
    from pipeline.publish.words import counted

    if item.reason:
        return item.reason
    parts = [
        item.document.value.replace("_", " ") if item.document else "",
        item.extent.replace("_", " ") if item.extent else "",
    ]
    parts.append(counted(item.sentences, "sentence") if item.sentences is not None else "")
    parts.append(counted(item.pages, "page") if item.pages else "")
    parts.append(_words(item.status) if item.status is not PublicationStatus.PUBLISHED else "")
    parts += sorted({_words(note.kind) for note in item.notes})
    return ", ".join(part for part in dict.fromkeys(parts) if part)


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


def _fit(text: str, width: int) -> str:
    line = printable(text)
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _tail(path: str, width: int) -> str:
    """A path that is too long loses its beginning: files of one name differ in their last folders."""
    if len(path) <= width:
        return path
    return f"…{path[1 - width :]}" if "/" in path else _fit(path, width)
