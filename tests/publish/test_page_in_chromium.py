"""The page in a real browser: accessible, self-contained, readable on a phone, on paper and without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # pyright: ignore[reportMissingTypeStubs]
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from pipeline.publish.page import render_html
from pipeline.publish.viewing import page_of
from tests.publish.example import bare_analysis, incomplete_analysis, rich_analysis

pytestmark = pytest.mark.chromium

ANALYSES = {"rich": rich_analysis(), "incomplete": incomplete_analysis(), "bare": bare_analysis()}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"
PHONE = 360


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"NOT CHECKED: accessibility, phone width and print; none of {', '.join(names)} is installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, analysis in ANALYSES.items():
        (folder / f"{name}.html").write_text(render_html(page_of(analysis)), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in ANALYSES}


def opened(browser: Browser, file: Path, width: int = 1200, **options: Any) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", PHONE), ("dark", PHONE)])
def test_axe_finds_no_violation(
    browser: Browser, files: dict[str, Path], name: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page = opened(browser, files[name], width, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(OPEN_ALL)
    results = Axe().run(page)  # pyright: ignore[reportUnknownMemberType]
    assert results.violations_count == 0, results.generate_report()
    page.context.close()


@pytest.mark.parametrize("name", ANALYSES)
def test_nothing_scrolls_sideways_on_a_phone(browser: Browser, files: dict[str, Path], name: str) -> None:
    page = opened(browser, files[name], PHONE)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    too_wide = page.evaluate(
        "[...document.querySelectorAll('main *, header *')].filter(e => !e.closest('.hidden-words, .scroll')"
        f" && e.getBoundingClientRect().right > {PHONE}).map(e => e.outerHTML.slice(0, 80))"
    )
    assert too_wide == []
    page.context.close()


def test_quotations_are_one_click_away_without_javascript(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["rich"], java_script_enabled=False)
    quotation = page.locator("#mechanism mark").first
    assert not quotation.is_visible()
    page.locator("#mechanism summary", has_text="Quotations behind this step").first.click()
    assert quotation.is_visible()
    assert quotation.inner_text().startswith("Cortical excitability of the untrained side rose")
    page.context.close()


def test_the_page_asks_for_nothing_and_runs_nothing(browser: Browser, files: dict[str, Path]) -> None:
    page = browser.new_context().new_page()
    asked, said = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    page.goto(files["rich"].as_uri())
    page.evaluate(OPEN_ALL)
    page.wait_for_load_state("networkidle")
    assert asked == [files["rich"].as_uri()]
    assert said == []
    page.context.close()


def test_print_shows_the_quotations_of_closed_details(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["rich"])
    printed = PdfReader(BytesIO(page.pdf(format="A4")))
    text = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
    for words in (
        "the rate of torque development rose by 19% and early soleus EMG by 18%",
        "Cortical excitability of the untrained side rose in the training group only",
        "design 0.5 × bias 0.7 × precision 0.27",
    ):
        assert words in text
    page.context.close()


def test_the_skip_link_leads_past_the_header(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["rich"])
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip to the analysis"
    box = link.bounding_box()
    assert box is not None
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.context.close()


def test_tables_that_scroll_can_be_reached_by_keyboard(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["rich"], PHONE)
    boxes = page.locator(".scroll")
    assert boxes.count() > 1
    for box in boxes.all():
        assert box.get_attribute("tabindex") == "0"
        assert box.get_attribute("aria-label")
    page.context.close()
