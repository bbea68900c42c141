"""What a citation is of: an article, or something written about one under the same title.

An erratum, a reply or a protocol carries the title of its article, often with the same authors, journal and year. What
tells them apart stands at the beginning or the end of the title, in the type that a database gives, or in the DOI. The
mark is cut off, so that "Erratum to: X" can be led to "X". Does not read the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.sources.identity.letters import LONGEST
from pipeline.sources.notices import CORRECTION_MARK, RETRACTION_MARK, document_kind
from pipeline.sources.records.kinds import is_preprint
from schemas.study import Citation
from schemas.vocabulary import DocumentKind


class Nature(StrEnum):
    """The values read as a reader says it."""

    ARTICLE = "article"
    ERRATUM = "erratum"
    RETRACTION = "retraction notice"
    CONCERN = "expression of concern"
    COMMENT = "comment"
    REPLY = "reply"
    LETTER = "letter"
    EDITORIAL = "editorial"
    PROTOCOL = "protocol"
    ABSTRACT = "conference abstract"
    PREPRINT = "preprint"


NOTICES = frozenset({Nature.ERRATUM, Nature.RETRACTION, Nature.CONCERN})
"""What is about an article without being another report of anything: it belongs to the study of its article."""


@dataclass(frozen=True, slots=True)
class Character:
    """The nature of a citation, whether its title says so itself, and the title without the mark."""

    nature: Nature
    in_title: bool
    title: str


_END = r"\s*(?:[:.\-–—]|to\b|for\b|on\b|in\b|of\b|zu\b|à\b|$)\W*"
_BEFORE: tuple[tuple[Nature, str], ...] = (
    (Nature.CONCERN, r"(?:editor(?:ial)?(?:['’]?s)? )?(?:expression|note) of concern\b" + _END),
    (Nature.RETRACTION, r"(?:notice of retraction|retraction notice|retraction note)\b" + _END),
    (Nature.RETRACTION, r"retraction\s*(?:[:.\-–—]|to\b|for\b)\W*"),
    (Nature.ERRATUM, r"(?:(?:author|publisher)['’]?s? )?(?:errat(?:um|a)|corrigend(?:um|a)|addendum)\b" + _END),
    (Nature.ERRATUM, r"(?:berichtigung|rectificatif|publisher['’]?s note)\b" + _END),
    (Nature.ERRATUM, r"(?:(?:author|publisher)['’]?s? )?corrections?\s*(?:[:.\-–—]|to\b)\W*"),
    (Nature.REPLY, r"(?:(?:the )?authors?['’]?s?['’]? )(?:reply|response|rejoinder)\b" + _END),
    (Nature.REPLY, r"(?:in reply|in response|reply|rejoinder)\s*(?:[:.\-–—]|to\b|by\b|on [a-z]c\d|$)\W*"),
    (
        Nature.REPLY,
        (
            r"response\s*(?:[:.\-–—]|$|(?:to|by|from)\s+"
            r"(?=(?:the )?(?:letter|comment|editor|author|re:|dr\b|\w+ et al)))\W*"
        ),
    ),
    (
        Nature.COMMENT,
        (
            r"(?:(?:an?|invited|editorial|expert|brief|further) )?(?:comment(?:ary|aries|s)?|discussion)\s*"
            r"(?:[:.\-–—]|on\b|of\b|to\b)\W*"
        ),
    ),
    (Nature.COMMENT, r"(?:re|regarding)\s*:\W*"),
    (Nature.LETTER, r"(?:letters?(?: to the editors?)?|correspondence)\s*(?:[:.\-–—]|by\b|regarding\b|$)\W*"),
    (Nature.EDITORIAL, r"(?:(?:guest|invited) )?editorials?\s*(?:[:.\-–—]|$)\W*"),
    (Nature.ABSTRACT, r"abstract\s*[a-z]{0,3}-?\d*\s*[:.]\W*"),
)
_AFTER_WORDS = (
    (Nature.ERRATUM, r"(?:publisher |author )?(?:erratum|corrigendum|correction|addendum)"),
    (Nature.RETRACTION, r"(?:notice of )?retraction(?: notice)?"),
    (Nature.CONCERN, r"expression of concern"),
    (
        Nature.REPLY,
        r"(?:(?:the )?authors?['’]?s?['’]? |an? |in )?(?:reply|response|rejoinder)(?: to (?:the )?[^:.]{0,80})?",
    ),
    (
        Nature.COMMENT,
        r"(?:an? |invited |editorial |further )?(?:comment(?:ary|s)?|discussion)(?: (?:on|by) [^:.]{0,80})?",
    ),
    (Nature.LETTER, r"letters?(?: to the editor)?"),
    (Nature.EDITORIAL, r"(?:guest |invited )?editorial"),
    (Nature.ABSTRACT, r"(?:conference |meeting )?abstract"),
)
_IN_BRACKETS = (
    (Nature.RETRACTION, RETRACTION_MARK),
    (Nature.CONCERN, r"\(expression of concern of vols?\b[^()]{1,60}\)"),
    (Nature.ERRATUM, CORRECTION_MARK),
)
_STARTS = tuple((nature, re.compile(r"\W*" + p, re.IGNORECASE)) for nature, p in _BEFORE)
_ENDS = tuple(
    (nature, re.compile(rf"\s*(?:[:.;,–—?!]\s*|\s-\s*|[\[(]){p}\s*[\])]?\W*\Z", re.IGNORECASE))
    for nature, p in _AFTER_WORDS
) + tuple((nature, re.compile(rf"\s*{p}\W*\Z", re.IGNORECASE)) for nature, p in _IN_BRACKETS)
_MARK = re.compile(
    r"errat|corrig|correction|addend|retraction|concern|repl(?:y|ies)|respon[sd]|rejoinder|comment|discussion|letter|"
    r"correspondence|editor|abstract|note|berichtigung|rectificatif|\bre\b|regarding|\(vol\b",
    re.IGNORECASE,
)
"""A word that stands in every mark: most titles hold none, and need no closer look."""
_STATUS_MARK = re.compile(
    r"^\W*(?:retracted(?: article| paper)?|withdrawn(?: article)?|republished(?: article)?|reprint(?: of)?)\s*[:.\]]\W*"
    r"|^\W*reprint of\s*[\"“‘']\W*"
    r"|\s*[\[(](?:(?:retracted|withdrawn)(?: article| paper| publication)?(?:\. see [^\])]*)?|corrected|"
    r"reprint(?:ed from [^\])]*)?|"
    r"see comments?|(?:published )?erratum appears in[^\])]*|(?:in )?(?:english|french|german|spanish|italian|"
    r"portuguese|russian|chinese|japanese|korean|polish|turkish|dutch))[\])]\W*$",
    re.IGNORECASE,
)
_TYPE_WORDS: tuple[tuple[Nature, re.Pattern[str]], ...] = tuple(
    (nature, re.compile(pattern, re.IGNORECASE))
    for nature, pattern in (
        (Nature.PREPRINT, r"\bpreprint|posted.content"),
        (Nature.CONCERN, r"expression of concern"),
        (Nature.RETRACTION, r"retraction (?:of|notice)|^retraction$"),
        (Nature.ERRATUM, r"errat|corrigend|^correction"),
        (
            Nature.ABSTRACT,
            r"(?:conference|meeting)[ -]abstract|^abstract|paper-conference|conference (?:paper|proceeding)",
        ),
        (Nature.COMMENT, r"^comment"),
        (Nature.REPLY, r"^reply|^response"),
        (Nature.LETTER, r"^letter|correspondence"),
        (Nature.EDITORIAL, r"^editorial"),
        (Nature.PROTOCOL, r"\bprotocol"),
    )
)
_DOCUMENTS = {
    DocumentKind.PROTOCOL: Nature.PROTOCOL,
    DocumentKind.EDITORIAL: Nature.EDITORIAL,
    DocumentKind.RETRACTION_NOTICE: Nature.RETRACTION,
    DocumentKind.CORRECTION: Nature.ERRATUM,
}


def character(citation: Citation, document: DocumentKind | None) -> Character:
    """What the citation is of. A preprint is one whatever its title says; else the title counts before the type that a
    database gives."""
    title = _STATUS_MARK.sub("", _STATUS_MARK.sub("", " ".join((citation.title or "")[:LONGEST].split())))
    typed = _typed(citation, document)
    marked = _marked(title) if _MARK.search(title) else None
    if typed is Nature.PREPRINT:
        return Character(typed, False, marked.title if marked else title)
    if marked is not None:
        return marked
    if document_kind(title, (), "") is DocumentKind.PROTOCOL:
        return Character(Nature.PROTOCOL, True, title)
    return Character(typed, False, title)


def _marked(title: str) -> Character | None:
    for nature, pattern in _STARTS:
        if match := pattern.match(title):
            return Character(nature, True, title[match.end() :])
    for nature, pattern in _ENDS:
        match = pattern.search(title)
        if match and match.start():
            return Character(nature, True, title[: match.start()])
    return None


def _typed(citation: Citation, document: DocumentKind | None) -> Nature:
    if is_preprint((), citation.container_title or "", citation.DOI):
        return Nature.PREPRINT
    for nature, pattern in _TYPE_WORDS:
        if pattern.search(citation.genre or "") or pattern.search(citation.type):
            return nature
    return _DOCUMENTS.get(document, Nature.ARTICLE) if document else Nature.ARTICLE
