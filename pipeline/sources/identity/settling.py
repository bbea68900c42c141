"""Identity applied to the studies of an analysis: one publication once, reports of one study linked, decisions kept.

What follows from it for the evidence is the rules' (`pipeline/rules/independence.py`): they read the relations that are
set here, so that an analysis can be made again from what it stores. No file is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pipeline.sources.identity.decisions import Decisions, Settled
from pipeline.sources.identity.grouping import Resolution, resolve
from pipeline.sources.identity.merging import merged
from pipeline.sources.identity.publication import Publication
from pipeline.sources.identity.reports import reverse
from schemas.study import Citation, Relation, Study
from schemas.vocabulary import RelationKind


@dataclass(frozen=True)
class Settling:
    """The studies, each publication once and under an id of its own, and what a person should be told."""

    studies: tuple[Study, ...]
    messages: tuple[str, ...]


def settle(studies: Sequence[Study], decisions: Decisions | None = None) -> Settling:
    """Merges, links and keeps apart the studies as given; the first of a group gives the id.

    Of two publications with one id the later gets a number. InputError when decisions contradict each other.
    """
    found = resolve([Publication.of_study(s) for s in studies], decisions)
    one_each = {group[0]: reduce(merged, (studies[i] for i in group)) for group in found.groups}
    named = _with_ids_of_their_own(one_each)
    return Settling(tuple(_related(named, found)), tuple(_messages(studies, found)))


def _with_ids_of_their_own(studies: dict[int, Study]) -> dict[int, Study]:
    taken: set[str] = set()
    named: dict[int, Study] = {}
    for position, study in studies.items():
        new, number = study.id, 2
        while new in taken:
            new = f"{study.id[:74]}-{number}"
            number += 1
        taken.add(new)
        citation = study.citation if new == study.id else study.citation.model_copy(update={"id": new})
        named[position] = study.model_copy(update={"citation": citation})
    return named


def _related(studies: dict[int, Study], found: Resolution) -> list[Study]:
    """The studies with the links that comparing and deciding found among them."""
    added: dict[int, list[Relation]] = {position: [] for position in studies}
    for (a, b), link in found.links.items():
        kind = RelationKind.SAME_STUDY if (a, b) in found.told else link.kind
        added[a].append(_relation(kind, studies[b].citation))
        added[b].append(_relation(reverse(kind), studies[a].citation))
    for a, b in found.apart:
        added[a].append(_relation(RelationKind.OTHER_STUDY, studies[b].citation))
        added[b].append(_relation(RelationKind.OTHER_STUDY, studies[a].citation))
    return [
        study.model_copy(update={"relations": tuple(dict.fromkeys((*study.relations, *added[position])))})
        for position, study in studies.items()
    ]


def _relation(kind: RelationKind, to: Citation) -> Relation:
    return Relation(kind=kind, DOI=to.DOI, PMID=to.PMID, reference=to.id)


def _messages(studies: Sequence[Study], found: Resolution) -> list[str]:
    told: list[str] = []
    for group in (g for g in found.groups if len(g) > 1):
        first = studies[group[0]]
        for i in group[1:]:
            reason = found.merged.get((group[0], i)) or next(why for p, why in found.merged.items() if i in p)
            other = "another form of it" if studies[i].file_name == first.file_name else first.file_name
            told.append(f"{studies[i].file_name}: counted once with {other} ({reason})")
    for (a, b), (question, reason) in found.undecided.items():
        what = "one publication" if question is Settled.SAME_PUBLICATION else "reports of one study"
        told.append(
            f"{studies[a].file_name} and {studies[b].file_name}: perhaps {what} ({reason}); "
            "'mechsyn sources duplicates' settles it"
        )
    return told
