"""PubMed XML: articles and books, links, registers, broken elements."""

from __future__ import annotations

from pipeline.sources.records.pubmed import read_pubmed_xml
from pipeline.sources.records.record import FaultyRecord, Record
from schemas.study import Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind, SectionKind
from tests.sources.records.exports import PUBMED_ENTRIES, names, only, read, sections

ARTICLE = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://example.org/pubmed.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">29000001</PMID><Article>
<Journal><JournalIssue><Volume>378</Volume><Issue>20</Issue><PubDate><MedlineDate>2018 Oct-Dec</MedlineDate></PubDate>
</JournalIssue><Title>The arm journal</Title></Journal>
<ArticleTitle>Effect of <i>BDNF</i> at 10<sup>-3</sup>&nbsp;M on &beta;<sub>2</sub> in arms.</ArticleTitle>
<Pagination><StartPage>244</StartPage><EndPage>255</EndPage><MedlinePgn>244-55</MedlinePgn></Pagination>
<ELocationID EIdType="pii">x1</ELocationID><ELocationID EIdType="doi" ValidYN="Y">10.1000/arm.1</ELocationID>
<Abstract><AbstractText Label="IMPORTANCE" NlmCategory="BACKGROUND">Arms are weak.</AbstractText>
<AbstractText Label="EVIDENCE ACQUISITION" NlmCategory="METHODS">We trained them.</AbstractText>
<AbstractText Label="FINDINGS" NlmCategory="RESULTS">They grew.</AbstractText>
<CopyrightInformation>Copyright 2018 Arm House.</CopyrightInformation></Abstract>
<AuthorList><Author ValidYN="Y"><LastName>Lee</LastName><ForeName>Anna B</ForeName><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>Arm Study Group</CollectiveName></Author><Author ValidYN="N"><LastName>Wrong</LastName></Author>
</AuthorList><Language>eng</Language>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT01234567
</AccessionNumber></AccessionNumberList></DataBank><DataBank><DataBankName>GENBANK</DataBankName><AccessionNumberList>
<AccessionNumber>NCT99999999</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType UI="D016449">Randomized Controlled Trial</PublicationType>
<PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Arms. 2019;1:2</RefSource>
<PMID Version="1">31000000</PMID></CommentsCorrections><CommentsCorrections RefType="Cites"><RefSource>x</RefSource>
</CommentsCorrections></CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">29000001</ArticleId><ArticleId IdType="pmc">PMC1234567</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId>
</ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>
</PubmedArticleSet>"""
BOOK = """<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID>20301295</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><BookTitle book="x">Arms at a glance</BookTitle><PubDate><Year>1993</Year></PubDate>
<AuthorList Type="editors"><Author><LastName>Kim</LastName><ForeName>C</ForeName></Author></AuthorList></Book>
<ArticleTitle>Weak arms</ArticleTitle>
<AuthorList Type="authors"><Author><LastName>Lee</LastName><Initials>A</Initials></Author></AuthorList>
<PublicationType>Review</PublicationType><Abstract><AbstractText>Arms may be weak.</AbstractText></Abstract>
</BookDocument></PubmedBookArticle></PubmedArticleSet>"""


def test_an_article_has_all_that_pubmed_says_of_it() -> None:
    record = only(read_pubmed_xml, ARTICLE)
    citation = record.citation
    assert citation.title == "Effect of BDNF at 10⁻³ M on β2 in arms."
    assert (citation.PMID, citation.PMCID, citation.DOI) == ("29000001", "PMC1234567", "10.1000/arm.1")
    assert (citation.page, citation.volume, citation.issue, citation.language) == ("244-255", "378", "20", "en")
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2018, 10),)
    assert names(record) == [("Lee", "Anna B Jr"), ("Arm Study Group", None)]
    assert (record.document, record.status) == (DocumentKind.PRIMARY_STUDY, PublicationStatus.RETRACTED)
    assert record.registration == "NCT01234567"
    assert record.relations == (Relation(kind=RelationKind.RETRACTED_BY, PMID="31000000"),)
    assert record.line == 4


def test_a_label_of_its_own_stands_in_the_section_of_its_category() -> None:
    found = sections(only(read_pubmed_xml, ARTICLE))
    assert (SectionKind.METHODS, "EVIDENCE ACQUISITION") in found
    assert (SectionKind.RESULTS, "FINDINGS") in found
    assert not any("Copyright" in p.text for p in only(read_pubmed_xml, ARTICLE).passages)


def test_a_chapter_of_a_book_is_one() -> None:
    record = only(read_pubmed_xml, BOOK)
    assert (record.citation.type, record.citation.title, record.citation.container_title) == (
        "chapter", "Weak arms", "Arms at a glance",
    )  # fmt: skip
    assert names(record) == [("Lee", "A")]
    assert record.citation.PMID == "20301295"


def test_bytes_in_another_character_set_are_read_by_their_declaration() -> None:
    text = "<?xml version='1.0' encoding='ISO-8859-1'?><PubmedArticleSet>" + PUBMED_ENTRIES[0].replace("one", "für")
    found = [*read_pubmed_xml((text + "</PubmedArticleSet>").encode("latin-1"))]
    assert isinstance(found[0], Record)
    assert found[0].citation.title == "Training für arm"


def test_a_broken_element_is_a_fault_with_its_line_and_the_others_are_read() -> None:
    broken = PUBMED_ENTRIES[1].replace("</Journal>", "</Jour>")
    text = "<PubmedArticleSet>\n" + PUBMED_ENTRIES[0] + broken + PUBMED_ENTRIES[2] + "</PubmedArticleSet>"
    first, fault, third = read_pubmed_xml(text)
    assert isinstance(fault, FaultyRecord)
    assert fault.line == 2 + PUBMED_ENTRIES[0].count("\n")
    assert "mismatch" in fault.cause
    assert isinstance(first, Record)
    assert isinstance(third, Record)


def test_an_element_that_lost_its_start_tag_is_a_fault_and_not_forgotten() -> None:
    broken = PUBMED_ENTRIES[1].replace("<PubmedArticle>", "")
    text = "<PubmedArticleSet>\n" + PUBMED_ENTRIES[0] + broken + PUBMED_ENTRIES[2] + "</PubmedArticleSet>"
    assert [type(entry).__name__ for entry in read_pubmed_xml(text)] == ["Record", "FaultyRecord", "Record"]


def test_entities_of_the_document_are_never_expanded() -> None:
    head = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>\n'
    record = only(read_pubmed_xml, head + PUBMED_ENTRIES[0].replace("one", "&b;&f;"))
    assert record.citation.title == "Training &b;&f; arm"


def test_an_answer_without_records_is_a_fault() -> None:
    assert [*read_pubmed_xml("<eFetchResult><ERROR>no</ERROR></eFetchResult>")] == [
        FaultyRecord(1, "holds no PubMed record")
    ]
    assert read(read_pubmed_xml, " \n") == []


def test_an_article_number_stands_for_pages_and_a_longer_number_of_the_publisher_does_not() -> None:
    paged = "<Pagination><StartPage>244</StartPage><EndPage>255</EndPage><MedlinePgn>244-55</MedlinePgn></Pagination>"
    bare = ARTICLE.replace(paged, "")
    assert only(read_pubmed_xml, ARTICLE.replace(">x1<", ">e42692<")).citation.page == "244-255"
    assert only(read_pubmed_xml, bare.replace(">x1<", ">e42692<")).citation.page == "e42692"
    assert only(read_pubmed_xml, bare.replace(">x1<", ">S1080-6032(22)00139-9<")).citation.page is None
