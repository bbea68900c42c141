"""CSL-JSON in its shapes, and answers of Crossref."""

from __future__ import annotations

import json

import pytest

from pipeline.sources.records.csl_json import read_csl_json
from pipeline.sources.records.record import FaultyRecord, Record
from schemas.study import Relation
from schemas.vocabulary import RelationKind, SectionKind
from tests.sources.records.exports import CSL_ENTRIES, names, only, read, sections

ITEM = {
    "id": "x/1", "type": "article-journal", "title": "Training", "container-title": "Arms",
    "author": [{"family": "Berg", "given": "Anna", "non-dropping-particle": "van den"}, {"literal": "Arm Study Group"}],
    "issued": {"date-parts": [["2018", 5, 17]]}, "DOI": "https://doi.org/10.1000/arm.1", "page": "244-55", "volume": 35,
    "note": "PMID: 29000001\nPMCID: PMC1234567",
    "abstract": "<jats:title>Methods</jats:title><jats:p>We trained (p&lt;0.05).</jats:p>",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ITEM),
        json.dumps([ITEM]),
        json.dumps({"items": [ITEM]}),
        json.dumps({"config": {"a": 1}, "items": [ITEM], "version": 2}),
        json.dumps({"status": "ok", "message": ITEM}),
        json.dumps({"status": "ok", "message": {"total": 1, "items": [ITEM]}}, indent=2),
    ],
)
def test_an_item_is_found_in_every_shape(text: str) -> None:
    record = only(read_csl_json, text)
    citation = record.citation
    assert (citation.title, citation.DOI, citation.page, citation.volume) == (
        "Training", "10.1000/arm.1", "244-255", "35",
    )  # fmt: skip
    assert (citation.PMID, citation.PMCID, citation.id) == ("29000001", "PMC1234567", "van-den-berg-2018-training")
    assert names(record) == [("van den Berg", "Anna"), ("Arm Study Group", None)]
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2018, 5, 17),)
    assert sections(record) == [(SectionKind.METHODS, "Methods")]


@pytest.mark.parametrize(
    ("issued", "parts"),
    [
        ({"raw": "2018 Oct-Dec"}, (2018, 10)),
        ({"literal": "Spring 2018"}, (2018,)),
        ({"date-parts": [[None]]}, None),
        ({"date-parts": [[2018, 0, 17]]}, (2018,)),
        ({"date-parts": []}, None),
        ("2018-05-17", (2018, 5, 17)),
        (5, None),
    ],
)
def test_dates_of_every_form_are_read(issued: object, parts: tuple[int, ...] | None) -> None:
    date = only(read_csl_json, json.dumps({"title": "T", "type": "book", "issued": issued})).citation.issued
    assert (date.date_parts[0] if date else None) == parts


def test_an_answer_of_crossref_gives_preprints_and_retractions() -> None:
    work = {
        "type": "posted-content", "subtype": "preprint", "title": ["Training"], "DOI": "10.1000/pre.1",
        "relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.1000/arm.1"}]},
        "updated-by": [{"type": "retraction", "DOI": "10.1000/ret.1"}],
    }  # fmt: skip
    record = only(read_csl_json, json.dumps({"message": work}))
    assert record.citation.genre == "preprint"
    assert sorted(record.relations, key=lambda relation: relation.kind) == [
        Relation(kind=RelationKind.HAS_ARTICLE, DOI="10.1000/arm.1"),
        Relation(kind=RelationKind.RETRACTED_BY, DOI="10.1000/ret.1"),
    ]


def test_a_broken_item_is_a_fault_with_its_line_and_the_others_are_read() -> None:
    broken = CSL_ENTRIES[1].replace('"given"', "given")
    first, fault, third = read_csl_json("[\n" + ",\n".join([CSL_ENTRIES[0], broken, CSL_ENTRIES[2]]) + "\n]")
    assert isinstance(fault, FaultyRecord)
    assert fault.line == 5
    assert "on line 6" in fault.cause
    assert not isinstance(first, FaultyRecord)
    assert not isinstance(third, FaultyRecord)


def test_a_piece_behind_the_end_of_the_list_is_a_fault_and_not_forgotten() -> None:
    found = [*read_csl_json(f'[{CSL_ENTRIES[0]}]\n"title": "lost", "type": "book"}}]')]
    assert [type(entry).__name__ for entry in found] == ["Record", "FaultyRecord"]
    assert [entry.line for entry in found] == [1, 3]


def test_two_items_without_a_border_are_a_fault_and_no_mixture() -> None:
    joined = CSL_ENTRIES[0].rstrip("}") + "," + CSL_ENTRIES[1].strip().removeprefix("{")
    fault = next(iter(read_csl_json(f"[{joined}]")))
    assert isinstance(fault, FaultyRecord)
    assert "twice" in fault.cause


@pytest.mark.parametrize("text", ["[" * 200_000, '[{"title":' * 50_000, "[" + "9" * 10_000 + "]", "nonsense", "[1, 2]"])
def test_hostile_files_are_faults(text: str) -> None:
    found = [*read_csl_json(text)]
    assert found
    assert all(isinstance(entry, FaultyRecord) for entry in found)


def test_empty_lists_hold_nothing() -> None:
    assert read(read_csl_json, "[]") == read(read_csl_json, '{"items": []}') == read(read_csl_json, "") == []


def test_a_list_within_the_list_is_a_fault_and_its_items_are_read() -> None:
    other = json.dumps({**ITEM, "title": "Resting"})
    found = [*read_csl_json(f"[[{json.dumps(ITEM)}, {other}]]")]
    assert [type(r) for r in found] == [FaultyRecord, Record, Record]
