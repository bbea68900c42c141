"""Are two citations one publication? Same, possible (a person decides) or different, with the reason in words.

An identifier in common decides, unless title or place contradict it; without one, title, first author, year and place
of print have to agree, and none may speak against it. Whatever is doubtful goes to a person: one study twice can still
be told apart by eye, two studies in one are lost. Why each threshold is where it is stands in
`docs/decisions/0009-identity-of-studies.md`. Reports of one study are another question (`reports.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from pipeline.sources.identity.names import Authorship
from pipeline.sources.identity.nature import Nature
from pipeline.sources.identity.places import Place
from pipeline.sources.identity.publication import Prepared
from pipeline.sources.identity.signs import Signs
from pipeline.sources.identity.titles import SHORTEST_START, SMALL_WORDS, Likeness, TitleMatch, fold_title

FEW_WORDS = 4
"""Words below which a title ("Author reply", "Cancer statistics") says little by itself."""
_SERIAL = frozenset({"annual", "yearly", "statistics", "surveillance", "update", "proceedings"})
_DESIGN_WORDS = frozenset(
    fold_title(
        "randomised randomized controlled clinical trial double single triple blind blinded placebo cross crossover "
        "over systematic review meta analysis cohort case control series study studies prospective retrospective pilot "
        "observational multicentre multicenter population based sectional experimental parallel group groups open rct"
    ).words
)
"""Words that say how a study was done: a subtitle of nothing else is left out by many databases."""
_OTHER_REPORT = frozenset(
    fold_title(
        "secondary subgroup subanalysis substudy ancillary hoc extension follow followup update updated results term "
        "economic cost qualitative design rationale baseline interim exploratory discussion response reply comment"
    ).words
)
"""Words of a subtitle that names another report of the study."""
LONG_BEGINNING = 40
"""Characters before a subtitle from which, beside the same authors, journal and year, the subtitle may be missing."""
LONG_CUT = 60
"""Characters from which a title that ends anywhere, beside the same volume as well, was cut by a database ..."""
WORDS_CUT_OFF = 5
"""... if so many words are missing: fewer ("in older men") may make it another study."""


class Grade(StrEnum):
    SAME = "same"
    POSSIBLE = "possible"
    DIFFERENT = "different"


class Strength(IntEnum):
    """On what a pair that is the same rests, the strongest first: what is weaker gives way where two contradict."""

    PERSON = 0
    IDENTIFIER = 1
    PLACE = 2
    TITLE = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome for a pair and why. `contradicted` is set where something speaks against one publication, and not
    where there is merely too little to say so; `by_wording` if it is the words of the titles alone, or, of a pair that
    is the same, if only a part of the title says so."""

    grade: Grade
    reason: str
    contradicted: bool = False
    strength: Strength = Strength.TITLE
    by_wording: bool = False


def compare(a: Prepared, b: Prepared) -> Judgement:
    """Whether two citations are one publication. Symmetric."""
    return judge(Signs(a, b))


def judge(signs: Signs) -> Judgement:
    """`compare` for a pair whose signs are used for more."""
    if signs.shared:
        return _with_identifier(signs)
    if signs.two_versions:
        return _other("versions of one review")
    if signs.a.character.nature is not signs.b.character.nature:
        return _of_two_natures(signs)
    return _by_title(signs)


def _same(reason: str, strength: Strength = Strength.PLACE) -> Judgement:
    return Judgement(Grade.SAME, reason, strength=strength)


def _perhaps(reason: str, *, contradicted: bool = False) -> Judgement:
    return Judgement(Grade.POSSIBLE, reason, contradicted)


def _other(reason: str, *, by_wording: bool = False) -> Judgement:
    return Judgement(Grade.DIFFERENT, reason, contradicted=True, by_wording=by_wording)


def _partly(reason: str, strength: Strength = Strength.TITLE) -> Judgement:
    """The same, although only a part of the title says so."""
    return Judgement(Grade.SAME, reason, strength=strength, by_wording=True)


def _worded(reason: str) -> Judgement:
    return Judgement(Grade.POSSIBLE, reason, contradicted=True, by_wording=True)


_UNLIKE = _other("the titles differ", by_wording=True)


