"""The table in which reading and importing sources end: one line an item, what it is, and what became of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from pipeline.cli.tables import table
from schemas.vocabulary import PublicationStatus

if TYPE_CHECKING:
    from schemas.source_report import SourceItem, SourceReport


def source_table(report: SourceReport) -> str:
    """The report as text: the table, then the counts in one line."""
    if not report.items:
        return "nothing to read"
    counted = ", ".join(
        f"{count} {outcome.in_words.removesuffix(' of')}" for outcome, count in report.counts.items() if count
    )
    head = ("source", "outcome", "study", "title", "what it is, or why it was not read")
    return f"{table(head, map(_row, report.items), left=len(head))}\n\n{counted}"


def _row(item: SourceItem) -> tuple[str, str, str, str, str]:
    place = _named(item.source) + (f" #{item.record}" if item.record else "")
    outcome = item.outcome.in_words + (f" {item.duplicate_of}" if item.duplicate_of else "")
    who = item.study if item.label == item.title else item.label
    title = _fit(item.title or "", 40)
    return _fit(place, 32), _fit(outcome, 40), _fit(who or "", 28), title, _fit(_content(item), 400)


def _named(source: str) -> str:
    """A file by its base name; an identifier whole."""
    from pipeline.sources.services.identifiers import parse_identifier

    return source if parse_identifier(source) is not None else PurePath(source).name


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
