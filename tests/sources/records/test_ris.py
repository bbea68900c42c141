"""RIS in the dialects of vendors: counts, names, dates, numbers, abstracts, faults with their lines."""

from __future__ import annotations

import pytest

from pipeline.sources.records.record import FaultyRecord
from pipeline.sources.records.ris import read_ris
from schemas.study import CslDate
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind, SectionKind
from tests.sources.records.exports import ABSTRACT, RIS_ENTRIES, names, only, read, sections


def entry(*lines: str) -> str:
    return "\n".join(["TY  - JOUR", *lines, "ER  - ", ""])


def parts(date: CslDate | None) -> tuple[int, ...] | None:
    return date.date_parts[0] if date else None


def test_an_entry_of_scopus_has_its_pmid_in_c2_and_its_article_number_in_c7() -> None:
    record = only(
        read_ris,
        entry(
            "AU  - Lee, A.B.", "AU  - de Kim, C.", "TI  - Training", "PY  - 2024", "T2  - Arms and Legs", "VL  - 15",
            "IS  - 1", "C7  - 2864", "DO  - 10.1000/arm.1", "C2  - 38580657", "LA  - English", "M3  - Review",
            "DB  - Scopus", "N1  - Export Date: 05 August 2024; References: Kim C., Legs, doi: 10.1000/leg.9, PMID: 1",
        ),
    )  # fmt: skip
    citation = record.citation
    assert (citation.PMID, citation.DOI, citation.page) == ("38580657", "10.1000/arm.1", "2864")
    assert (citation.container_title, citation.language) == ("Arms and Legs", "en")
    assert names(record) == [("Lee", "A.B."), ("de Kim", "C.")]
    assert record.document is DocumentKind.NARRATIVE_REVIEW


def test_an_entry_of_embase_has_its_pmid_in_c5_and_names_without_commas() -> None:
    record = only(
        read_ris,
        entry("M3  - Article", "Y1  - 2014", "C5  - 15368318", "DB  - Embase", "DB  - Medline", "A1  - Lee A.B.",
              "A1  - van Kim C.", "T1  - Training", "SP  - 152", "EP  - 160",
              "N2  - BACKGROUND. Arms. METHODS. We did."),
    )  # fmt: skip
    assert record.citation.PMID == "15368318"
    assert record.citation.page == "152-160"
    assert names(record) == [("Lee", "A.B."), ("van Kim", "C.")]
    assert [kind for kind, _ in sections(record)] == [SectionKind.INTRODUCTION, SectionKind.METHODS]


def test_entries_of_ovid_stand_between_numbers_and_links_that_belong_to_none() -> None:
    text = (
        "1.\nTY  - JOUR\nID  - 2019-65183-001\nDO  - http://dx.doi.org/10.1000/arm.1\nT1  - Training.\n"
        "A1  - Lee, Anna B\nY1  - 2019//\nSP  - No\nEP  - Specified\nM3  - Health [3300]\n"
        "M1  - Kim, C. (2001). Legs. https://pubmed.ncbi.nlm.nih.gov/99 https://dx.doi.org/10.1000/leg.9\nER  -\n"
        "NL  - Arms\n\nLink to the Ovid Full Text or citation: https://example.org/?id=pmid:77\n\n2.\n"
        "TY  - JOUR\nT1  - Legs\nY1  - 2018//\nER  -\n"
    )
    first, second = read(read_ris, text)
    assert (first.line, second.line) == (2, 18)
    assert (first.citation.DOI, first.citation.PMID, first.citation.page) == ("10.1000/arm.1", None, None)
    assert second.citation.title == "Legs"


def test_an_entry_of_ovid_medline_has_its_pmid_in_id_and_a_number_of_endnote_is_none() -> None:
    ovid = only(read_ris, entry("DB  - Ovid MEDLINE(R) <2020>", "ID  - 30922926", "T1  - Training"))
    endnote = only(read_ris, entry("DB  - Medline", "ID  - 887", "T1  - Training"))
    assert (ovid.citation.PMID, endnote.citation.PMID) == ("30922926", None)


def test_an_entry_of_the_cochrane_library_has_two_spaces_behind_its_dash() -> None:
    record = only(
        read_ris,
        "Record #3 of 18\nProvider: John Wiley & Sons, Ltd.\n\nTY  -  JOUR\nAN  -  CN-00778158\nAU  -  Lee, A\n"
        "TI  -  Training\nPY  -  2011\nSP  -  1279‐1297\nC3  -  PUBMED 21314913,EMBASE 361\nM3  -  Journal article\n"
        "UR  -  https://clinicaltrials.gov/show/NCT01234567\nER  - \n",
    )
    assert (record.citation.PMID, record.citation.page, record.citation.title) == ("21314913", "1279-1297", "Training")
    assert record.registration == "NCT01234567"
    assert record.line == 4


