"""Two ways of writing one identifier are one identifier; what is none is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.services.identifiers import (
    Identifier,
    IdentifierKind,
    identifiers_of,
    parse_identifier,
    same_doi,
)
from schemas.study import Citation

DOI = Identifier(IdentifierKind.DOI, "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2")


@pytest.mark.parametrize(
    "text",
    [
        "10.1234/ABC.5",
        "doi:10.1234/abc.5",
        "DOI: 10.1234/abc.5.",
        "https://doi.org/10.1234/abc.5",
        "http://dx.doi.org/10.1234%2Fabc.5",
        "doi.org/10.1234/Abc.5",
        "info:doi/10.1234/abc.5",
        " 10.1234/abc.5, ",
        "https://journals.example.org/doi/full/10.1234/abc.5",
        "(10.1234/abc.5)"[1:],
        "(10.1234/abc.5)",
        "<https://doi.org/10.1234/abc.5>",
        "[doi:10.1234/abc.5]",
    ],
)
def test_a_doi_is_known_in_every_way_of_writing(text: str) -> None:
    assert parse_identifier(text) == Identifier(IdentifierKind.DOI, "10.1234/abc.5")


def test_a_doi_keeps_its_brackets_and_semicolons() -> None:
    printed = "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2"
    assert parse_identifier(printed) == parse_identifier(f"<https://doi.org/{printed}>") == DOI


@pytest.mark.parametrize(
    "text",
    [
        "12345678",
        "PMID 12345678",
        "PMID: 12345678",
        "pmid:12345678",
        "PubMed ID: 12345678",
        "https://pubmed.ncbi.nlm.nih.gov/12345678/",
        "https://www.ncbi.nlm.nih.gov/pubmed/12345678",
        "https://europepmc.org/article/MED/12345678",
        "012345678"[1:],
    ],
)
def test_a_pmid_is_known_in_every_way_of_writing(text: str) -> None:
    assert parse_identifier(text) == Identifier(IdentifierKind.PMID, "12345678")


@pytest.mark.parametrize(
    "text",
    [
        "PMC123456",
        "pmc123456",
        "PMCID: PMC123456",
        "PMC123456.1",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC123456/",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123456/pdf/main.pdf",
        "https://europepmc.org/article/PMC/PMC123456",
        "europepmc.org/articles/PMC123456",
    ],
)
def test_a_pmcid_is_known_in_every_way_of_writing(text: str) -> None:
    assert parse_identifier(text) == Identifier(IdentifierKind.PMCID, "PMC123456")


@pytest.mark.parametrize(
    "text",
    ["", "hello", "10.1234", "10.12/abc", "0", "999999999", "PMC", "NCT01234567", "https://example.org/12345678",
     "https://doi.org/", "10.1234/ab c", "-5", "study.pdf", "http://[bad", "10.1234/" + "x" * 400],
)  # fmt: skip
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert parse_identifier(text) is None


@given(st.text(max_size=80))
def test_any_text_is_an_identifier_or_none_and_reading_it_again_gives_the_same(text: str) -> None:
    found = parse_identifier(text)
    assert found is None or parse_identifier(found.value) == found


def test_a_citation_states_its_well_formed_identifiers_only() -> None:
    citation = Citation(id="x", DOI="https://doi.org/10.1234/A", PMID="nonsense", PMCID="77")
    assert [i.value for i in identifiers_of(citation)] == ["10.1234/a", "PMC77"]


def test_dois_are_compared_however_they_are_written() -> None:
    assert same_doi("10.1234/ABC", "https://doi.org/10.1234/abc")
    assert not same_doi("10.1234/abc", "10.1234/abd")
    assert not same_doi("nonsense", "nonsense")
    assert not same_doi(None, "10.1234/abc")
