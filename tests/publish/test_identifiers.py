"""Links out are built from identifiers of proven form only."""

from __future__ import annotations

from pipeline.publish.viewing import page_of
from schemas.study import Citation
from tests.publish.example import bare_analysis, rich_analysis
from tests.publish.example_studies import FIR


def test_identifiers_that_do_not_have_their_form_are_not_linked() -> None:
    hostile = next(s for s in page_of(rich_analysis()).study_lists[-1].studies if s.label.startswith("Thorn"))
    assert hostile.links == ()


def test_identifiers_of_proven_form_are_linked() -> None:
    analysis = bare_analysis()
    citation = Citation.model_validate(
        {**FIR.citation.model_dump(), "PMCID": "PMC42", "PMID": "7", "DOI": "10.5555/a;b"}
    )
    record = analysis.evidence.studies[0].model_copy(update={"citation": citation})
    evidence = analysis.evidence.model_copy(update={"studies": (record,)})
    card = page_of(analysis.model_copy(update={"evidence": evidence})).study_lists[-1].studies[0]
    assert [link.url for link in card.links] == [
        "https://doi.org/10.5555/a%3Bb",
        "https://pubmed.ncbi.nlm.nih.gov/7/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC42/",
    ]
