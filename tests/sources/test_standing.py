"""Notices are named in many ways and mean the same from whatever service they come."""

from __future__ import annotations

import pytest

from pipeline.sources.records.relations import relation_of
from pipeline.sources.standing import implied_status, link_by_notice, link_by_phrase, worst
from schemas.study import Relation
from schemas.vocabulary import PublicationStatus, RelationKind


@pytest.mark.parametrize(
    ("phrase", "notice", "article", "back"),
    [
        ("RetractionIn", "retraction", RelationKind.RETRACTED_BY, RelationKind.RETRACTS),
        ("Retracted and republished in", "withdrawal", RelationKind.RETRACTED_BY, RelationKind.RETRACTS),
        ("Partial retraction in", "partial_retraction", RelationKind.CONCERN_BY, RelationKind.CORRECTS),
        ("ExpressionOfConcernIn", "expression_of_concern", RelationKind.CONCERN_BY, RelationKind.COMMENTS_ON),
        ("erratum in", "Corrigendum", RelationKind.CORRECTED_BY, RelationKind.CORRECTS),
        ("CorrectedandRepublishedIn", "addendum", RelationKind.CORRECTED_BY, RelationKind.CORRECTS),
        ("Comment in", "clarification", RelationKind.COMMENTED_BY, RelationKind.COMMENTS_ON),
    ],
)
def test_a_notice_makes_the_same_link_whoever_names_it(
    phrase: str, notice: str, article: RelationKind, back: RelationKind
) -> None:
    assert link_by_phrase(phrase) is link_by_notice(notice, on_article=True) is article
    assert link_by_notice(notice, on_article=False) is back


@pytest.mark.parametrize("phrase", ["", "in", "Correction", "SummaryForPatientsIn", "UpdateOf", "constructor of"])
def test_what_names_no_notice_makes_no_link(phrase: str) -> None:
    assert link_by_phrase(phrase) is None


def test_a_partial_retraction_in_pubmed_is_a_concern_as_it_is_in_crossref() -> None:
    relation = relation_of("PartialRetractionIn", "J Loopback Trials. 2024;8:1")
    assert relation is not None
    assert implied_status([relation]) is PublicationStatus.EXPRESSION_OF_CONCERN


def test_the_worst_status_wins_and_nothing_said_is_nothing() -> None:
    assert worst([PublicationStatus.CORRECTED, None, PublicationStatus.PUBLISHED]) is PublicationStatus.CORRECTED
    assert worst([None]) is None
    assert implied_status([Relation(kind=RelationKind.COMMENTED_BY)]) is None
