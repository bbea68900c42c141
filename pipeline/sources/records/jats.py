"""Reads JATS (NLM, PubMed Central, publishers' XML): articles with their full text, one or many in a file.

Promises a record for every article, its citation, what kind of document it is, its links to others, and its text.
Nested sub-articles (peer reviews, translations) are no studies and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.sources.records.dates import date_in_parts
from pipeline.sources.records.draft import Draft, finished
from pipeline.sources.records.fields import bare_pmid, doi_of, language_of, pages_of, pmcid_of
from pipeline.sources.records.jats_text import article_passages, inline_text, title_of
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.xml import Node, XmlError, local_name, open_xml
from pipeline.sources.standing import link_by_notice
from schemas.study import CslDate, Name, Relation
from schemas.vocabulary import RelationKind

_LINKS = {
    "retracted-article": RelationKind.RETRACTS,
    "corrected-article": RelationKind.CORRECTS,
    "addended-article": RelationKind.CORRECTS,
    "commentary-article": RelationKind.COMMENTS_ON,
    "object-of-concern": RelationKind.COMMENTS_ON,
    "letter": RelationKind.COMMENTED_BY,
    "commentary": RelationKind.COMMENTED_BY,
    "concern-forward": RelationKind.CONCERN_BY,
    "published-article": RelationKind.HAS_ARTICLE,
}
"""Words of JATS alone; the others are names of notices ('retraction', 'correction-forward')."""

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
    record = finished(_draft(article, meta, line))
    if isinstance(record, FaultyRecord):
        return record
    return replace(record, passages=article_passages(article, record.citation.title or ""))


def _draft(article: Node, meta: Node, line: int) -> Draft:
    journal = _first(article, "journal-meta")
    ids = {(n.get("pub-id-type") or ""): _text(n) for n in meta if local_name(n) == "article-id"}
    pmc = ids.get("pmcid") or ids.get("pmc") or ids.get("pmcaid") or ""
    return Draft(
        line=line,
        title=_title(meta),
        author=tuple(_authors(meta)),
        issued=_issued(meta),
        container=_text(_first(journal, "journal-title")) if journal is not None else "",
        volume=_text(_child(meta, "volume")),
        issue=_text(_child(meta, "issue")),
        page=pages_of(_text(_child(meta, "fpage")), _text(_child(meta, "lpage")))
        or pages_of(_text(_child(meta, "elocation-id"))),
        doi=doi_of(ids.get("doi")),
        pmid=bare_pmid(ids.get("pmid")),
        pmcid=pmcid_of(f"PMC{pmc.upper().removeprefix('PMC')}"),
        language=language_of(article.get("{http://www.w3.org/XML/1998/namespace}lang")),
        types=tuple(_types(article, meta)),
        registered=_registered(meta),
        relations=list(_relations(meta)),
    )


def _title(meta: Node) -> str:
    group = _child(meta, "title-group")
    if group is None:
        return ""
    title, subtitle = title_of(_child(group, "article-title")), title_of(_child(group, "subtitle"))
    return f"{title.rstrip(':')}: {subtitle}" if title and subtitle else title


def _authors(meta: Node) -> Iterator[Name]:
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
                family, given = _text(_child(name, "surname")), _text(_child(name, "given-names"))
                if family or given:
                    yield Name(family=family or None, given=given or None)
            elif name is not None or group_name is not None:
                literal = _text(name if name is not None else group_name)
                if literal:
                    yield Name(literal=literal)


def _issued(meta: Node) -> CslDate | None:
    """The date by which an article is cited: that of the issue before the one of its first appearance."""
    dates = [d for d in meta if local_name(d) == "pub-date"]
    dates.sort(key=lambda d: _DATES.index(kind) if (kind := d.get("pub-type") or d.get("date-type")) in _DATES else 9)
    read = (date_in_parts(*(_text(_child(date, name)) for name in ("year", "month", "day"))) for date in dates)
    return next(filter(None, read), None)


def _types(article: Node, meta: Node) -> Iterator[str]:
    """The type of the article, and the heading under which the journal prints it."""
    yield (article.get("article-type") or "").replace("-", " ")
    for group in meta.iter("{*}subj-group"):
        if group.get("subj-group-type") in {None, "heading"}:
            yield _text(_child(group, "subject"))
            return


def _relations(meta: Node) -> Iterator[Relation]:
    for node in meta.iter("{*}related-article", "{*}related-object"):
        word = (node.get("related-article-type") or node.get("link-type") or "").lower()
        kind = _LINKS.get(word) or link_by_notice(word.removesuffix("-forward"), on_article=True)
        target = (node.get("{http://www.w3.org/1999/xlink}href") or _text(node)).strip()
        if kind is None or not target:
            continue
        is_pmid = node.get("ext-link-type") == "pmid" or re.fullmatch(r"\d{5,9}", target)
        pmid, doi = bare_pmid(target) if is_pmid else None, doi_of(target)
        yield Relation(kind=kind, PMID=pmid, DOI=doi, reference=None if pmid or doi else target[:500])


def _registered(meta: Node) -> list[str]:
    """The front matter, where numbers of trial registries can only be the article's own."""
    stated = [_text(n) for n in meta.iter("{*}ext-link", "{*}related-object") if n.get("ext-link-type") != "uri"]
    return [*stated, *(inline_text([a]) for a in meta if local_name(a) == "abstract")]


def _text(node: Node | None) -> str:
    return inline_text([node]) if node is not None else ""


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in node if local_name(child) == name), None)


def _first(node: Node, name: str) -> Node | None:
    return next(node.iter(f"{{*}}{name}"), None)
