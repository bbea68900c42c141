"""What can be compared about two citations, each sign when it is asked for. Does not say what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipeline.sources.identity.names import Authorship, match_authors
from pipeline.sources.identity.places import Place, PlaceMatch, match_places
from pipeline.sources.identity.publication import Prepared
from pipeline.sources.identity.titles import SMALL_WORDS, Likeness, TitleMatch, match_titles

YEARS_APART = 1
"""Online first and in print may be counted in two calendar years."""
TEAM = 3
"""Authors that are no coincidence in one journal and year."""


@dataclass(frozen=True)
class Signs:
    """Everything that can be compared about a pair, each when it is asked for."""

    a: Prepared
    b: Prepared

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """Identifiers in common."""
        return tuple(sorted(self.a.identifiers & self.b.identifiers))

    @cached_property
    def clash(self) -> tuple[str, ...]:
        """Kinds of identifier that both have, with nothing in common."""
        kinds = _kinds(self.a.identifiers) & _kinds(self.b.identifiers)
        return tuple(sorted(kinds - _kinds(self.shared)))

    @cached_property
    def title(self) -> TitleMatch:
        return match_titles(self.a.titles, self.b.titles)

    @cached_property
    def authors(self) -> Authorship:
        return match_authors(self.a.authors, self.b.authors)

    @cached_property
    def printed(self) -> PlaceMatch:
        return match_places(self.a.printed, self.b.printed)

    @cached_property
    def years(self) -> int | None:
        return abs(self.a.year - self.b.year) if self.a.year and self.b.year else None

    @property
    def place(self) -> Place:
        return self.printed.place

    @property
    def same_first_author(self) -> bool:
        return self.authors in {Authorship.ALL, Authorship.FIRST}

    @property
    def by_a_body(self) -> bool:
        """Societies issue their guidelines anew under one title."""
        return any(p.authors and p.authors[0].body for p in (self.a, self.b))

    @property
    def same_team(self) -> bool:
        """Three authors or more, all the same, in one journal and year."""
        several = min(len(self.a.authors), len(self.b.authors)) >= TEAM and self.authors is Authorship.ALL
        return several and self.printed.journal is True and self.years == 0

    @property
    def two_versions(self) -> bool:
        """One review of the Cochrane Library with another DOI or in another year: its updates keep title and page."""
        return self.a.review != "" and self.a.review == self.b.review and bool("doi" in self.clash or self.years)

    @property
    def nothing_alike(self) -> bool:
        """Both citations are known, and neither a word of the titles nor an author says that they are one."""
        return self.title.likeness is Likeness.OTHER and self.authors is Authorship.NONE

    @property
    def years_fit(self) -> bool:
        return self.years is None or self.years <= YEARS_APART

    @property
    def near_by(self) -> bool:
        """Volume or page agrees, and nothing about the place differs."""
        return self.place in {Place.SAME, Place.PART}

    @property
    def words(self) -> frozenset[str]:
        return frozenset(w for t in (*self.a.titles, *self.b.titles) for w in t.words) - SMALL_WORDS

    @property
    def shorter(self) -> int:
        """Characters of the shorter title."""
        return min(len(t.text) for t in (self.a.titles[0], self.b.titles[0]))

    @property
    def shortest(self) -> int:
        """Content words of the shorter title."""
        return min(len(set(t.words) - SMALL_WORDS) for t in (self.a.titles[0], self.b.titles[0]))


def _kinds(identifiers: Iterable[str]) -> set[str]:
    return {i.partition(":")[0] for i in identifiers}