def _with_identifier(s: Signs) -> Judgement:
    """Vendors copy an article's DOI to its erratum, and a supplement's to each of its abstracts: titles have a say."""
    name = " and ".join(i.replace(":", " ", 1).replace("doi", "DOI").replace("pmid", "PMID") for i in s.shared)
    one, other = s.a.character, s.b.character
    if one.nature is not other.nature and (one.in_title or other.in_title):
        return _perhaps(f"same {name}, but one is titled as {_named(s)}", contradicted=True)
    if s.title.numbers_differ:
        return _perhaps(f"same {name}, but the titles differ in a number", contradicted=True)
    if s.nothing_alike and s.printed.page is False:
        return _other(f"same {name}, which is that of a supplement: title, authors and page differ")
    unlike = s.title.likeness in {Likeness.OTHER, Likeness.CLOSE}
    if unlike and s.printed.page is False:
        return _perhaps(f"same {name}, but title and page differ", contradicted=True)
    if s.title.likeness is Likeness.OTHER and not (s.same_first_author and s.years_fit):
        return _perhaps(f"same {name}, but the titles have nothing in common", contradicted=True)
    if s.clash and s.printed.page is False:
        return _perhaps(f"same {name}, but another {_ids(s)} and another page", contradicted=True)
    return _same(f"same {name}", Strength.IDENTIFIER)


def _of_two_natures(s: Signs) -> Judgement:
    one, other = s.a.character, s.b.character
    marked = one.in_title or other.in_title or Nature.PREPRINT in {one.nature, other.nature}
    alike = s.title.likeness in {Likeness.EQUAL, Likeness.RESPELT}
    if not alike or marked:
        return _other(f"one is {_named(s)}")
    if s.place is Place.SAME and not s.clash and s.authors is not Authorship.NONE:
        return _same("same title in the same place, although the databases name two types")
    if s.place in {Place.OTHER, Place.DOUBTFUL} or s.authors is Authorship.NONE or s.clash:
        return _other(f"one is {_named(s)}")
    return _perhaps(f"same title, but one database says that it is {_named(s)}", contradicted=True)


def _named(s: Signs) -> str:
    """'an erratum, the other an article', the same for either order."""
    names = sorted({s.a.character.nature.value, s.b.character.nature.value} - {Nature.ARTICLE.value})
    first = f"{'an' if names[0][0] in 'aeiou' else 'a'} {names[0]}"
    return f"{first}, the other {names[1] if len(names) > 1 else 'the article'}"


def _ids(s: Signs) -> str:
    return " and ".join(k.upper() for k in s.clash)


def _by_title(s: Signs) -> Judgement:
    return _RULES[s.title.likeness](s)


def _untitled(s: Signs) -> Judgement:
    if s.place is Place.SAME and s.same_first_author and s.years_fit and not s.clash:
        return _perhaps("same first author and place, but a title is missing")
    return Judgement(Grade.DIFFERENT, "nothing in common that would identify them")


def _unlike(s: Signs) -> Judgement:
    if not s.a.printed.page or s.a.printed.page != s.b.printed.page:  # asked first: nearly all pairs end here
        return _UNLIKE
    if s.place is Place.SAME and s.printed.journal and s.authors is Authorship.ALL and s.years_fit and not s.clash:
        return _perhaps("same authors, journal, volume and page under another title, a translation perhaps")
    return _UNLIKE


def _close(s: Signs) -> Judgement:
    """A word is missing or another one."""
    if s.title.numbers_differ:
        return _other("the titles differ in a number")
    if s.place is Place.SAME and s.printed.journal is not False and s.same_first_author and s.years_fit:
        if s.clash:
            return _perhaps(f"nearly the same title in the same place, but the {_ids(s)} differs", contradicted=True)
        return _same("nearly the same title, same first author, volume and page")
    if s.same_first_author and s.years_fit and not s.clash and s.place in {Place.SAME, Place.PART, Place.UNKNOWN}:
        return _worded("a word differs in the titles; first author and year agree")
    return _other("the titles differ in a word")


def _shortened(s: Signs) -> Judgement:
    """A subtitle left out, or a title cut: the rest may also be what makes it another publication."""
    if not s.same_first_author or not s.years_fit or s.place in {Place.OTHER, Place.DOUBTFUL}:
        return _other("one title goes on, and author, year or place differ")
    if s.clash:
        return _perhaps(f"one title goes on, and the {_ids(s)} differs", contradicted=True)
    if s.place is Place.SAME:
        return _partly("one title is the beginning of the other; same first author, volume and page", Strength.PLACE)
    if _cut_by_a_database(s):
        return _partly("a long title is cut; same authors and journal, and the year agrees")
    if not (s.title.at_seam or s.title.cut) or _goes_on_with_a_number(s.title):
        return _worded("one title goes on; first author and year agree")
    if s.near_by and s.printed.journal is not False and (s.shorter >= SHORTEST_START or s.same_team):
        return _partly("one title lacks the subtitle; same first author, and volume or page agrees")
    return _without_subtitle(s)


