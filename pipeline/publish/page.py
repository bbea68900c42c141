"""The HTML page: one self-contained file without scripts or anything loaded from elsewhere."""

from __future__ import annotations

from pipeline.publish.rendering import render
from pipeline.publish.view import Page


def render_html(page: Page) -> str:
    """The page as HTML. Every value is escaped by the environment; no template marks anything as safe."""
    return render("analysis.html.j2", page)
