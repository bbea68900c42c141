"""One identifier in the spellings of many databases; what is none is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.identifiers import identifiers, own, plain_doi, plain_pmcid, plain_pmid, targets
from schemas.study import Citation, Relation
from schemas.vocabulary import RelationKind


@pytest.mark.parametrize(
    "written",
    [
        "10.1016/S0140-6736(20)30183-5",
        "doi:10.1016/s0140-6736(20)30183-5",
        "https://doi.org/10.1016/S0140-6736(20)30183-5.",
        "http://dx.doi.org/10.1016%2FS0140-6736(20)30183-5",
        "(10.1016/S0140-6736(20)30183-5)",
        " DOI 10.1016/S0140-6736(20)30183-5, ",
    ],
)
def test_a_doi_is_one_whatever_a_database_makes_of_it(written: str) -> None:
    assert plain_doi(written) == "10.1016/s0140-6736(20)30183-5"


@pytest.mark.parametrize("written", [None, "", "n/a", "10.12", "S0140-6736(20)30183-5", "10.1/x" + "y" * 600])
def test_what_is_no_doi_is_nothing(written: str | None) -> None:
    assert plain_doi(written) is None


def test_versions_of_a_preprint_are_one_and_those_of_a_cochrane_review_are_not() -> None:
    assert plain_doi("10.1101/2020.03.15.20036707v2") == "10.1101/2020.03.15.20036707"
    assert plain_doi("10.1002/14651858.CD004816.pub4") == "10.1002/14651858.cd004816.pub4"


def test_pmid_and_pmcid_lose_what_databases_put_around_them() -> None:
    assert plain_pmid(" PMID: 019756705") == "19756705"
    assert plain_pmid("19756705 [pubmed]") is None
    assert plain_pmcid("PMC4262123.2") == plain_pmcid("4262123") == "pmc4262123"
    assert plain_pmcid("none") is None
    assert plain_pmcid(None) is None


def test_a_citation_has_the_identifiers_that_it_names() -> None:
    cited = Citation(id="a", DOI="https://doi.org/10.1234/X", PMID="0", PMCID="PMC7")
    assert identifiers(cited) == ("doi:10.1234/x", "pmcid:pmc7")
    assert identifiers(Citation(id="a")) == ()


def test_a_relation_points_by_identifier_and_by_study_only_without_one() -> None:
    kind = RelationKind.SAME_STUDY
    assert targets(Relation(kind=kind, DOI="10.1234/x", PMID="7", reference="a")) == ("doi:10.1234/x", "pmid:7")
    assert targets(Relation(kind=kind, reference="a")) == (own("a"),)
    assert targets(Relation(kind=kind, reference="PMC42")) == ("pmcid:pmc42",)
    assert targets(Relation(kind=kind, reference="PMC-trial")) == (own("PMC-trial"),)
    assert targets(Relation(kind=kind)) == ()


@given(st.text(st.sampled_from("10./abc )(]<>.,;v2%"), max_size=40))
def test_a_normalised_doi_stays_as_it_is(text: str) -> None:
    doi = plain_doi(f"10.1234/{text}")
    assert doi is None or plain_doi(doi) == doi
