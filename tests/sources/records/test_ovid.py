"""Ovid's tagged layout."""

from __future__ import annotations

import pytest

from pipeline.sources.records.ovid import read_ovid
from pipeline.sources.records.record import FaultyRecord
from schemas.vocabulary import SectionKind
from tests.sources.records.exports import OVID_ENTRIES, names, only, read, sections


def record_of(*lines: str) -> str:
    return "\n".join(["<7. >", "VN  - Ovid Technologies", "TI  - Training.", *lines, ""])


def test_a_record_has_names_numbers_and_sections_and_ends_at_the_next_number() -> None:
    records = read(read_ovid, "".join(OVID_ENTRIES))
    citation = records[0].citation
    assert [r.citation.PMID for r in records] == ["30000001", "30000002", "30000003", "30000004"]
    assert names(records[0]) == [("Lee", "AB")]
    assert (citation.title, citation.DOI, citation.language) == ("Training one arm.", "10.1000/arm.1", "en")
    assert (citation.container_title, citation.volume, citation.issue, citation.page) == ("Arms", "1", "2", "10-19")
    assert [kind for kind, _ in sections(records[0])][1:3] == [SectionKind.METHODS, SectionKind.RESULTS]


@pytest.mark.parametrize(
    ("line", "journal", "volume", "issue", "page"),
    [
        ("Arms & Legs. Vol.43(5), Sep 2015, pp. 623-634.", "Arms & Legs", "43", "5", "623-634"),
        ("Arm Archive August 2011;43(8):647-653", "Arm Archive", "43", "8", "647-653"),
        ("Arms. Conference: 2nd Arms: Part 2. Spain. 12 (Supplement 3) (no pagination), 2018.", "Arms", "12",
         "Supplement 3", None),
        ("Arms. 350:h1, 2015.", "Arms", "350", None, "h1"),
        ("in press", None, None, None, None),
    ],
)  # fmt: skip
def test_the_source_line_is_read_in_the_forms_of_the_databases(
    line: str, journal: str | None, volume: str | None, issue: str | None, page: str | None
) -> None:
    found = only(read_ovid, record_of(f"SO  - {line}")).citation
    assert (found.container_title, found.volume, found.issue, found.page) == (journal, volume, issue, page)


def test_fields_count_before_the_link_and_the_link_before_the_source_line() -> None:
    link = "XL  - https://a.org/x?sid=OVID:psycdb&id=pmid:30000009&id=doi:10.1000%2Farm.9&volume=4&title=Arms+%26+Legs"
    citation = only(
        read_ovid, record_of(link, "VO  - 5", "SO  - Hands. 7(1):2, 2019.", "PG  - No Pagination Specified")
    )
    assert (citation.citation.container_title, citation.citation.volume) == ("Arms & Legs", "5")
    assert (citation.citation.PMID, citation.citation.DOI) == ("30000009", "10.1000/arm.9")


def test_marks_behind_names_and_titles_are_no_part_of_them() -> None:
    text = record_of("AU  - Lee, Ann [Author; E-mail: a@b.org]", "AU  - Kim, Bo 1,2,+").replace(
        "Training.", "Training. [Review] [References]."
    )
    record = only(read_ovid, text)
    assert record.citation.title == "Training."
    assert names(record) == [("Lee", "Ann"), ("Kim", "Bo")]


def test_an_accession_number_is_a_pmid_only_in_medline() -> None:
    embase = record_of("DB  - Embase", "UI  - 30000001", "CN  - NCT01234567")
    assert only(read_ovid, embase).citation.PMID is None
    assert only(read_ovid, embase).registration == "NCT01234567"
    assert only(read_ovid, record_of("DB  - APA PsycInfo", "PM  - 30000002 [http://x.org]")).citation.PMID == "30000002"


def test_a_number_without_a_record_is_a_fault() -> None:
    first, second = read_ovid("<1. >\n\n" + OVID_ENTRIES[1])
    assert isinstance(first, FaultyRecord)
    assert first.line == 1
    assert not isinstance(second, FaultyRecord)
