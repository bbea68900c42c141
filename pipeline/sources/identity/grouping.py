"""Many publications at once: which are one, which report one study, which pairs a person has to look at.

Promises the same outcome for every order of the records, and that a person's decision goes before every comparison.
Two records that contradict each other are never brought together by a third that agrees with both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from pipeline.errors import InputError
from pipeline.sources.identity.decisions import FILE_NAME, Decision, Decisions, Settled
from pipeline.sources.identity.matching import Grade, Judgement, Strength
from pipeline.sources.identity.nature import NOTICES
from pipeline.sources.identity.pairing import candidate_pairs
from pipeline.sources.identity.publication import Prepared, Publication
from pipeline.sources.identity.reports import ReportLink, report_link, reverse
from pipeline.sources.identity.sameness import judge_with_text
from pipeline.sources.identity.signs import Signs
from schemas.vocabulary import RelationKind

MOST_CHECKED = 200
"""Members of one group that are checked each with each; beyond it the pairs compared already have to do."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Resolution:
    """Positions of the publications as given. `groups` hold every position once, each group in order, groups by their
    first; `clusters` join positions of groups' first members; `links` say why; `undecided` is for a person."""

    groups: tuple[tuple[int, ...], ...]
    merged: Mapping[Pair, str]
    clusters: tuple[tuple[int, ...], ...]
    links: Mapping[Pair, ReportLink]
    undecided: Mapping[Pair, tuple[Settled, str]]
    apart: tuple[Pair, ...] = ()
    told: frozenset[Pair] = field(default_factory=frozenset[Pair])


def resolve(publications: Sequence[Publication], decisions: Decisions | None = None) -> Resolution:
    """Groups, clusters and open pairs of `publications`.

    InputError when a person's decisions contradict each other.
    """
    order = sorted(range(len(publications)), key=lambda i: _canonical(publications[i]))
    work = _Work([Prepared.of(publications[i]) for i in order], decisions or Decisions())
    return _in_given_order(work.resolution(), order)


def _canonical(publication: Publication) -> tuple[str, str, str]:
    text = publication.study.sha256 if publication.study else ""
    return (publication.citation.model_dump_json(by_alias=True), publication.where, text)


