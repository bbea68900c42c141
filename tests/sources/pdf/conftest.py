from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.sources.conftest import write


@pytest.fixture
def article(make_pdf: Callable[..., Path]) -> bytes:
    """Three pages, each with a sentence that names it."""

    def page(number: int) -> Callable[[Canvas], None]:
        return lambda canvas: write(canvas, f"On page {number} we report that the strength of both legs rose.", y=600)

    return make_pdf(page(1), page(2), page(3)).read_bytes()
