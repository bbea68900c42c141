"""Printed names and places in the spellings of many databases."""

from __future__ import annotations

import pytest

from pipeline.sources.identity.names import Authorship, fold_authors, match_authors
from pipeline.sources.identity.places import Place, Printed, first_page, match_journals, match_places
from schemas.study import Citation, Name


def authors(text: str) -> tuple[Name, ...]:
    return tuple(Name(literal=n.strip()) for n in text.split(";") if n.strip())


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Mendonca GV; Vila-Cha C", "Mendonça, Gonçalo; Vila-Chã, Carolina", Authorship.ALL),
        ("Sandkühler JF", "Sandkuehler, Julia", Authorship.ALL),
        ("Van Oudenhove L; Aziz Q", "Oudenhove L; Aziz Q", Authorship.ALL),
        ("Yágüez L", "Yagueez, L.", Authorship.ALL),
        ("Rae C; Digney AL; McEwan SR", "Rae C; et al.", Authorship.FIRST),
        ("Wang X; Li Y", "Wang Y; Li Y", Authorship.SOME),
        ("Rae C", "Doe J", Authorship.NONE),
        ("Rae C; A B; C D; E F", "Rae C; G H; I J; K L", Authorship.SOME),
        ("LEADER Study Group", "Rae C", Authorship.UNKNOWN),
        ("LEADER Study Group", "LEADER Steering Committee", Authorship.UNKNOWN),
        ("", "Rae C", Authorship.UNKNOWN),
        ("et al.", "Rae C", Authorship.UNKNOWN),
    ],
)
def test_authors_are_compared_as_they_are_printed(one: str, other: str, how: Authorship) -> None:
    a, b = fold_authors(authors(one)), fold_authors(authors(other))
    assert match_authors(a, b) is match_authors(b, a) is how


def test_names_in_the_wrong_fields_are_the_same_person() -> None:
    a, b = (fold_authors([n]) for n in (Name(family="Li", given="Wei"), Name(family="Wei", given="Li")))
    assert match_authors(a, b) is Authorship.ALL


def test_initials_may_stand_in_the_field_of_the_family_name() -> None:
    a, b = (fold_authors([n]) for n in (Name(family="Mendonca GV"), Name(family="Mendonça", given="Gonçalo")))
    assert match_authors(a, b) is Authorship.ALL


def printed(journal: str = "", volume: str = "", page: str = "") -> Printed:
    fields = {"container-title": journal or None, "volume": volume or None, "page": page or None}
    return Printed.of(Citation.model_validate({"id": "a"} | fields))


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("Eur J Appl Physiol", "European Journal of Applied Physiology", True),
        ("J. Clin.Epidemiol.", "JOURNAL OF CLINICAL EPIDEMIOLOGY", True),
        ("Proc Natl Acad Sci", "Proceedings of the National Academy of Sciences", True),
        ("PNAS", "Proceedings of the National Academy of Sciences of the United States of America", True),
        ("JAMA", "Journal of the American Medical Association", True),
        ("BMJ (Clinical research ed.)", "BMJ", True),
        ("The Lancet", "Lancet", True),
        ("Gut", "Gut Microbes", None),
        ("", "Gut", None),
        ("Gut", "Lancet", False),
        ("Nature Medicine", "Circulation Research", False),
        ("American Heart Journal", "Eur Heart J", False),
        ("J Clin Oncol", "Journal of Clinical Investigation", False),
        ("Dtsch Med Wochenschr", "Deutsche Medizinische Wochenschrift", None),
        ("Ann Fr Anesth Reanim", "Annales Francaises d'Anesthesie et de Reanimation", True),
        ("Ann Fr Anesth Reanim", "Annales Francaises d Anesthesie et de Reanimation", True),
    ],
)
def test_journals_are_compared_as_they_are_shortened(short: str, full: str, same: bool | None) -> None:
    assert match_journals(printed(short), printed(full)) is match_journals(printed(full), printed(short)) is same


@pytest.mark.parametrize(
    ("text", "page"),
    [("123-9", "123"), ("pp. 0123–129", "123"), ("S12-S19", "s12"), ("e43", "43"), ("Art. No. 77", "#77"),
     ("123+", "123"),
     ("No Pages", ""), (None, "")],
)  # fmt: skip
def test_a_range_is_its_first_page(text: str | None, page: str) -> None:
    assert first_page(text) == page


@pytest.mark.parametrize(
    ("a", "b", "place"),
    [
        (printed("Gut", "12(3)", "7-9"), printed("Gut", "Vol. 12", "7"), Place.SAME),
        (printed("Gut", "12", "7"), printed("Gut", "", "7"), Place.SAME),
        (printed("Gut", "12", "7"), printed("Gut", "12", ""), Place.PART),
        (printed("Gut", "12", "7"), printed("Gut", "13", "8"), Place.OTHER),
        (printed("Gut", "12", "7"), printed("Gut", "12", "8"), Place.DOUBTFUL),
        (printed("Gut", "12", "7"), printed("Lancet", "12", ""), Place.DOUBTFUL),
        (printed("Gut", "12", "7"), printed("Gut", "12", "104501"), Place.PART),
        (printed("Gut", "12", "14183"), printed("Gut", "12", "Article 77"), Place.PART),
        (printed("Gut", "12", "77"), printed("Gut", "12", "Article 77"), Place.SAME),
        (printed("Gut"), printed("Gut"), Place.UNKNOWN),
        (printed("Gut", "1)", "7"), printed("Gut", "57 (Suppl. 1)", "7"), Place.SAME),
        (printed("Gut", "1)"), printed("Gut", "1"), Place.UNKNOWN),
        (printed("Gut", "", "1-17"), printed("Gut", "13", "201-217"), Place.UNKNOWN),
        (printed("Gut", "13", "1-17"), printed("Gut", "13", "201-217"), Place.DOUBTFUL),
    ],
)
def test_a_place_agrees_differs_or_is_not_known(a: Printed, b: Printed, place: Place) -> None:
    assert match_places(a, b).place is match_places(b, a).place is place