class _Work:
    """One run over records in their canonical order."""

    def __init__(self, records: Sequence[Prepared], decisions: Decisions) -> None:
        self.records = records
        self.decided = decisions.pairs([r.publication.citation for r in records])
        self.pairs = sorted(set(candidate_pairs(records)) | set(self.decided))
        self.signs = {pair: Signs(records[pair[0]], records[pair[1]]) for pair in self.pairs}
        self.judged = {pair: self._judged(pair) for pair in self.pairs}
        self.one_by_identifier = list(range(len(records)))

    def resolution(self) -> Resolution:
        told_same = [p for p, d in self.decided.items() if d.decision is Settled.SAME_PUBLICATION]
        kept, demoted = self._kept_edges(told_same)
        home = _homes(len(self.records), kept)
        self._refuse_contradictions(home)
        settled = {_between(home, p): d for p, d in self.decided.items() if home[p[0]] != home[p[1]]}
        links, likely = self._links(home, settled)
        cluster = _homes(len(self.records), links)
        open_pairs = self._open(home, settled, demoted, likely)
        return Resolution(
            groups=_members(home),
            merged={p: self.judged[p].reason for p in kept},
            clusters=tuple(c for c in _members(cluster, of=set(home)) if len(c) > 1),
            links=links,
            undecided={p: q for p, q in open_pairs.items() if cluster[p[0]] != cluster[p[1]]},
            apart=tuple(p for p, d in settled.items() if d.decision is Settled.DIFFERENT),
            told=frozenset(p for p, d in settled.items() if d.decision is Settled.SAME_STUDY),
        )

    def _judged(self, pair: Pair) -> Judgement:
        decision = self.decided.get(pair)
        if decision is None:
            return judge_with_text(self.signs[pair])
        grade = Grade.SAME if decision.decision is Settled.SAME_PUBLICATION else Grade.DIFFERENT
        return Judgement(grade, _told(decision), contradicted=grade is not Grade.SAME, strength=Strength.PERSON)

    def _judgement(self, pair: Pair) -> Judgement:
        """As for the pairs that were compared already, so for two members of one group."""
        if pair not in self.judged:
            self.signs[pair] = Signs(self.records[pair[0]], self.records[pair[1]])
            self.judged[pair] = self._judged(pair)
        return self.judged[pair]

    def _kept_edges(self, told: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
        """The pairs that merge, and those that agree but would bring contradicting records together.

        From the strongest ground to the weakest: what an identifier joined is one when titles are looked at.
        """
        same = [p for p, j in self.judged.items() if j.grade is Grade.SAME]
        kept = list(told)
        home = _homes(len(self.records), kept)
        for strength in Strength:
            now = [p for p in same if self.judged[p].strength is strength and home[p[0]] != home[p[1]]]
            kept += self._without_contradiction(now, home)
            home = _homes(len(self.records), kept)
            if strength is Strength.IDENTIFIER:
                self.one_by_identifier = home
        within = [p for p in same if home[p[0]] == home[p[1]]]
        return within, [p for p in same if home[p[0]] != home[p[1]]]

    def _without_contradiction(self, edges: Sequence[Pair], home: Sequence[int]) -> list[Pair]:
        """Of `edges` between groups those that contradict nothing: none between groups that contradict each other, all
        of a set of groups without contradiction, of another set those between groups that agree with the same others.
        Unlike a chain, what they form does not depend on where one begins."""
        members = defaultdict[int, list[int]](list)
        for i, h in enumerate(home):
            members[h].append(i)
        between = {_between(home, pair) for pair in edges}
        agreed = {(a, b) for a, b in between if not self._contradictory([members[a], members[b]])}
        joined = _homes(len(home), agreed)
        parts, agreeing = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
        for pair in agreed:
            for i in pair:
                parts[joined[i]].add(i)
                agreeing[i].update(pair)
        clashing = {p for p, groups in parts.items() if self._contradictory([members[g] for g in sorted(groups)])}
        sure = {(a, b) for a, b in agreed if joined[a] not in clashing or agreeing[a] == agreeing[b]}
        return [pair for pair in edges if _between(home, pair) in sure]

    def _contradictory(self, groups: Sequence[Sequence[int]]) -> bool:
        """Whether members of two groups contradict each other; members that cite the same are compared once.

        Titles that differ say nothing where the same identifier stands for another wording that agrees: it may be a
        translation, or cut.
        """
        distinct = [sorted({self._fingerprint(i): i for i in reversed(group)}.values()) for group in groups]
        if sum(map(len, distinct)) > MOST_CHECKED:
            inside = {i for group in groups for i in group}
            return any(j.contradicted for p, j in self.judged.items() if inside.issuperset(p))
        pairs = [(min(a, b), max(a, b)) for ones, others in combinations(distinct, 2) for a in ones for b in others]
        judged = {pair: self._judgement(pair) for pair in pairs}
        agreed = {
            _between(self.one_by_identifier, p) for p, j in judged.items() if j.grade is Grade.SAME and not j.by_wording
        }
        return any(
            j.contradicted and not (j.by_wording and _between(self.one_by_identifier, pair) in agreed)
            for pair, j in judged.items()
        )

    def _fingerprint(self, i: int) -> tuple[object, ...]:
        r = self.records[i]
        decided = i if any(i in pair for pair in self.decided) else None
        text = r.publication.study.sha256 if r.publication.study else ""
        return (r.identifiers, r.character, r.titles, r.authors, r.printed, r.year, text, decided)

    def _refuse_contradictions(self, home: Sequence[int]) -> None:
        for (a, b), decision in self.decided.items():
            if home[a] == home[b] and decision.decision is not Settled.SAME_PUBLICATION:
                names = " and ".join(repr(self.records[i].publication.citation.id) for i in (a, b))
                raise InputError(
                    f"{FILE_NAME}: {names} are decided to be {decision.decision.value.replace('_', ' ')}, but other "
                    "decisions make them one publication; change one of the entries"
                )

    def _links(
        self, home: Sequence[int], settled: Mapping[Pair, Decision]
    ) -> tuple[dict[Pair, ReportLink], dict[Pair, ReportLink]]:
        """Sure and likely links between groups, named by the first members of the groups."""
        sure, likely = dict[Pair, ReportLink](), dict[Pair, ReportLink]()
        for pair in self.pairs:
            between = _between(home, pair)
            if between[0] == between[1] or between in settled:
                continue
            link = report_link(self.signs[pair])
            if link is not None:
                turned = link if home[pair[0]] == between[0] else ReportLink(reverse(link.kind), link.reason, link.sure)
                (sure if link.sure else likely).setdefault(between, turned)
        sure = self._without_wide_notices(sure)
        for pair, decision in settled.items():
            if decision.decision is Settled.SAME_STUDY:
                sure[pair] = ReportLink(RelationKind.SAME_STUDY, _told(decision), sure=True)
        return sure, likely

    def _without_wide_notices(self, sure: dict[Pair, ReportLink]) -> dict[Pair, ReportLink]:
        """A notice that is about several studies joins none of them."""
        notice = {i for pair in sure for i in pair if self.records[i].character.nature in NOTICES}
        home = _homes(len(self.records), [p for p in sure if notice.isdisjoint(p)])
        about = defaultdict[int, set[int]](set)
        for pair in sure:
            for i in notice.intersection(pair):
                about[i].update(home[k] for k in pair if k not in notice)
        wide = {i for i, studies in about.items() if len(studies) > 1}
        return {pair: link for pair, link in sure.items() if wide.isdisjoint(pair)}

    def _open(
        self,
        home: Sequence[int],
        settled: Mapping[Pair, Decision],
        demoted: Iterable[Pair],
        likely: Mapping[Pair, ReportLink],
    ) -> dict[Pair, tuple[Settled, str]]:
        found: dict[Pair, tuple[Settled, str]] = {}
        weak = [(p, j.reason) for p, j in self.judged.items() if j.grade is Grade.POSSIBLE]
        weak += [(p, f"{self.judged[p].reason}; but what agrees with both contradicts one of them") for p in demoted]
        for pair, reason in sorted(weak):
            found.setdefault(_between(home, pair), (Settled.SAME_PUBLICATION, reason))
        for pair, link in likely.items():
            found.setdefault(pair, (Settled.SAME_STUDY, link.reason))
        return {p: q for p, q in found.items() if p[0] != p[1] and p not in settled}


def _told(decision: Decision) -> str:
    by = f" by {decision.by}" if decision.by else ""
    on = f" on {decision.on.isoformat()}" if decision.on else ""
    return f"decided{by}{on}" if by or on else "decided by a person"


def _between(home: Sequence[int], pair: Pair) -> Pair:
    a, b = sorted((home[pair[0]], home[pair[1]]))
    return (a, b)


def _homes(count: int, edges: Iterable[Pair]) -> list[int]:
    """For every position the smallest one that it is joined with, directly or through others."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in edges:
        one, other = sorted((root(a), root(b)))
        parent[other] = one
    return [root(i) for i in range(count)]


def _members(home: Sequence[int], *, of: Iterable[int] | None = None) -> tuple[tuple[int, ...], ...]:
    """The sets that `home` makes of all positions, or of some."""
    found = defaultdict[int, list[int]](list)
    for i in sorted(range(len(home)) if of is None else of):
        found[home[i]].append(i)
    return tuple(tuple(m) for _, m in sorted(found.items()))


def _in_given_order(r: Resolution, order: Sequence[int]) -> Resolution:
    """The resolution in the positions that the caller knows; a group is named by its first member there."""
    groups = tuple(sorted(tuple(sorted(order[i] for i in g)) for g in r.groups))
    first = {order[i]: min(order[k] for k in g) for g in r.groups for i in g}

    def at(i: int) -> int:
        return first[order[i]]

    def pair(p: Pair, to: Callable[[int], int]) -> Pair:
        a, b = sorted((to(p[0]), to(p[1])))
        return (a, b)

    links = {
        pair(p, at): link if at(p[0]) < at(p[1]) else ReportLink(reverse(link.kind), link.reason, link.sure)
        for p, link in r.links.items()
    }
    return Resolution(
        groups=groups,
        merged=dict(sorted((pair(p, lambda i: order[i]), why) for p, why in r.merged.items())),
        clusters=tuple(sorted(tuple(sorted(at(i) for i in c)) for c in r.clusters)),
        links=dict(sorted(links.items())),
        undecided=dict(sorted((pair(p, at), q) for p, q in r.undecided.items())),
        apart=tuple(sorted(pair(p, at) for p in r.apart)),
        told=frozenset(pair(p, at) for p in r.told),
    )
