"""DOI, PMID and PMCID in one spelling, so that two records of one publication can be told by them.

Promises that what two databases write for one identifier becomes equal, and that what is none becomes nothing. Does
not ask whether an identifier exists, and never corrects a mistyped one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from schemas.study import Citation, Relation
from schemas.vocabulary import RelationKind

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_PMCID = re.compile(r"(?:pmc)?\s*0*([1-9]\d{0,9})(?:\.\d+)?", re.IGNORECASE)
_PMID = re.compile(r"(?:pmid:?)?\s*0*([1-9]\d{0,9})", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 500
"""Characters; what is longer is no identifier but a text in the wrong field."""
_STOPS = ".,;:'\"’”*†"
_CLOSING = {")": "(", "]": "[", ">": "<", "}": "{"}
JOINING = frozenset(
    {
        RelationKind.HAS_PREPRINT,
        RelationKind.HAS_ARTICLE,
        RelationKind.RETRACTED_BY,
        RelationKind.RETRACTS,
        RelationKind.CONCERN_BY,
        RelationKind.CORRECTED_BY,
        RelationKind.CORRECTS,
        RelationKind.OTHER_REPORT,
    }
)
"""Links between publications of one study (method.md C, "preprint/erratum link"). A comment on a study is none."""


def plain_doi(text: str | None) -> str | None:
    """A DOI in lower case without resolver, prefix, closing punctuation and preprint version; null for what is none.

    Case carries nothing in a DOI (DOI Handbook 2.4). `v2` at the end of a bioRxiv or medRxiv DOI is the same
    preprint; `.pub2` of a Cochrane review is another publication and stays.
    """
    if not text or len(text) > _LONGEST:
        return None
    doi = doi_in(unquote(text))
    return re.sub(r"^(10\.1101/[\d.]+)v\d+$", r"\1", doi.lower()) if doi else None


def doi_in(text: str) -> str | None:
    """The first DOI of a text in which white space ends it, as printed; null for none."""
    match = _DOI.search(text)
    doi = without_closing(match.group()) if match else "/"
    return None if doi.endswith("/") else doi


def without_closing(doi: str) -> str:
    """A DOI without the punctuation and the brackets that close what it stands in; brackets of its own stay."""
    bare = doi.rstrip(_STOPS)
    while (opening := _CLOSING.get(bare[-1:])) and bare.count(bare[-1]) > bare.count(opening):
        bare = bare[:-1].rstrip(_STOPS)
    return bare


def plain_pmid(text: str | None) -> str | None:
    """The digits of a PMID; null for what is none."""
    return _number(_PMID, text)


def plain_pmcid(text: str | None) -> str | None:
    """A PMCID as 'pmc123', without version; null for what is none."""
    number = _number(_PMCID, text)
    return f"pmc{number}" if number else None


def identifiers(citation: Citation) -> tuple[str, ...]:
    """DOI, PMID and PMCID of a citation as 'doi:...', 'pmid:...', 'pmcid:...', as far as it has them."""
    found = (
        ("doi", plain_doi(citation.DOI)),
        ("pmid", plain_pmid(citation.PMID)),
        ("pmcid", plain_pmcid(citation.PMCID)),
    )
    return tuple(f"{kind}:{value}" for kind, value in found if value)


def targets(relation: Relation) -> tuple[str, ...]:
    """What a relation points to, spelled as `identifiers` does; with neither DOI nor PMID a reference that is a PMCID,
    or 'study:...' and the id."""
    reference = relation.reference or ""
    pmcid = reference if reference[:3].upper() == "PMC" else None
    found = identifiers(Citation(id="x", DOI=relation.DOI, PMID=relation.PMID))
    named = identifiers(Citation(id="x", PMCID=pmcid))
    return found or named or ((own(reference),) if reference else ())


def own(study: str) -> str:
    """How a study without DOI and PMID is pointed to: by its id within the analysis."""
    return f"study:{study.strip()}"


def registration_numbers(text: str | None) -> frozenset[str]:
    """Registration numbers without case, spaces and dashes. What has no digit ('not registered') is no number."""
    parts = ("".join(_WORD.findall(part.casefold())) for part in re.split(r"[;,]", text or ""))
    return frozenset(p for p in parts if re.search(r"\d", p))


def registries(numbers: Iterable[str]) -> frozenset[str]:
    """The registries that gave the numbers, as the letters before the first digit."""
    return frozenset(re.split(r"\d", n, maxsplit=1)[0] for n in numbers)


def _number(pattern: re.Pattern[str], text: str | None) -> str | None:
    match = pattern.fullmatch(text.strip()) if text else None
    return match[1] if match else None