def _without_subtitle(s: Signs) -> Judgement:
    extra = frozenset(s.title.extra) - SMALL_WORDS
    if s.authors is Authorship.ALL and s.printed.journal:
        if extra <= _DESIGN_WORDS:
            return _partly("one title lacks the name of the design; same authors and journal")
        if s.years == 0 and s.shorter >= LONG_BEGINNING and not extra & _OTHER_REPORT:
            return _partly("one title lacks the subtitle; same authors, journal and year")
    return _worded("one title lacks the subtitle; first author and year agree")


def _goes_on_with_a_number(title: TitleMatch) -> bool:
    """'Part 2', 'II': of a few words a number makes another publication."""
    few = title.extra[: 2 if len(title.extra) > 3 else 3]
    return not title.cut and any(w[0].isdigit() for w in few)


def _cut_by_a_database(s: Signs) -> bool:
    if not s.printed.journal or s.shorter < LONG_BEGINNING:
        return False
    if s.authors is not Authorship.ALL:
        return s.title.cut and s.shorter >= LONG_CUT and s.years == 0
    many = s.shorter >= LONG_CUT and len(s.title.extra) >= WORDS_CUT_OFF
    return s.title.cut or (many and s.years == 0 and s.printed.volume is True)


def _alike(s: Signs) -> Judgement:
    """The titles are the same or differ by misprints: author, year and place may still speak against it."""
    for against in (_clashing, _by_others, _in_another_year, _elsewhere):
        judgement = against(s)
        if judgement is not None:
            return judgement
    if s.place is Place.SAME:
        return _same("same title, volume and first page" + (", same first author" if s.same_first_author else ""))
    if s.years and (s.words & _SERIAL or s.by_a_body):
        return _perhaps("same title in two years; it may be a yearly report", contradicted=True)
    if s.shortest < FEW_WORDS and not (s.near_by and s.same_first_author) and not s.same_team:
        return _perhaps("same title, but it is short, and volume and page are not known of both")
    return _known_well_enough(s)


def _known_well_enough(s: Signs) -> Judgement:
    if not s.same_first_author:
        if s.printed.journal and s.years == 0 and s.title.likeness is Likeness.EQUAL:
            return _same("same title, journal and year; the author is not known of both", Strength.TITLE)
        return _perhaps("same title, but the author is not known of both")
    if s.title.likeness is Likeness.RESPELT and not s.near_by:
        return _perhaps("nearly the same title and the same first author")
    title = "same title" if s.title.likeness is Likeness.EQUAL else f"titles {s.title.ratio:.0f} % equal"
    year = "year not known of both" if s.years is None else "same year" if not s.years else "a year apart"
    return _same(f"{title}, same first author, {year}", Strength.TITLE)


def _clashing(s: Signs) -> Judgement | None:
    """Two DOIs or PMIDs: vendors mistype them, but publishers also print two things under one title. Only a place that
    agrees in volume and page, and a journal that is no other, beside title and author, are worth more."""
    if not s.clash:
        return None
    known = s.same_first_author and s.printed.journal is not False and s.years_fit
    if known and s.printed.volume and s.printed.page:
        return _same(f"same title, first author, volume and page; the {_ids(s)} differs and may be mistyped")
    if s.place in {Place.OTHER, Place.DOUBTFUL} and not s.same_first_author:
        return _other(f"same title, but {_ids(s)}, author and place differ")
    return _perhaps(f"same title, but the {_ids(s)} differs", contradicted=True)


def _by_others(s: Signs) -> Judgement | None:
    if s.authors is Authorship.SOME and s.place is not Place.SAME:
        return _perhaps("same title, but another first author", contradicted=True)
    if s.authors is Authorship.NONE:
        if s.place is Place.SAME and s.years_fit:
            return _perhaps("same title, volume and page, but other authors", contradicted=True)
        return _other("same title, but other authors")
    return None


def _in_another_year(s: Signs) -> Judgement | None:
    if s.years_fit:
        return None
    if s.place is Place.SAME:
        return _perhaps(f"same title, volume and page, but {s.years} years apart", contradicted=True)
    return _other(f"same title, but {s.years} years apart")


def _elsewhere(s: Signs) -> Judgement | None:
    if s.place is Place.OTHER:
        return _other("same title, but another volume and page")
    if s.place is Place.DOUBTFUL:
        names = [
            n
            for n, v in (("journal", s.printed.journal), ("volume", s.printed.volume), ("page", s.printed.page))
            if v is False
        ]
        return _perhaps(f"same title, but the {' and '.join(names)} differs", contradicted=True)
    return None


_RULES: dict[Likeness, Callable[[Signs], Judgement]] = {
    Likeness.EQUAL: _alike,
    Likeness.RESPELT: _alike,
    Likeness.SHORTENED: _shortened,
    Likeness.CLOSE: _close,
    Likeness.OTHER: _unlike,
    Likeness.UNKNOWN: _untitled,
}
