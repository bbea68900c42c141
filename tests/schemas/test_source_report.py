"""The table in which every import ends: no item without a reason, no count that is not that of the items."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.source_report import SourceItem, SourceOutcome, SourceReport


def test_every_outcome_is_counted_and_the_report_survives_json() -> None:
    report = SourceReport.of(
        [
            SourceItem(source="10.1234/a", outcome=SourceOutcome.READ, study="a"),
            SourceItem(source="10.1234/a", outcome=SourceOutcome.DUPLICATE, study="a", duplicate_of="a"),
            SourceItem(source="x.ris", record=3, line=40, outcome=SourceOutcome.FAILED, reason="has no title"),
        ]
    )
    assert report.counts == {"read": 1, "known": 0, "duplicate": 1, "citation_only": 0, "failed": 1}
    assert SourceReport.model_validate_json(report.model_dump_json()) == report


def test_counts_that_are_not_those_of_the_items_are_refused() -> None:
    with pytest.raises(ValidationError, match="counts are not those of the items"):
        SourceReport(items=(), counts=dict.fromkeys(SourceOutcome, 1))


@pytest.mark.parametrize("outcome", [SourceOutcome.FAILED, SourceOutcome.CITATION_ONLY])
def test_an_item_that_is_no_study_says_why(outcome: SourceOutcome) -> None:
    with pytest.raises(ValidationError, match="needs a reason"):
        SourceItem(source="x", outcome=outcome)


def test_only_a_duplicate_says_of_what_it_is_one() -> None:
    with pytest.raises(ValidationError, match="a duplicate, and nothing else"):
        SourceItem(source="x", outcome=SourceOutcome.DUPLICATE)
    with pytest.raises(ValidationError, match="a duplicate, and nothing else"):
        SourceItem(source="x", outcome=SourceOutcome.READ, duplicate_of="y")
