"""The HTML page says everything, and nothing in it acts."""

from __future__ import annotations

import re
import subprocess
import sys
from html import escape
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from pipeline.publish.page import render_html
from pipeline.publish.rendering import TEMPLATES, environment
from pipeline.publish.viewing import page_of
from schemas.analysis import ClaimAnalysis
from tests.publish.example import bare_analysis, incomplete_analysis, rich_analysis
from tests.publish.example_studies import HOSTILE, IMAGE, SCRIPT
from tests.publish.markup import Markup

ANALYSES = {"rich": rich_analysis(), "incomplete": incomplete_analysis(), "bare": bare_analysis()}
PAGES = {name: render_html(page_of(analysis)) for name, analysis in ANALYSES.items()}
SECTIONS = ["verdict", "summary", "mechanism", "studies", "certainty", "ladder", "unverified", "about"]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]


def test_nothing_of_a_study_or_a_model_becomes_an_element_or_a_handler(page: str) -> None:
    found = Markup(page)
    assert not {"script", "img", "iframe", "object", "embed", "form", "link", "base"} & set(found.tags)
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]
    assert not found.values("style")
    assert not found.values("src")


def test_hostile_text_stands_on_the_page_as_text() -> None:
    assert SCRIPT not in PAGES["rich"]
    assert IMAGE not in PAGES["rich"]
    text = Markup(PAGES["rich"]).text
    assert SCRIPT in text
    assert IMAGE in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_hostile_text_reaches_an_attribute_other_than_as_plain_words(hostile: str) -> None:
    for tag, attributes in Markup(PAGES["rich"]).elements:
        for name, value in attributes.items():
            if hostile in value:
                assert (tag, name) in {("meta", "content"), ("div", "aria-label")}


def test_links_lead_to_this_page_or_to_identifiers_of_proven_form(page: str) -> None:
    found = Markup(page)
    ids = set(found.values("id"))
    for href in found.values("href"):
        outside = re.fullmatch(
            r"https://(doi\.org/10\.\d+/[\w.%/-]+|pubmed\.ncbi\.nlm\.nih\.gov/\d+/|pmc\.ncbi\.nlm\.nih\.gov/articles/PMC\d+/)",
            href,
        )
        assert outside or href[1:] in ids, href


def test_the_page_is_well_formed_and_no_id_stands_twice(page: str) -> None:
    found = Markup(page)
    assert found.faults == []
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    assert set(found.values("aria-labelledby")) <= set(ids)


def test_headings_never_skip_a_level(page: str) -> None:
    levels = [int(tag[1]) for tag in Markup(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_section_is_there_whatever_is_missing(page: str) -> None:
    sections = [attributes["id"] for tag, attributes in Markup(page).elements if tag == "section"]
    assert sections == SECTIONS


def test_the_page_forbids_everything_but_its_own_style(page: str) -> None:
    policy = next(a["content"] for _, a in Markup(page).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "@import" not in page
    assert "url(" not in page


def test_the_page_names_its_language_title_and_description(page: str) -> None:
    found = Markup(page)
    assert ("html", {"lang": "en"}) in found.elements
    assert "title" in found.tags
    assert any(a.get("name") == "description" and a["content"] for _, a in found.elements)


def test_tables_have_captions_and_scopes() -> None:
    found = Markup(PAGES["rich"])
    assert found.tags.count("table") == found.tags.count("caption") > 1
    assert all("scope" in a for tag, a in found.elements if tag == "th")


def test_the_chain_is_an_ordered_list_of_cards_that_lead_to_one_another() -> None:
    text = Markup(PAGES["rich"]).text
    main = text[text.index("Proposed mechanism") : text.index("Rival explanations")]
    assert main.count("which leads to") == 2
    for n in (1, 2, 3):
        assert f"Step {n}:" in main
    for label in ("Contested (1 for / 1 against)", "Seen together in one study; cause not tested"):
        assert label in main


def test_a_quotation_is_marked_within_its_whole_sentence() -> None:
    assert (
        "In the untrained leg, <mark>the rate of torque development rose by 19% and early soleus EMG by 18%</mark> "
        + escape("(p < .05).")
        in PAGES["rich"]
    )
    assert "Results, page 3, sentence 4 · Word for word" in Markup(PAGES["rich"]).text


def test_an_incomplete_analysis_says_so_before_anything_else() -> None:
    found = Markup(PAGES["incomplete"])
    assert found.text.index("This analysis is incomplete") < found.text.index("On this page")
    assert "the ladder of ideal evidence: the reply was cut off twice" in found.text
    assert "This analysis is incomplete" not in Markup(PAGES["rich"]).text


def test_no_page_says_that_there_is_no_evidence_at_all(page: str) -> None:
    text = Markup(page).text.lower()
    assert "none exist" not in text
    assert "no contradicting evidence" not in text
    assert text.count("none found in") == text.count("searched on 22 november 2026.")


def test_templates_mark_nothing_as_safe() -> None:
    templates = list(TEMPLATES.glob("*.j2"))
    assert len(templates) == 4
    for template in templates:
        assert not re.search(r"\bsafe\b|autoescape|Markup", template.read_text(encoding="utf-8")), template.name


def test_a_name_outside_the_page_contract_is_an_error() -> None:
    template = environment(markdown=False).from_string("{{ page.badge.txet }}")
    with pytest.raises(UndefinedError):
        template.render(page=page_of(rich_analysis()))


def with_text(analysis: ClaimAnalysis, text: str) -> ClaimAnalysis:
    """`analysis` with `text` as claim, warning, step, title and author."""
    evidence, settlement = analysis.evidence, analysis.settlement
    link = evidence.links[0].model_copy(
        update={"link": evidence.links[0].link.model_copy(update={"statement": text, "cause": text})}
    )
    study = evidence.studies[0].model_copy(
        update={"citation": evidence.studies[0].citation.model_copy(update={"title": text, "DOI": text, "author": ()})}
    )
    return analysis.model_copy(
        update={
            "evidence": evidence.model_copy(
                update={
                    "claim": evidence.claim.model_copy(update={"text": text}),
                    "links": (link, *evidence.links[1:]),
                    "studies": (study, *evidence.studies[1:]),
                }
            ),
            "settlement": settlement.model_copy(update={"warnings": (text,)}),
        }
    )


PLAIN = Markup(render_html(page_of(with_text(rich_analysis(), "plain")))).tags
TRICKY = st.text(st.sampled_from("<>\"'&/=`!-[]{}%#() \n\x00\x1b\u202eax\\;:"), max_size=40)


@settings(max_examples=25, deadline=None)
@given(TRICKY)
def test_no_text_changes_what_elements_a_page_has(text: str) -> None:
    assert Markup(render_html(page_of(with_text(rich_analysis(), text + "\N{MIDDLE DOT}x")))).tags == PLAIN


def test_jinja_is_not_loaded_before_something_is_rendered() -> None:
    modules = "publish, publish.writing, publish.viewing, publish.page, publish.markdown, publish.text"
    imports = "; ".join(f"import pipeline.{m}" for m in modules.split(", "))
    code = f"import sys; {imports}; print('jinja2' in sys.modules, 'scipy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
