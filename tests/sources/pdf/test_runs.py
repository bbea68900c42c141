from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.sources.pdf.characters import as_written, page_text
from pipeline.sources.pdf.pdfium import Handle, handle, whole
from pipeline.sources.pdf.runs import Box, Run, read_runs
from tests.sources.conftest import write

Make = Callable[..., Path]


def runs_of(path: Path) -> list[Run]:
    document: Any = pypdfium2.PdfDocument(path)
    text_page = document[0].get_textpage()
    runs = read_runs(text_page)
    document.close()
    return runs


def test_an_unmapped_character_is_never_dropped_from_a_number() -> None:
    codes = [0x02, 0x31, 0x02, 0x61, 0x05, 0x0D, 0x110000, 0xFFFE, 0x02]
    written = as_written(codes, lambda index: index == len(codes) - 1)
    assert list(written) == ["\ufffd", "1", "\ufffd", "a", "\ufffd", " ", "\ufffd", "\u00ad", "\u00ad"]


def test_text_taken_in_one_call_is_what_its_characters_are(shared_pdfs: Path) -> None:
    code = whole("FPDFText_GetUnicode")
    is_hyphen = whole("FPDFText_IsHyphen")

    def one_by_one(page: Handle, count: int) -> str:
        return as_written([code(page, i) for i in range(count)], lambda i: bool(is_hyphen(page, i)))

    for name in ("arxiv_hidden_prompt.pdf", "hindawi_nsaid_bleeding.pdf", "pmj_meta_analysis.pdf"):
        document: Any = pypdfium2.PdfDocument(shared_pdfs / name)
        for number in range(min(len(document), 4)):
            text_page = document[number].get_textpage()
            count = int(text_page.count_chars())
            page = handle(text_page)
            assert page_text(page, count) == one_by_one(page, count)
        document.close()


def test_a_run_knows_place_size_weight_and_colour(make_pdf: Make) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 12)
        canvas.setFillColorRGB(1, 0, 0)
        canvas.drawString(100, 500, "Results")

    (run,) = runs_of(make_pdf(draw))
    assert (run.text, run.font, run.bold, run.angle, run.mode) == ("Results", "Helvetica", True, 0, 0)
    assert (run.size, run.baseline) == (12, 500)
    assert run.paint == pytest.approx(76.2, abs=0.1)
    assert run.box == run.on_page
    assert run.box.left == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize(("angle", "baseline"), [(90, -300.0), (180, -400.0), (270, 300.0)])
def test_turned_text_is_measured_as_if_it_ran_to_the_right(make_pdf: Make, angle: int, baseline: float) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(angle)
        write(canvas, "Results of both groups", x=0, y=0)

    (run,) = runs_of(make_pdf(draw))
    assert (run.angle, run.baseline) == (angle, pytest.approx(baseline, abs=0.01))
    assert run.box.right - run.box.left > 5 * run.box.height


def test_an_empty_page_has_no_runs(make_pdf: Make) -> None:
    def draw(canvas: Any) -> None:
        canvas.line(0, 0, 10, 10)

    assert runs_of(make_pdf(draw)) == []


def test_the_union_of_boxes_holds_both() -> None:
    assert Box(0, 5, 10, 20).union(Box(-1, 6, 4, 30)) == Box(-1, 5, 10, 30)
