from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.detection import SourceFormat, format_of, is_pdf, other_binary

ATTRIBUTES = "xmlns:xlink='http://www.w3.org/1999/xlink'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TY  - JOUR\nTI  - A\nER  - \n", SourceFormat.RIS),
        ("\ufeff\r\nTY  - JOUR\r\n", SourceFormat.RIS),
        ("Provider: a vendor\nContent: text\n\nTY - JOUR\n", SourceFormat.RIS),
        ("AU  - Lee, Ann\nTI  - Walking\nPY  - 2019\nER  - \n", SourceFormat.RIS),
        ("ER  - \n\nER  - \n", SourceFormat.RIS),
        ("FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\n", SourceFormat.WOS),
        ("FN ISI Export Format\r\nVR 1.0\r\n", SourceFormat.WOS),
        ("\nPMID- 123\nOWN - NLM\n", SourceFormat.MEDLINE),
        ("PMID - 123\n", SourceFormat.MEDLINE),
        ("\nOWN - ERIC\nTI  - Walking\n", SourceFormat.MEDLINE),
        ("<1. >\r\nVN  - Ovid Technologies\r\nDB  - Embase\r\n", SourceFormat.OVID),
        ("\n <12>\n VN - Ovid Technologies\n", SourceFormat.OVID),
        ("% exported\n\n@Article{lee, title={a}}", SourceFormat.BIBTEX),
        ("% saved\n@patent{lee,\n  title = {A},\n}", SourceFormat.BIBTEX),
        ("@web_page{lee, title={A}}", SourceFormat.BIBTEX),
        ("@string{j = {Journal}}\n@inproceedings(a, title={b})", SourceFormat.BIBTEX),
        ('[{"id": "a", "type": "article-journal"}]', SourceFormat.CSL_JSON),
        ("[]", SourceFormat.CSL_JSON),
        ('{"items": []}', SourceFormat.CSL_JSON),
        ('{"type": "article-journal", "title": "A"}', SourceFormat.CSL_JSON),
        ('{"citation": {"id": "a", "type": "article-journal", "title": "A"}, "text": "b"}', SourceFormat.FORM),
        ('{"text": "a"}', SourceFormat.FORM),
        ("citation: {id: a}\ntext: b\n", SourceFormat.FORM),
        ("note: a\ncitation:\n  id: a\n", SourceFormat.FORM),
        ("---\ncitation:\n  id: a\n---\n\nWe walked.", SourceFormat.TEXT),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE PubmedArticleSet PUBLIC 'a' 'b'>\n<PubmedArticleSet>",
            SourceFormat.PUBMED_XML,
        ),
        (f"<!-- [ --><!DOCTYPE article [ <!ENTITY a 'b'> ]><article {ATTRIBUTES}>", SourceFormat.JATS),
        ("<pmc-articleset><article>", SourceFormat.JATS),
        ("<nlm:article xmlns:nlm='a'>", SourceFormat.JATS),
        ("<OAI-PMH><record><article>", SourceFormat.JATS),
        ("<?xml version='1.0'?><xml><records><record>", SourceFormat.ENDNOTE_XML),
        ("We walked. The study of 2003 (PMID 123) was small.", SourceFormat.TEXT),
        ("# Walking\n\nWe walked @home{with a dog}.", SourceFormat.TEXT),
    ],
)
def test_the_format_is_found_from_the_content(text: str, expected: SourceFormat) -> None:
    assert format_of(text) is expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<!doctype html><html lang='en'>", "web page"),
        ("<HTML>", "web page"),
        ("<xml><a/></xml>", "not read here"),
        ("<OAI-PMH><record><dc>", "not read here"),
        ("<?xml version='1.0'?>", "damaged XML"),
        ('[{"file": "a.pdf", "title": "A"}]', "JSON of a kind that is not read here"),
        ("{\\rtf1 a}", "RTF"),
        ("%!PS-Adobe-3.0", "PostScript"),
        ("From: <Saved by Blink>\nSubject: Walking\n in dogs\nMIME-Version: 1.0\n", "saved web page"),
        ("[InternetShortcut]\nURL=https://example.org/\n", "link to a web page"),
    ],
)
def test_what_is_known_and_not_read_is_named(text: str, what: str) -> None:
    found = format_of(text)
    assert not isinstance(found, SourceFormat)
    assert what in found


def test_a_pdf_may_have_rubbish_before_its_mark() -> None:
    assert is_pdf(b"\x00" * 1000 + b"%PDF-1.4")
    assert not is_pdf(b"\x00" * 1030 + b"%PDF-1.4")


