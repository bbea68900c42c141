"""A summary may say its facts and nothing else, within its tier, short and plain."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.prose import Counts, examine, permitted_wording, speaks_of_animals_or_cells
from schemas.summary import Fact, SummaryReply, SummarySentence
from schemas.vocabulary import Species, VerbTier

FACTS = (
    Fact(id="F1", text="2 independent studies measured something that bears on the claim, with 1,234 people in all."),
    Fact(id="F2", text="Certainty of the evidence (GRADE): very low."),
)
NEEDED = Counts(2, 1234, frozenset({Species.HUMAN}))


def says(text: str, *rests_on: str) -> SummarySentence:
    return SummarySentence(text=text, rests_on=rests_on or ("F1",))


def reply(*simple: SummarySentence, **changes: Any) -> SummaryReply:
    fields: dict[str, Any] = {
        "teaser": says("Training one leg may be linked to a stronger other leg."),
        "how_it_works": (says("Nobody has measured how this might come about."),),
        "in_simple_terms": simple
        or (says("Two studies with 1,234 people looked at this."), says("It is very uncertain.", "F2")),
    }
    return SummaryReply(**(fields | changes))


def problems(r: SummaryReply, needed: Counts = NEEDED, tier: VerbTier = VerbTier.LINKED) -> list[str]:
    return [f"{f.where}: {f.problem}" for f in examine(r, FACTS, tier, needed)]


def test_a_plain_summary_of_its_facts_may_stand() -> None:
    assert problems(reply()) == []


def test_a_sentence_that_rests_on_no_known_fact_is_refused() -> None:
    assert any("F9, which is no fact" in p for p in problems(reply(teaser=says("It is so.", "F9"))))


def test_a_number_that_stands_in_none_of_its_facts_is_refused() -> None:
    found = problems(reply(says("Two studies with 1234 people saw a rise of 12 %."), says("That is all.")))
    assert [p for p in found if "number" in p] == ["in simple terms: the number 12 stands in none of its facts"]


def test_a_number_must_stand_in_the_very_fact_that_is_named() -> None:
    assert any("number 1,234" in p for p in problems(reply(says("Two studies had 1,234 people.", "F2"), says("So."))))


@pytest.mark.parametrize("tier", [VerbTier.LINKED, VerbTier.CAN])
def test_a_verb_above_the_tier_is_refused(tier: VerbTier) -> None:
    causal = reply(teaser=says("Training one leg makes the other leg stronger."))
    assert any(p.startswith("teaser") for p in problems(causal, tier=tier))
    assert problems(causal, tier=VerbTier.DIRECT) == []


def test_how_many_studies_and_people_must_be_stated() -> None:
    found = problems(reply(says("Some studies looked at this."), says("It is uncertain.", "F2")))
    assert any("how many studies" in p for p in found)
    assert any("how many took part" in p for p in found)


def test_species_other_than_people_must_be_named() -> None:
    animals = Counts(2, 1234, frozenset({Species.ANIMAL}))
    assert any("come from animal" in p for p in problems(reply(), animals))
    rats = reply(says("Two studies with 1,234 rats looked at this."), says("It is very uncertain.", "F2"))
    assert problems(rats, animals) == []


def test_too_long_and_too_hard_texts_are_refused() -> None:
    long = reply(*[says("Two studies with 1,234 people looked at this and were all very short indeed.")] * 9)
    assert any("at most 120" in p for p in problems(long))
    hard = reply(
        says("Two investigations comprising 1,234 individuals characterised contralateral neuromuscular adaptation."),
        says("Electromyographic amplitude demonstrated considerable heterogeneity notwithstanding standardisation."),
    )
    assert any("reads at grade" in p for p in problems(hard))


def test_no_studies_can_be_said_in_words() -> None:
    none = Counts(0, None, frozenset())
    assert problems(reply(says("No study has looked at this."), says("Nobody knows.")), none) == []


def test_the_permitted_wording_says_what_the_tier_allows() -> None:
    assert "Never say" in permitted_wording(VerbTier.LINKED, None)
    assert "very uncertain" in permitted_wording(VerbTier.LINKED, None)


def test_a_claim_about_cells_is_recognised() -> None:
    assert speaks_of_animals_or_cells("Thyme oil kills bacteria")
    assert not speaks_of_animals_or_cells("Creatine improves memory in adults")
