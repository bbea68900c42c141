from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.passages import Role
from pipeline.sources.records.jats import read_jats
from pipeline.sources.records.record import FaultyRecord, Record
from schemas.study import Relation, Study
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind, SectionKind

FRONT = """<front><journal-meta><journal-title-group><journal-title>Journal of Walking</journal-title>
</journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">456</article-id>
<article-id pub-id-type="doi">10.1000/walk</article-id>
<article-categories><subj-group subj-group-type="heading"><subject>{subject}</subject></subj-group></article-categories>
<title-group><article-title>Walking in <italic>dogs</italic><xref ref-type="fn">*</xref></article-title>
<subtitle>a trial</subtitle></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Lee</surname><given-names>Ann B</given-names></name>
<xref ref-type="aff"><sup>1</sup></xref></contrib><contrib contrib-type="author"><collab>The Walkers</collab></contrib>
</contrib-group>
<contrib-group><contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib></contrib-group>
<pub-date pub-type="epub"><day>3</day><month>12</month><year>2019</year></pub-date>
<pub-date pub-type="ppub"><month>1</month><year>2020</year></pub-date>
<volume>7</volume><issue>2</issue><fpage>11</fpage><lpage>19</lpage>
{related}
<abstract><sec><title>Methods</title><p>We walked thirty dogs (NCT01234567).</p></sec>
<sec><title>Results</title><p>Speed rose by 10<sup>&#8722;3</sup> m/s<sup><xref ref-type="bibr">1</xref>,<xref
ref-type="bibr">2</xref></sup> (p &lt; 0.05).</p></sec></abstract>
<abstract abstract-type="graphical"><p>A picture of a dog.</p></abstract>
<funding-group><funding-statement>The lead was a gift.</funding-statement></funding-group>
</article-meta></front>"""
BODY = """<body><p>Dogs walk.</p><sec><title>Methods</title><p>We walked <xref ref-type="bibr">[3]</xref> them.
<list><list-item><label>1.</label><p>On Monday.</p></list-item></list></p></sec>
<sec><title>Results</title><p>They were fast.</p>
<table-wrap><label>Table 1</label><caption><p>Speed.</p></caption><table><tr><th>Dog</th><th>m/s</th></tr>
<tr><td>Rex</td><td>1.5<xref ref-type="table-fn">a</xref></td></tr></table>
<table-wrap-foot><p>Rex is old.</p></table-wrap-foot></table-wrap>
<fig><label>Figure 1</label><caption><p>A walk.</p></caption></fig></sec></body>
<back><ref-list><title>References</title>
<ref><mixed-citation>Somebody. Something. 1999.</mixed-citation></ref></ref-list>
<ack><title>Acknowledgements</title><p>We thank the dogs.</p></ack></back>"""


def article(
    body: str = BODY, *, kind: str = "research-article", subject: str = "Research", related: str = "", tail: str = ""
) -> str:
    front = FRONT.format(subject=subject, related=related)
    link = "xmlns:xlink='http://www.w3.org/1999/xlink'"
    return f"<article {link} article-type='{kind}' xml:lang='en'>{front}{body}{tail}</article>"


def one(source: str) -> Record:
    found = list(read_jats(source))
    assert len(found) == 1
    assert isinstance(found[0], Record)
    return found[0]


def study(record: Record) -> Study:
    return build_study(record.passages, record.citation, Origin("a.xml", "0"))


def test_the_citation_is_that_of_the_front_matter() -> None:
    citation = one(article()).citation
    assert citation.title == "Walking in dogs: a trial"
    assert [a.short for a in citation.author] == ["Lee", "The Walkers"]
    assert (citation.DOI, citation.PMID, citation.PMCID) == ("10.1000/walk", "123", "PMC456")
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2020, 1),)
    assert (citation.container_title, citation.volume, citation.issue) == ("Journal of Walking", "7", "2")
    assert (citation.page, citation.language, citation.id) == ("11-19", "en", "lee-2020-walking")


def test_abstract_sections_tables_and_legends_come_in_order_and_references_do_not() -> None:
    read = study(one(article()))
    said = [(s.section, read.sentence_text(s.number)) for s in read.sentences]
    assert (SectionKind.METHODS, "We walked thirty dogs (NCT01234567).") in said
    assert (SectionKind.RESULTS, "Speed rose by 10⁻³ m/s[1,2] (p < 0.05).") in said
    assert (SectionKind.INTRODUCTION, "Dogs walk.") in said
    assert (SectionKind.METHODS, "We walked [3] them.") in said
    assert (SectionKind.RESULTS, "They were fast.") in said
    assert [t for k, t in said if k is SectionKind.TABLE] == ["Table 1 Speed.", "Dog  m/s", "Rex  1.5"]
    assert any(t.endswith("Rex is old.") for _, t in said)
    assert any(t.startswith("Figure 1") for _, t in said)
    assert (SectionKind.OTHER, "The lead was a gift.") in said
    assert "1. On Monday." in read.text
    assert "Somebody" not in read.text
    assert "picture of a dog" not in read.text


def test_a_reference_mark_that_is_raised_stands_in_brackets_whichever_way_it_is_nested() -> None:
    outer = one(article("<body><p>So they say<xref ref-type='bibr'><sup>4</sup></xref>.</p></body>"))
    assert any(p.text == "So they say[4]." for p in outer.passages)


@pytest.mark.parametrize(
    "tex",
    [
        r"\documentclass{article} \usepackage{pmc} \begin{document} \(p\ge 0.05\) \end{document}",
        r"\begin{document}$$p\ge 0.05$$\end{document}",
        r"$p \geq 0.05$",
        r"p\ge 0.05",
    ],
)
def test_a_formula_that_is_given_in_tex_alone_is_read_without_its_document(tex: str) -> None:
    body = f"<body><p>With <inline-formula><tex-math>{tex}</tex-math></inline-formula> it held.</p></body>"
    assert any(p.text.replace(" ", "") == "Withp≥0.05itheld." for p in one(article(body)).passages)


