"""Reports of one study are joined when something says so; a comment is none, and likeness alone is for a person."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.sources.identity.publication import Prepared, Publication
from pipeline.sources.identity.reports import ReportLink, report_link, reverse
from pipeline.sources.identity.signs import Signs
from schemas.study import Relation
from schemas.vocabulary import RelationKind
from tests.sources.identity.cited import TITLE, cited, study


def link(a: Publication, b: Publication) -> ReportLink | None:
    """The link, which from the other side is the same one turned round."""
    found = report_link(Signs(Prepared.of(a), Prepared.of(b)))
    back = report_link(Signs(Prepared.of(b), Prepared.of(a)))
    assert (found and (reverse(found.kind), found.reason, found.sure)) == (back and (back.kind, back.reason, back.sure))
    return found


def related(kind: RelationKind, **to: str) -> Publication:
    return cited(title="Quite another title", authors="Doe J", place="Gut 1:1", relations=(Relation(kind=kind, **to),))


@pytest.mark.parametrize("kind", [RelationKind.HAS_PREPRINT, RelationKind.CORRECTS, RelationKind.RETRACTED_BY])
def test_a_link_that_a_database_records_joins(kind: RelationKind) -> None:
    found = link(cited(DOI="10.1000/x"), related(kind, DOI="https://doi.org/10.1000/X"))
    assert found
    assert (found.sure, found.kind) == (True, reverse(kind))


def test_a_record_of_an_export_is_judged_by_what_its_database_says() -> None:
    found = link(cited(), cited(place=" :", genre="preprint"))
    assert found
    assert found.sure


def test_a_comment_joins_nothing() -> None:
    assert link(cited(PMID="7"), related(RelationKind.COMMENTS_ON, PMID="7")) is None
    assert link(cited(), cited(title=f"Comment on: {TITLE}")) is None
    assert link(cited(registration="NCT01"), cited(title=f"{TITLE}: reply", registration="NCT01")) is None


@pytest.mark.parametrize(
    ("other", "sure"),
    [
        (cited(place="medRxiv :", year=2019), True),
        (cited(place=" :", genre="preprint", year=2018), True),
        (cited(place=" :", genre="preprint", year=2015), None),
        (cited(place=" :", genre="preprint", authors="Doe J"), None),
        (cited(title=f"{TITLE}: a pilot study", place="medRxiv :"), False),
        (cited(genre="Conference Abstract", place="Med Sci Sports Exerc 52:88", year=2020), True),
        (cited(title=f"Erratum to: {TITLE}", authors="", place="Eur J Appl Physiol 121:2500"), True),
        (cited(title=f"Retraction: {TITLE}", authors="", place="Eur J Appl Physiol 122:1", year=2022), True),
        (cited(title=f"Expression of concern: {TITLE}", place="Eur J Appl Physiol 122:1"), True),
        (cited(title=f"Erratum to: {TITLE}", authors="Doe J", place=" :"), None),
        (cited(title=f"Erratum to: {TITLE}", place="Gut 1:1"), None),
        (cited(title=f"{TITLE}: study protocol", place="Trials 20:5", year=2019), False),
        (cited(place="Gut 60:11", year=2022), False),
        (cited(title="Something else", place="Gut 60:11"), None),
    ],
)
def test_title_and_authors_join_what_its_nature_says_and_leave_the_rest_to_a_person(
    other: Publication, sure: bool | None
) -> None:
    found = link(cited(), other)
    assert (found.sure if found else None) is sure


def test_the_link_of_preprint_and_article_says_which_is_which() -> None:
    found = link(cited(), cited(place="medRxiv :"))
    assert found
    assert found.kind is RelationKind.HAS_PREPRINT


def test_a_registration_number_joins_and_two_of_one_registry_part() -> None:
    other: dict[str, Any] = {"title": "Muscle size after training", "authors": "Doe J", "place": "Gut 1:1"}
    found = link(cited(registration="NCT 0123-4567"), cited(**other, registration="isrctn9; nct01234567"))
    assert found
    assert found.reason == "same registration (nct01234567)"
    assert link(cited(registration="NCT01"), cited(place="medRxiv :", registration="NCT02")) is None


def test_versions_of_a_cochrane_review_are_one_review() -> None:
    one, two = (cited(year=y, DOI=f"10.1002/14651858.CD004816{v}") for y, v in ((2011, ""), (2019, ".pub5")))
    found = link(one, two)
    assert found
    assert found.sure


def test_two_papers_that_name_one_trial_and_share_authors_are_for_a_person() -> None:
    one = cited(title="Design of the LEADER trial of bezafibrate", place="Gut 1:1")
    two = cited(title="Stroke in the LEADER trial", place="Gut 5:9", year=2025)
    found = link(one, two)
    assert found
    assert (found.sure, "LEADER" in found.reason) == (False, True)
    assert link(one, cited(title="Stroke in the LEADER trial", place="Gut 5:9", authors="Doe J")) is None


def test_one_text_in_two_publications_is_one_study() -> None:
    words = ("Sixty adults were trained for weeks.", "Strength rose by 12 per cent.")
    one, two = (Publication.of_study(study(p, *words)) for p in (cited(), cited(place="medRxiv :", authors="")))
    found = link(one, two)
    assert found
    assert found.reason == "nearly the same text in two publications"
    strangers = Publication.of_study(study(cited("Smoking in mice", "Doe J", place="Gut 5:9"), *words))
    doubtful = link(one, strangers)
    assert doubtful
    assert (found.sure, doubtful.sure) == (True, False), "an abstract may stand under the title of its neighbour"


@pytest.mark.parametrize(
    "title",
    [
        "Reprint of: {}",
        "Reprint of “{}”",
        "Republished: {}",
        "{} [Reprint]",
        "{} (Reprinted from Gut, vol 31, pg 23-27)",
    ],
)
def test_a_reprint_may_be_the_study_again_and_is_for_a_person(title: str) -> None:
    found = link(cited(), cited(title.format(TITLE), place="Postgrad Med J 99:9", year=2022))
    assert found
    assert not found.sure
