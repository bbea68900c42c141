"""What a page says of an analysis: look-ups, joins and wording, and nothing that the rules did not settle."""

from __future__ import annotations

from typing import cast

import pytest

from pipeline.publish.viewing import page_of
from pipeline.publish.words import BADGE_LOOK
from pipeline.rules.verdict import shown
from schemas.settlement import Balance
from schemas.vocabulary import Side, VerdictLevel
from tests.publish.example import bare_analysis, incomplete_analysis, rich_analysis, settled
from tests.publish.example_studies import STUDIES


def test_missing_summary_ladder_and_mechanism_become_honest_sentences() -> None:
    page = page_of(incomplete_analysis())
    assert page.summary.missing == "There is no plain-language summary: it needs the mechanism."
    assert page.no_ladder == "The ladder of ideal evidence was not filled in: the reply was cut off twice."
    assert page.no_chain == "No mechanism was proposed: the model refused to answer."
    assert page.main_chain is None
    assert page_of(bare_analysis()).no_chain == "No mechanism was proposed."


def test_a_summary_sentence_shows_the_facts_that_it_rests_on() -> None:
    last = page_of(rich_analysis()).summary.simple[-1]
    assert last.rests_on == ("Step 2 was partly measured; the link is inferred.", "F9: no such fact")


def test_a_summary_without_readability_says_nothing_of_it() -> None:
    assert page_of(settled(rich_analysis(), readability=None)).summary.readability == ""


@pytest.mark.parametrize(("level", "side"), BADGE_LOOK)
def test_the_badge_has_the_words_of_the_rules_and_a_shape_of_its_own(level: VerdictLevel, side: Side | None) -> None:
    analysis = rich_analysis()
    verdict = analysis.settlement.verdict.model_copy(update={"level": level, "side": side})
    page = page_of(settled(analysis, verdict=verdict))
    assert page.badge.text == shown(verdict)
    assert page.badge_meaning
    assert page.basis_sentence.endswith("7 studies searched.")
    assert bool(page.scores) is (level is not VerdictLevel.NOT_SETTLED)


def test_every_badge_differs_in_more_than_colour() -> None:
    for side in (Side.SUPPORT, Side.AGAINST, None):
        icons = [icon for (_, s), (_, icon) in BADGE_LOOK.items() if s is side]
        assert len(icons) == len(set(icons))


def test_evidence_against_is_named_first_where_it_wins() -> None:
    analysis = rich_analysis()
    verdict = analysis.settlement.verdict.model_copy(update={"side": Side.AGAINST})
    page = page_of(settled(analysis, verdict=verdict))
    assert page.basis_sentence == "From 2 independent studies against and 3 for; 7 studies searched."


def test_the_tally_counts_directions() -> None:
    one = Balance.model_validate(
        {**rich_analysis().settlement.balance.model_dump(), "positive_directions": 1, "directions": 1}
    )
    assert page_of(settled(rich_analysis(), balance=one)).tally == (
        "1 of 1 independent study points in the claimed direction, significant or not."
    )
    assert page_of(bare_analysis()).tally == ""


def test_every_text_of_the_page_is_on_one_line_and_printable() -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, tuple):
            return [t for v in cast("tuple[object, ...]", value) for t in texts(v)]
        slots = getattr(type(value), "__dataclass_fields__", {})
        return [t for name in slots for t in texts(getattr(value, name))]

    found = texts(page_of(rich_analysis()))
    assert len(found) > 500
    assert all(t.isprintable() for t in found)


def test_provenance_names_versions_models_sources_and_requests() -> None:
    origin = page_of(rich_analysis()).origin
    facts = {p.term: p.text for p in origin.facts}
    assert facts["Models that answered"] == "example-model-2026-08, <script>alert(1)</script>"
    assert facts["Tokens"] == "181,204 read (96,000 from cache), 21,310 written; 2 replies without usage"
    assert facts["Rules"] == "1"
    assert len(origin.sources) == len(STUDIES)
    assert len(origin.request_ids) == 2
    complete = rich_analysis()
    usage = complete.provenance.usage.model_copy(update={"unreported": 0})
    quiet = complete.model_copy(
        update={"provenance": complete.provenance.model_copy(update={"usage": usage, "models_answered": ()})}
    )
    facts = {p.term: p.text for p in page_of(quiet).origin.facts}
    assert facts["Tokens"].endswith("written")
    assert facts["Models that answered"] == "none named"


def test_unrecorded_usage_and_unnamed_models_are_not_dressed_up() -> None:
    rich = rich_analysis()
    usage = rich.provenance.usage.model_copy(update={"unreported": rich.provenance.usage.replies})
    models = {"model_asked": "language-model", "models_answered": ("language-model",), "usage": usage}
    page = page_of(rich.model_copy(update={"provenance": rich.provenance.model_copy(update=models)}))
    facts = {p.term: p.text for p in page.origin.facts}
    assert "Tokens" not in facts
    assert facts["Model asked for"] == facts["Models that answered"] == "a language model (name not recorded)"


def test_long_claims_are_shortened_in_the_title_only() -> None:
    analysis = rich_analysis()
    claim = analysis.evidence.claim.model_copy(update={"text": "word " * 200})
    page = page_of(analysis.model_copy(update={"evidence": analysis.evidence.model_copy(update={"claim": claim})}))
    assert len(page.title) < 130
    assert len(page.claim) > 900
