"""MEDLINE text and NBIB."""

from __future__ import annotations

import pytest

from pipeline.sources.records.medline import read_medline
from pipeline.sources.records.record import FaultyRecord
from schemas.study import Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind, SectionKind
from tests.sources.records.exports import MEDLINE_ENTRIES, names, only, read, sections


def record_of(*lines: str) -> str:
    return "\n".join(["PMID- 30000001", "TI  - Training.", *lines, ""])


def test_a_record_has_names_dates_pages_numbers_and_sections() -> None:
    records = read(read_medline, "\n" + "".join(MEDLINE_ENTRIES))
    citation = records[0].citation
    assert len(records) == 4
    assert names(records[0]) == [("Lee", "Anna B")]
    assert (citation.PMID, citation.DOI, citation.page, citation.language) == (
        "30000001", "10.1000/arm.1", "10-19", "en",
    )  # fmt: skip
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2020, 6, 8),)
    assert [kind for kind, _ in sections(records[0])][1:3] == [SectionKind.METHODS, SectionKind.RESULTS]


def test_records_need_no_blank_line_between_them() -> None:
    text = "".join(MEDLINE_ENTRIES).replace("\n\n", "\n")
    assert [r.citation.PMID for r in read(read_medline, text)] == ["30000001", "30000002", "30000003", "30000004"]


@pytest.mark.parametrize(
    ("line", "kind", "status"),
    [
        ("RIN - Arms. doi: 10.1000/arm.9. PMID: 31000000", RelationKind.RETRACTED_BY, PublicationStatus.RETRACTED),
        ("EIN - Arms. 2021;2:3. PMID: 31000000", RelationKind.CORRECTED_BY, PublicationStatus.CORRECTED),
        ("ECI - Arms. 2021;2:3. PMID: 31000000", RelationKind.CONCERN_BY, PublicationStatus.EXPRESSION_OF_CONCERN),
        ("CIN - Arms. 2021;2:3. PMID: 31000000", RelationKind.COMMENTED_BY, None),
        ("ROF - Arms. 2021;2:3. PMID: 31000000", RelationKind.RETRACTS, None),
        ("EFR - Arms. 2021;2:3. PMID: 31000000", RelationKind.CORRECTS, None),
        ("CON - Arms. 2021;2:3. PMID: 31000000", RelationKind.COMMENTS_ON, None),
    ],
)  # fmt: skip
def test_links_to_other_publications_are_read(line: str, kind: RelationKind, status: PublicationStatus | None) -> None:
    record = only(read_medline, record_of(line))
    assert [(r.kind, r.PMID) for r in record.relations] == [(kind, "31000000")]
    assert record.status is status


def test_the_gravest_state_counts_and_a_link_without_numbers_is_kept_as_printed() -> None:
    record = only(read_medline, record_of("EIN - Arms. 2021;2:3", "RIN - Arms. 2022;3:\n      4-5"))
    assert record.status is PublicationStatus.RETRACTED
    assert record.relations[1] == Relation(kind=RelationKind.RETRACTED_BY, reference="Arms. 2022;3: 4-5")


def test_a_preprint_and_its_article_are_linked_and_versions_of_a_review_are_not() -> None:
    preprint = only(read_medline, record_of("PT  - Preprint", "UIN - Arms. 2021;2:3. PMID: 31000000"))
    article = only(
        read_medline, record_of("UOF - medRxiv. 2020 Jan 1. doi: 10.1101/2020.01.01.20020000. PMID: 32000000")
    )
    review = only(read_medline, record_of("UOF - Cochrane Database Syst Rev. 2012;1:CD000001. PMID: 22258000"))
    assert (preprint.citation.genre, preprint.relations[0].kind) == ("preprint", RelationKind.HAS_ARTICLE)
    assert article.relations[0].kind is RelationKind.HAS_PREPRINT
    assert review.relations == ()


def test_types_of_publication_say_what_a_document_is() -> None:
    texts = {
        "PT  - Clinical Trial Protocol\nPT  - Journal Article": DocumentKind.PROTOCOL,
        "PT  - Review\nPT  - Systematic Review": DocumentKind.SYSTEMATIC_REVIEW,
        "PT  - Comment\nPT  - Editorial": DocumentKind.EDITORIAL,
        "PT  - Published Erratum": DocumentKind.CORRECTION,
        "PT  - Retraction of Publication": DocumentKind.RETRACTION_NOTICE,
        "PT  - Letter": DocumentKind.OTHER,
        "PT  - Randomized Controlled Trial": DocumentKind.PRIMARY_STUDY,
    }
    assert [only(read_medline, record_of(text)).document for text in texts] == [*texts.values()]


def test_trial_registers_are_read_from_the_databank_field_and_other_databanks_are_not() -> None:
    record = only(
        read_medline,
        record_of("SI  - ClinicalTrials.gov/NCT01234567", "SI  - ISRCTN/ISRCTN12345678", "SI  - GENBANK/AB123456"),
    )
    assert record.registration == "NCT01234567; ISRCTN12345678"


def test_groups_stand_among_the_authors_where_the_file_has_them() -> None:
    record = only(read_medline, record_of("FAU - Lee, Anna", "AU  - Lee A", "CN  - Arm Study Group", "FAU - Kim, Cho"))
    assert names(record) == [("Lee", "Anna"), ("Arm Study Group", None), ("Kim", "Cho")]


def test_a_record_that_lost_its_number_does_not_run_into_the_one_before() -> None:
    text = "".join(MEDLINE_ENTRIES[:1]) + MEDLINE_ENTRIES[1].split("\n", 1)[1] + MEDLINE_ENTRIES[2]
    assert [r.citation.DOI for r in read(read_medline, text)] == ["10.1000/arm.1", "10.1000/arm.2", "10.1000/arm.3"]


def test_a_piece_without_number_and_title_is_a_fault_with_its_line() -> None:
    first, fault, third = read_medline(MEDLINE_ENTRIES[0] + "LA  - eng\nJT  - Arms\n\n" + MEDLINE_ENTRIES[2])
    assert isinstance(fault, FaultyRecord)
    assert fault.line == MEDLINE_ENTRIES[0].count("\n") + 1
    assert not isinstance(first, FaultyRecord)
    assert not isinstance(third, FaultyRecord)


def test_entries_of_eric_have_no_pmid_and_fields_with_a_space_before_the_dash() -> None:
    entry = (
        "OWN - ERIC\nTI  - {}\nAU  - Lee, Ann\nJT  - Arms\nDP  - Apr 2019\nAB  - They ran.\nISSN - ISSN-1042-1629\n\n"
    )
    first, second = read(read_medline, "\n" + entry.format("Arms") + entry.format("Legs"))
    assert (first.citation.title, second.citation.title, first.line, second.line) == ("Arms", "Legs", 2, 10)
    assert [p.text for p in first.passages] == ["Arms", "They ran."]


def test_an_article_number_stands_for_pages_and_a_longer_number_of_the_publisher_does_not() -> None:
    assert only(read_medline, record_of("LID - 1042 [pii]")).citation.page == "1042"
    assert only(read_medline, record_of("LID - 1042 [pii]", "PG  - 3-9")).citation.page == "3-9"
    assert only(read_medline, record_of("LID - S1080-6032(22)00139-9 [pii]")).citation.page is None
