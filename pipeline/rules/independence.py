"""Which reports are one study, and which studies come from different research groups.

The unit is the study, not the report (Cochrane Handbook 5.1, 7.2.2): reports of one study form a cluster, and every
rule counts clusters. It compares what profiles say of themselves; it reads no text and decides nothing about evidence.
Joining is transitive, so one report that resembles two others puts all three into one cluster: too few independent
studies is the safe error, two where there is one is the failure that this product exists to avoid.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from pipeline.rules.identifiers import own, registration_numbers, registries
from schemas.settlement import Cluster, PossibleOverlap, StudyProfile
from schemas.vocabulary import DocumentKind

_REVIEWS = frozenset({DocumentKind.SYSTEMATIC_REVIEW, DocumentKind.NARRATIVE_REVIEW})
_NOTICES = frozenset({DocumentKind.RETRACTION_NOTICE, DocumentKind.CORRECTION})
_SMALL_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "the"})
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:\s*[-/\u2010-\u2015]\s*(\d\d)(?!\d))?")


def clusters(profiles: Sequence[StudyProfile]) -> tuple[tuple[Cluster, ...], tuple[PossibleOverlap, ...]]:
    """Join reports of one study, and list the pairs that may be one (method.md 5 and C; Cochrane 5.1, 7.2.2).

    Joined: the same publication; a link of preprint, correction or retraction; same registration; same named cohort
    with overlapping dates (unknown dates count as overlapping); three of the five cues authors, site, intervention,
    number of people, dates. Two cues make a possible overlap: the two count once, in one cluster, and are listed for a
    person. A cue that is unknown on either side is no cue. Our decisions, on which method.md is silent:

    - What a person decided about a pair goes before every other sign; told both ways, the two are one study. Two that
      were told apart still meet in one cluster where a third report is of both.
    - A notice that corrects or retracts several of the studies says nothing about their being one, so it joins none.
    - Cues and cohorts join no review with anything: reviewers often wrote some of the trials that they review.
    - Registration is decisive both ways: two numbers of one registry are two studies, whatever their cues.
    - Two cues other than authors and site join nothing when both author lists are known and share nobody: two trials
      of one drug in 40 people each are common, and most duplicate reports share an author (Cochrane, ibid.).

    Clusters are K1, K2 ... in the order of their first study's id; the order of `profiles` does not matter.
    Raises ValueError when two profiles have one id.
    """
    reports = [_Report.of(p) for p in sorted(profiles, key=lambda p: p.study)]
    for a, b in pairwise(reports):
        if a.study == b.study:
            raise ValueError(f"two profiles have the id {a.study!r}")
    reports = _knowing_notices(reports)
    surely = [(a.study, b.study, why) for a, b in combinations(reports, 2) if (why := _same_study(a, b))]
    home = _homes([r.study for r in reports], ((a, b) for a, b, _ in surely))
    overlaps = tuple(
        PossibleOverlap(studies=(a.study, b.study), cues=cues)
        for a, b in combinations(reports, 2)
        if home[a.study] != home[b.study] and (cues := _overlap(a, b))
    )
    home = _homes([r.study for r in reports], [(a, b) for a, b, _ in surely] + [o.studies for o in overlaps])
    reasons = [(a, f"{a} and {b}: {why}") for a, b, why in surely]
    reasons += [
        (o.studies[0], f"{' and '.join(o.studies)}: possible overlap (same {', '.join(o.cues)}), counted once")
        for o in overlaps
    ]
    return tuple(
        Cluster(
            id=f"K{number}",
            studies=tuple(study for study, at in home.items() if at == first),
            reasons=tuple(sentence for study, sentence in reasons if home[study] == first),
        )
        for number, first in enumerate(sorted(set(home.values())), start=1)
    ), overlaps


def research_group(profiles: Sequence[StudyProfile]) -> tuple[str, ...]:
    """Who stands behind a cluster: first and senior authors and sites of its reports, folded and sorted (method.md B).

    Empty when no report names an author: an unknown group cannot be shown to be another one.
    """
    people = {name for p in profiles if (authors := _authors(p)) for name in (authors[0], authors[-1])}
    sites = {"site: " + " ".join(sorted(site)) for p in profiles if (site := _site(p))}
    return tuple(sorted(people | sites)) if people else ()


def pairwise_independent(groups: Sequence[tuple[str, ...]]) -> bool:
    """Whether at least one pair of clusters shares no first or senior author and no site (method.md B, "Groups").

    `groups` holds one `research_group` per cluster; an empty one is unknown and independent of none. The existence
    of a pair is asked, not the number of connected components, so that one more study never makes independent ones
    dependent.
    """
    return any(set(a).isdisjoint(b) for a, b in combinations(groups, 2) if a and b)


@dataclass(frozen=True)
class _Report:
    """A profile folded for comparison; whatever is unknown is empty or null."""

    study: str
    review: bool
    authors: tuple[str, ...]
    registrations: frozenset[str]
    cohort: frozenset[str]
    site: frozenset[str]
    intervention: frozenset[str]
    n: int | None
    years: frozenset[int]
    months: frozenset[str]
    identifiers: frozenset[str]
    linked: frozenset[str]
    told_same: frozenset[str]
    told_apart: frozenset[str]
    notice: bool
    many: bool = False

    @classmethod
    def of(cls, profile: StudyProfile) -> _Report:
        dates = profile.dates or ""
        return cls(
            study=profile.study,
            review=profile.document in _REVIEWS,
            authors=_authors(profile),
            registrations=registration_numbers(profile.registration),
            cohort=frozenset(_words(profile.cohort or "")) - _SMALL_WORDS,
            site=_site(profile),
            intervention=frozenset(_words(profile.intervention or "")) - _SMALL_WORDS,
            n=profile.n,
            years=_years(dates),
            identifiers=frozenset((*profile.identifiers, own(profile.study))),
            linked=frozenset(profile.linked),
            told_same=frozenset(profile.told_same),
            told_apart=frozenset(profile.told_apart),
            notice=profile.document in _NOTICES,
            months=frozenset(m for w in _words(dates) for m in _MONTHS if len(w) >= 3 and m.startswith(w)),
        )


def _authors(profile: StudyProfile) -> tuple[str, ...]:
    return tuple(name for a in profile.authors if (name := " ".join(_words(a))))


def _site(profile: StudyProfile) -> frozenset[str]:
    return frozenset(_words(profile.site or "")) - _SMALL_WORDS


def _words(text: str) -> list[str]:
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _WORD.findall(text.casefold())


def _years(text: str) -> frozenset[int]:
    """First and last year named, '2015-17' read as 2015 to 2017; empty when no year is named."""
    found: set[int] = set()
    for match in _YEAR.finditer(text):
        start = int(match[1])
        end = start // 100 * 100 + int(match[2] or 0)
        found |= {start, max(start, end)}
    return frozenset({min(found), max(found)}) if found else frozenset()


def _same_study(a: _Report, b: _Report) -> str | None:
    """Why two reports are surely of one study, or null."""
    if _points(a, b, lambda r: r.told_same):
        return "one study, as a person decided"
    if _points(a, b, lambda r: r.told_apart):
        return None
    if shared := a.identifiers & b.identifiers:
        return f"the same publication ({', '.join(sorted(shared))})"
    if _linked(a, b) and not (a.many or b.many):
        return "linked as reports of one study (preprint, abstract, article, correction, retraction)"
    if a.registrations & b.registrations:
        return f"same registration ({', '.join(sorted(a.registrations & b.registrations))})"
    if a.review or b.review or registries(a.registrations) & registries(b.registrations):
        return None
    if a.cohort and a.cohort == b.cohort and _dates_may_overlap(a, b):
        return "same named cohort, dates overlapping or unknown"
    cues = _cues(a, b)
    return f"same {', '.join(cues)}" if len(cues) >= 3 else None


def _overlap(a: _Report, b: _Report) -> tuple[str, ...]:
    """The two cues by which two reports may be of one study; empty when they are not."""
    cues = () if a.review or b.review or _points(a, b, lambda r: r.told_apart) else _cues(a, b)
    strangers = a.authors and b.authors and not set(a.authors) & set(b.authors)
    if len(cues) != 2 or (strangers and "site" not in cues):
        return ()
    return cues


def _linked(a: _Report, b: _Report) -> bool:
    return _points(a, b, lambda r: r.linked)


def _points(a: _Report, b: _Report, pointers: Callable[[_Report], frozenset[str]]) -> bool:
    """Whether either of the two names the other among its `pointers`."""
    return bool(pointers(a) & b.identifiers or pointers(b) & a.identifiers)


def _knowing_notices(reports: Sequence[_Report]) -> list[_Report]:
    """The reports with `many` set on notices that are linked with more than one study."""
    others = [r for r in reports if not r.notice]
    home = _homes([r.study for r in others], ((a.study, b.study) for a, b in combinations(others, 2) if _linked(a, b)))
    return [
        replace(r, many=len({home[other.study] for other in others if _linked(r, other)}) > 1) if r.notice else r
        for r in reports
    ]


def _cues(a: _Report, b: _Report) -> tuple[str, ...]:
    """Which of the five Cochrane cues two reports share; none when one registry gave them different numbers."""
    if registries(a.registrations) & registries(b.registrations):
        return ()
    tests: dict[str, Callable[[], bool]] = {
        "authors": lambda: _same_authors(a.authors, b.authors),
        "site": lambda: bool(a.site) and a.site == b.site,
        "intervention": lambda: bool(a.intervention) and a.intervention == b.intervention,
        "number of people": lambda: a.n is not None and a.n == b.n,
        "dates": lambda: bool(a.years) and a.years == b.years and (not (a.months and b.months) or a.months == b.months),
    }
    return tuple(cue for cue, shared in tests.items() if shared())


def _same_authors(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Same first, same last, or at least two authors in common."""
    return bool(a and b) and (a[0] == b[0] or a[-1] == b[-1] or len(set(a) & set(b)) >= 2)


def _dates_may_overlap(a: _Report, b: _Report) -> bool:
    return not a.years or not b.years or (min(a.years) <= max(b.years) and min(b.years) <= max(a.years))


def _homes(studies: Sequence[str], joined: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For every study the smallest id among those that it is joined with, directly or through others."""
    home = {study: study for study in studies}
    for a, b in joined:
        keep, leave = sorted((home[a], home[b]))
        home = {study: keep if at == leave else at for study, at in home.items()}
    return home
