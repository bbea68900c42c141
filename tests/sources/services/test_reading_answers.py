"""Whatever JSON a service sends, it becomes a publication or a fault of that service, and text stays text."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.records.csl_json import read_csl_json
from pipeline.sources.records.record import Record
from pipeline.sources.services.asking import Asking, Told
from pipeline.sources.services.crossref import ask_crossref
from pipeline.sources.services.europe_pmc import ask_europe_pmc
from pipeline.sources.services.faults import ServiceFaultError
from pipeline.sources.services.identifiers import Identifier, IdentifierKind
from pipeline.sources.services.pace import Pace, Service
from pipeline.sources.services.service_record import (
    ServiceRecord,
    agree,
    is_printed_in,
    joined_citation,
    joined_relations,
    new_relations,
    same_title,
)
from schemas.study import Citation, Name, Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind

DOI = "10.5555/x"
SERVICE = Service("Service", "https://service.example", Pace(1))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CROSSREF_KEYS = (
    "title", "subtitle", "author", "issued", "published", "container-title", "volume", "page", "type", "subtype",
    "abstract", "updated-by", "update-to", "relation", "clinical-trial-number", "language", "aliases",
)  # fmt: skip
EUROPE_PMC_KEYS = (
    "title", "authorList", "journalInfo", "pubYear", "pubTypeList", "commentCorrectionList", "abstractText", "pmid",
    "pmcid", "license", "isOpenAccess", "inEPMC", "source", "id", "language",
)  # fmt: skip
NESTED = st.fixed_dictionaries(
    {},
    optional={
        "DOI": LEAVES, "type": st.sampled_from(["retraction", "erratum", "Retraction in", "x"]), "updated": JSON,
        "id": LEAVES, "id-type": st.just("doi"), "family": LEAVES, "given": LEAVES, "date-parts": JSON,
        "commentCorrection": JSON, "author": JSON, "reference": LEAVES,
    },
)  # fmt: skip
VALUES = JSON | NESTED | st.lists(NESTED, max_size=3)


class Answering:
    """Stands in for a client: it gives one answer to every question."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def ask(self, service: Service, question: object, read: object, **_: object) -> Told[object]:
        understood = cast("type[object]", read)
        return Told(understood(self.body), "https://service.example/x", date(2026, 1, 31))  # pyright: ignore[reportCallIssue]


def said(body: object, ask: str) -> ServiceRecord | None:
    asking = cast("Asking", Answering(json.dumps(body).encode()))
    try:
        if ask == "crossref":
            return asyncio.run(ask_crossref(asking, SERVICE, DOI, timedelta()))
        return asyncio.run(ask_europe_pmc(asking, SERVICE, Identifier(IdentifierKind.DOI, DOI), timedelta()))
    except ServiceFaultError:
        return None


@given(st.dictionaries(st.sampled_from(CROSSREF_KEYS), VALUES, max_size=6))
def test_whatever_crossref_sends_is_a_publication_or_a_fault(work: dict[str, object]) -> None:
    found = said({"status": "ok", "message": {**work, "DOI": DOI}}, "crossref")
    assert found is None or found.citation.DOI == DOI


@given(st.dictionaries(st.sampled_from(EUROPE_PMC_KEYS), VALUES, max_size=6))
def test_whatever_europe_pmc_sends_is_a_publication_or_a_fault(result: dict[str, object]) -> None:
    found = said({"resultList": {"result": [{**result, "doi": DOI}]}}, "europe_pmc")
    assert found is None or found.citation.DOI == DOI


@given(JSON)
def test_an_answer_of_any_other_form_is_a_fault(body: object) -> None:
    assert said(body, "crossref") is None
    assert said(body, "europe_pmc") is None


def test_halves_of_characters_and_controls_leave_no_trace() -> None:
    found = said({"status": "ok", "message": {"DOI": DOI, "title": ["A \ud800title\u0000 of one"]}}, "crossref")
    assert found is not None
    assert found.citation.title == "A title of one"


