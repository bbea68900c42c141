"""What a record is: CSL type, kind of document, state of publication and registration, from the words of databases.

The words are the publication types of MEDLINE, the document types of Web of Science, Scopus, Embase, the Cochrane
Library and EBSCO, and the article types of JATS. A letter may report a study; one to the editor is an opinion. Only
what a database states counts; titles are read by `notices`, except that a review which calls itself systematic in its
title is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.rules.identifiers import plain_doi
from schemas.vocabulary import DocumentKind

_KINDS: dict[DocumentKind, str] = {
    DocumentKind.RETRACTION_NOTICE: (
        r"retraction of publication|retraction(?: note| notice)?|withdrawal(?: notice)?|notice of retraction"
    ),
    DocumentKind.CORRECTION: (
        r"published erratum|erratum|errata|(?:publisher |author )?corrections?|corrigend(?:um|a)|correction, addition|"
        r"addend(?:um|a)|partial retraction"
    ),
    DocumentKind.PROTOCOL: (
        r"clinical trial protocol|(?:study |trial |cochrane |review )?protocols?|trial registry record|"
        r"registered report protocol"
    ),
    DocumentKind.SYSTEMATIC_REVIEW: (
        r"systematic reviews?|(?:network )?meta.?analys[ei]s|cochrane (?:systematic )?review|umbrella review"
    ),
    DocumentKind.CASE_REPORT: r"case reports?|case study|case series",
    DocumentKind.EDITORIAL: (
        r"editorials?|editorial material|comment|(?:article )?commentary|opinion|viewpoint|perspectives?|news|note|"
        r"reply|letters? to the editor"
    ),
    DocumentKind.PRIMARY_STUDY: (
        r"(?:randomi[sz]ed |controlled |pragmatic |adaptive )*(?:clinical |controlled )?trial(?:, phase [iv]+)?|"
        r"observational study|equivalence trial|cohort study|twin study|clinical study"
    ),
    DocumentKind.NARRATIVE_REVIEW: r"review|scoping review|narrative review|literature review|review article",
    DocumentKind.OTHER: (
        r"letters?|expression of concern|practice guideline|guideline|consensus development conference.*|biography|"
        r"biographical.item|news item|interview|in memoriam|obituary|patient education handout|lecture|address|"
        r"book review|portrait|autobiography|bibliography|dataset|data paper"
    ),
}
"""In the order of precedence: a case report with a review of the literature is a case report."""

_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _KINDS.items())
_SYSTEMATIC = re.compile(r"\bsystematic (?:\w+ )?review\b|\bmeta-?analys[ie]s\b|\bumbrella review\b", re.IGNORECASE)
_RETRACTED = re.compile(
    r"retracted(?: publication| article)?|withdrawn(?: publication| article)?|tombstone", re.IGNORECASE
)


def publication_types(fields: Iterable[str]) -> tuple[str, ...]:
    """The single types of fields such as 'Article; Retracted Publication' or 'Journal: Review', in order."""
    found: list[str] = []
    for text in fields:
        for part in re.split(r"[;|\n]|,\s(?=Reports\b|Journal\b)", text[:2_000]):
            bare = re.sub(r"^journal:\s*", "", " ".join(part.split()).strip(" .*"), flags=re.IGNORECASE)
            if bare:
                found.append(bare)
    return tuple(found)


def document_of(types: Sequence[str], title: str = "") -> DocumentKind | None:
    """The kind of document that its publication types state, null where they say no more than 'Journal Article'."""
    for kind, pattern in _PATTERNS:
        if any(pattern.fullmatch(name) for name in types):
            if kind is DocumentKind.NARRATIVE_REVIEW and _SYSTEMATIC.search(title):
                return DocumentKind.SYSTEMATIC_REVIEW
            return kind
    return None


def states_retraction(types: Sequence[str]) -> bool:
    """Whether the article itself is marked as retracted."""
    return any(_RETRACTED.fullmatch(name) for name in types)


_RIS_TYPES = {
    "article-journal": "JOUR JFULL ABST INPR EJOUR JOR ARTICLE",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "article": "UNPB MANSCPT UNPD PREPRINT",
    "book": "BOOK EBOOK EDBOOK SER WHOLE",
    "chapter": "CHAP ECHAP",
    "paper-conference": "CONF CPAPER CONFERENCE",
    "thesis": "THES DISS",
    "report": "RPRT GOVDOC GRANT",
    "webpage": "ELEC WEB BLOG ICOMM",
    "dataset": "DATA DBASE AGGR",
    "patent": "PAT",
    "standard": "STAND",
    "legislation": "BILL STAT LEGAL UNBILL",
    "legal_case": "CASE",
    "document": "GEN",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "software": "COMP",
    "motion_picture": "MPCT VIDEO",
    "speech": "SLIDE",
}
_CSL_OF_RIS = {ris: csl for csl, names in _RIS_TYPES.items() for ris in names.split()}


def csl_type_of_ris(printed: str) -> str:
    """The CSL type of a RIS type; an article where the type is missing or of no list."""
    return _CSL_OF_RIS.get(printed.strip().upper(), "article-journal")


_SERVERS = re.compile(r"\b(?:\w*rxiv|ssrn|research square|authorea|qeios|egusphere|\w*preprints?)\b", re.IGNORECASE)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}\b|64898/|21203/rs|48550/arxiv|31(?:219|22\d|23[0-7])/|20944/preprints|"
    r"2139/ssrn|26434/|22541/au|36227/techrxiv|51224/|32388/|33774/|35542/edarxiv|2196/preprints|1590/scielopreprints|"
    r"5194/egusphere-\d{4}-\d+\b(?!-))",
    re.IGNORECASE,
)


def is_preprint(types: Sequence[str], container: str, doi: str | None) -> bool:
    """Whether the record says so, is published by a server of preprints, or has a DOI of one."""
    stated = any(re.fullmatch(r"pre-?print|posted-content", name, re.IGNORECASE) for name in types)
    return stated or is_preprint_server(container) or bool(_PREPRINT_DOI.match(plain_doi(doi) or ""))


def is_preprint_server(name: str) -> bool:
    """Whether this container is a server of preprints ('medRxiv : the preprint server for health sciences')."""
    return _SERVERS.search(name) is not None


_REGISTRATION = re.compile(
    r"\b(?:NCT ?\d{8}|ISRCTN ?\d{6,9}|ACTRN ?\d{14}p?|DRKS ?\d{8}|ChiCTR(?:-[A-Z]{2,5})?-?\d{8,10}|UMIN ?\d{9}|"
    r"jRCTs?\d{9,10}|KCT ?\d{7}|CTRI/\d{4}/\d{2,3}/\d{4,6}|IRCT ?\d{6,16}N?\d{0,3}|PACTR ?\d{15,18}|"
    r"RBR-[0-9a-z]{6,7}|TCTR ?\d{8,11}|SLCTR/\d{4}/\d{3}|RPCEC ?\d{8}|NTR ?\d{2,5}|NL-?OMON ?\d{4,6}|"
    r"JapicCTI-?\d{6}|JPRN-[A-Z]+\d+|CRD ?\d{11}|EUCTR ?\d{4}-\d{6}-\d{2}(?:-[A-Z]{2})?|20\d{2}-\d{6}-\d{2}(?:-\d\d)?)"
    r"(?![\w])",
    re.IGNORECASE,
)


def registrations(texts: Iterable[str]) -> str | None:
    """Numbers of trial and review registers in these fields, each once, joined with '; '; null for none.

    A space behind the letters goes, and a number in small letters is written in capitals, as Crossref needs it.
    """
    matches = (match.group().replace(" ", "") for text in texts for match in _REGISTRATION.finditer(text[:20_000]))
    found = dict.fromkeys(number.upper() if number.islower() else number for number in matches)
    return "; ".join([*found][:20])[:200] or None
