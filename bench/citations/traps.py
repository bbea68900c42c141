"""What must never be merged with an article although it bears its title: notices, answers, parts, years, preprints."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from citations.real import Reference

Trap = Callable[[Reference, random.Random], Reference]
_STRANGERS = (("Okafor", "B."), ("Lindqvist", "E."), ("Moreau", "T."), ("Castellanos", "I."), ("Haddad", "N."))


def _later(r: Reference, pages: int, rng: random.Random) -> str:
    match = re.search(r"\d+", r.page)
    first = int(match[0]) + rng.randint(12, 90) if match else rng.randint(100, 900)
    return f"{first}-{first + pages - 1}" if pages > 1 else str(first)


def _notice(*forms: str) -> Trap:
    def make(r: Reference, rng: random.Random) -> Reference:
        title = rng.choice(forms).format(r.title)
        place = rng.random()
        authors = r.authors if rng.random() < 0.7 else ()
        volume, page = (r.volume, _later(r, 1, rng)) if place < 0.7 else ("", "") if place < 0.9 else (r.volume, "")
        doi = r.doi if rng.random() < 0.1 else ""  # some databases give the notice the DOI of its article
        return replace(
            r,
            title=title,
            authors=authors,
            volume=volume,
            page=page,
            doi=doi,
            pmid="",
            year=r.year + rng.choice([0, 1]),
        )

    return make


erratum = _notice(
    "Erratum to: {}", "Erratum: {}", "Corrigendum to “{}”", "Correction: {}", "Author Correction: {}", "{}: erratum"
)
retraction = _notice("Retraction: {}", "Retraction notice to “{}”", "Notice of retraction: {}", "Retraction Note: {}")
reply = _notice(
    "Reply to: {}", "Authors' reply: {}", "{}: reply", "{} - authors' response", "Response to letter on “{}”"
)
titled_comment = _notice(
    "Comment on “{}”", "Commentary: {}", "Re: {}", "Letter to the editor: {}", "Editorial: {}", "{}: a comment"
)


def bare_comment(r: Reference, rng: random.Random) -> Reference:
    """The very title, by others, on a page or two."""
    authors = tuple(rng.sample(_STRANGERS, rng.randint(1, 2)))
    return replace(r, authors=authors, page=_later(r, rng.randint(1, 2), rng), doi="", pmid="")


def bare_answer(r: Reference, rng: random.Random) -> Reference:
    """The very title, by the same authors, a page elsewhere in the volume."""
    return replace(r, page=_later(r, 1, rng), doi="", pmid="")


def part_two(r: Reference, rng: random.Random) -> Reference:
    return replace(r, title=f"{r.title}. Part II", page=_later(r, 9, rng), doi="", pmid="")


def study_two(r: Reference, rng: random.Random) -> Reference:
    gone = rng.random() < 0.3
    return replace(
        r,
        title=f"{r.title}: study 2",
        volume="" if gone else r.volume,
        page="" if gone else _later(r, 9, rng),
        doi="",
        pmid="",
    )


def next_year(r: Reference, rng: random.Random) -> Reference:
    """A yearly report: same title and authors, the next volume."""
    volume = str(int(r.volume) + 1) if r.volume.isdigit() else "2"
    return replace(r, year=r.year + 1, volume=volume, page=_later(r, 20, rng), doi="", pmid="")


def preprint(r: Reference, rng: random.Random) -> Reference:
    server = rng.choice(["medRxiv", "bioRxiv", "Research Square", ""])
    doi = f"10.1101/{r.year - 1}.0{rng.randint(1, 9)}.1{rng.randint(1, 9)}.{rng.randint(10**6, 10**7)}"
    genre = "" if server else "preprint"
    return replace(
        r,
        journal=server,
        volume="",
        page="",
        doi=doi if server.endswith("Rxiv") else "",
        pmid="",
        genre=genre,
        year=r.year - rng.choice([0, 1]),
    )


def abstract(r: Reference, rng: random.Random) -> Reference:
    """A conference abstract: the same title and authors in a supplement, the year before."""
    volume = str(max(1, int(r.volume) - 1)) if r.volume.isdigit() else "1"
    return replace(r, year=r.year - 1, volume=volume, page=f"S{rng.randint(10, 400)}", doi="", pmid="")


def protocol(r: Reference, rng: random.Random) -> Reference:
    main = r.title.partition(": ")[0]
    return replace(
        r, title=f"{main}: study protocol for a randomised controlled trial", journal="Trials",
        volume=str(rng.randint(9, 20)),
        page=str(rng.randint(1, 700)), year=r.year - rng.choice([1, 2]), doi="", pmid="",
    )  # fmt: skip


def other_people(r: Reference, rng: random.Random) -> Reference:
    """A word that makes it another study, by the same authors in the same year, volume unknown."""
    return replace(
        r,
        title=f"{r.title.rstrip('?. ')} in {rng.choice(['women', 'older men', 'children'])}",
        volume="",
        page="",
        doi="",
        pmid="",
    )


TRAPS: dict[str, Trap] = {
    "erratum": erratum,
    "retraction": retraction,
    "reply": reply,
    "titled comment": titled_comment,
    "same-title comment": bare_comment,
    "same-title answer": bare_answer,
    "part II": part_two,
    "study 2": study_two,
    "next year's report": next_year,
    "preprint": preprint,
    "abstract": abstract,
    "protocol": protocol,
    "other people": other_people,
}

TWINS = frozenset({"same-title answer", "next year's report", "abstract"})
"""Traps that only the place of print tells from their article."""