def test_a_work_of_crossref_is_the_same_from_the_service_and_from_its_export() -> None:
    work = {
        "DOI": DOI, "type": "posted-content", "subtype": "preprint", "title": ["Grip"], "subtitle": ["A trial"],
        "author": [{"family": "Lee", "given": "A", "suffix": "Jr"}], "posted": {"date-parts": [[2020, 5]]},
        "clinical-trial-number": [{"clinical-trial-number": "chictr2000012345"}],
        "update-to": [{"type": "partial_retraction", "DOI": "10.5555/y", "updated": {"date-parts": [[2024, 3]]}}],
        "abstract": "<jats:p>It grew.</jats:p>",
    }  # fmt: skip
    asked = said({"status": "ok", "message": work}, "crossref")
    (record,) = read_csl_json(json.dumps(work))
    assert asked is not None
    assert isinstance(record, Record)
    assert (asked.citation, asked.passages, asked.registration) == (
        record.citation, record.passages, "CHICTR2000012345",
    )  # fmt: skip
    assert asked.citation.title == "Grip: A trial"
    assert (
        asked.relations == record.relations == (Relation(kind=RelationKind.CORRECTS, DOI="10.5555/y", date="2024-03"),)
    )


def test_the_kind_of_document_in_europe_pmc_is_that_of_its_types_in_pubmed() -> None:
    types = ["Journal Article", "Case Reports", "Review", "Retracted Publication"]
    result = {"doi": DOI, "title": "One case.", "pubTypeList": {"pubType": types}}
    found = said({"resultList": {"result": [result]}}, "europe_pmc")
    assert found is not None
    assert found.document is DocumentKind.CASE_REPORT
    assert found.status is PublicationStatus.RETRACTED


def test_notices_that_share_a_number_are_one_and_know_what_either_knows() -> None:
    by_doi = Relation(kind=RelationKind.RETRACTED_BY, DOI="10.1/A", date="2024")
    both = Relation(kind=RelationKind.RETRACTED_BY, DOI="10.1/a", PMID="5")
    other = Relation(kind=RelationKind.CORRECTED_BY, DOI="10.1/a")
    printed = Relation(kind=RelationKind.COMMENTED_BY, reference="J X. 2020")
    joined = joined_relations([[by_doi, printed], [both, other, printed]])
    assert joined == (by_doi.model_copy(update={"PMID": "5"}), printed, other)
    assert new_relations(joined, [both, other]) == ()
    assert new_relations([other], [both]) == (both,)


def test_a_field_of_the_citation_is_that_of_the_first_who_knows_it() -> None:
    def publication(**fields: object) -> ServiceRecord:
        return ServiceRecord("S", "u", date(2026, 1, 1), Citation.model_validate({"id": "x", **fields}))

    joined = joined_citation(
        [publication(title="First", PMID="5"), publication(title="Second", DOI="10.1/a", author=[{"family": "Lee"}])]
    )
    assert (joined.title, joined.PMID, joined.DOI, joined.label) == ("First", "5", "10.1/a", "Lee")
    assert joined.id == "lee-first"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Stair climbing and gait: a trial", "Stair climbing and gait", True),
        ("Stair Climbing and the Gait of Older Adults.", "Stair climbing and the gait of older adults", True),
        ("Stair climbing and the gait of older adults", "Knitting and the mood of retired miners", False),
        (None, "Anything", True),
    ],
)
def test_titles_of_one_publication_are_alike(one: str | None, other: str, *, same: bool) -> None:
    assert same_title(one, other) is same


def test_a_translated_title_is_recognised_by_author_and_year() -> None:
    def citation(title: str, author: str, year: int) -> Citation:
        named = {"id": "x", "title": title, "author": [Name(family=author)], "issued": {"date-parts": [[year]]}}
        return Citation.model_validate(named)

    german = citation("Treppensteigen und Gang im Alter", "Müller", 2020)
    assert agree(german, citation("[Stair climbing and gait in old age]", "Müller", 2021))
    assert not agree(german, citation("[Stair climbing and gait in old age]", "Meier", 2020))
    assert not agree(german, citation("[Stair climbing and gait in old age]", "Müller", 2015))


def test_a_pdf_is_of_a_study_by_doi_or_title() -> None:
    citation = Citation(id="x", title="Grip strength after eight weeks of rowing in students", DOI="10.5555/Abc")
    assert is_printed_in(citation, "doi 10.5555/abc and so on")
    assert is_printed_in(citation, "JOURNAL\nGRIP STRENGTH AFTER EIGHT WEEKS\nOF ROWING IN STUDENTS\nBy somebody")
    assert not is_printed_in(citation, "Knitting and the mood of retired miners. We asked twenty miners. " * 20)
    assert not is_printed_in(Citation(id="x", title="Grip"), "Grip strength")
