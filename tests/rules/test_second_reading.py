"""Of two readings the worse is kept: nothing comes out stronger than by either alone, and what differs is counted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules import second_reading
from pipeline.rules.reviews import counted_once
from pipeline.rules.step_labels import chain, ranked, step_label, strength
from schemas.settlement import SettledChain, SettledJudgement
from schemas.vocabulary import AronsonLevel, Basis, Design, MechanismStatus, PicoElement, Stance, StepLabel
from tests.rules.test_monotone import CLUSTERS, GROUPS, judgement

LINKS = ("L1", "L2", "L3")
DESIGNS = st.sampled_from([Design.RCT_PARALLEL, Design.CROSS_SECTIONAL, Design.SR_MA, Design.IN_VITRO])
BASES = st.sampled_from([*3 * [Basis.MANIPULATED, Basis.CO_MEASURED], *Basis])
STANCES = st.sampled_from([*8 * [Stance.SUPPORTS], *Stance])
STATUSES = tuple(MechanismStatus)
Pair = tuple[SettledJudgement, SettledJudgement]


def read(basis: Basis, stance: Stance = Stance.UNCLEAR, **changes: object) -> SettledJudgement:
    return judgement("K1", basis, stance, high_risk=False).model_copy(update=changes)


@st.composite
def _pairs(draw: st.DrawFn, links: Sequence[str] = LINKS) -> Pair:
    """One study's judgement of one link as two verifiers may read it; risk of bias and cluster are the study's own."""
    cluster, link, high_risk = draw(CLUSTERS), draw(st.sampled_from(links)), draw(st.booleans())

    def one() -> SettledJudgement:
        basis, stance, design = draw(BASES), draw(STANCES), draw(DESIGNS)
        made = judgement(cluster, basis, stance, high_risk=high_risk, link=link, design=design)
        return made.model_copy(update={"mismatches": (PicoElement.OUTCOME,) * draw(st.integers(0, 1))})

    return one(), one()


def label(evidence: Sequence[SettledJudgement]) -> int:
    return strength(step_label("L1", counted_once(evidence)).label)


def chained(evidence: Sequence[SettledJudgement], name: str = "C1", links: Sequence[str] = LINKS) -> SettledChain:
    steps = [step_label(link, counted_once([j for j in evidence if j.link == link])) for link in links]
    return chain(name, steps, evidence, GROUPS)


@settings(max_examples=400)
@given(st.lists(_pairs(("L1",)), max_size=6), _pairs(("L1",)))
def test_no_label_is_stronger_than_by_either_reading_of_a_study(others: list[Pair], pair: Pair) -> None:
    """Whatever the other studies are taken to say, which covers every mixture of two verifiers."""
    for rest in ([a for a, _ in others], [b for _, b in others], [second_reading.worse(a, b) for a, b in others]):
        kept = label([*rest, second_reading.worse(*pair)])
        assert kept <= min(label([*rest, pair[0]]), label([*rest, pair[1]]))


@settings(max_examples=400)
@given(st.lists(_pairs(), max_size=8))
def test_no_chain_is_better_than_by_either_verifier_alone(pairs: list[Pair]) -> None:
    firsts, seconds = [a for a, _ in pairs], [b for _, b in pairs]
    kept = [second_reading.worse(a, b) for a, b in pairs]
    paths = {"C1": LINKS, "C2": LINKS[::-1], "C3": ("L2", "L2", "L1")}
    alone = [[chained(e, name, links) for name, links in paths.items()] for e in (firsts, seconds)]
    both = [
        second_reading.held(chained(kept, name, links), [one[at] for one in alone])
        for at, (name, links) in enumerate(paths.items())
    ]
    for one in alone:
        for mine, theirs in zip(both, one, strict=True):
            assert strength(mine.label) <= strength(theirs.label)
            assert STATUSES.index(mine.status) >= STATUSES.index(theirs.status)
            assert mine.level >= theirs.level or mine.level > AronsonLevel.L3
            assert mine.broken_at is not None or theirs.broken_at is None
        best, theirs = ranked(both)[0], ranked(one)[0]
        assert (best.broken_at is None, -STATUSES.index(best.status)) <= (
            theirs.broken_at is None,
            -STATUSES.index(theirs.status),
        )


@given(_pairs())
def test_the_order_of_verifiers_changes_no_reading_that_counts(pair: Pair) -> None:
    one, other = second_reading.worse(*pair), second_reading.worse(*reversed(pair))
    assert second_reading.reading(one) == second_reading.reading(other)
    assert (one.design is Design.SR_MA, len(one.mismatches)) == (other.design is Design.SR_MA, len(other.mismatches))


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (read(Basis.CO_MEASURED, Stance.SUPPORTS), read(Basis.MANIPULATED, Stance.SUPPORTS)),
        (read(Basis.ASSERTED), read(Basis.CO_MEASURED, Stance.SUPPORTS)),
        (read(Basis.CO_MEASURED, Stance.CONTRADICTS), read(Basis.CO_MEASURED, Stance.SUPPORTS)),
        (read(Basis.MANIPULATED, Stance.CONTRADICTS), read(Basis.ASSERTED)),
        (read(Basis.CO_MEASURED, Stance.NULL_INFORMATIVE), read(Basis.END_ONLY, Stance.SUPPORTS)),
        (read(Basis.CO_MEASURED, Stance.NULL_UNINFORMATIVE), read(Basis.END_ONLY, Stance.SUPPORTS)),
        (read(Basis.END_ONLY, Stance.MIXED), read(Basis.CO_MEASURED, Stance.MIXED)),
        (read(Basis.END_ONLY, Stance.UNCLEAR), read(Basis.END_ONLY, Stance.MIXED)),
        (read(Basis.END_ONLY, Stance.CONTRADICTS), read(Basis.ASSERTED)),
        (read(Basis.NOT_ADDRESSED), read(Basis.CITED)),
        (
            read(Basis.CO_MEASURED, Stance.SUPPORTS, design=Design.SR_MA),
            read(Basis.CO_MEASURED, Stance.SUPPORTS, design=Design.CROSS_SECTIONAL),
        ),
        (
            read(Basis.CO_MEASURED, Stance.SUPPORTS, mismatches=(PicoElement.OUTCOME,)),
            read(Basis.CO_MEASURED, Stance.SUPPORTS),
        ),
    ],
)
def test_the_reading_that_gives_the_link_less_is_the_worse(worse: SettledJudgement, better: SettledJudgement) -> None:
    assert second_reading.second_is_worse(better, worse)
    assert not second_reading.second_is_worse(worse, better)


def test_a_review_beside_a_primary_study_counts_for_nothing_and_is_therefore_kept() -> None:
    other = judgement("K2", Basis.CO_MEASURED, Stance.SUPPORTS, high_risk=False, design=Design.CROSS_SECTIONAL)
    primary = read(Basis.CO_MEASURED, Stance.SUPPORTS, design=Design.CROSS_SECTIONAL)
    review = read(Basis.CO_MEASURED, Stance.SUPPORTS, design=Design.SR_MA)
    assert label([other, primary]) == strength(StepLabel.SEEN_MULTIPLE)
    assert label([other, second_reading.worse(primary, review)]) == strength(StepLabel.SEEN_ONE)


def test_every_stance_has_its_place() -> None:
    assert sorted(second_reading.LEAST_FIRST) == sorted(Stance)


def test_the_kept_judgement_says_how_it_was_read_otherwise() -> None:
    strong = read(Basis.MANIPULATED, Stance.SUPPORTS, rationale="tested")
    weak = read(Basis.ASSERTED, rationale="said", reasons=("asserted, not measured",))
    kept = second_reading.worse(strong, weak)
    assert (kept.basis, kept.rationale) == (Basis.ASSERTED, "said")
    assert kept.reasons == (
        "asserted, not measured",
        "the first verifier read it otherwise (tested directly, supports it); the lower reading is kept",
    )
    assert second_reading.worse(weak, strong).reasons[-1].startswith("a second verifier read it otherwise")
    unsaid = read(Basis.NOT_ADDRESSED)
    assert second_reading.worse(unsaid, weak).reasons == (
        "a second verifier read it otherwise (asserted only); the lower reading is kept",
    )


def test_a_judgement_that_two_verifiers_share_is_left_alone() -> None:
    one = read(Basis.CO_MEASURED, Stance.SUPPORTS, rationale="mine")
    assert second_reading.worse(one, one.model_copy(update={"rationale": "theirs"})) == one


def test_agreement_counts_what_is_alike_and_names_what_is_not() -> None:
    one, null = read(Basis.CO_MEASURED, Stance.SUPPORTS), read(Basis.CO_MEASURED, Stance.NULL_UNINFORMATIVE)
    silent = read(Basis.NOT_ADDRESSED, study="t")
    found = second_reading.agreement([(one, one), (one, null), (silent, silent), (silent, read(Basis.CITED))])
    assert (found.judged, found.same_basis, found.same_stance, found.same) == (4, 3, 3, 2)
    assert found.kappa == pytest.approx(0.6)  # po = 3/4, pe = (2*2 + 2*1)/16
    assert [(d.study, d.kept) for d in found.differing] == [("s", "second"), ("t", "first")]
    assert found.differing[0].second.stance is Stance.NULL_UNINFORMATIVE


def test_a_step_that_falls_into_a_replicated_row_does_not_lift_its_chain() -> None:
    """'Seen together in multiple studies' is replicated; 'tested in one study', the stronger label, is not."""
    other = judgement("K2", Basis.CO_MEASURED, Stance.SUPPORTS, high_risk=False)
    tested, seen = read(Basis.MANIPULATED, Stance.SUPPORTS), read(Basis.CO_MEASURED, Stance.SUPPORTS)
    alone, fallen = (chained([other, j], links=("L1",)) for j in (tested, seen))
    assert (alone.label, alone.level) == (StepLabel.TESTED_ONE, AronsonLevel.L4)
    assert (fallen.label, fallen.level) == (StepLabel.SEEN_MULTIPLE, AronsonLevel.L3)
    held = second_reading.held(fallen, [alone, fallen])
    assert (held.label, held.level, held.status) == (
        StepLabel.SEEN_MULTIPLE,
        AronsonLevel.L4,
        MechanismStatus.SPECULATIVE,
    )
