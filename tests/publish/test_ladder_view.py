"""GRADE with every reason, and the ladder with computed numbers."""

from __future__ import annotations

import pytest

from pipeline.publish.view import Pair
from pipeline.publish.viewing import page_of
from schemas.ladder import SampleSize
from tests.publish.example import bare_analysis, rich_analysis, settled


def test_the_ladder_shows_status_size_and_criteria() -> None:
    first, second, third = page_of(rich_analysis()).rungs
    assert (first.status.text, first.size) == ("Missing", "200 (100 per group)")
    assert first.size_formula.endswith("two-sided α 0.05, power 0.9")
    assert "confidence interval" in first.confirms
    assert "confidence interval" in first.refutes
    assert second.size == "not computed (no target effect that a formula applies to)"
    assert second.met_by == ("Birch & Cedar 2019",)
    assert (third.size, third.plan, third.confirms) == ("not computed", (), "")
    assert Pair("Would resolve", "imprecision and risk of bias") in first.plan


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (SampleSize(total=1500, formula="3 / p"), "1,500"),
        (SampleSize(total=150, per_group=(100, 50), formula="2 to 1"), "150 (100 and 50)"),
    ],
)
def test_sample_sizes_without_equal_groups(size: SampleSize, words: str) -> None:
    analysis = rich_analysis()
    rung = analysis.settlement.rungs[0].model_copy(update={"sample_size": size})
    assert page_of(settled(analysis, rungs=(rung,))).rungs[0].size == words


def test_grade_is_shown_with_every_change_and_its_reason() -> None:
    grade = page_of(rich_analysis()).grade
    assert grade is not None
    assert (grade.certainty, grade.level, grade.start) == ("Very low", 1, 4)
    assert [(r.domain, r.change) for r in grade.rows] == [
        ("Risk of bias", "\N{MINUS SIGN}1"),
        ("Inconsistency", "0"),
        ("Indirectness", "\N{MINUS SIGN}1"),
        ("Imprecision", "\N{MINUS SIGN}1"),
    ]
    assert page_of(bare_analysis()).grade is None
