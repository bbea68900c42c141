"""Facts say what the rules settled, and nothing is called missing that is there."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.rules.facts import build_facts
from schemas.settlement import SettledRung
from schemas.vocabulary import RungStatus
from tests.scripted import Scripted
from tests.test_synthesis import analysed


def test_the_strongest_missing_study_is_a_fact_only_while_one_is_missing() -> None:
    settlement = analysed(Scripted()).settlement

    def said(rungs: Sequence[SettledRung]) -> str:
        made = build_facts(settlement.studies, str, lambda _: "", settlement.verdict, settlement.grade, None, (), rungs)
        return " ".join(fact.text for fact in made)

    there = [r.model_copy(update={"status": RungStatus.EXISTS}) for r in settlement.rungs]
    partly = [r.model_copy(update={"status": RungStatus.PARTIAL}) for r in settlement.rungs]
    assert "would settle the claim" not in said(there)
    assert f"exists only in part: {partly[1].title}." in said([there[0], *partly[1:]])
