"""The report of `mechsyn sources duplicates`: what is one publication, what reports one study, what a person decides.

Pure: citations in, report out. Reading citations and writing decisions are other modules'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.errors import InputError
from pipeline.rules.identifiers import identifiers
from pipeline.sources.identity.decisions import Decisions, Settled
from pipeline.sources.identity.grouping import Pair, Resolution, resolve
from pipeline.sources.identity.publication import Publication
from schemas.base import Noun
from schemas.study import Citation


class Cited(Noun):
    """One record: where it stands, what it cites, and the citation in one line."""

    where: str
    line: str
    citation: Citation


class SamePublication(Noun):
    """Records of one publication, and why."""

    records: tuple[Cited, ...]
    reasons: tuple[str, ...]


class SameStudy(Noun):
    """Publications that report one study, and why; of several records of a publication the first stands here."""

    publications: tuple[Cited, ...]
    reasons: tuple[str, ...]


class Undecided(Noun):
    """Two records that a person has to look at: are they `question`?"""

    one: Cited
    other: Cited
    question: Settled
    reason: str


class DuplicateReport(Noun):
    """What was found among `records` records; `publications` of them are different ones, of `studies` studies."""

    records: int
    publications: int
    studies: int
    same_publication: tuple[SamePublication, ...]
    same_study: tuple[SameStudy, ...]
    undecided: tuple[Undecided, ...]


def find_duplicates(publications: Sequence[Publication], decisions: Decisions | None = None) -> DuplicateReport:
    """Groups, clusters and open pairs of `publications`, with what a person has decided.

    InputError when decisions contradict each other.
    """
    found = resolve(publications, decisions)
    cited = [Cited(where=p.where, line=in_one_line(p.citation), citation=p.citation) for p in publications]
    return DuplicateReport(
        records=len(publications),
        publications=len(found.groups),
        studies=len(found.groups) - sum(len(c) - 1 for c in found.clusters),
        same_publication=tuple(_group(g, found, cited) for g in found.groups if len(g) > 1),
        same_study=tuple(_cluster(c, found, cited) for c in found.clusters),
        undecided=tuple(
            Undecided(one=cited[a], other=cited[b], question=question, reason=reason)
            for (a, b), (question, reason) in found.undecided.items()
        ),
    )


def _group(group: Sequence[int], found: Resolution, cited: Sequence[Cited]) -> SamePublication:
    reasons = _inside(group, found.merged.items())
    return SamePublication(records=tuple(cited[i] for i in group), reasons=reasons)


def _cluster(cluster: Sequence[int], found: Resolution, cited: Sequence[Cited]) -> SameStudy:
    reasons = _inside(cluster, ((pair, link.reason) for pair, link in found.links.items()))
    return SameStudy(publications=tuple(cited[i] for i in cluster), reasons=reasons)


def _inside(members: Sequence[int], reasons: Iterable[tuple[Pair, str]]) -> tuple[str, ...]:
    inside = set(members)
    return tuple(dict.fromkeys(reason for pair, reason in reasons if inside.issuperset(pair)))


def in_one_line(citation: Citation) -> str:
    """'Mendonca, Vila-Chã ... (2021). Title. Journal 121: 2305-2321. DOI 10.1007/...', as far as it is known."""
    names = [n.short for n in citation.author[:3]]
    more = " ..." if len(citation.author) > 3 else ""
    year = f" ({citation.year})" if citation.year else ""
    who = f"{', '.join(names)}{more}{year}".strip() or "no author"
    place = " ".join(p for p in (citation.container_title, citation.volume) if p)
    place += f": {citation.page}" if citation.page else ""
    known = (("DOI", citation.DOI), ("PMID", citation.PMID), ("PMCID", citation.PMCID))
    ids = ", ".join(f"{kind} {value}" for kind, value in known if value)
    return ". ".join(p.rstrip(".") for p in (who, citation.title or "no title", place, ids) if p)


def named(publications: Sequence[Publication], name: str) -> Publication:
    """The record that a person names by DOI, PMID, PMCID, id or place ('file.ris:12').

    InputError when it is none of them, or several that differ in what they cite.
    """
    given = name.strip()
    wanted = frozenset(
        identifiers(Citation(id="x", DOI=given, PMID=given, PMCID=given if given[:3].upper() == "PMC" else None))
    )
    exact = [p for p in publications if given in {p.citation.id, p.where}]
    exact = exact or [p for p in publications if _in_print(p.where) == _in_print(given)]
    found = exact or [p for p in publications if wanted & set(identifiers(p.citation))]
    if not found:
        raise InputError(f"{name}: no record has this DOI, PMID, PMCID, id or place; see the list without options")
    if any(p.citation != found[0].citation for p in found):
        places = ", ".join(sorted(p.where for p in found)[:4])
        raise InputError(f"{name}: names {len(found)} records ({places}); name one by its place")
    return found[0]


def _in_print(place: str) -> str:
    """What is left of a place in a list: names of files may hold several spaces, or what no terminal prints."""
    return "".join(c for c in place if c.isprintable() and not c.isspace())
