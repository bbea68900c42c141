"""The Markdown says the same, and renders as nothing but what its template holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.publish.markdown import render_markdown
from pipeline.publish.viewing import page_of
from tests.publish.example import bare_analysis, incomplete_analysis, rich_analysis
from tests.publish.test_page import TRICKY, with_text

ANALYSES = {"rich": rich_analysis(), "incomplete": incomplete_analysis(), "bare": bare_analysis()}
FILES = {name: render_markdown(page_of(analysis)) for name, analysis in ANALYSES.items()}
PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
OURS = {"<b>", "</b>"}


def tokens(markdown: str) -> list[Token]:
    """All tokens, those within lines too."""
    return [inner for token in PARSER.parse(markdown) for inner in (token, *(token.children or ()))]


@pytest.fixture(params=FILES)
def markdown(request: pytest.FixtureRequest) -> str:
    return FILES[request.param]


def test_nothing_of_a_study_or_a_model_acts_as_markup(markdown: str) -> None:
    found = tokens(markdown)
    assert {t.content for t in found if t.type == "html_inline"} <= OURS
    assert not {"html_block", "image", "code_inline", "code_block", "fence", "s_open"} & {t.type for t in found}
    for link in (t for t in found if t.type == "link_open"):
        assert re.match(
            r"https://(doi\.org|pubmed\.ncbi\.nlm\.nih\.gov|pmc\.ncbi\.nlm\.nih\.gov)/", str(link.attrs["href"])
        )


def test_the_sections_are_those_of_the_page(markdown: str) -> None:
    assert re.findall(r"^## (.+)$", markdown, re.MULTILINE) == [
        "For and against",
        "In simple terms",
        "How it might work",
        "Evidence from studies",
        "Certainty of the evidence (GRADE)",
        "The evidence that would settle it",
        "What could not be verified",
        "About this analysis",
    ]


def test_a_doi_with_brackets_is_one_whole_link() -> None:
    links = [str(t.attrs["href"]) for t in tokens(FILES["rich"]) if t.type == "link_open"]
    assert "https://doi.org/10.5555/example.2021.01%284%29" in links


def test_tables_are_tables() -> None:
    assert [t.type for t in tokens(FILES["rich"])].count("table_open") == 2 + len(rich_analysis().settlement.studies)


def test_an_incomplete_analysis_says_so_near_the_top() -> None:
    assert FILES["incomplete"].index("This analysis is incomplete") < FILES["incomplete"].index("## For and against")


PLAIN = [t.type for t in tokens(render_markdown(page_of(with_text(rich_analysis(), "plain"))))]


@settings(max_examples=25, deadline=None)
@given(TRICKY)
def test_no_text_changes_what_a_renderer_makes_of_it(text: str) -> None:
    written = render_markdown(page_of(with_text(rich_analysis(), text + "\N{MIDDLE DOT}x")))
    assert [t.type for t in tokens(written) if t.type != "text_special"] == PLAIN
