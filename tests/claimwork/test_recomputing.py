"""A written analysis settled again: what differs is named once, and what does not is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from pipeline import synthesis
from pipeline.claimwork.recomputing import Recomputed, recompute
from pipeline.settings import SynthesisSettings
from schemas.analysis import ClaimAnalysis
from schemas.claim import Claim
from schemas.quotation import LocatedQuote
from schemas.vocabulary import MatchGrade
from tests.scripted import Scripted, pumped
from tests.test_synthesis import STUDIES

Quotes = tuple[LocatedQuote, ...]
SOURCES = {s.id: s for s in STUDIES}


@pytest.fixture(scope="module")
def analysis() -> ClaimAnalysis:
    claim = Claim(id="c", text="Training raises strength.")
    return pumped(synthesis.synthesise(claim, STUDIES, SynthesisSettings(searched_on=date(2026, 1, 2))), Scripted())


def again(analysis: ClaimAnalysis, change: Callable[[Quotes], Quotes]) -> Recomputed:
    quotations = change(analysis.evidence.quotations)
    evidence = analysis.evidence.model_copy(update={"quotations": quotations})
    return recompute(analysis.model_copy(update={"evidence": evidence}), SOURCES)


def test_an_untouched_analysis_does_not_differ(analysis: ClaimAnalysis) -> None:
    assert len(analysis.evidence.quotations) > 2
    result = again(analysis, lambda quotes: quotes)
    assert result.differences == ()
    assert result.broken == ()
    assert result.quotations == len(analysis.evidence.quotations)


def test_the_order_of_quotations_means_nothing(analysis: ClaimAnalysis) -> None:
    assert again(analysis, lambda quotes: quotes[::-1]).differences == ()


def test_one_quotation_that_is_missing_is_one_difference(analysis: ClaimAnalysis) -> None:
    (difference,) = again(analysis, lambda quotes: quotes[1:]).differences
    assert difference.endswith("not stored, but due")


def test_one_quotation_too_many_is_one_difference(analysis: ClaimAnalysis) -> None:
    def with_stranger(quotes: Quotes) -> Quotes:
        key = quotes[0].key.model_copy(update={"text": "Nobody ever said this."})
        return (quotes[0].model_copy(update={"key": key}), *quotes)

    (difference,) = again(analysis, with_stranger).differences
    assert "Nobody ever said this." in difference
    assert difference.endswith("stored, but not due")


def test_a_quotation_stored_twice_is_a_difference(analysis: ClaimAnalysis) -> None:
    assert again(analysis, lambda quotes: (*quotes, quotes[0])).differences == (
        "1 quotations are stored more than once",
    )


def test_a_changed_finding_is_named_with_what_it_was_and_is(analysis: ClaimAnalysis) -> None:
    def graded(quotes: Quotes) -> Quotes:
        return (quotes[0].model_copy(update={"match": MatchGrade.NOT_FOUND}), *quotes[1:])

    (difference,) = again(analysis, graded).differences
    assert f"stored {MatchGrade.NOT_FOUND}, now {analysis.evidence.quotations[0].match}" in difference


def test_a_changed_place_is_named_by_its_fields(analysis: ClaimAnalysis) -> None:
    def moved(quotes: Quotes) -> Quotes:
        return (quotes[0].model_copy(update={"page": 77}), *quotes[1:])

    (difference,) = again(analysis, moved).differences
    assert difference.endswith("stored and now differ in page")


def test_a_source_that_changed_since_is_named(analysis: ClaimAnalysis) -> None:
    first, *others = STUDIES
    changed = {s.id: s for s in (first.model_copy(update={"sha256": "0" * 64}), *others)}
    result = recompute(analysis, changed)
    assert any("its source has changed since" in line for line in result.differences)


def test_without_all_sources_quotations_stay_as_they_are_stored(analysis: ClaimAnalysis) -> None:
    result = recompute(analysis, {})
    assert result.differences == ()
    assert result.quotations == 0
