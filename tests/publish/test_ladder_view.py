"""GRADE with every reason, and the ladder with computed numbers."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeline.publish.view import Pair
from pipeline.publish.viewing import page_of
from pipeline.publish.words import TARGET_EFFECT
from schemas.ladder import Rung, SampleSize, TargetEffect
from schemas.vocabulary import Side, VerdictLevel
from tests.publish.example import bare_analysis, rich_analysis, settled


def test_the_ladder_shows_status_size_and_criteria() -> None:
    first, second, third = page_of(rich_analysis()).rungs
    assert (first.status.text, first.size) == ("Missing", "200 (100 per group)")
    assert first.size_formula.endswith("two-sided α 0.05, power 0.9")
    assert "confidence interval" in first.confirms
    assert "confidence interval" in first.refutes
    assert (second.size, second.size_formula) == ("not computed", "no target effect that a formula applies to")
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


def test_participants_are_people_and_whatever_else_is_a_sample() -> None:
    analysis = rich_analysis()
    first = analysis.settlement.rungs[0]

    def term(rung: Rung, population: str) -> str:
        plan = first.plan.model_copy(update={"population": population}) if first.plan else None
        changed = first.model_copy(update={"rung": rung, "plan": plan})
        return page_of(settled(analysis, rungs=(changed,))).rungs[0].size_term

    assert term(Rung.BLOCK_RESCUE, "Healthy adults") == "Participants"
    assert term(Rung.BLOCK_RESCUE, "Adults; animals only where people cannot be measured") == "Participants"
    assert term(Rung.BLOCK_RESCUE, "Sprague-Dawley rats of both sexes") == "Sample"
    assert term(Rung.ANIMAL_PERTURBATION, "") == "Sample"


def test_studies_that_the_reason_names_are_not_named_again() -> None:
    analysis = rich_analysis()
    rung = analysis.settlement.rungs[1].model_copy(update={"status_reason": "birch-2019: 1500 people, 2446 needed."})
    shown = page_of(settled(analysis, rungs=(rung,))).rungs[0]
    assert shown.status_reason == "Birch & Cedar 2019: 1,500 people, 2,446 needed."
    assert shown.met_by == ()


def test_a_rung_without_a_target_effect_needs_no_number() -> None:
    analysis = rich_analysis()
    rung = analysis.settlement.rungs[1]
    assert rung.plan is not None
    target = TargetEffect(kind="not_applicable", value=None, second=None, source="")
    plan = rung.plan.model_copy(update={"target_effect": target})
    shown = page_of(settled(analysis, rungs=(rung.model_copy(update={"plan": plan}),))).rungs[0]
    assert shown.size == "no number applies to this kind of evidence"
    assert "Effect assumed" not in {p.term for p in shown.plan}


def test_every_target_effect_has_words() -> None:
    assert set(TARGET_EFFECT) == set(get_args(TargetEffect.model_fields["kind"].annotation))


def test_what_was_rated_names_effect_side_and_studies() -> None:
    analysis = rich_analysis()
    profile, verdict = analysis.settlement.grade, analysis.settlement.verdict
    assert profile is not None
    named = profile.model_copy(update={"rated": ("S-alder-2021", "S-birch-2019")})

    def rated(**changes: object) -> str:
        grade = page_of(settled(analysis, **{"grade": named, **changes})).grade
        return grade.rated if grade else ""

    assert rated().startswith("What was rated: the claimed effect (")
    assert rated().endswith("), by the studies for the claim: Alder et al. 2021 and Birch & Cedar 2019.")
    assert rated(grade=profile).endswith("by the studies for the claim.")
    against = verdict.model_copy(update={"side": Side.AGAINST})
    assert "by the studies against the claim: " in rated(verdict=against)
    neither = verdict.model_copy(update={"side": None, "level": VerdictLevel.INCONCLUSIVE})
    assert rated(verdict=neither) == (
        "Certainty of the few studies on the claim's side: Alder et al. 2021 and Birch & Cedar 2019."
    )