def test_an_entry_of_ebsco_has_its_doi_in_l3_and_no_sentence_about_copyright() -> None:
    record = only(
        read_ris,
        entry("AU  - Lee, Anna B.", "T1  - Training.", "Y1  - 2024/04/03/", "L3  - 10.1000/arm.1",
              "AB  - We trained. It grew.",
              "AB  - Copyright of Arms is the property of Arm House and may not be copied. However, users may print."),
    )  # fmt: skip
    assert record.citation.DOI == "10.1000/arm.1"
    assert parts(record.citation.issued) == (2024, 4, 3)
    assert [p.text for p in record.passages] == ["Training.", "We trained. It grew."]


def test_an_entry_of_web_of_science_keeps_the_paragraphs_of_its_abstract() -> None:
    record = only(
        read_ris,
        entry("AU  - Lee, AB", "TI  - Training", "AB  - Background: Arms were weak.",
              "   Methodology/Principal Findings: We trained them.", "   Conclusions/Significance: They grew.",
              "DA  - SEP 22", "PY  - 2010", "AN  - WOS:000282053100002", "C7  - e12292"),
    )  # fmt: skip
    assert parts(record.citation.issued) == (2010, 9, 22)
    kinds = sections(record)
    assert (SectionKind.METHODS, "Methodology/Principal Findings") in kinds
    assert (SectionKind.CONCLUSION, "Conclusions/Significance") in kinds


def test_an_entry_of_endnote_keeps_types_and_links_of_pubmed_in_its_notes() -> None:
    record = only(
        read_ris,
        entry("AN  - 29768149", "DB  - PubMed", "C2  - PMC4453595", "TI  - Training", "N1  - 1533-4406", "Lee, Anna",
              "Journal Article", "Randomized Controlled Trial", "Erratum in: Arms. 2019;1:2. PMID: 31000000"),
    )  # fmt: skip
    assert (record.citation.PMID, record.citation.PMCID) == ("29768149", "PMC4453595")
    assert record.document is DocumentKind.PRIMARY_STUDY
    assert record.status is PublicationStatus.CORRECTED
    assert [(r.kind, r.PMID) for r in record.relations] == [(RelationKind.CORRECTED_BY, "31000000")]


def test_entries_of_rayyan_covidence_and_citavi_give_their_numbers() -> None:
    rayyan = only(read_ris, entry("TI  - A", "DO  - 10.1000/arm.1     LK  - https://example.org/?id=doi:10.1000%2Fx"))
    covidence = only(read_ris, entry("T1  - A", "A1  - Lee, A.", "Y1  - 2024///", "PD  - ", "PG  - 14316", "ID  - "))
    citavi = only(
        read_ris,
        entry("T1  - A", "L2  - https://europepmc.org/article/MED/33523284",
              "L2  - https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8382607"),
    )  # fmt: skip
    assert rayyan.citation.DOI == "10.1000/arm.1"
    assert (parts(covidence.citation.issued), covidence.citation.page) == ((2024,), "14316")
    assert (citavi.citation.PMID, citavi.citation.PMCID) == ("33523284", "PMC8382607")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends_of_any_kind_give_the_same_records(end: str) -> None:
    text = "".join(RIS_ENTRIES)
    assert read(read_ris, text.replace("\n", end)) == read(read_ris, text)


def test_line_ends_may_change_inside_a_file_and_a_byte_order_mark_may_stand_before_it() -> None:
    mixed = "\ufeff" + RIS_ENTRIES[0].replace("\n", "\r\n") + RIS_ENTRIES[1].replace("\n", "\r") + RIS_ENTRIES[2]
    assert [r.citation.volume for r in read(read_ris, mixed)] == ["1", "2", "3"]


@pytest.mark.parametrize("mark", ["TY  - JOUR", "TY - JOUR", "TY  -JOUR", "  TY  - JOUR", "TY  – JOUR"])
def test_the_start_mark_may_be_written_carelessly(mark: str) -> None:
    record = only(read_ris, f"{mark}\nTI  - Training\nKW  -\nAB  -\nER  -\n")
    assert (record.citation.title, record.citation.type, record.passages) == ("Training", "article-journal", ())


def test_an_entry_without_its_end_mark_ends_before_the_next_and_says_so() -> None:
    first, second = read(read_ris, RIS_ENTRIES[0].replace("ER  - \n", "") + RIS_ENTRIES[1])
    assert [note.kind for note in first.notes] == ["truncated"]
    assert (first.citation.volume, second.citation.volume, second.notes) == ("1", "2", ())


def test_an_entry_without_its_start_mark_is_read() -> None:
    found = read(read_ris, RIS_ENTRIES[0] + RIS_ENTRIES[1].replace("TY  - JOUR\n", "") + RIS_ENTRIES[2])
    assert [r.citation.DOI for r in found] == ["10.1000/arm.1", "10.1000/arm.2", "10.1000/arm.3"]


