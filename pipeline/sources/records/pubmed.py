"""Reads PubMed XML: answers of efetch, exports of PubMed, bare MedlineCitation sets, chapters and books of Bookshelf.

Promises one record or fault an element, each parsed by itself, so that a broken one does not cost the others. Says
what PubMed says of retraction, concern, erratum, comments, preprints and trial registers. Reads no reference lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.sources.records.abstracts import Part
from pipeline.sources.records.charset import decode
from pipeline.sources.records.dates import date_in_parts, date_of
from pipeline.sources.records.draft import Draft, bounded, finished
from pipeline.sources.records.fields import article_number, bare_pmid, doi_of, language_of, pages_of, pmcid_of
from pipeline.sources.records.fragments import Fragment, fragments
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.relations import relation_of
from pipeline.sources.records.xml import Node, XmlError, open_xml, text_of
from schemas.study import CslDate, Name, Relation

_NO_TRIALS = re.compile(
    r"genbank|pdb|geo|omim|refseq|swissprot|uniprotkb|pir|gdb|sra|dbgap|dbsnp|dbvar|dryad|figshare|bioproject|pubchem.*",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(r"\W*(?:not available|no title(?: available)?)?\W*", re.IGNORECASE)


def read_pubmed_xml(source: str | bytes) -> Iterator[Record | FaultyRecord]:
    """The records of PubMed XML in their order."""
    return bounded(decode(source) if isinstance(source, bytes) else source, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    names = ("PubmedArticle", "PubmedBookArticle")
    wrapped = re.search(r"<(?:PubmedArticle|PubmedBookArticle)[\s>]", text) is not None
    found = False
    for fragment in fragments(text, *(names if wrapped else ("MedlineCitation",))):
        found = True
        yield _read(fragment)
    if not found and text.strip():
        yield FaultyRecord(1, "holds no PubMed record")


def _read(fragment: Fragment) -> Record | FaultyRecord:
    try:
        root = open_xml(fragment.text)
    except XmlError as error:
        return FaultyRecord(fragment.line, f"{error.cause}, on line {fragment.line + error.line - 1}")
    document = root.find("BookDocument")
    if document is not None:
        return finished(_book(document, fragment.line))
    citation = root if root.tag == "MedlineCitation" else root.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        return FaultyRecord(fragment.line, "holds no article")
    return finished(_article(root, citation, article, fragment.line))


def _article(root: Node, citation: Node, article: Node, line: int) -> Draft:
    types = tuple(text_of(node) for node in article.findall("PublicationTypeList/PublicationType"))
    preprint = any(name.lower() == "preprint" for name in types)
    identifiers = root.findall("PubmedData/ArticleIdList/ArticleId")
    return Draft(
        line=line,
        title=_title(article),
        author=_authors(article.find("AuthorList")),
        issued=_date(article.find("Journal/JournalIssue/PubDate")) or _date(article.find("ArticleDate")),
        container=text_of(article.find("Journal/Title")) or text_of(citation.find("MedlineJournalInfo/MedlineTA")),
        volume=text_of(article.find("Journal/JournalIssue/Volume")),
        issue=text_of(article.find("Journal/JournalIssue/Issue")),
        page=_pages(article.find("Pagination")) or _article_number(article),
        doi=_doi(identifiers, article),
        pmid=bare_pmid(text_of(citation.find("PMID"))) or bare_pmid(_identifier(identifiers, "pubmed")),
        pmcid=pmcid_of(_identifier(identifiers, "pmc")),
        language=language_of(text_of(article.find("Language"))),
        types=types,
        abstract=_abstract(article.find("Abstract")) or _english(citation),
        registered=_registered(article),
        relations=_relations(citation, preprint=preprint),
    )


def _book(document: Node, line: int) -> Draft:
    book = document.find("Book")
    chapter, whole = text_of(document.find("ArticleTitle")), text_of(document.find("Book/BookTitle"))
    lists = [*document.findall("AuthorList"), *(book.findall("AuthorList") if book is not None else [])]
    written = [node for node in lists if node.get("Type") != "editors"] or lists
    identifiers = document.findall("ArticleIdList/ArticleId")
    return Draft(
        line=line,
        type="chapter" if chapter and chapter != whole else "book",
        title=chapter or whole,
        author=_authors(written[0] if written else None),
        issued=_date(document.find("ContributionDate")) or _date(document.find("Book/PubDate")),
        container=whole if chapter and chapter != whole else "",
        page=_pages(document.find("Pagination")),
        doi=doi_of(_identifier(identifiers, "doi")),
        pmid=bare_pmid(text_of(document.find("PMID"))),
        pmcid=pmcid_of(_identifier(identifiers, "pmc")),
        language=language_of(text_of(document.find("Language"))),
        types=tuple(text_of(node) for node in document.findall("PublicationType")),
        abstract=_abstract(document.find("Abstract")),
    )


def _title(article: Node) -> str:
    title = text_of(article.find("ArticleTitle"))
    return text_of(article.find("VernacularTitle")) if _NO_TITLE.fullmatch(title) else title


def _authors(listed: Node | None) -> tuple[Name, ...]:
    names: list[Name] = []
    for author in listed.findall("Author") if listed is not None else []:
        family, group = text_of(author.find("LastName")), text_of(author.find("CollectiveName"))
        given = text_of(author.find("ForeName")) or text_of(author.find("Initials"))
        given = " ".join(part for part in (given, text_of(author.find("Suffix"))) if part)
        if author.get("ValidYN") == "N" or not (family or group):
            continue
        names.append(Name(family=family, given=given or None) if family else Name(literal=group))
    return tuple(names)


def _date(node: Node | None) -> CslDate | None:
    if node is None:
        return None
    parts = (text_of(node.find(name)) for name in ("Year", "Month", "Day"))
    return date_in_parts(*parts) or date_of(text_of(node.find("MedlineDate")))


def _pages(node: Node | None) -> str | None:
    if node is None:
        return None
    return pages_of(text_of(node.find("MedlinePgn"))) or pages_of(
        text_of(node.find("StartPage")), text_of(node.find("EndPage"))
    )


def _article_number(article: Node) -> str | None:
    printed = (text_of(node) for node in article.findall("ELocationID") if node.get("EIdType") == "pii")
    return next(filter(None, map(article_number, printed)), None)


def _identifier(identifiers: list[Node], kind: str) -> str:
    return next((text_of(node) for node in identifiers if node.get("IdType") == kind and text_of(node)), "")


def _doi(identifiers: list[Node], article: Node) -> str | None:
    stated = [
        text_of(node)
        for node in article.findall("ELocationID")
        if node.get("EIdType") == "doi" and node.get("ValidYN") != "N"
    ]
    return next(filter(None, map(doi_of, [_identifier(identifiers, "doi"), *stated])), None)


def _abstract(node: Node | None) -> list[Part]:
    if node is None:
        return []
    return [
        Part(part.get("Label") or "", text_of(part), part.get("NlmCategory") or "")
        for part in node.findall("AbstractText")
    ]


def _english(citation: Node) -> list[Part]:
    """An abstract that PubMed keeps beside the place of the abstract, where it is English."""
    other = [n for n in citation.findall("OtherAbstract") if (n.get("Language") or "eng").startswith("en")]
    return _abstract(other[0]) if other else []


def _registered(article: Node) -> list[str]:
    return [
        text_of(number)
        for bank in article.findall("DataBankList/DataBank")
        if not _NO_TRIALS.fullmatch(text_of(bank.find("DataBankName")))
        for number in bank.findall("AccessionNumberList/AccessionNumber")
    ]


def _relations(citation: Node, *, preprint: bool) -> list[Relation]:
    found = [
        relation_of(
            node.get("RefType") or "",
            text_of(node.find("RefSource")),
            pmid=bare_pmid(text_of(node.find("PMID"))),
            preprint=preprint,
        )
        for node in citation.findall("CommentsCorrectionsList/CommentsCorrections")
    ]
    return [relation for relation in found if relation is not None]
