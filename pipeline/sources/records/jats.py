"""Reads JATS (NLM, PubMed Central, publishers' XML): articles with their full text, one or many in a file.

Promises a record for every article, its citation, what kind of document it is, its links to others, and its text.
Nested sub-articles (peer reviews, translations) are no studies and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.sources.citation import citation_id
from pipeline.sources.records.jats_text import article_passages, inline_text, title_of
from pipeline.sources.records.kinds import document_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.xml import Node, XmlError, local_name, open_xml
from schemas.study import Citation, Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind

_KINDS = {
    "retraction": DocumentKind.RETRACTION_NOTICE,
    "correction": DocumentKind.CORRECTION,
    "addendum": DocumentKind.CORRECTION,
    "editorial": DocumentKind.EDITORIAL,
    "article-commentary": DocumentKind.EDITORIAL,
    "letter": DocumentKind.EDITORIAL,
    "reply": DocumentKind.EDITORIAL,
    "case-report": DocumentKind.CASE_REPORT,
    "systematic-review": DocumentKind.SYSTEMATIC_REVIEW,
    "meta-analysis": DocumentKind.SYSTEMATIC_REVIEW,
    "protocol": DocumentKind.PROTOCOL,
    "study-protocol": DocumentKind.PROTOCOL,
}
_SUBJECTS = {
    r"(?:study|trial|review) protocols?": DocumentKind.PROTOCOL,
    r"systematic reviews?|meta-analys[ei]s": DocumentKind.SYSTEMATIC_REVIEW,
    r"case reports?": DocumentKind.CASE_REPORT,
    r"editorials?|comment(?:ary)?|letters?(?: to the editor)?|perspectives?": DocumentKind.EDITORIAL,
    r"corrections?|errat(?:um|a)|corrigend(?:um|a)": DocumentKind.CORRECTION,
    r"retract(?:ion|ed).*": DocumentKind.RETRACTION_NOTICE,
}
_RELATIONS = {
    "retracted-article": RelationKind.RETRACTS,
    "corrected-article": RelationKind.CORRECTS,
    "addended-article": RelationKind.CORRECTS,
    "commentary-article": RelationKind.COMMENTS_ON,
    "object-of-concern": RelationKind.COMMENTS_ON,
    "letter": RelationKind.COMMENTED_BY,
    "commentary": RelationKind.COMMENTED_BY,
    "retraction-forward": RelationKind.RETRACTED_BY,
    "retraction": RelationKind.RETRACTED_BY,
    "correction-forward": RelationKind.CORRECTED_BY,
    "correction": RelationKind.CORRECTED_BY,
    "addendum": RelationKind.CORRECTED_BY,
    "concern-forward": RelationKind.CONCERN_BY,
    "expression-of-concern": RelationKind.CONCERN_BY,
    "preprint": RelationKind.HAS_PREPRINT,
    "published-article": RelationKind.HAS_ARTICLE,
}
_STATUS = (
    (RelationKind.RETRACTED_BY, PublicationStatus.RETRACTED),
    (RelationKind.CONCERN_BY, PublicationStatus.EXPRESSION_OF_CONCERN),
    (RelationKind.CORRECTED_BY, PublicationStatus.CORRECTED),
)
_REGISTRATION = re.compile(
    r"\b(?:NCT ?0?\d{8}|ISRCTN ?\d{8}|ACTRN ?\d{14}p?|ChiCTR[-\w]{4,20}|DRKS ?\d{8}|EUCTR ?\d{4}-\d{6}-\d\d|"
    r"UMIN ?\d{9}|jRCTs?\d{9,10}|CRD ?\d{11}|NTR ?\d{2,4}|IRCT ?\w{10,20}|CTRI/\d{4}/\d\d/\d{6}|PACTR ?\d{15,18})\b"
)
_DATES = ("ppub", "collection", "epub-ppub", "epub", "pub", "preprint")


def read_jats(source: bytes | str) -> Iterator[Record | FaultyRecord]:
    """The articles of a JATS file in order; one FaultyRecord when the file is no XML that can be read."""
    try:
        root = open_xml(source)
    except XmlError as fault:
        yield FaultyRecord(fault.line, fault.cause)
        return
    articles = [root] if local_name(root) == "article" else list(root.iter("{*}article"))
    if not articles:
        yield FaultyRecord(1, "is JATS without an article")
    for article in articles:
        yield _record(article)


def _record(article: Node) -> Record | FaultyRecord:
    line = article.sourceline or 1
    meta = _first(article, "article-meta")
    if meta is None:
        return FaultyRecord(line, "is an article without article-meta")
    citation = _citation(article, meta)
    relations = tuple(_relations(meta))
    passages = article_passages(article, citation.title or "")
    kinds = {r.kind for r in relations}
    return Record(
        line=line,
        citation=citation,
        passages=passages,
        document=_document(article, meta),
        status=next((status for kind, status in _STATUS if kind in kinds), None),
        registration=_registration(meta),
        relations=relations,
    )


def _citation(article: Node, meta: Node) -> Citation:
    journal = _first(article, "journal-meta")
    ids = {(n.get("pub-id-type") or ""): _text(n) for n in meta if local_name(n) == "article-id"}
    pmc = ids.get("pmcid") or ids.get("pmc") or ids.get("pmcaid")
    first, last = _text(_child(meta, "fpage")), _text(_child(meta, "lpage"))
    given = {
        "id": "study",
        "type": "article-journal",
        "genre": "preprint" if article.get("article-type") == "preprint" else None,
        "title": _title(meta) or None,
        "author": list(_authors(meta)),
        "issued": _issued(meta),
        "container-title": _text(_first(journal, "journal-title")) if journal is not None else None,
        "volume": _text(_child(meta, "volume")) or None,
        "issue": _text(_child(meta, "issue")) or None,
        "page": (f"{first}-{last}" if last and last != first else first) or _text(_child(meta, "elocation-id")) or None,
        "DOI": ids.get("doi") or None,
        "PMID": ids.get("pmid") or None,
        "PMCID": f"PMC{pmc.upper().removeprefix('PMC')}" if pmc else None,
        "language": article.get("{http://www.w3.org/XML/1998/namespace}lang") or None,
    }
    citation = Citation.model_validate(given)
    return citation.model_copy(update={"id": citation_id(citation)})


def _title(meta: Node) -> str:
    group = _child(meta, "title-group")
    if group is None:
        return ""
    title, subtitle = title_of(_child(group, "article-title")), title_of(_child(group, "subtitle"))
    return f"{title.rstrip(':')}: {subtitle}" if title and subtitle else title


def _authors(meta: Node) -> Iterator[dict[str, str]]:
    """Authors of the article; editors, reviewers and translators are none."""
    for group in meta:
        if local_name(group) != "contrib-group":
            continue
        for person in group:
            if local_name(person) != "contrib" or person.get("contrib-type") not in {None, "author"}:
                continue
            name = next((n for n in (_first(person, "name"), _first(person, "string-name")) if n is not None), None)
            group_name = _child(person, "collab")
            if name is not None and _child(name, "surname") is not None:
                parts = {"family": _text(_child(name, "surname")), "given": _text(_child(name, "given-names"))}
                yield {key: value for key, value in parts.items() if value}
            elif name is not None or group_name is not None:
                literal = _text(name if name is not None else group_name)
                if literal:
                    yield {"literal": literal}


def _issued(meta: Node) -> dict[str, list[list[int]]] | None:
    """The date by which an article is cited: that of the issue before the one of its first appearance."""
    dates = [d for d in meta if local_name(d) == "pub-date"]
    dates.sort(key=lambda d: _DATES.index(kind) if (kind := d.get("pub-type") or d.get("date-type")) in _DATES else 9)
    for date in dates:
        parts = [_text(_child(date, name)) for name in ("year", "month", "day")]
        numbers = [int(p) for p in parts if re.fullmatch(r"\d{1,4}", p)]
        if re.fullmatch(r"\d{4}", parts[0]):
            return {"date-parts": [numbers]}
    return None


def _document(article: Node, meta: Node) -> DocumentKind | None:
    """By the type of the article, else by the heading under which the journal prints it; null leaves it to the text."""
    printed = (article.get("article-type") or "").lower()
    stated = _KINDS.get(printed) or _by_subject(meta)
    if stated is None and printed == "review-article":
        title = _first(meta, "article-title")
        return document_of(["Review"], _text(title))
    return stated


def _by_subject(meta: Node) -> DocumentKind | None:
    for group in meta.iter("{*}subj-group"):
        if group.get("subj-group-type") in {None, "heading"}:
            subject = _text(_child(group, "subject"))
            return next(
                (kind for heads, kind in _SUBJECTS.items() if re.fullmatch(heads, subject, re.IGNORECASE)), None
            )
    return None


def _relations(meta: Node) -> Iterator[Relation]:
    for node in meta.iter("{*}related-article", "{*}related-object"):
        kind = _RELATIONS.get((node.get("related-article-type") or node.get("link-type") or "").lower())
        if kind is None:
            continue
        target = (node.get("{http://www.w3.org/1999/xlink}href") or _text(node)).strip()
        if node.get("ext-link-type") == "pmid" or re.fullmatch(r"\d{5,9}", target):
            yield Relation(kind=kind, PMID=target)
        elif found := re.search(r"10\.\d{4,9}/\S+", target):
            yield Relation(kind=kind, DOI=found.group())
        elif target or _text(node):
            yield Relation(kind=kind, reference=(target or _text(node))[:500])


def _registration(meta: Node) -> str | None:
    """Numbers of trial registries in the front matter, where they can only be the article's own."""
    stated = [_text(n) for n in meta.iter("{*}ext-link", "{*}related-object") if n.get("ext-link-type") != "uri"]
    abstracts = [inline_text([a]) for a in meta if local_name(a) == "abstract"]
    found = _REGISTRATION.findall(" ; ".join([*stated, *abstracts]))
    return "; ".join(dict.fromkeys(found)) or None


def _text(node: Node | None) -> str:
    return inline_text([node]) if node is not None else ""


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in node if local_name(child) == name), None)


def _first(node: Node, name: str) -> Node | None:
    return next(node.iter(f"{{*}}{name}"), None)
