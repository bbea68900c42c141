"""Links to the literature, built only from identifiers of proven form; addresses given by a study are never linked."""

from __future__ import annotations

import re
from urllib.parse import quote

from pipeline.publish.view import Hyperlink
from schemas.study import Citation

_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]{1,200}")
_PMID = re.compile(r"[1-9]\d{0,8}")
_PMCID = re.compile(r"PMC[1-9]\d{0,8}")


def links(citation: Citation) -> tuple[Hyperlink, ...]:
    """Links for the DOI (Crossref's recommended pattern), PMID and PMCID of `citation`, where they have their form."""
    found: list[Hyperlink] = []
    if citation.DOI and _DOI.fullmatch(citation.DOI):
        found.append(Hyperlink(f"doi:{citation.DOI}", f"https://doi.org/{quote(citation.DOI, safe='/')}"))
    if citation.PMID and _PMID.fullmatch(citation.PMID):
        found.append(Hyperlink(f"PMID {citation.PMID}", f"https://pubmed.ncbi.nlm.nih.gov/{citation.PMID}/"))
    if citation.PMCID and _PMCID.fullmatch(citation.PMCID):
        found.append(Hyperlink(citation.PMCID, f"https://pmc.ncbi.nlm.nih.gov/articles/{citation.PMCID}/"))
    return tuple(found)
