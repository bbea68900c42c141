"""The analysis as Markdown (CommonMark with tables): the same content as the page, for repositories and reviews."""

from __future__ import annotations

import re

from pipeline.publish.rendering import render
from pipeline.publish.view import Page

_BLANK_LINES = re.compile(r"\n{3,}")


def render_markdown(page: Page) -> str:
    """The analysis as Markdown. Every value is escaped, so that it shows as it stands and never acts as markup."""
    return _BLANK_LINES.sub("\n\n", render("analysis.md.j2", page)).strip() + "\n"
