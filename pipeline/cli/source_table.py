"""The table in which reading and importing sources end: one line an item, what it is, and what became of it."""

from __future__ import annotations

import shutil
from pathlib import PurePath
from typing import TYPE_CHECKING

from pipeline.cli.tables import table
from schemas.vocabulary import PublicationStatus

if TYPE_CHECKING:
    from schemas.source_report import SourceItem, SourceReport

NARROWEST = 100
"""Columns of text when the terminal is narrower, or when nobody watches."""


def source_table(report: SourceReport) -> str:
    """The report as text: the table, then the counts in one line."""
    width = max(shutil.get_terminal_size((NARROWEST, 24)).columns, NARROWEST)
    rows = [_row(item, width) for item in report.items]
    counted = ", ".join(f"{count} {outcome.in_words}" for outcome, count in report.counts.items() if count)
    if not rows:
        return "nothing to read"
    return f"{table(('source', 'outcome', 'study', 'what it is'), rows, left=4)}\n\n{counted}"


def _row(item: SourceItem, width: int) -> tuple[str, str, str, str]:
    place = PurePath(item.source).name + (f" #{item.record}" if item.record else "")
    outcome = item.outcome.in_words + (f" {item.duplicate_of}" if item.duplicate_of else "")
    label = item.label or ""
    room = max(width - 30 - 22 - 30, 30)
    return _fit(place, 30), _fit(outcome, 40), _fit(label, 30), _fit(_content(item), room)


def _content(item: SourceItem) -> str:
    """What was read, or why it was not."""
    if item.reason:
        return item.reason
    parts = [
        item.document.value.replace("_", " ") if item.document else "",
        item.extent.replace("_", " ") if item.extent else "",
    ]
    parts.append(f"{item.sentences} sentences" if item.sentences is not None else "")
    parts.append(f"{item.pages} pages" if item.pages else "")
    parts.append(_words(item.status) if item.status is not PublicationStatus.PUBLISHED else "")
    parts += sorted({_words(note.kind) for note in item.notes})
    return ", ".join(part for part in dict.fromkeys(parts) if part)


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


def _fit(text: str, width: int) -> str:
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= width else f"{line[: width - 1]}…"
