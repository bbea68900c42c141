from __future__ import annotations

import pytest

from pipeline.sources.citation import citation_id, cite, find_doi, slug, usable_title
from pipeline.sources.passages import Passage, Role
from schemas.study import Citation


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lee 2020 (final).pdf", "lee-2020-final"),
        ("Müller_&_Søn.txt", "muller_-_sn"),
        ("....pdf", "study"),
        ("x" * 99, "x" * 80),
    ],
)
def test_the_id_is_a_slug_of_the_file_name(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("see https://doi.org/10.1136/bmj.h2145.", "10.1136/bmj.h2145"),
        ("(doi: 10.1016/S0140-6736(05)61030-6)", "10.1016/S0140-6736(05)61030-6"),
        ("(10.1000/x.)", "10.1000/x"),
        ("p = 10.12/3", None),
        ("x" * 6000 + " 10.1000/late", None),
    ],
)
def test_a_doi_is_found_near_the_start_without_what_follows_it(text: str, doi: str | None) -> None:
    assert find_doi(text) == doi


@pytest.mark.parametrize(
    "title", [None, "", "untitled", "Microsoft Word - paper.doc", "bmj.h2145", "12-34 5.6", "paper final.docx"]
)
def test_the_name_of_a_file_is_no_title(title: str | None) -> None:
    assert usable_title(title) is None


def test_the_title_is_that_of_the_metadata_else_printed_else_the_first_line() -> None:
    passages = [Passage("Legs and arms", Role.TITLE), Passage("We walked far.")]
    assert cite("a.pdf", passages, metadata_title="Walking and knees").title == "Walking and knees"
    assert cite("a.pdf", passages, metadata_title="a.dvi").title == "Legs and arms"
    assert cite("a.pdf", passages[1:]).title == "We walked far."
    assert cite("a.pdf", [Passage("far " * 200)]).title is None


def test_a_title_of_the_metadata_that_is_cut_off_or_garbled_gives_way_to_the_printed_one() -> None:
    printed = [Passage("Legs and arms in a multicenter observational study*", Role.TITLE)]
    assert cite("a.pdf", printed, metadata_title="Legs and arms in a multicenter o").title == printed[0].text
    assert cite("a.pdf", printed, metadata_title="Legs \u00e2\u20ac\u201c and arms").title == printed[0].text
    whole = "Legs and Arms in a Multicenter Observational Study"
    assert cite("a.pdf", printed, metadata_title=whole).title == whole


def test_the_id_of_a_record_is_made_of_author_year_and_title() -> None:
    given = Citation.model_validate(
        {
            "id": "x",
            "title": "The effects of α on strength",
            "author": [{"family": "van der Bérg"}],
            "issued": {"date-parts": [[2021]]},
        }
    )
    assert citation_id(given) == "van-der-berg-2021-effects"
    assert citation_id(Citation(id="x")) == "study"


def test_the_head_of_a_section_is_no_title() -> None:
    assert cite("alpha.md", [Passage("Methods", Role.HEAD), Passage("We walked.")]).title is None


def test_a_doi_that_a_line_end_cuts_gives_way_to_the_whole_one() -> None:
    assert find_doi("doi:10.1000/journal.walk.\nWALKS | DOI:10.1000/journal.walk.0115884 May 3") == (
        "10.1000/journal.walk.0115884"
    )
    assert find_doi("doi:10.1000/walk.\nFigure: 10.1000/other.1") == "10.1000/walk"
    assert find_doi("doi:10.1000/walk\nFigure: 10.1000/walk.g001") == "10.1000/walk"


def test_of_several_versions_of_an_article_the_latest_is_meant() -> None:
    page = "First: (doi: 10.12688/f1000research.4767.1) Latest: (doi: 10.12688/f1000research.4767.2) [9] 10.12688/x.7.3"
    assert find_doi(page) == "10.12688/f1000research.4767.2"
    assert find_doi("doi:10.1371/journal.pone.0001.1 and 10.1371/journal.pone.0001.2") == "10.1371/journal.pone.0001.1"


@pytest.mark.parametrize(
    "note", ["[version 2; peer review: 2 approved]", "[v2; ref status: indexed, http://f1000r.es/4fj]"]
)
def test_what_a_publisher_says_of_the_version_is_not_the_title(note: str) -> None:
    assert cite("a.pdf", [Passage(f"Longevity of two sharks {note}", Role.TITLE)]).title == "Longevity of two sharks"
    assert cite("a.pdf", [Passage("Signs of ageing [a review]", Role.TITLE)]).title == "Signs of ageing [a review]"
