"""Web of Science tagged exports."""

from __future__ import annotations

from pipeline.sources.records.record import FaultyRecord
from pipeline.sources.records.wos import read_wos
from schemas.vocabulary import DocumentKind, PublicationStatus, SectionKind
from tests.sources.records.exports import WOS_ENTRIES, names, only, read, sections

HEAD = "FN Clarivate Analytics Web of Science\nVR 1.0\n"


def test_a_record_has_names_dates_pages_numbers_and_sections() -> None:
    record = read(read_wos, HEAD + "".join(WOS_ENTRIES) + "EF")[0]
    citation = record.citation
    assert names(record) == [("Lee", "AB"), ("Kim", "C")]
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2020, 6, 8),)
    assert (citation.title, citation.page, citation.PMID, citation.DOI) == (
        "Training one arm", "10-19", "30000001", "10.1000/arm.1",
    )  # fmt: skip
    assert record.line == 3
    assert [kind for kind, _ in sections(record)] == [
        SectionKind.INTRODUCTION, SectionKind.METHODS, SectionKind.RESULTS, SectionKind.CONCLUSION,
    ]  # fmt: skip


def test_full_names_come_before_short_ones_and_article_numbers_stand_for_pages() -> None:
    record = only(
        read_wos,
        HEAD + "PT J\nAU Lee, AB\nAF Lee, Anna B.\nTI T\nAR UNSP 1722034\nDT Article; Retracted Publication\n"
        "UT MEDLINE:31858815\nER\nEF\n",
    )
    assert names(record) == [("Lee", "Anna B.")]
    assert (record.citation.page, record.citation.PMID) == ("1722034", "31858815")
    assert record.status is PublicationStatus.RETRACTED


def test_pages_of_databases_beside_the_core_collection_stand_in_one_field() -> None:
    assert only(read_wos, HEAD + "PT J\nTI T\nPS 170-182\nER\nEF\n").citation.page == "170-182"


def test_editorial_material_and_corrections_are_known() -> None:
    text = HEAD + "PT J\nTI A\nDT Editorial Material\nER\n\nPT J\nTI B\nDT Correction\nER\n\nEF"
    assert [r.document for r in read(read_wos, text)] == [DocumentKind.EDITORIAL, DocumentKind.CORRECTION]


def test_a_word_that_a_line_end_breaks_at_its_hyphen_is_put_together() -> None:
    record = only(read_wos, HEAD + "PT J\nTI A double-\n   blind trial of short-\n   and long-term training\nER\nEF")
    assert record.citation.title == "A double-blind trial of short- and long-term training"


def test_a_record_without_its_first_or_last_line_costs_no_other() -> None:
    first, second, third = WOS_ENTRIES[:3]
    lost_start = read(read_wos, HEAD + first + second.replace("PT J\n", "") + third)
    lost_end = read(read_wos, HEAD + first.replace("ER\n\n", "") + second + third)
    assert [r.citation.volume for r in lost_start] == ["1", "2", "3"]
    assert [r.citation.volume for r in lost_end] == ["1", "2", "3"]
    assert [n.kind for n in lost_end[0].notes] == ["truncated"]


def test_an_empty_record_is_a_fault_with_its_line() -> None:
    assert [*read_wos(HEAD + "PT J\nNR 59\nER\nEF")] == [
        FaultyRecord(3, "says nothing of a publication: no title, author, journal, date or identifier")
    ]
