from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
import pytest

from pipeline.sources.pdf import places
from pipeline.sources.pdf.pdfium import handle
from pipeline.sources.pdf.places import Question, fill_colours, loose_boxes, matrices, origins
from tests.sources.pdf.hostile import page, stream

LINE = b"BT /F1 12 Tf 1 0 0 rg 60 700 Td (words of a line) Tj ET"
LENGTH = len("words of a line")


@pytest.fixture
def text_page() -> Iterator[Any]:
    document: Any = pypdfium2.PdfDocument(page(stream(LINE)))
    first = document[0]
    opened = first.get_textpage()
    yield opened
    opened.close()
    first.close()
    document.close()


def test_each_character_has_the_answer_that_it_has_alone(text_page: Any) -> None:
    held = handle(text_page)
    boxes = loose_boxes(held, range(LENGTH))
    for place, (left, top, right, bottom) in enumerate(boxes):
        assert (left, bottom, right, top) == pytest.approx(text_page.get_charbox(place, loose=True))
    assert loose_boxes(held, [4, 2]) == [boxes[4], boxes[2]]
    assert matrices(held, [0]) == [(1, 0, 0, 1, 60, 700)]
    assert origins(held, [0]) == [(60, 700)]
    assert fill_colours(held, [0]) == [(255, 0, 0, 255)]
    assert loose_boxes(held, []) == []


@pytest.mark.parametrize("question", [loose_boxes, matrices, origins, fill_colours])
def test_what_has_no_answer_is_nought_or_what_is_given_for_it(text_page: Any, question: Question) -> None:
    held = handle(text_page)
    (known,) = question(held, [0])
    assert question(held, [0, 999, 0]) == [known, (0,) * len(known), known]
    assert question(held, [999], (7,)) == [(7,)]


def test_more_places_than_are_asked_at_once_are_answered_too(text_page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = handle(text_page)
    whole = loose_boxes(held, range(LENGTH))
    monkeypatch.setattr(places, "_KEPT", 4)
    assert loose_boxes(held, range(LENGTH)) == whole
