"""Prints a paper as each service does: Crossref's work, PubMed's XML, Europe PMC's core result, JATS, Unpaywall."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from tests.loopback_services.library import Notice, Paper

Json = dict[str, Any]


def crossref_date(parts: Iterable[int]) -> Json:
    numbers = list(parts)
    padded = [*numbers, 1, 1][:3]
    return {
        "date-parts": [numbers],
        "date-time": f"{padded[0]:04d}-{padded[1]:02d}-{padded[2]:02d}T00:00:00Z",
        "timestamp": 1514764800000,
    }


def crossref_work(paper: Paper) -> Json:
    """The envelope of GET /works/{doi}."""
    work: Json = {
        "indexed": crossref_date((2026, 1, 2)),
        "publisher": "Loopback Press",
        "DOI": paper.doi,
        "URL": f"https://doi.org/{paper.doi}",
        "prefix": "10.5555",
        "source": "Crossref",
        "type": "posted-content" if paper.preprint else "journal-article",
        "title": [paper.title],
        "container-title": [] if paper.preprint else [paper.journal],
        "author": [
            {"given": given, "family": family, "sequence": "first" if not n else "additional", "affiliation": []}
            for n, (family, given) in enumerate(paper.authors)
        ],
        "issued": {"date-parts": [[paper.year]]},
        "volume": "7",
        "issue": "2",
        "page": "101-110",
        "language": "en",
        "reference-count": 0,
        "relation": _crossref_relation(paper),
    }
    if paper.preprint:
        work["subtype"] = "preprint"
    if paper.abstract:
        work["abstract"] = crossref_abstract(paper)
    if paper.trial:
        work["clinical-trial-number"] = [
            {"clinical-trial-number": paper.trial.lower(), "registry": "10.18810/clinical-trials-gov"}
        ]
    if paper.notices:
        work["updated-by"] = [_crossref_update(n) for n in paper.notices if n.kind]
    if paper.updates:
        work["update-to"] = [
            {"updated": crossref_date((2024, 3, 26)), "DOI": doi, "type": kind, "source": "publisher", "label": kind}
            for kind, doi in paper.updates
        ]
    return {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": work}


def crossref_abstract(paper: Paper) -> str:
    parts = ["<jats:title>Abstract</jats:title>"]
    for head, text in paper.abstract:
        title = f"<jats:title>{escape(head)}</jats:title>" if head else ""
        parts.append(f"<jats:sec>{title}<jats:p>{escape(text)}</jats:p></jats:sec>")
    return "".join(parts)


def _crossref_update(notice: Notice) -> Json:
    update: Json = {
        "updated": crossref_date(notice.day),
        "DOI": notice.doi,
        "type": notice.kind,
        "source": notice.by,
        "label": notice.kind.replace("_", " ").capitalize(),
    }
    return {**update, "record-id": "12345"} if notice.by == "retraction-watch" else update


def _crossref_relation(paper: Paper) -> Json:
    relation: Json = {}
    for name, doi in (("is-preprint-of", paper.preprint_of), ("has-preprint", paper.has_preprint)):
        if doi:
            relation[name] = [{"id-type": "doi", "id": doi, "asserted-by": "subject"}]
    return relation


def pubmed_set(papers: Iterable[Paper]) -> bytes:
    """The answer of efetch."""
    doctype = (
        '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
    )
    articles = "".join(_pubmed_article(p) for p in papers)
    return f'<?xml version="1.0" ?>\n{doctype}\n<PubmedArticleSet>{articles}</PubmedArticleSet>'.encode()


def _pubmed_article(paper: Paper) -> str:
    authors = "".join(
        f'<Author ValidYN="Y"><LastName>{f}</LastName><ForeName>{g}</ForeName><Initials>{g[0]}</Initials></Author>'
        for f, g in paper.authors
    )
    abstract = "".join(
        (f'<AbstractText Label="{h.upper()}" NlmCategory="{h.upper()}">' if h else "<AbstractText>")
        + f"{escape(t)}</AbstractText>"
        for h, t in paper.abstract
    )
    corrections = "".join(
        f'<CommentsCorrections RefType="{n.reftype}"><RefSource>J Loopback Trials. 2024;8:1.</RefSource>'
        f'<PMID Version="1">{n.pmid}</PMID></CommentsCorrections>'
        for n in paper.notices
        if n.pmid
    )
    retracted = any(n.reftype == "RetractionIn" for n in paper.notices if n.pmid)
    kinds = ["Journal Article", *(["Retracted Publication"] if retracted else [])]
    types = "".join(f'<PublicationType UI="D016428">{k}</PublicationType>' for k in kinds)
    ids = "".join(
        f'<ArticleId IdType="{kind}">{value}</ArticleId>'
        for kind, value in (("pubmed", paper.pmid), ("doi", paper.doi), ("pmc", paper.pmcid))
        if value
    )
    doi = f'<ELocationID EIdType="doi" ValidYN="Y">{paper.doi}</ELocationID>' if paper.doi else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{paper.pmid}</PMID>'
        f'<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><Volume>7</Volume><Issue>2</Issue>'
        f"<PubDate><Year>{paper.year}</Year><Month>Mar</Month></PubDate></JournalIssue>"
        f"<Title>{paper.journal}</Title>"
        f"<ISOAbbreviation>J Loopback Trials</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{escape(paper.title)}.</ArticleTitle>"
        f"<Pagination><MedlinePgn>101-10</MedlinePgn></Pagination>{doi}"
        + (f"<Abstract>{abstract}</Abstract>" if abstract else "")
        + f'<AuthorList CompleteYN="Y">{authors}</AuthorList><Language>eng</Language>'
        f"<PublicationTypeList>{types}</PublicationTypeList></Article>"
        + (f"<CommentsCorrectionsList>{corrections}</CommentsCorrectionsList>" if corrections else "")
        + f"</MedlineCitation><PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>{ids}"
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


def converted(papers: Iterable[Paper], asked: Iterable[str], kind: str) -> Json:
    """The answer of the PMC ID converter, which knows articles in PMC only."""
    of = {str(getattr(p, kind)).lower(): p for p in papers if p.pmcid and getattr(p, kind)}
    records: list[Json] = []
    for one in asked:
        paper = of.get(one.lower())
        if paper is None:
            records.append({"requested-id": one, "status": "error", "errmsg": "Identifier not found in PMC"})
        else:
            pmid = int(paper.pmid) if paper.pmid else None
            record = {"doi": paper.doi, "pmcid": paper.pmcid, "pmid": pmid, "requested-id": one}
            records.append({k: v for k, v in record.items() if v is not None})
    return {"status": "ok", "response-date": "2026-01-02 10:00:00", "request": {"format": "json"}, "records": records}


def core_result(paper: Paper) -> Json:
    """One result of Europe PMC's search with resultType=core."""
    kinds = ["Preprint"] if paper.preprint else ["research-article", "Journal Article"]
    result: Json = {
        "id": paper.pmid or "PPR700001",
        "source": "PPR" if paper.preprint else "MED",
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "doi": paper.doi,
        "title": f"{paper.title}.",
        "authorString": ", ".join(f"{f} {g[0]}" for f, g in paper.authors) + ".",
        "authorList": {
            "author": [
                {"fullName": f"{f} {g[0]}", "firstName": g, "lastName": f, "initials": g[0]} for f, g in paper.authors
            ]
        },
        "pubYear": str(paper.year),
        "pageInfo": "101-110",
        "abstractText": "".join(f"<h4>{h}</h4>{escape(t)}" if h else escape(t) for h, t in paper.abstract) or None,
        "language": "eng",
        "pubTypeList": {"pubType": kinds},
        "isOpenAccess": "Y" if paper.body else "N",
        "inEPMC": "Y" if paper.body else "N",
        "inPMC": "N",
        "hasPDF": "N",
        "license": paper.licence,
        "citedByCount": 0,
    }
    if not paper.preprint:
        result["journalInfo"] = {
            "issue": "2",
            "volume": "7",
            "yearOfPublication": paper.year,
            "journal": {"title": paper.journal, "medlineAbbreviation": "J Loopback Trials"},
        }
    notices = [
        {"id": n.pmid, "source": "MED", "reference": "J Loopback Trials. 2024;8:1", "type": _SPOKEN[n.reftype]}
        for n in paper.notices
        if n.pmid
    ]
    if notices:
        result["commentCorrectionList"] = {"commentCorrection": notices}
    return {k: v for k, v in result.items() if v is not None}


