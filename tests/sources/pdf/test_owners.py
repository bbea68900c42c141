from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
import pytest

from pipeline.sources.pdf.characters import page_text
from pipeline.sources.pdf.owners import STRIDE, reads_leftward, starts_of_objects
from pipeline.sources.pdf.pdfium import handle
from pipeline.sources.pdf.runs import read_runs
from tests.sources.pdf.hostile import page, stream

SHORT = (
    b"BT /F1 12 Tf 60 700 Td (a) Tj 30 0 Td (bc) Tj 0 -20 Td (d) Tj 0 -20 Td (efg) Tj 40 0 Td (  h) Tj "
    b"0 -20 Td (words of a line) Tj 90 0 Td ( ) Tj 10 0 Td (i) Tj [(far) -4000 (apart)] TJ ET"
)
LEFTWARD = b"/ViewerPreferences<</Direction/R2L>>"


@contextmanager
def opened(content: bytes, catalog: bytes = b"") -> Generator[tuple[Any, str]]:
    document = pypdfium2.PdfDocument(page(stream(content), catalog=catalog))
    first = document[0]
    text_page = first.get_textpage()
    try:
        yield text_page, page_text(handle(text_page), text_page.count_chars())
    finally:
        text_page.close()
        first.close()
        document.close()


@pytest.mark.parametrize("catalog", [b"", LEFTWARD])
@pytest.mark.parametrize("stride", [2, 3, STRIDE, 5, 50])
def test_objects_of_any_length_are_found_however_few_characters_are_asked_about(stride: int, catalog: bytes) -> None:
    with opened(SHORT, catalog) as (text_page, text):
        every = starts_of_objects(text_page, text, 1)
        assert len(every) > 5
        assert starts_of_objects(text_page, text, stride) == every


def test_every_object_with_a_letter_becomes_a_run() -> None:
    with opened(SHORT) as (text_page, _):
        texts = [run.text.strip() for run in read_runs(text_page)]
    assert [text for text in texts if text][:5] == ["a", "bc", "d", "efg", "h"]


def test_a_page_without_text_has_no_objects() -> None:
    with opened(b"") as (text_page, text):
        assert starts_of_objects(text_page, text) == []


@pytest.mark.parametrize(("catalog", "leftward"), [(b"", False), (LEFTWARD, True)])
def test_a_document_that_is_read_from_the_right_is_known(catalog: bytes, leftward: bool) -> None:
    with opened(SHORT, catalog) as (text_page, _):
        assert reads_leftward(text_page) is leftward
