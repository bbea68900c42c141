"""The Jinja environments of pages: undefined names are errors, and nothing reaches the output unescaped.

They share nothing with the environment of the prompts. Only this module loads Jinja, and only when called.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.publish.neutral import escape_markdown

if TYPE_CHECKING:
    from jinja2 import Environment

    from pipeline.publish.view import Page

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, page: Page) -> str:
    """`template` filled with `page`: HTML-escaped for `*.html.j2`, Markdown-escaped for `*.md.j2`.

    A name that the page contract does not have raises jinja2.UndefinedError.
    """
    return environment(markdown=template.endswith(".md.j2")).get_template(template).render(page=page)


@cache
def environment(*, markdown: bool) -> Environment:
    """The environment of Markdown files or of HTML pages, made once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def markdown_escaped(value: object) -> Markup:
        """Applied by Jinja to every value that is put out; what a macro made is escaped already."""
        return value if isinstance(value, Markup) else Markup(escape_markdown(str(value)))  # noqa: S704

    return Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=markdown_escaped if markdown else None,
    )
