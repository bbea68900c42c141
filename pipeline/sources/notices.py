"""What a careful reader notices about a document as a whole: protocol, retraction, correction, editorial, language.

Reports findings; whether anything follows from them is decided by the rules. What neither title nor heads nor a short
text say plainly is left to the appraisal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.language import other_language
from schemas.study import SourceNote
from schemas.vocabulary import DocumentKind

_RETRACTED_TITLE = re.compile(
    r"\W*(?:retracted\b(?! (?:articles|papers|publications|studies|research)\b)|notice of retraction|withdrawn:|"
    r"retraction\s*(?:[:.\-\u2013\u2014\]]|$|notices?\s*(?:[:.]|to\b|of\b|for\b|$)|(?:note|statement|to)\b|"
    r"of\s*[:\"'\u2018\u201c]|of (?:the |an? |this )?(?:publication|article|paper)\b|(?:of|for) [^.]{1,80}\bet al\b))",
    re.IGNORECASE | re.MULTILINE,
)
"""A study of retractions, or of tissue that is retracted, is no notice."""
RETRACTION_MARK = r"\(retraction of vols?\b[^()]{1,60}\)"
CORRECTION_MARK = r"\(vol\.? \w+,[^()]{1,40}\b\d{4}\)"
"""So Web of Science marks what bears the title of its article: 'Title (Retraction of vol 58, pg 307, 2014)' is a
notice, 'Title (vol 121, pg 2305, 2021)' a correction."""

_RETRACTS_AT_END = re.compile(RETRACTION_MARK + r"\W*\Z", re.IGNORECASE)
_HAS_BEEN_RETRACTED = re.compile(
    r"\b(?:this|the|above|aforementioned) (?:\w+ ){0,3}(?:(?:article|paper|publication)\b.{0,300}?\bhas|"
    r"(?:articles|papers|publications)\b.{0,300}?\bhave) been (?:retracted|withdrawn)\b|"
    r"\bretracts? (?:the|this) (?:\w+ ){0,3}(?:article|paper)\b",
    re.IGNORECASE,
)
_NOTICE_LENGTH = 4_000
"""Characters; a notice fits on a page. A longer text that mentions a retraction is about something else."""

_HEADING_LINES = 6
"""Short lines at the top of a page among which a notice says what it is, below the name of the journal."""

_PROTOCOL_TITLE = re.compile(
    r"\b(?:study|trial|research|review) protocol\b|: (?:a )?protocol\b|"
    r"\bprotocol (?:for|of) (?:an?|the) (?:[\w'\u2019/-]+ ){0,8}(?:trial|study|survey|cohort|"
    r"reviews?|meta-analys[ei]s|rct|(?:process|economic|feasibility) evaluation)\b|"
    r"^(?:statistical analysis plan|rationale and design)\b",
    re.IGNORECASE,
)
_PROTOCOL_LABELS = frozenset({"studyprotocol", "protocol", "trialprotocol", "clinicaltrialprotocol", "reviewprotocol"})
_NO_RESULTS_YET = re.compile(
    r"\bresults? (?:are|is|were) not (?:yet )?available|\bno results are (?:yet )?available|"
    r"\bresults are (?:expected|anticipated) (?:in|by)\b|"
    r"\bthis (?:paper|article) (?:describes|presents|reports) the protocol\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"\W*(?:(?:(?:publisher|author) )?correction|corrigend(?:um|a)|errat(?:um|a))\b\s*(?:[:.]|to\b|$)|"
    r"\W*(?:corrigend(?:um|a)|errat(?:um|a))\s+for\b|\W*correction for [^.]{1,80}\bet al\b",
    re.IGNORECASE | re.MULTILINE,
)
_CORRECTION_AT_END = re.compile(
    rf"[:.\u2013\u2014-]\s*(?:correction|corrigendum|erratum)\W*$|{CORRECTION_MARK}\W*$", re.IGNORECASE
)
_EDITORIAL = re.compile(r"\W*(?:guest |invited )?editorials?\b\s*(?:[:.|]|comment|$)", re.IGNORECASE)
_SYSTEMATIC_REVIEW = re.compile(
    r"\b(?:systematic (?:literature )?reviews?|umbrella review|cochrane review|network meta-analys[ei]s)\b|"
    r"\bmeta-?analys[ei]s of (?:\w+[ -]){0,3}(?:trials|studies|rcts)\b|\b(?:a|and) meta-?analys[ei]s\W*$",
    re.IGNORECASE,
)
_PRIMARY_META_ANALYSIS = re.compile(r"\bgenome-wide|\bGWAS\b|\bindividual[- ]patient", re.IGNORECASE)
_REVIEW_LABELS = frozenset(
    {
        "review",
        "reviewarticle",
        "narrativereview",
        "literaturereview",
        "minireview",
        "focusedreview",
        "criticalreview",
        "topicalreview",
        "invitedreview",
        "reviewpaper",
        "scopingreview",
    }
)
_CASE_LABELS = frozenset({"casereport", "casereports"})
_OPINION_LABELS = frozenset({"commentary", "lettertotheeditor", "letterstotheeditor", "viewpoint", "perspective"})


def document_kind(title: str, lines: Sequence[str], text: str) -> DocumentKind | None:
    """What the document is if its title or its first page says so; null leaves it to the appraisal.

    `lines` are the heads and short lines of the first page; a spaced-out one ('S TUD Y P RO TOCO L') is understood.
    """
    labels = {re.sub(r"openaccess$", "", re.sub(r"[^a-z]", "", line.lower())) for line in lines}
    short = len(text) < _NOTICE_LENGTH
    if is_retraction(title, text):
        return DocumentKind.RETRACTION_NOTICE
    if _PROTOCOL_TITLE.search(title) or labels & _PROTOCOL_LABELS or (short and _NO_RESULTS_YET.search(text)):
        return DocumentKind.PROTOCOL
    if _CORRECTION.match(title) or _CORRECTION_AT_END.search(title):
        return DocumentKind.CORRECTION
    if (short and _CORRECTION.match(text)) or any(_CORRECTION.fullmatch(line) for line in lines[:_HEADING_LINES]):
        return DocumentKind.CORRECTION
    if _EDITORIAL.match(title) or labels & ({"editorial", "editorials"} | _OPINION_LABELS):
        return DocumentKind.EDITORIAL
    if _SYSTEMATIC_REVIEW.search(title) and not _PRIMARY_META_ANALYSIS.search(title):
        return DocumentKind.SYSTEMATIC_REVIEW
    if labels & _CASE_LABELS:
        return DocumentKind.CASE_REPORT
    return DocumentKind.NARRATIVE_REVIEW if labels & _REVIEW_LABELS else None


def is_retraction(title: str, text: str) -> bool:
    """Whether this is a notice of retraction: a short text that says so in its title or in a sentence."""
    if len(text) > _NOTICE_LENGTH:
        return False
    return any(
        (
            _RETRACTED_TITLE.match(title),
            _RETRACTS_AT_END.search(title),
            _RETRACTED_TITLE.match(text),
            _HAS_BEEN_RETRACTED.search(text.replace("\n", " ")),
        )
    )


_RETRACTED_MARK = re.compile(
    r"\A\W*(?:retracted(?:\s(?:article|paper))?|withdrawn|retraction(?:\snotice)?)(?:\s?[:.\]]|\sto:)|\[(?:retracted|withdrawn)\]"
    r"|\((?:retracted|withdrawn)(?:\s(?:article|paper|publication))?(?:\.\ssee\b[^()]{1,60})?\)\W*\Z",
    re.IGNORECASE,
)


def is_retracted_article(title: str) -> bool:
    """Whether the title itself is marked, as journals do with the article that was retracted."""
    return _RETRACTED_MARK.search(title) is not None


def document_notes(
    document: DocumentKind | None, text: str, *, retracted: bool, preprint: bool = False
) -> list[SourceNote]:
    """Notes on the document as a whole: retraction, no results, preprint, language."""
    notes: list[SourceNote] = []
    if retracted:
        notes.append(
            SourceNote(kind="retraction_notice", message="it is retracted, or retracts a study; it counts for nothing")
        )
    if document is DocumentKind.PROTOCOL:
        message = "it is a protocol: it reports no results, so it yields no finding"
        notes.append(SourceNote(kind="no_results", message=message))
    if preprint:
        message = "it is a preprint: no journal had it reviewed before it was posted"
        notes.append(SourceNote(kind="preprint", message=message))
    language = other_language(text)
    if language is not None:
        message = (
            f"the text is in {language}; the rules for hedges and negations are for English, so nothing in it can "
            "count above background until it is translated"
        )
        notes.append(SourceNote(kind="not_english", message=message))
    return notes
