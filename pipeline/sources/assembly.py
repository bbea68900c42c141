"""Assembles a `Study` from passages: the one road that every format takes.

Promises that `Study.text[start:end]` of every section and sentence is what it says, that sentences never cross a
passage, and that the same passages give the same text and hash. Does not read files.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.sources.front_page import front_page
from pipeline.sources.heads import head_kind
from pipeline.sources.instructions import instruction_notes
from pipeline.sources.notices import document_kind, document_notes, is_retracted_article
from pipeline.sources.passages import Passage, Role
from pipeline.sources.references import without_references
from pipeline.sources.sections import Part, assign_sections, split_run_in_heads
from pipeline.sources.sentences import split_sentences
from schemas.study import Citation, PrintedLine, Relation, Section, Sentence, SourceNote, Study
from schemas.vocabulary import DocumentKind, PublicationStatus, SectionKind

LONGEST_TEXT = 400_000
"""Characters of study text that are kept; a long paper has 100,000."""

FULL_TEXT_FROM = 6_000
_SHORT = 8_000
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a study comes from: base name and hash of the file, and what its form or record states about it."""

    file_name: str
    file_sha256: str
    document: DocumentKind | None = None
    status: PublicationStatus | None = None
    registration: str | None = None
    relations: tuple[Relation, ...] = ()
    line: int | None = None
    pages: int | None = None
    ocr_pages: frozenset[int] = frozenset()


def build_study(
    passages: Sequence[Passage], citation: Citation, origin: Origin, notes: Sequence[SourceNote] = ()
) -> Study:
    """The study that the passages tell; `notes` are those of the reader of the file, put first."""
    kept, cut = _bounded(list(without_references(passages)))
    split = list(split_run_in_heads([p for p in kept if p.text]))
    marked = any(p.role is Role.HEAD and head_kind(p.text) is SectionKind.ABSTRACT for p in split)
    short = not marked and sum(len(p.text) for p in split) < _SHORT
    text, parts = _joined(list(assign_sections(split, short=short)))
    sections = _sections(parts)
    sentences = _sentences(text, parts, origin.ocr_pages)
    document, status = _nature(text, split, citation, origin)
    return Study(
        citation=citation,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        file_name=origin.file_name,
        file_sha256=origin.file_sha256,
        extent=_extent(text, sections),
        sections=sections,
        sentences=sentences,
        document=document,
        status=status,
        registration=origin.registration,
        relations=origin.relations,
        record_line=origin.line,
        pages=origin.pages,
        notes=(
            *notes,
            *cut,
            *instruction_notes(text, sentences),
            *document_notes(
                document,
                text,
                retracted=status is PublicationStatus.RETRACTED,
                preprint=citation.genre == "preprint",
            ),
        ),
        lines=_lines(parts),
    )


def _bounded(passages: list[Passage]) -> tuple[list[Passage], list[SourceNote]]:
    """As many passages as fit into LONGEST_TEXT, the last one cut, and a note if something is left out."""
    room, kept = LONGEST_TEXT, list[Passage]()
    for passage in passages:
        if len(passage.text) > room:
            kept.append(passage.part(0, max(room, 0)))
            message = (
                f"only the first {LONGEST_TEXT:,} characters were read; the rest of the file is not in this analysis"
            )
            return kept, [SourceNote(kind="truncated", message=message)]
        kept.append(passage)
        room -= len(passage.text) + len(_GAP)
    return kept, []


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part with its place in the text of the study."""

    part: Part
    start: int
    end: int


def _joined(parts: list[Part]) -> tuple[str, list[_Placed]]:
    placed: list[_Placed] = []
    texts: list[str] = []
    position = 0
    for part in parts:
        if texts:
            texts.append(_GAP)
            position += len(_GAP)
        texts.append(part.passage.text)
        placed.append(_Placed(part, position, position + len(part.passage.text)))
        position = placed[-1].end
    return "".join(texts), placed


def _sections(parts: list[_Placed]) -> tuple[Section, ...]:
    """Parts of one kind and heading that follow each other, as one section each."""
    runs: list[list[_Placed]] = []
    for placed in parts:
        part, last = placed.part, runs[-1][-1].part if runs else None
        if last is not None and not part.is_head and (last.kind, last.heading) == (part.kind, part.heading):
            runs[-1].append(placed)
        else:
            runs.append([placed])
    return tuple(
        Section(kind=run[0].part.kind, heading=run[0].part.heading, start=run[0].start, end=run[-1].end) for run in runs
    )


def _lines(parts: list[_Placed]) -> tuple[PrintedLine, ...]:
    """Where the text of the study is printed: the lines of its parts, moved to where these stand."""
    return tuple(
        PrintedLine(placed.start + start, placed.start + end, page, left, bottom, right, top)
        for placed in parts
        for start, end, page, left, bottom, right, top in placed.part.passage.lines
    )


def _sentences(text: str, parts: list[_Placed], ocr_pages: frozenset[int]) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    for placed in parts:
        if placed.part.is_head:
            continue
        passage = placed.part.passage
        spans = split_sentences(text[placed.start : placed.end])
        begun = [line.start for line in passage.lines]
        if placed.part.kind is SectionKind.TITLE and spans:
            spans = [(spans[0][0], spans[-1][1])]
        for start, end in spans:
            at = bisect_right(begun, start) - 1
            page = passage.lines[max(at, 0)].page if passage.lines else None
            sentences.append(
                Sentence(
                    number=len(sentences) + 1,
                    start=placed.start + start,
                    end=placed.start + end,
                    section=placed.part.kind,
                    page=page,
                    ocr=page in ocr_pages,
                )
            )
    return tuple(sentences)


def _nature(
    text: str, passages: list[Passage], citation: Citation, origin: Origin
) -> tuple[DocumentKind | None, PublicationStatus]:
    """Document kind and publication status: what the form states, else what title and text say."""
    printed = " ".join(p.text for p in passages if p.role is Role.TITLE)
    title = citation.title or printed
    lines = [p.text for p in _opening(passages) if len(p.text) <= 80 and p.role is not Role.TABLE]
    document = origin.document or document_kind(title, lines, text)
    retracted = document is DocumentKind.RETRACTION_NOTICE or is_retracted_article(title)
    status = origin.status or (PublicationStatus.RETRACTED if retracted else PublicationStatus.PUBLISHED)
    return document, status


def _opening(passages: Sequence[Passage]) -> list[Passage]:
    """Where a publisher says what a document is: up to the front page, or without pages before the first section.

    Numbered heads are left out: 'Protocol' as number 2.2 is a part of the methods.
    """
    begin = next((n for n, p in enumerate(passages) if p.role is Role.HEAD and _is_section(p.text)), len(passages))
    front = front_page(passages)
    opening = [p for n, p in enumerate(passages) if (n < begin if p.page is None else p.page <= front)]
    return [p for p in opening if not re.match(r"\s*\d", p.text)]


def _is_section(head: str) -> bool:
    return head_kind(head) not in {None, SectionKind.OTHER}


def _extent(text: str, sections: Sequence[Section]) -> Literal["abstract", "full_text"]:
    body = any(s.kind in {SectionKind.METHODS, SectionKind.RESULTS} for s in sections)
    return "full_text" if len(text) > FULL_TEXT_FROM and body else "abstract"
