"""Reports of one study count once; two studies never become one by a coincidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.independence import clusters, pairwise_independent, research_group
from schemas.settlement import StudyProfile
from schemas.vocabulary import DocumentKind

LISBON = StudyProfile(
    study="a",
    authors=("mendonca g", "vila-cha c", "teodosio c"),
    site="University of Lisbon",
    intervention="unilateral blood-flow restricted training",
    n=30,
    dates="January to June 2019",
    document=DocumentKind.PRIMARY_STUDY,
)
BARE = StudyProfile(study="b", authors=("fimland m", "helgerud j"), document=DocumentKind.PRIMARY_STUDY)


def together(a: StudyProfile, b: StudyProfile) -> bool:
    return len(clusters([a, b])[0]) == 1


def profile(**known: object) -> StudyProfile:
    return BARE.model_copy(update=known)


def test_studies_with_nothing_in_common_stay_apart_and_are_numbered_by_id() -> None:
    found, overlaps = clusters([BARE, LISBON])
    assert [(c.id, c.studies, c.reasons) for c in found] == [("K1", ("a",), ()), ("K2", ("b",), ())]
    assert overlaps == ()


def test_same_registration_in_another_spelling_is_one_study() -> None:
    a = LISBON.model_copy(update={"registration": "NCT 0123-4567"})
    found, overlaps = clusters([a, profile(registration="ISRCTN9; nct01234567")])
    assert [c.studies for c in found] == [("a", "b")]
    assert found[0].reasons == ("a and b: same registration (nct01234567)",)
    assert overlaps == ()


def test_words_that_say_there_is_no_registration_join_nothing() -> None:
    assert not together(LISBON.model_copy(update={"registration": "none"}), profile(registration="None"))


def test_two_numbers_of_one_registry_are_two_studies_even_with_all_cues_in_common() -> None:
    a = LISBON.model_copy(update={"registration": "NCT01"})
    b = LISBON.model_copy(update={"study": "b", "registration": "NCT02"})
    assert not together(a, b)
    assert together(a, b.model_copy(update={"registration": "ISRCTN02"}))


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("2010-2014", "2013-15", True),
        ("2010-14", "2012", True),
        ("2010-2014", "2015 to 2017", False),
        ("2010-2014", None, True),
        ("spring", "2015", True),
    ],
)
def test_a_named_cohort_is_one_study_when_dates_may_overlap(first: str, second: str | None, one: bool) -> None:
    a = LISBON.model_copy(update={"cohort": "The Framingham cohort", "dates": first})
    assert together(a, profile(cohort="Framingham Cohort", dates=second)) is one


def test_three_cues_make_one_study() -> None:
    found, overlaps = clusters([LISBON, profile(authors=("x y", "teodosio c"), n=30, dates="Jan-Jun 2019")])
    assert found[0].reasons == ("a and b: same authors, number of people, dates",)
    assert overlaps == ()


def test_two_cues_count_once_and_are_listed_for_a_person() -> None:
    found, overlaps = clusters([profile(authors=("mendonca g", "x y"), n=30), LISBON])
    assert [c.studies for c in found] == [("a", "b")]
    assert [(o.studies, o.cues) for o in overlaps] == [(("a", "b"), ("authors", "number of people"))]
    assert found[0].reasons == ("a and b: possible overlap (same authors, number of people), counted once",)


@pytest.mark.parametrize(
    "known",
    [
        {"n": 30},
        {"authors": LISBON.authors},
        {"site": LISBON.site},
        {"authors": ("a b", "vila-cha c", "teodosio c", "d e")},
    ],
)
def test_one_cue_alone_joins_nothing(known: dict[str, object]) -> None:
    assert not together(LISBON, profile(**known))


def test_two_strangers_with_the_same_drug_and_size_are_two_studies() -> None:
    same = {"intervention": LISBON.intervention, "n": 30}
    assert not together(LISBON, profile(**same))
    assert together(LISBON, profile(**same, authors=())), "unknown authors are no strangers"
    assert together(LISBON, profile(site=LISBON.site, n=30)), "one site and one size may be one study"


def test_what_is_unknown_on_either_side_is_no_cue() -> None:
    nothing = StudyProfile(study="a", authors=(), site="the", dates="in spring")
    assert not together(nothing, nothing.model_copy(update={"study": "b"}))


def test_months_that_differ_are_different_dates() -> None:
    a = LISBON.model_copy(update={"n": None})
    assert not together(a, profile(authors=("mendonca g", "x y"), dates="July to December 2019"))
    assert together(a, profile(authors=("mendonca g", "x y"), dates="2019"))


@pytest.mark.parametrize("kind", [DocumentKind.SYSTEMATIC_REVIEW, DocumentKind.NARRATIVE_REVIEW])
def test_a_review_joins_its_primaries_by_registration_only(kind: DocumentKind) -> None:
    review = LISBON.model_copy(update={"study": "b", "document": kind, "cohort": "c1"})
    assert not together(LISBON.model_copy(update={"cohort": "c1"}), review)
    registered = {"registration": "NCT01"}
    assert together(LISBON.model_copy(update=registered), review.model_copy(update=registered))


def test_overlap_within_a_study_that_is_joined_already_is_not_flagged() -> None:
    a = LISBON.model_copy(update={"registration": "NCT01"})
    b = profile(registration="NCT01; ISRCTN2", authors=("mendonca g", "x y"), n=30)
    c = StudyProfile(study="c", authors=("mendonca g", "x y"), registration="ISRCTN2", n=30)
    found, overlaps = clusters([c, b, a])
    assert [k.studies for k in found] == [("a", "b", "c")]
    assert overlaps == ()


def test_two_records_of_one_publication_are_one_study_whatever_their_numbers() -> None:
    a = LISBON.model_copy(update={"registration": "NCT01", "identifiers": ("doi:10.1/x", "pmid:7")})
    found, overlaps = clusters([a, profile(registration="NCT02", identifiers=("pmid:7",))])
    assert [(c.studies, c.reasons) for c in found] == [(("a", "b"), ("a and b: the same publication (pmid:7)",))]
    assert overlaps == ()


def test_a_link_of_preprint_or_correction_makes_one_study_from_either_side() -> None:
    a = LISBON.model_copy(update={"identifiers": ("doi:10.1/x",)})
    linked = profile(linked=("doi:10.1/x",))
    found, overlaps = clusters([a, linked])
    assert found[0].reasons == (
        "a and b: linked as reports of one study (preprint, abstract, article, correction, retraction)",
    )
    assert overlaps == ()
    assert together(LISBON.model_copy(update={"linked": ("pmid:7",)}), profile(identifiers=("pmid:7",)))
    review = DocumentKind.SYSTEMATIC_REVIEW
    assert together(a, linked.model_copy(update={"document": review})), "a review and its preprint are one as well"
    assert not together(a, profile(linked=("doi:10.1/y",)))


@pytest.mark.parametrize("kind", [DocumentKind.RETRACTION_NOTICE, DocumentKind.CORRECTION])
def test_a_notice_about_two_studies_joins_neither(kind: DocumentKind) -> None:
    a = LISBON.model_copy(update={"identifiers": ("pmid:1",)})
    b = profile(identifiers=("pmid:2",), linked=("pmid:9",))
    notice = StudyProfile(study="n", authors=(), document=kind, identifiers=("pmid:9",), linked=("pmid:1",))
    assert [c.studies for c in clusters([a, b, notice])[0]] == [("a",), ("b",), ("n",)]
    assert [c.studies for c in clusters([a, BARE, notice])[0]] == [("a", "n"), ("b",)]
    preprint = b.model_copy(update={"linked": ("pmid:9", "pmid:1")})
    assert [c.studies for c in clusters([a, preprint, notice])[0]] == [("a", "b", "n")], "article and preprint are one"


def test_what_a_person_told_goes_before_every_other_sign() -> None:
    a = LISBON.model_copy(update={"registration": "NCT01", "identifiers": ("pmid:1",)})
    twin = a.model_copy(update={"study": "b", "identifiers": ()})
    assert together(a, twin)
    assert not together(a, twin.model_copy(update={"told_apart": ("pmid:1",)}))
    apart = profile(authors=("mendonca g", "x y"), n=30, told_apart=("study:a",))
    found, overlaps = clusters([LISBON, apart])
    assert ([c.studies for c in found], overlaps) == ([("a",), ("b",)], ()), "no possible overlap is left to decide"
    other = LISBON.model_copy(update={"registration": "NCT02", "told_same": ("study:b",)})
    found, overlaps = clusters([other, profile(registration="NCT01")])
    assert [(c.studies, c.reasons) for c in found] == [(("a", "b"), ("a and b: one study, as a person decided",))]


def test_told_both_ways_two_reports_are_one_study() -> None:
    a = LISBON.model_copy(update={"told_same": ("study:b",), "told_apart": ("study:b",)})
    assert together(a, BARE)


def test_two_that_were_told_apart_meet_where_a_third_report_is_of_both() -> None:
    a = LISBON.model_copy(update={"registration": "NCT01", "told_apart": ("study:b",)})
    b = profile(registration="NCT02")
    pooled = StudyProfile(study="c", authors=(), registration="NCT01; NCT02")
    assert not together(a, b)
    assert [k.studies for k in clusters([a, b, pooled])[0]] == [("a", "b", "c")]


def test_two_profiles_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two profiles have the id 'a'"):
        clusters([LISBON, LISBON])


def test_a_group_is_first_and_senior_authors_and_sites() -> None:
    assert research_group([LISBON]) == ("mendonca g", "site: lisbon university", "teodosio c")
    assert research_group([LISBON.model_copy(update={"authors": ()})]) == ()


def test_a_name_is_the_same_with_and_without_accents() -> None:
    accented = LISBON.model_copy(update={"authors": ("Mendonça G", "Teodósio C"), "site": "University of Lísbon"})
    assert research_group([accented]) == research_group([LISBON])


def test_one_independent_pair_is_enough_and_unknown_groups_are_none() -> None:
    assert pairwise_independent([("a", "b"), ("b", "c"), ("c", "d")])
    assert not pairwise_independent([("a", "b"), ("b", "c"), ("a", "c")])
    assert not pairwise_independent([("a",), (), ()])
    assert not pairwise_independent([("a",)])


PROFILES = st.lists(
    st.builds(
        StudyProfile,
        study=st.sampled_from("abcdef"),
        authors=st.lists(st.sampled_from("uvwxyz"), max_size=3, unique=True).map(tuple),
        registration=st.sampled_from([None, "NCT1", "NCT2", "ISRCTN1"]),
        cohort=st.sampled_from([None, "cohort"]),
        site=st.sampled_from([None, "Oslo", "Bergen"]),
        intervention=st.sampled_from([None, "training"]),
        n=st.sampled_from([None, 30, 40]),
        dates=st.sampled_from([None, "2010", "2011-2013", "May 2012"]),
        document=st.sampled_from([None, DocumentKind.SYSTEMATIC_REVIEW, DocumentKind.CORRECTION]),
        identifiers=st.lists(st.sampled_from(["pmid:1", "pmid:2", "pmid:3"]), max_size=1).map(tuple),
        linked=st.lists(st.sampled_from(["pmid:1", "pmid:2"]), max_size=1).map(tuple),
        told_same=st.lists(st.sampled_from(["study:a", "pmid:3"]), max_size=1).map(tuple),
        told_apart=st.lists(st.sampled_from(["study:b", "pmid:2"]), max_size=1).map(tuple),
    ),
    unique_by=lambda p: p.study,
)


@given(PROFILES, st.randoms(use_true_random=False))
def test_the_order_of_reports_never_matters(profiles: list[StudyProfile], random: object) -> None:
    shuffled = sorted(profiles, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert clusters(profiles) == clusters(shuffled)


@given(PROFILES)
def test_every_report_is_in_exactly_one_cluster(profiles: list[StudyProfile]) -> None:
    found, overlaps = clusters(profiles)
    assert sorted(s for c in found for s in c.studies) == sorted(p.study for p in profiles)
    home = {s: c.id for c in found for s in c.studies}
    assert all(home[a] == home[b] for a, b in (o.studies for o in overlaps)), "what may be one study counts once"


@given(PROFILES, PROFILES)
def test_a_study_more_never_parts_what_carries_evidence(profiles: list[StudyProfile], more: list[StudyProfile]) -> None:
    """A notice may part from its article when it turns out to be about two; it reports nothing, so no count rises."""
    known = {p.study for p in profiles}
    notices = {p.study for p in profiles if p.document is DocumentKind.CORRECTION}
    before = clusters([p for p in profiles if p.study not in notices])[0]
    after = clusters([p for p in profiles if p.study not in notices] + [p for p in more if p.study not in known])[0]
    home = {s: c.id for c in after for s in c.studies}
    assert all(len({home[s] for s in c.studies}) == 1 for c in before)