def test_binary_formats_are_known_by_their_signature() -> None:
    assert other_binary(b"\xd0\xcf\x11\xe0") == ("is an old Office document", "save it as PDF or text and give that")
    assert other_binary(b"We walked") is None


@pytest.mark.parametrize(
    ("names", "what", "remedy"),
    [
        (("[Content_Types].xml", "word/document.xml"), "is a Word document", "save it as PDF or text"),
        (("[Content_Types].xml", "xl/workbook.xml"), "is an Excel workbook", "export of the references"),
        (("paper.txt", "other.pdf"), "is a ZIP archive", "unpack it"),
    ],
)
def test_a_zip_archive_is_called_what_its_user_calls_it(names: tuple[str, ...], what: str, remedy: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    known = other_binary(stream.getvalue())
    assert known is not None
    assert (known[0], remedy in known[1]) == (what, True)


@given(st.text(max_size=300))
def test_any_text_has_a_format_or_a_name(text: str) -> None:
    assert format_of(text)


def test_the_first_bytes_of_a_pdf_alone_are_no_text() -> None:
    assert not is_pdf(b"%PDF")
    known = other_binary(b"%PDF")
    assert known is not None
    assert known[0] == "is damaged at its beginning, and no PDF reader opens it"


@pytest.mark.parametrize(
    "text",
    [
        "# spring\nid: rowing\nclaim: Rowing builds strength.\n",
        "- claim: Rowing builds strength.\n  studies: [a.pdf]\n",
        "---\n- id: rowing\n  studies:\n    - a.pdf\n  claim: Rowing builds strength.\n",
    ],
)
def test_a_claims_file_in_a_folder_of_studies_is_no_study(text: str) -> None:
    assert format_of(text) == "is a claims file, which names studies and is none"


@pytest.mark.parametrize("text", ["We claim: dogs walk.\n", "- dogs\n- claim: cats\n", "id: x\nDogs walk.\nclaim: y\n"])
def test_a_text_that_makes_a_claim_is_a_text(text: str) -> None:
    assert format_of(text) is SourceFormat.TEXT


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("%0 Journal Article\n%T Walking\n%A Lee, Ann\n", "EndNote's tagged format"),
        ("%T Walking\n%A Lee, Ann\n", "EndNote's tagged format"),
        ("<8>\nAuthor\n  Lee, Ann\nTitle\n  Walking\n", "a text export of Ovid"),
        ("Refworks Export Tagged Format\n\nTag legend\n", "RefWorks"),
        ("RT Journal Article\nSR Electronic\nA1 Lee, Ann\n", "RefWorks"),
        ("Record #1 of 2\nID: CN-01234567\nAU: Lee A\n", "Cochrane Library"),
        (
            '{"config": {}, "items": [{"itemType": "journalArticle", "title": "A", "creators": []}]}',
            "Zotero's own JSON",
        ),
        ('{"id": "https://openalex.org/W1", "title": "A", "type": "article", "authorships": []}', "OpenAlex"),
        ('{"resultType": "core", "title": "A", "type": "x", "abstractText": "They ran."}', "Europe PMC"),
        ('{"id": "a", "titles": [{"title": "A"}], "type": "dois", "schemaVersion": "4"}', "DataCite"),
        ("\ufeffPT\tAU\tTI\tSO\nJ\tLee, A\tWalking\tWALKS\n", "tab-delimited export of Web of Science"),
        ("TY\tAU\tyear\tTI\tJO\nJOUR\tLee, A.\t2019\tWalking\tWalks\n", "a table"),
        ('"Authors","Title","Year","DOI","Abstract"\n"Lee A.","Walking","2019","10.1000/a","They ran."\n', "a table"),
    ],
)
def test_an_export_in_a_format_that_is_not_read_is_no_text_that_mixes_its_records(text: str, what: str) -> None:
    found = format_of(text)
    assert what in found
    assert "is not read here" in found


@pytest.mark.parametrize(
    "text",
    [
        "30668574\n30235242\n",
        "doi:10.1000/a\nhttps://doi.org/10.1000/b\n\nPMC1234\n",
        "\ufeff" + "30668574\r\n" * 9_000,
    ],
)
def test_a_list_of_identifiers_is_no_text(text: str) -> None:
    assert "list of identifiers" in format_of(text)


def test_one_number_and_a_list_with_words_are_texts() -> None:
    assert format_of("30668574\n") is SourceFormat.TEXT
    assert format_of("30668574\n30235242\nWalking\n") is SourceFormat.TEXT


@pytest.mark.parametrize(
    "text", ["Title, authors, year, DOI and abstract were read.\n", "Walking, running, and jumping\n"]
)
def test_a_text_that_lists_things_is_a_text(text: str) -> None:
    assert format_of(text) is SourceFormat.TEXT
