"""Many records: every order gives one outcome, and no third record brings together what contradicts each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.sources.identity.decisions import Decision, Decisions, Named, Settled
from pipeline.sources.identity.grouping import resolve
from pipeline.sources.identity.pairing import LARGEST_BLOCK, candidate_pairs
from pipeline.sources.identity.publication import Prepared, Publication
from schemas.study import Relation
from schemas.vocabulary import RelationKind
from tests.sources.identity.cited import TITLE, cited
from tests.sources.identity.test_matching import PUBLICATIONS


def told(decision: Settled, a: Publication, b: Publication) -> Decision:
    return Decision(studies=(Named.of(a.citation), Named.of(b.citation)), decision=decision, by="Ann")


PRINTED = cited(id="p")
BARE = cited(id="b", place=" :")
ABSTRACT = cited(id="s", place="Eur J Appl Physiol 120:S41", year=2020)


def test_records_of_one_publication_form_one_group_whatever_joins_them() -> None:
    with_doi = cited(title="Efeitos contralaterais", DOI="10.1000/x")
    found = resolve([cited(DOI="10.1000/x"), with_doi, cited(id="c", place=" :"), cited(title="Other things")])
    assert found.groups == ((0, 1, 2), (3,))


def test_a_record_that_agrees_with_two_that_contradict_each_other_is_for_a_person() -> None:
    found = resolve([PRINTED, BARE, ABSTRACT])
    assert found.groups == ((0,), (1,), (2,))
    assert {pair: question for pair, (question, _) in found.undecided.items()} == {
        (0, 1): Settled.SAME_PUBLICATION,
        (0, 2): Settled.SAME_STUDY,
        (1, 2): Settled.SAME_PUBLICATION,
    }


def test_an_identifier_goes_before_a_title() -> None:
    ids: dict[str, Any] = {"DOI": "10.1000/x"}
    found = resolve([cited(id="p", **ids), cited(id="b", place=" :", **ids), ABSTRACT])
    assert found.groups == ((0, 1), (2,))


def test_what_a_person_told_goes_before_what_is_compared() -> None:
    same = resolve([PRINTED, BARE, ABSTRACT], Decisions((told(Settled.SAME_PUBLICATION, BARE, PRINTED),)))
    assert same.groups == ((0, 1), (2,))
    assert same.merged[(0, 1)] == "decided by Ann"
    twin = cited(id="twin", title=f"{TITLE}.")
    apart = resolve([PRINTED, twin], Decisions((told(Settled.DIFFERENT, PRINTED, twin),)))
    assert (apart.groups, apart.apart, apart.undecided) == (((0,), (1,)), ((0, 1),), {})
    study = resolve([PRINTED, ABSTRACT], Decisions((told(Settled.SAME_STUDY, ABSTRACT, PRINTED),)))
    assert (study.clusters, study.told, study.undecided) == (((0, 1),), frozenset({(0, 1)}), {})


def test_the_last_decision_about_a_pair_counts() -> None:
    both = (told(Settled.DIFFERENT, PRINTED, BARE), told(Settled.SAME_PUBLICATION, BARE, PRINTED))
    assert resolve([PRINTED, BARE], Decisions(both)).groups == ((0, 1),)


def test_decisions_that_contradict_each_other_are_refused_in_one_line() -> None:
    wrong = (
        told(Settled.SAME_PUBLICATION, PRINTED, BARE),
        told(Settled.SAME_PUBLICATION, BARE, ABSTRACT),
        told(Settled.DIFFERENT, PRINTED, ABSTRACT),
    )
    with pytest.raises(InputError, match=r"duplicates\.yaml: 'p' and 's' are decided to be different"):
        resolve([PRINTED, BARE, ABSTRACT], Decisions(wrong))


def test_a_notice_about_two_articles_joins_neither() -> None:
    a = cited(DOI="10.1000/a")
    b = cited(title="Sleep and memory in shift workers", authors="Doe J", place="Gut 1:1", DOI="10.1000/b")
    about = tuple(Relation(kind=RelationKind.RETRACTS, DOI=f"10.1000/{x}") for x in "ab")
    notice = cited(title="Retraction: two articles", authors="", place="Gut 9:1", relations=about)
    assert resolve([a, b, notice]).clusters == ()
    assert resolve([a, notice]).clusters == ((0, 1),)


def test_ten_records_of_one_text_compare_each_with_each_and_thousands_with_their_neighbours() -> None:
    few = [Prepared.of(cited(id=f"r{n}", title=f"{TITLE} {n}", place=f"Gut {n}:{n}")) for n in range(10)]
    assert len(candidate_pairs(few)) == 45
    many = [
        Prepared.of(cited(id=f"r{n}", title=f"{TITLE} {n}", place=f"Gut {n}:{n}")) for n in range(LARGEST_BLOCK * 4)
    ]
    assert len(candidate_pairs(many)) < 40 * len(many)


def shape(publications: list[Publication]) -> object:
    """The outcome in the names of the records instead of their positions."""
    found = resolve(publications)
    names = [p.where for p in publications]
    home = {i: g for g in found.groups for i in g}

    def of(i: int) -> frozenset[str]:
        return frozenset(names[k] for k in home[i])

    clusters = frozenset(frozenset(of(i) for i in c) for c in found.clusters)
    undecided = frozenset((frozenset(map(of, pair)), q, why) for pair, (q, why) in found.undecided.items())
    return frozenset(map(of, home)), clusters, undecided


@given(st.lists(PUBLICATIONS, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_records_never_matters(found: list[Publication], random: object) -> None:
    named = [Publication(p.citation, p.document, where=f"file:{n}") for n, p in enumerate(found)]
    shuffled = sorted(named, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert shape(named) == shape(shuffled)


@given(st.lists(PUBLICATIONS, max_size=7))
def test_every_record_is_in_exactly_one_group(found: list[Publication]) -> None:
    groups = resolve(found).groups
    assert sorted(i for g in groups for i in g) == list(range(len(found)))
