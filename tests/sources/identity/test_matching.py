"""One publication twice, something else under its title, and what a person has to decide."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.identity.grouping import resolve
from pipeline.sources.identity.matching import Grade, Strength
from pipeline.sources.identity.publication import Publication
from schemas.vocabulary import DocumentKind
from tests.sources.identity.cited import TITLE, cited, judged

FULL = "European Journal of Applied Physiology"


@pytest.mark.parametrize(
    "other",
    [
        cited(place=f"{FULL} 121:2305-21"),
        cited(authors="Mendonça, Gonçalo V.; et al.", year=2020, place=f"{FULL} :"),
        cited(title=TITLE.upper(), place="EUR. J. APPL. PHYSIOL. 121:2305+"),
        cited(title=f"{TITLE}: a randomised trial", place=f"{FULL} 121:"),
        cited(title=TITLE[:80] + "...", place=f"{FULL} :"),
        cited(title=f"RETRACTED: {TITLE}"),
        cited(authors="GV Mendonca Study Group", place=f"{FULL} 121:2305"),
        cited(title=f"{TITLE} [see comments]", place=" :"),
        cited(title=f"RETRACTED: {TITLE} (Retracted article. See vol. 122, pg. 9, 2022)", place=" :"),
        cited(title=f"{TITLE} [Erratum appears in Eur J Appl Physiol. 2022 Feb;122(2):9]", place=" :"),
    ],
)
def test_what_vendors_change_leaves_one_publication(other: Publication) -> None:
    assert judged(cited(), other).grade is Grade.SAME


@pytest.mark.parametrize(
    "title",
    [
        "Erratum to: {}", "Corrigendum to “{}” [Eur. J. Appl. Physiol. 121 (2021) 2305]", "Author Correction: {}",
        "{}: erratum",
        "Retraction: {}", "Retraction notice to “{}”", "Expression of concern: {}", "Comment on “{}”", "Commentary: {}",
        "Re: {}", "{}: reply", "Authors' reply to: {}", "{} - authors' response", "Letter to the editor: {}",
        "Editorial: {}",
        "Response to letter on “{}”", "{}: study protocol for a randomised trial", "Abstract 1234: {}", "{} [comment]",
        "{} (vol 121, pg 2305, 2021)", "{} (Retraction of vol 121, pg 2305, 2021)",
        "{} (Expression of Concern of Vol 121, pg 2305, 2021)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["Eur J Appl Physiol 121:2305-2321", "Eur J Appl Physiol 121:2322", " :"])
def test_what_is_written_about_an_article_is_never_merged_with_it(title: str, place: str) -> None:
    assert judged(cited(), cited(title=title.format(TITLE), place=place)).grade is Grade.DIFFERENT


@pytest.mark.parametrize("title", ["Erratum to: {}", "{}: reply", "Retraction: {}"])
def test_a_notice_that_bears_the_doi_of_its_article_is_for_a_person(title: str) -> None:
    assert judged(cited(DOI="10.1000/x"), cited(title=title.format(TITLE), DOI="10.1000/X")).grade is Grade.POSSIBLE


@pytest.mark.parametrize(
    "trap",
    [
        cited(authors="Smith J", place="Eur J Appl Physiol 121:2322-3"),
        cited(authors="Smith J; Jones K", place=" :"),
        cited(title=f"{TITLE}. Part II", place="Eur J Appl Physiol 121:2322-2330"),
        cited(title=f"{TITLE} in women", place=" :"),
        cited(title=f"{TITLE}: study 2", place=" :"),
        cited(place="Eur J Appl Physiol 122:17-33", year=2022),
        cited(place="Eur J Appl Physiol 120:S41", year=2020),
        cited(place="medRxiv :", year=2020),
        cited(place=" :", genre="preprint"),
        cited(place=" :", DOI="10.1101/2020.05.01.20084335", year=2020),
        cited(document=DocumentKind.PROTOCOL, place="Trials 20:7", year=2020),
        cited(type="paper-conference", place="Med Sci Sports Exerc 52:88", year=2020),
        cited(place="Eur J Appl Physiol 121:2322"),
        cited(year=2016, place=" :"),
    ],
)
def test_the_same_title_alone_never_merges(trap: Publication) -> None:
    assert judged(cited(), trap).grade is not Grade.SAME


def test_one_identifier_is_one_publication_whatever_the_title_has_become() -> None:
    doi: dict[str, Any] = {"DOI": "10.1000/x"}
    assert (
        judged(
            cited(**doi), cited(title=None, authors="", year=None, place=" :", DOI="https://doi.org/10.1000/X")
        ).reason
        == "same DOI 10.1000/x"
    )
    assert judged(cited(PMID="7"), cited(title="Efeitos contralaterais do treino", PMID="7")).grade is Grade.SAME, (
        "a translation"
    )
    assert judged(cited(**doi), cited(title="Smoking in mice", authors="Doe J", **doi)).grade is Grade.POSSIBLE
    parts = (cited(title=f"{TITLE}. Part {n}", **doi) for n in (1, 2))
    assert judged(*parts).grade is Grade.POSSIBLE
    supplement = cited(title="Another abstract of one supplement", place="Eur J Appl Physiol 121:2400", **doi)
    assert judged(cited(**doi), supplement).grade is Grade.POSSIBLE


def test_a_doi_that_a_supplement_gives_to_strangers_is_no_question() -> None:
    doi: dict[str, Any] = {"DOI": "10.1000/x"}
    one = cited(**doi)
    stranger = cited(title="Smoking in mice", authors="Doe J", place="Eur J Appl Physiol 121:2400", **doi)
    assert judged(one, stranger).grade is Grade.DIFFERENT
    for partly in ("Eur J Appl Physiol 121:2305", "Eur J Appl Physiol 121:"):
        told = cited(title="Smoking in mice", authors="Doe J", place=partly, **doi)
        assert judged(one, told).grade is Grade.POSSIBLE, "it may be a faulty record of the article"


def test_two_identifiers_outweigh_a_title_but_not_title_author_journal_volume_and_page() -> None:
    one, other = cited(DOI="10.1000/x"), cited(DOI="10.1000/y")
    assert judged(one, other).grade is Grade.SAME
    assert "may be mistyped" in judged(one, other).reason
    assert judged(one, cited(DOI="10.1000/y", place="Eur J Appl Physiol 121:")).grade is Grade.POSSIBLE
    assert judged(cited(DOI="10.1000/x", PMID="7"), cited(DOI="10.1000/y", PMID="7")).grade is Grade.SAME
    assert (
        judged(cited(DOI="10.1000/x", PMID="7"), cited(DOI="10.1000/y", PMID="7", place="Gut 1:5")).grade
        is Grade.POSSIBLE
    )
    assert judged(one, cited(authors="Doe J", DOI="10.1000/y", place="Gut 1:5")).grade is Grade.DIFFERENT


def test_an_update_of_a_cochrane_review_is_another_publication_and_one_study() -> None:
    journal = "Cochrane Database of Systematic Reviews"
    doi = "10.1002/14651858.CD006273.pub"
    printed: dict[str, Any] = {"place": f"{journal} 1:CD006273"}
    old, new = cited(year=2012, DOI=f"{doi}2", **printed), cited(year=2013, DOI=f"{doi}3", **printed)
    bare = cited(year=2013, place=f"{journal} 1:Cd006273")
    for one, other in ((old, new), (old, bare)):
        assert judged(one, other).reason == "versions of one review"
        assert resolve([one, other]).clusters == ((0, 1),)
    assert judged(new, bare).grade is Grade.SAME


def test_a_short_title_needs_its_place() -> None:
    reply: dict[str, Any] = {"title": "Author reply", "authors": "Doe J"}
    assert judged(cited(**reply, place="Gut 60:"), cited(**reply, place="Gut :")).grade is Grade.POSSIBLE
    assert judged(cited(**reply, place="Gut 60:7"), cited(**reply, place="Gut 60:7-8")).grade is Grade.SAME
    assert (
        judged(
            cited("Cancer statistics in Europe today", place=" :"),
            cited("Cancer statistics in Europe today", year=2022, place=" :"),
        ).grade
        is Grade.POSSIBLE
    )


def test_a_guideline_that_a_society_issues_every_year_is_for_a_person() -> None:
    issued: dict[str, Any] = {
        "title": "Standards of medical care in diabetes", "authors": "American Diabetes Association"
    }  # fmt: skip
    old, new = (cited(**issued, year=y, place="Diabetes Care :") for y in (2020, 2021))
    assert "yearly report" in judged(old, new).reason
    assert judged(old, cited(**issued, year=2020, place="Diabetes Care 43:")).grade is Grade.SAME


def test_unknown_authors_need_journal_and_year() -> None:
    assert judged(cited(), cited(authors="", place=f"{FULL} :")).grade is Grade.SAME
    assert judged(cited(), cited(authors="", place=" :")).grade is Grade.POSSIBLE


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (cited(title="Efeitos contralaterais do treino"), "a translation perhaps"),
        (cited(title=None), "a title is missing"),
        (cited(year=2011), "10 years apart"),
        (cited(place="Eur J Appl Physiol 121:9"), "the page differs"),
        (cited(place="Gut 121:"), "the journal differs"),
        (cited(authors="Vila-Cha C; Mendonca GV", place=" :"), "another first author"),
        (cited(authors="Doe J"), "but other authors"),
        (cited(title=TITLE.replace("resistance", "endurance"), place=" :"), "a word differs"),
        (cited(title=f"{TITLE} in older men", place=" :"), "one title goes on"),
        (cited(title=f"{TITLE}: secondary outcomes", place=f"{FULL} :"), "lacks the subtitle"),
    ],
)
def test_a_person_is_asked_with_the_reason(other: Publication, why: str) -> None:
    found = judged(cited(), other)
    assert (found.grade, why in found.reason) == (Grade.POSSIBLE, True), found


@pytest.mark.parametrize(
    ("other", "grade"),
    [
        (cited(title=TITLE.replace("resistance ", "heavy ")), Grade.SAME),
        (cited(title=TITLE.replace("resistance ", "heavy "), PMID="8"), Grade.POSSIBLE),
        (cited(title=TITLE.replace("resistance ", "heavy "), place="Gut 1:1"), Grade.DIFFERENT),
        (cited(title=TITLE.replace("low-intensity", "low-intensity 2")), Grade.DIFFERENT),
        (cited(title=TITLE.rsplit(" ", 2)[0], place="Eur J Appl Physiol 121:"), Grade.POSSIBLE),
        (cited(title=TITLE[:60] + "...", authors="Doe J"), Grade.DIFFERENT),
        (cited(title=TITLE[:60] + "...", PMID="8"), Grade.POSSIBLE),
        (cited(title=TITLE[:60] + "..."), Grade.SAME),
        (
            cited(title=TITLE.replace("Contralateral", "Contralatreal"), authors="Mendonca GV; et al.", place=" :"),
            Grade.POSSIBLE,
        ),
        (cited(title=TITLE.replace("Contralateral", "Contralatreal"), place=" :"), Grade.POSSIBLE),
        (cited(title=TITLE.replace("Contralateral", "Contralatreal"), place="Eur J Appl Physiol 121:"), Grade.SAME),
    ],
)
def test_a_word_that_differs_counts_less_where_the_place_agrees(other: Publication, grade: Grade) -> None:
    assert judged(cited(PMID="7"), other).grade is grade


def test_a_title_that_a_database_cut_between_words_needs_volume_and_all_authors() -> None:
    long = cited(title=f"{TITLE} and its decay after four weeks without any training")
    assert judged(long, cited(place="Eur J Appl Physiol 121:")).grade is Grade.SAME
    assert judged(long, cited(place="Eur J Appl Physiol :")).grade is Grade.POSSIBLE


def test_a_subtitle_that_names_the_design_may_be_missing() -> None:
    trial = cited(title=f"{TITLE}: a randomised controlled trial", year=2020)
    assert judged(trial, cited(place="Eur J Appl Physiol :")).grade is Grade.SAME


def test_a_type_that_one_database_gives_is_no_mark_in_the_title() -> None:
    letter = cited(genre="Letter")
    assert judged(cited(), letter).grade is Grade.SAME, "same place"
    assert judged(cited(place=" :"), letter).grade is Grade.POSSIBLE
    assert judged(cited(place="Gut 3:7"), letter).grade is Grade.DIFFERENT


def test_the_stronger_ground_is_named_for_groups() -> None:
    assert judged(cited(PMID="7"), cited(PMID="7")).strength is Strength.IDENTIFIER
    assert judged(cited(), cited()).strength is Strength.PLACE
    assert judged(cited(), cited(place=" :")).strength is Strength.TITLE


@pytest.mark.parametrize(
    "title",
    [
        "[" * 1500 + "]" * 499 + "a",
        " " * 5000 + "x",
        "reply," * 900,
        "<a" * 3000,
        "\\'" * 3000,
        "erratum to " * 500,
        "A" * 100_000,
    ],
)
def test_a_hostile_title_is_compared_like_any_other(title: str) -> None:
    hostile = cited(title=title, authors="; ".join(["A " * 400] * 300))
    assert judged(hostile, cited()).grade is not Grade.SAME
    assert judged(hostile, hostile).grade is not Grade.DIFFERENT


PUBLICATIONS = st.builds(
    cited,
    st.sampled_from(
        [TITLE, TITLE.upper(), f"Erratum to: {TITLE}", f"{TITLE}: a pilot study", f"{TITLE} in women", "Reply", None]
    ),
    st.sampled_from(["Mendonca GV; Vila-Cha C; Teodosio C", "Mendonça, G.; et al.", "Doe J", "Doe J; Mendonca GV", ""]),
    st.sampled_from([2020, 2021, 2030, None]),
    st.sampled_from(["Eur J Appl Physiol 121:2305", f"{FULL} 121:", "Gut 1:9", "Eur J Appl Physiol :17", " :"]),
    DOI=st.sampled_from([None, "10.1000/x", "10.1000/y"]),
    PMID=st.sampled_from([None, "7", "8"]),
    genre=st.sampled_from([None, "Letter", "preprint"]),
)


@given(PUBLICATIONS, PUBLICATIONS)
def test_a_judgement_is_the_same_from_both_sides(a: Publication, b: Publication) -> None:
    assert judged(a, b) == judged(b, a)


@given(PUBLICATIONS)
def test_a_record_never_contradicts_itself(a: Publication) -> None:
    assert judged(a, a).grade is not Grade.DIFFERENT or a.citation.title is None
