"""PDFs made on the spot, and the measuring data beside the checkout where it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]
PROSE = "The trained group gained strength in the other leg. The control group did not change at all."


@pytest.fixture
def make_pdf(tmp_path: Path) -> Callable[..., Path]:
    """Writes a PDF with reportlab; each function given draws one page."""

    def make(*pages: Draw, name: str = "made.pdf", **options: object) -> Path:
        path = tmp_path / name
        canvas = Canvas(str(path), pagesize=(595, 842), invariant=1, **options)  # pyright: ignore[reportArgumentType]
        for draw in pages:
            draw(canvas)
            canvas.showPage()
        canvas.save()
        return path

    return make


def write(canvas: Canvas, text: str, x: float = 60, y: float = 700, *, size: float = 10) -> None:
    canvas.setFont("Helvetica", size)
    canvas.drawString(x, y, text)


@pytest.fixture
def shared_pdfs() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "pdf"
    if not folder.is_dir():
        pytest.skip(f"the measuring data is not there: {folder.name} beside the checkout")
    return folder