_SPOKEN = {
    "RetractionIn": "Retraction in",
    "ErratumIn": "Erratum in",
    "ExpressionOfConcernIn": "Expression of concern in",
    "CommentIn": "Comment in",
}


def jats(paper: Paper) -> bytes:
    """The open full text."""
    ids = "".join(
        f'<article-id pub-id-type="{kind}">{value}</article-id>'
        for kind, value in (("pmid", paper.pmid), ("pmc", (paper.pmcid or "")[3:]), ("doi", paper.doi))
        if value
    )
    names = "".join(
        f'<contrib contrib-type="author"><name><surname>{f}</surname><given-names>{g}</given-names></name></contrib>'
        for f, g in paper.authors
    )

    def section(head: str, text: str) -> str:
        title = f"<title>{escape(head)}</title>" if head else ""
        return f"<sec>{title}<p>{escape(text)}</p></sec>"

    abstract = "".join(section(h, t) for h, t in paper.abstract)
    body = "".join(section(h, t) for h, t in paper.body)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><article article-type="research-article"><front><journal-meta>'
        f"<journal-title-group><journal-title>{paper.journal}</journal-title></journal-title-group></journal-meta>"
        f"<article-meta>{ids}<title-group><article-title>{escape(paper.title)}</article-title></title-group>"
        f'<contrib-group>{names}</contrib-group><pub-date pub-type="ppub"><year>{paper.year}</year></pub-date>'
        f"<volume>7</volume><issue>2</issue><fpage>101</fpage><lpage>110</lpage><abstract>{abstract}</abstract>"
        f"</article-meta></front><body>{body}</body></article>"
    ).encode()


def unpaywall_object(paper: Paper) -> Json:
    """Unpaywall's object of a DOI, version 2."""
    place: Json | None = None
    if paper.pdf_url:
        place = {
            "endpoint_id": None,
            "evidence": "open (via page says license)",
            "host_type": "repository",
            "is_best": True,
            "license": paper.licence,
            "url": paper.pdf_url,
            "url_for_landing_page": f"https://doi.org/{paper.doi}",
            "url_for_pdf": paper.pdf_url,
            "version": "publishedVersion",
        }
    return {
        "doi": paper.doi,
        "doi_url": f"https://doi.org/{paper.doi}",
        "data_standard": 2,
        "is_oa": place is not None,
        "oa_status": "green" if place else "closed",
        "title": paper.title,
        "year": paper.year,
        "best_oa_location": place,
        "first_oa_location": place,
        "oa_locations": [place] if place else [],
    }
