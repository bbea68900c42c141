"""What notices say of a publication: the one table from their names to links, and from links to its status.

The names are those of PubMed, Europe PMC and Crossref; JATS has words of its own (`records/jats.py`). A partial
retraction counts as an expression of concern, since a person has to look at what remains (our choice,
`docs/decisions/0010-services.md`); an addendum as a correction, as PubMed counts it among the errata. Asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.study import Relation
from schemas.vocabulary import PublicationStatus, RelationKind

_LINKS: tuple[tuple[str, RelationKind, RelationKind], ...] = (
    (
        "retraction withdrawal removal retractedandrepublished",
        RelationKind.RETRACTED_BY,
        RelationKind.RETRACTS,
    ),
    ("partialretraction", RelationKind.CONCERN_BY, RelationKind.CORRECTS),
    ("expressionofconcern", RelationKind.CONCERN_BY, RelationKind.COMMENTS_ON),
    (
        "erratum correction corrigendum addendum correctedandrepublished",
        RelationKind.CORRECTED_BY,
        RelationKind.CORRECTS,
    ),
    ("comment clarification", RelationKind.COMMENTED_BY, RelationKind.COMMENTS_ON),
    ("preprint", RelationKind.HAS_PREPRINT, RelationKind.HAS_ARTICLE),
)
_OF_ARTICLE = {name: there for names, there, _ in _LINKS for name in names.split()}
_OF_NOTICE = {name: back for names, _, back in _LINKS for name in names.split()}
_PHRASE = re.compile(r"(.+?)[ _-]?(?i:(in)|of|for|from|on|to)")
_STATUS = {
    RelationKind.RETRACTED_BY: PublicationStatus.RETRACTED,
    RelationKind.CONCERN_BY: PublicationStatus.EXPRESSION_OF_CONCERN,
    RelationKind.CORRECTED_BY: PublicationStatus.CORRECTED,
}


def link_by_notice(notice: str, *, on_article: bool) -> RelationKind | None:
    """The link that a kind of notice ('Partial retraction', 'expression_of_concern') makes: that of the article which
    it is about, or that of the notice itself. Null for what says nothing about another publication."""
    return (_OF_ARTICLE if on_article else _OF_NOTICE).get(re.sub(r"[\W_]", "", notice).lower())


def link_by_phrase(phrase: str) -> RelationKind | None:
    """The link that a phrase states: 'Retraction in', 'ErratumFor', 'Comment on'."""
    match = _PHRASE.fullmatch(phrase.strip())
    return link_by_notice(match[1], on_article=match[2] is not None) if match else None


def implied_status(relations: Iterable[Relation]) -> PublicationStatus | None:
    """The worst status that links stand for; null when they stand for none."""
    return worst(_STATUS.get(relation.kind) for relation in relations)


def worst(statuses: Iterable[PublicationStatus | None]) -> PublicationStatus | None:
    """The worst of several statuses, in the order of their enumeration; null when nobody says anything."""
    said = [status for status in statuses if status is not None]
    return max(said, key=list(PublicationStatus).index) if said else None
