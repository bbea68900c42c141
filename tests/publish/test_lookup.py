"""Studies and quotations are found by their ids; what is not held keeps the name that was given."""

from __future__ import annotations

from pipeline.publish.lookup import Lookup, around
from pipeline.publish.viewing import page_of
from tests.publish import example_studies
from tests.publish.example import rich_analysis, settled


def test_a_quotation_stands_alone_when_its_context_does_not_hold_it() -> None:
    quote = example_studies.located(example_studies.A_RESULT)
    assert around(quote.model_copy(update={"context": "Something else."})) == ("", quote.located, "")
    assert around(quote.model_copy(update={"context": None})) == ("", quote.located, "")


def test_a_quotation_of_an_unknown_study_keeps_the_name_that_was_given() -> None:
    analysis = rich_analysis()
    key = example_studies.A_RESULT.model_copy(update={"study": "unknown-1999"})
    stray = analysis.evidence.quotations[0].model_copy(update={"key": key})
    evidence = analysis.evidence.model_copy(update={"quotations": (*analysis.evidence.quotations, stray)})
    judgement = analysis.settlement.link_evidence[0].model_copy(update={"quotes": (key,), "study": "unknown-1999"})
    page = page_of(settled(analysis, link_evidence=(judgement,)).model_copy(update={"evidence": evidence}))
    assert page.main_chain is not None
    shown_evidence = page.main_chain.links[0].evidence[0]
    assert (shown_evidence.study, shown_evidence.anchor) == ("unknown-1999", "")
    assert (shown_evidence.quotations[0].study, shown_evidence.quotations[0].anchor) == ("unknown-1999", "")


def test_ids_of_studies_in_sentences_of_the_rules_become_labels() -> None:
    lookup = Lookup(rich_analysis())
    record = lookup.evidence.studies[0]
    assert lookup.named(f"Met by {record.id}.") == f"Met by {record.citation.label}."
    assert lookup.named(f"x-{record.id}-y stays") == f"x-{record.id}-y stays"