def test_registration_is_read_from_the_front_matter_only() -> None:
    assert one(article()).registration == "NCT01234567"
    bare = article("<body><p>As NCT00000001 did.</p></body>").replace("(NCT01234567)", "")
    assert one(bare).registration is None


@pytest.mark.parametrize(
    ("kind", "subject", "expected"),
    [
        ("research-article", "Research Article", None),
        ("retraction", "Retraction", DocumentKind.RETRACTION_NOTICE),
        ("correction", "", DocumentKind.CORRECTION),
        ("editorial", "", DocumentKind.EDITORIAL),
        ("research-article", "Study Protocol", DocumentKind.PROTOCOL),
        ("other", "Systematic Review", DocumentKind.SYSTEMATIC_REVIEW),
        ("case-report", "Case Report", DocumentKind.CASE_REPORT),
        ("article-commentary", "", DocumentKind.EDITORIAL),
        ("letter", "Research Letter", DocumentKind.OTHER),
        ("letter", "Letter to the Editor", DocumentKind.EDITORIAL),
        ("review-article", "Review", DocumentKind.NARRATIVE_REVIEW),
        ("review-article", "Meta-Analysis", DocumentKind.SYSTEMATIC_REVIEW),
    ],
)
def test_the_kind_of_document_is_what_the_journal_says(kind: str, subject: str, expected: DocumentKind | None) -> None:
    assert one(article(kind=kind, subject=subject)).document is expected


def test_a_day_without_its_month_is_no_month() -> None:
    source = article().replace("<month>1</month><year>2020", "<day>9</day><year>2020")
    issued = one(source).citation.issued
    assert issued is not None
    assert issued.date_parts == ((2020,),)


def test_an_article_marked_as_retracted_is_retracted_and_no_notice() -> None:
    record = one(article(subject="Retracted Article"))
    assert (record.document, record.status) == (None, PublicationStatus.RETRACTED)


def test_registration_numbers_have_one_form() -> None:
    source = article().replace("NCT01234567", "nct 01234567; KCT1234567; ISRCTN 12345678")
    assert one(source).registration == "NCT01234567; KCT1234567; ISRCTN12345678"


def test_links_say_what_happened_to_the_article() -> None:
    related = (
        "<related-article related-article-type='retraction-forward' ext-link-type='doi' xlink:href='10.1000/notice'/>"
        "<related-article related-article-type='correction-forward' ext-link-type='pmid' xlink:href='99999'/>"
    )
    record = one(article(related=related))
    assert record.status is PublicationStatus.RETRACTED
    assert record.relations == (
        Relation(kind=RelationKind.RETRACTED_BY, DOI="10.1000/notice"),
        Relation(kind=RelationKind.CORRECTED_BY, PMID="99999"),
    )


def test_an_article_without_abstract_and_body_has_no_text() -> None:
    source = "<article><front><article-meta><title-group><article-title>Bare</article-title></title-group>"
    record = one(source + "</article-meta></front></article>")
    assert record.citation.title == "Bare"
    assert record.passages == ()


def test_sub_articles_are_no_studies_and_sets_hold_several() -> None:
    review = "<sub-article article-type='reviewer-report'><front-stub/><body><p>Fine work.</p></body></sub-article>"
    both = f"<pmc-articleset>{article(tail=review)}{article(BODY)}</pmc-articleset>"
    found = list(read_jats(both))
    assert len(found) == 2
    assert all(isinstance(r, Record) for r in found)
    assert not any("Fine work" in p.text for r in found if isinstance(r, Record) for p in r.passages)


def test_a_namespace_changes_nothing() -> None:
    plain = one(article())
    spaced = one(article().replace("<article ", "<article xmlns='https://jats.nlm.nih.gov/ns/archiving/1.3/' ", 1))
    assert spaced.citation == plain.citation
    assert spaced.passages == plain.passages


def test_damage_is_one_fault_with_its_line() -> None:
    (found,) = read_jats("<article>\n<front>\n</article>")
    assert isinstance(found, FaultyRecord)
    assert found.line == 3
    assert list(read_jats("<pmc-articleset/>")) == [FaultyRecord(1, "is JATS without an article")]


def test_a_table_is_a_table_and_a_title_is_a_title() -> None:
    record = one(article())
    assert record.passages[0].role is Role.TITLE
    assert [p.text for p in record.passages if p.role is Role.TABLE] == ["Table 1 Speed.\nDog  m/s\nRex  1.5"]


@given(st.integers(0, 4000), st.integers(1, 60), st.text(max_size=10))
def test_mutilated_articles_never_raise(start: int, length: int, put: str) -> None:
    whole = article()
    for found in read_jats(whole[:start] + put + whole[start + length :]):
        assert isinstance(found, Record | FaultyRecord)


def test_a_method_called_protocol_makes_no_article_a_protocol() -> None:
    body = BODY.replace("<title>Methods</title>", "<title>2.2. Protocol</title>").replace("Dogs walk.", "We walked.")
    found = study(one(article(body)))
    assert [s.heading for s in found.sections].count("2.2. Protocol") > 0
    assert found.document is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Walking", DocumentKind.NARRATIVE_REVIEW), ("Walking: a systematic review", DocumentKind.SYSTEMATIC_REVIEW)],
)
def test_a_review_article_is_a_review_and_systematic_by_its_title(title: str, expected: DocumentKind) -> None:
    source = article(kind="review-article").replace("Walking in <italic>dogs</italic>", title)
    assert one(source).document is expected
