"""EndNote XML of several programs."""

from __future__ import annotations

from pipeline.sources.records.endnote import read_endnote_xml
from pipeline.sources.records.record import FaultyRecord
from schemas.vocabulary import PublicationStatus, SectionKind
from tests.sources.records.exports import ENDNOTE_ENTRIES, names, only, sections

RECORD = (
    "<?xml version='1.0' encoding='UTF-8'?><xml><records><record><ref-type name='Journal Article'>17</ref-type>"
    "<contributors><authors><author><style face='normal'>Lee, A. B.</style></author><author>Arm Study Group,</author>"
    "</authors></contributors><titles><title><style face='normal'>Training at 10</style><style face='superscript'>-3"
    "</style><style face='normal'> m</style></title><secondary-title>Arms</secondary-title></titles>"
    "<periodical><full-title>The arm journal</full-title></periodical><pages>943-7</pages><volume>112</volume>"
    "<number>5</number><dates><year>2015</year><pub-dates><date>Mar 3</date></pub-dates></dates>"
    "<abstract>BACKGROUND&#xD;Arms were weak.&#xD;METHODS&#xD;We trained them.</abstract>"
    "<notes>Journal Article&#xD;Retraction in: Arms. 2016;1:2. PMID: 31000000</notes>"
    "<accession-num>25647015</accession-num><remote-database-name>Medline</remote-database-name><custom2>PMC4453595</custom2>"
    "<urls><related-urls><url>https://doi.org/10.1000/arm.1</url></related-urls></urls><language>eng</language>"
    "</record></records></xml>"
)


def test_a_record_has_all_that_endnote_says_of_it() -> None:
    record = only(read_endnote_xml, RECORD)
    citation = record.citation
    assert citation.title == "Training at 10⁻³ m"
    assert (citation.PMID, citation.PMCID, citation.DOI) == ("25647015", "PMC4453595", "10.1000/arm.1")
    assert (citation.container_title, citation.page, citation.language) == ("The arm journal", "943-947", "en")
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2015, 3, 3),)
    assert names(record) == [("Lee", "A. B."), ("Arm Study Group", None)]
    assert record.status is PublicationStatus.RETRACTED


def test_carriage_returns_in_an_abstract_end_lines() -> None:
    assert [kind for kind, _ in sections(only(read_endnote_xml, RECORD))] == [
        SectionKind.INTRODUCTION,
        SectionKind.METHODS,
    ]


def test_a_broken_record_is_a_fault_with_its_line_and_the_others_are_read() -> None:
    broken = ENDNOTE_ENTRIES[1].replace("</title>", "")
    found = [*read_endnote_xml(f"<xml><records>\n{ENDNOTE_ENTRIES[0]}{broken}{ENDNOTE_ENTRIES[2]}</records></xml>")]
    assert [type(entry).__name__ for entry in found] == ["Record", "FaultyRecord", "Record"]
    assert isinstance(found[1], FaultyRecord)
    assert found[1].line == 5


def test_control_characters_and_bare_ampersands_do_not_cost_a_record() -> None:
    record = only(read_endnote_xml, f"<xml><records>{ENDNOTE_ENTRIES[0].replace('one', 'R&D&#x1;')}</records></xml>")
    assert record.citation.title == "Training R&D arm"
