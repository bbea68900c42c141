"""What a PDF was found to hold: the plain data that the process which parses it hands over.

Promises nothing but fields. Does not read anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.sources.passages import Passage
from schemas.study import SourceNote


@dataclass(frozen=True, slots=True)
class Inspection:
    """What stands beside the pages. Texts are cut at 2,000 characters; unknown is null.

    `complete` is false when the inspection met a fault or a limit and something may have been missed.
    """

    title: str | None = None
    author: str | None = None
    subject: str | None = None
    keywords: str | None = None
    attachments: tuple[str, ...] = ()
    annotations: int = 0
    form_fields: int = 0
    has_javascript: bool = False
    complete: bool = True


@dataclass(slots=True)
class PdfReading:
    """What a PDF holds: passages in reading order, the title of its metadata, notes of the reader.

    `first_page` is the text of the first page with its running heads, where journals print the DOI. `ocr_pages` are
    the pages (from 1) whose text a machine recognised in a picture, `pictures` those that are a picture without text.
    """

    passages: list[Passage] = field(default_factory=list[Passage])
    metadata_title: str | None = None
    first_page: str = ""
    notes: list[SourceNote] = field(default_factory=list[SourceNote])
    pages: int = 0
    ocr_pages: frozenset[int] = frozenset()
    pictures: frozenset[int] = frozenset()
    inspection: Inspection = Inspection()
