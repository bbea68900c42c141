"""Bombs and broken files, through the process that parses them: text, or one line, and the next file is read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import SourceError
from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.limits import Limits
from pipeline.sources.pdf.workers import PdfFile, PdfWorkers
from tests.sources.conftest import PROSE, write
from tests.sources.pdf.hostile import BOMBS, SENTENCE, TEXT, packed, page, with_object_stream
from tests.sources.pdf.mutations import MUTATIONS

READ = [
    "operators",
    "nested filters",
    "image that lies",
    "page without end",
    "deep brackets",
    "deep objects",
    "annotations",
]
REFUSED = {
    "form that draws itself": "at page 1",
    "forms that double": "at page 1",
    "giant page": "no text that a reader can see",
    "tiles": "takes more than 2 s to read, at page 1",
    "page tree in a circle": "no page that can be read",
    "billions of pages": "has no text",
    "object stream": "is damaged",
}


@pytest.fixture(scope="module")
def pool() -> Iterator[PdfWorkers]:
    with PdfWorkers(2, Limits(page_seconds=2, file_seconds=30)) as workers:
        yield workers


def texts(reading: PdfReading) -> list[str]:
    return [passage.text for passage in reading.passages]


@pytest.mark.parametrize("name", READ)
def test_a_bomb_beside_the_text_does_not_keep_the_text_from_being_read(pool: PdfWorkers, name: str) -> None:
    assert SENTENCE in texts(pool.read(BOMBS[name](), name))


@pytest.mark.parametrize("name", REFUSED)
def test_a_bomb_in_the_way_of_the_text_is_one_line_and_hurts_no_other_file(pool: PdfWorkers, name: str) -> None:
    with pytest.raises(SourceError, match=REFUSED[name]) as caught:
        pool.read(BOMBS[name](), f"{name}.pdf")
    assert str(caught.value).startswith(f"{name}.pdf: ")
    assert "\n" not in str(caught.value)
    assert texts(pool.read(page(packed(TEXT)), "honest.pdf")) == [SENTENCE]


def test_a_page_in_an_object_stream_is_read(pool: PdfWorkers) -> None:
    assert texts(pool.read(with_object_stream(), "packed.pdf")) == [SENTENCE]


def test_bombs_and_articles_are_read_side_by_side(pool: PdfWorkers) -> None:
    names = ["form that draws itself", "honest", "page tree in a circle", "honest", "forms that double", "honest"]
    files = [PdfFile(BOMBS[name]() if name in BOMBS else page(packed(TEXT)), name) for name in names]
    found = list(pool.read_many(files))
    assert [isinstance(one, SourceError) for one in found] == [True, False] * 3
    assert [texts(one) for one in found if isinstance(one, PdfReading)] == [[SENTENCE]] * 3


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_mutated_file_is_a_reading_or_one_line(pool: PdfWorkers, make_pdf: Callable[..., Path], kind: str) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, PROSE)

    sources = [make_pdf(draw, draw).read_bytes(), page(packed(TEXT)), with_object_stream()]
    chances = [random.Random(f"{kind} {seed}") for seed in range(6)]
    mutated = [MUTATIONS[kind](sources[seed % 3], chance, sources) for seed, chance in enumerate(chances)]
    found = list(pool.read_many(PdfFile(data, str(seed)) for seed, data in enumerate(mutated)))
    assert len(found) == 6
    errors = [one for one in found if isinstance(one, SourceError)]
    assert all(isinstance(one, PdfReading) for one in found if one not in errors)
    assert all("\n" not in str(error) and error.remedy for error in errors)
    assert texts(pool.read(sources[1], "honest.pdf")) == [SENTENCE]
