"""DOIs, PMIDs and PMCIDs in every usual way of writing, as one form each: so that the same study is known again.

Promises that two ways of writing one identifier give equal identifiers. Does not ask whether anybody knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from pipeline.rules.identifiers import without_closing
from schemas.study import Citation

LONGEST_IDENTIFIER = 500
LONGEST_DOI = 300
LARGEST_PMID = 99_999_999
"""PubMed has about 40 million records; eight digits are what its own tools accept."""

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9})*/[!#-~\u00a1-\ud7ff\uf900-\uffef]+")
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
_PUBMED_HOSTS = frozenset({"pubmed.ncbi.nlm.nih.gov", "pubmed.gov", "www.pubmed.gov"})
_PMC_HOSTS = frozenset({"pmc.ncbi.nlm.nih.gov", "europepmc.org", "www.europepmc.org"})
_NCBI_HOSTS = frozenset({"www.ncbi.nlm.nih.gov", "ncbi.nlm.nih.gov"})
_PMID_WRITTEN = re.compile(r"(?:pubmed\s*(?:id)?|pmid)?\s*[:#]?\s*(\d{1,8})", re.IGNORECASE)
_PMCID_WRITTEN = re.compile(r"(?:pmcid\s*[:#]?\s*)?pmc\s*[:#]?\s*(\d{1,9})(?:\.\d{1,3})?", re.IGNORECASE)
_PREFIXED_DOI = re.compile(r"(?:doi\s*[:=]?|info:doi/)\s*", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?:)?//|(?:dx\.|www\.)?doi\.org/|pubmed\.|(?:www\.)?ncbi\.|pmc\.ncbi|europepmc\.", re.IGNORECASE
)


class IdentifierKind(StrEnum):
    """Whose number it is."""

    DOI = "DOI"
    PMID = "PMID"
    PMCID = "PMCID"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: DOIs in lower case without resolver, PMIDs as digits, PMCIDs with their PMC."""

    kind: IdentifierKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.value}"


def parse_identifier(text: str) -> Identifier | None:
    """The identifier that `text` is, or None. A bare number is a PMID; addresses of doi.org, PubMed and PMC count."""
    bare = text.strip().strip("\"'").rstrip(",;").strip()
    if f"{bare[:1]}{bare[-1:]}" in {"<>", "()", "[]"}:
        bare = bare[1:-1].strip()
    if not bare or len(bare) > LONGEST_IDENTIFIER:
        return None
    if _ADDRESS.match(bare):
        return _of_address(bare)
    if match := _PMCID_WRITTEN.fullmatch(bare):
        return _pmcid(match.group(1))
    if match := _PMID_WRITTEN.fullmatch(bare):
        return _pmid(match.group(1))
    prefix = _PREFIXED_DOI.match(bare)
    rest = bare[prefix.end() :] if prefix else bare
    if re.match(r"https?://", rest, re.IGNORECASE):
        return _of_address(rest)
    return _doi(rest)


def identifiers_of(citation: Citation) -> tuple[Identifier, ...]:
    """The identifiers that a citation states, as far as they are well-formed."""
    return tuple(_stated(citation))


def _stated(citation: Citation) -> Iterator[Identifier]:
    for kind, text in zip(IdentifierKind, (citation.DOI, citation.PMID, citation.PMCID), strict=True):
        if text is None:
            continue
        written = f"PMC{text}" if kind is IdentifierKind.PMCID and text.strip().isdigit() else text
        found = parse_identifier(written)
        if found is not None and found.kind is kind:
            yield found


def same_doi(one: str | None, other: str | None) -> bool:
    """Whether both are given and are one DOI, in whatever way they are written."""
    if one is None or other is None:
        return False
    first = parse_identifier(one)
    return first is not None and first == parse_identifier(other)


def _of_address(address: str) -> Identifier | None:
    try:
        parts = urlsplit(address if "//" in address else f"https://{address}")
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    path = unquote(parts.path)
    if host in _DOI_HOSTS:
        # A fragment or query that somebody left unquoted belongs to the DOI only where the DOI has the characters.
        return _doi(path.lstrip("/"))
    if host in _PUBMED_HOSTS or (host in _NCBI_HOSTS and path.startswith("/pubmed/")):
        match = re.fullmatch(r"/(?:pubmed/)?(\d{1,8})/?", path)
        return _pmid(match.group(1)) if match else None
    if host in _PMC_HOSTS or (host in _NCBI_HOSTS and path.startswith("/pmc/")):
        if match := re.search(r"/(?:articles?|PMC|pmc)/(?:PMC/)?PMC(\d{1,9})(?:\.\d+)?(?:/|$)", path, re.IGNORECASE):
            return _pmcid(match.group(1))
        match = re.fullmatch(r"/(?:article|abstract)/med/(\d{1,8})/?", path, re.IGNORECASE)
        return _pmid(match.group(1)) if match else None
    # Publishers' addresses often hold the DOI; a whole one at the end of the path is taken at its word.
    match = re.search(r"/doi/(?:abs/|full/|pdf/|epdf/|pdfdirect/)?(10\.\d{4,9}/.+?)/?$", path)
    return _doi(match.group(1)) if match else None


def _doi(text: str) -> Identifier | None:
    bare = without_closing(text.strip())
    if len(bare) > LONGEST_DOI or not _DOI.fullmatch(bare):
        return None
    # A DOI's letters are compared without regard to case (ISO 26324); Crossref and PubMed print either.
    return Identifier(IdentifierKind.DOI, bare.lower())


def _pmid(digits: str) -> Identifier | None:
    number = int(digits)
    return Identifier(IdentifierKind.PMID, str(number)) if 0 < number <= LARGEST_PMID else None


def _pmcid(digits: str) -> Identifier | None:
    return Identifier(IdentifierKind.PMCID, f"PMC{int(digits)}") if int(digits) else None
