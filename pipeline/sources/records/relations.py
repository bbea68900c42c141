"""Links between publications as databases record them: retraction, concern, erratum, comment, preprint.

The words are the reference types of PubMed XML, the tags of MEDLINE and the printed labels ('Erratum in: ...'), which
reference managers keep in notes. Which link a name stands for is in `standing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.sources.records.fields import doi_of, one_line, pmid_of
from pipeline.sources.records.kinds import is_preprint_server
from pipeline.sources.standing import link_by_phrase
from schemas.study import Relation
from schemas.vocabulary import RelationKind

MOST_RELATIONS = 500

MEDLINE_TAGS = {
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "EIN": "ErratumIn",
    "EFR": "ErratumFor",
    "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom",
    "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor",
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}
_LABEL = re.compile(
    r"(partial retraction in|partial retraction of|retraction in|retraction of|erratum in|erratum for|"
    r"expression of concern in|comment in|comment on|update in|update of)\s*:\s*(\S.*)",
    re.IGNORECASE,
)


def relation_of(
    reference_type: str, printed: str, *, pmid: str | None = None, preprint: bool = False
) -> Relation | None:
    """The link that a database states; null for a type that says nothing about the standing of a publication.

    'Update in' and 'Update of' link a preprint and its article where one of them is a preprint (`preprint`: this
    record is one), and versions of a review elsewhere.
    """
    text = one_line(printed)
    kind = link_by_phrase(reference_type)
    name = reference_type.replace(" ", "").lower()
    if name == "updatein" and preprint:
        kind = RelationKind.HAS_ARTICLE
    elif name == "updateof" and is_preprint_server(text):
        kind = RelationKind.HAS_PREPRINT
    if kind is None:
        return None
    doi, found = doi_of(text), pmid or pmid_of(text)
    if not (doi or found or text):
        return None
    return Relation(kind=kind, DOI=doi, PMID=found, reference=None if doi or found else text[:500])


def labelled_relations(notes: Iterable[str], *, preprint: bool = False) -> list[Relation]:
    """Links in notes that carry their label: 'Erratum in: Lancet. 2001 ...'."""
    found: list[Relation] = []
    for line in (line.strip() for note in notes for line in note[:50_000].split("\n")):
        match = _LABEL.match(line)
        if match:
            relation = relation_of(match.group(1), match.group(2), preprint=preprint)
            found += [relation] if relation else []
    return found