def test_two_entries_without_a_border_are_one_fault_and_no_mixture() -> None:
    joined = RIS_ENTRIES[0].replace("ER  - \n\n", "") + RIS_ENTRIES[1].replace("TY  - JOUR\n", "")
    fault, good = [*read_ris(joined + RIS_ENTRIES[2])]
    assert isinstance(fault, FaultyRecord)
    assert fault.line == 1
    assert "line 12" in fault.cause
    assert not isinstance(good, FaultyRecord)


def test_an_entry_without_any_content_is_a_fault_with_its_line() -> None:
    found = [*read_ris(RIS_ENTRIES[0] + "TY  - JOUR\nKW  - arms\nER  - \n")]
    assert found[1] == FaultyRecord(13, "says nothing of a publication: no title, author, journal, date or identifier")


def test_an_entry_without_a_title_is_a_citation_that_cannot_be_analysed() -> None:
    record = only(read_ris, entry("AU  - Lee, A.", "PY  - 2020"))
    assert (record.citation.title, record.passages, record.citation.id) == (None, (), "lee-2020")


def test_a_broken_year_leaves_the_date_out_and_nothing_else() -> None:
    record = only(read_ris, entry("TI  - Training", "PY  - 10 15", "AB  - " + ABSTRACT))
    assert record.citation.issued is None
    assert [kind.value for kind, _ in sections(record)] == ["introduction", "methods", "results", "conclusion"]


def test_wrapped_lines_are_one_text() -> None:
    record = only(read_ris, entry("TI  - Training the", "other arm", "AB  - We trained", "one arm only.", "It grew."))
    assert record.citation.title == "Training the other arm"
    assert record.passages[1].text == "We trained one arm only. It grew."


@pytest.mark.parametrize(
    ("lines", "kind", "status"),
    [
        (("M3  - Erratum",), DocumentKind.CORRECTION, None),
        (("M3  - Article; Retracted Publication",), None, PublicationStatus.RETRACTED),
        (("M3  - Editorial Material",), DocumentKind.EDITORIAL, None),
        (("M3  - Trial registry record; Clinical trial protocol",), DocumentKind.PROTOCOL, None),
        (("M3  - Case Reports", "PT  - Review"), DocumentKind.CASE_REPORT, None),
        (("M3  - Article",), None, None),
    ],
)
def test_the_type_of_work_says_what_a_document_is(
    lines: tuple[str, ...], kind: DocumentKind | None, status: PublicationStatus | None
) -> None:
    record = only(read_ris, entry("TI  - Training", *lines))
    assert (record.document, record.status) == (kind, status)


def test_a_preprint_is_known_by_its_server_and_a_journal_of_the_same_publisher_is_none() -> None:
    server = only(read_ris, entry("TI  - A", "T2  - medRxiv", "DO  - 10.1101/2020.03.01.20029769"))
    journal = only(read_ris, entry("TI  - A", "T2  - Genome Research", "DO  - 10.1101/gr.123456.107"))
    assert (server.citation.genre, server.citation.type) == ("preprint", "article")
    assert (journal.citation.genre, journal.citation.type) == (None, "article-journal")


@pytest.mark.parametrize(
    "doi",
    ["10.5194/egusphere-2022-498", "10.31219/osf.io/abcde", "10.31232/osf.io/abcde", "10.2196/preprints.12345",
     "10.1590/SciELOPreprints.99", "10.33774/coe-2021-abc"],
)  # fmt: skip
def test_a_preprint_is_known_by_the_doi_of_its_server(doi: str) -> None:
    assert only(read_ris, entry("TI  - A", f"DO  - {doi}")).citation.genre == "preprint"
    for other in ("10.5194/nhess-23-1335-2023", "10.5194/egusphere-2022-498-rc1"):
        assert only(read_ris, entry("TI  - A", f"DO  - {other}")).citation.genre is None


def test_html_in_titles_and_abstracts_becomes_text() -> None:
    record = only(
        read_ris,
        entry("TI  - Effect of <i>BDNF</i> &amp; CO<sub>2</sub> at 10<sup>-3</sup> M",
              "AB  - It rose (p&lt;0.05), n>30."),
    )  # fmt: skip
    assert record.citation.title == "Effect of BDNF & CO2 at 10⁻³ M"
    assert record.passages[1].text == "It rose (p<0.05), n>30."


def test_a_record_with_more_fields_than_any_has_is_cut_and_says_so() -> None:
    record = only(read_ris, entry("TI  - Training", "AB  - It grew.", *(f"KW  - word {n}" for n in range(100_001))))
    assert (record.citation.title, record.line) == ("Training", 1)
    assert [note.kind for note in record.notes] == ["truncated"]


def test_fifteen_thousand_authors_of_one_study_are_all_read() -> None:
    record = only(read_ris, entry(*(f"AU  - Lee, A{n}" for n in range(15_000))))
    assert len(record.citation.author) == 15_000
