"""Table B row by row, and the chains that its labels make."""

from __future__ import annotations

import pytest

from pipeline.rules.step_labels import STRONGEST_FIRST, WORDS, chain, ranked, step_label, strength
from schemas.settlement import SettledJudgement, SettledLink
from schemas.vocabulary import (
    AronsonLevel,
    Basis,
    Design,
    Finding,
    MechanismStatus,
    PicoElement,
    Species,
    Stance,
    StepLabel,
)

M, C, E, A, Q, N = Basis
FOR, NULL, UNSURE = Stance.SUPPORTS, Stance.NULL_INFORMATIVE, Stance.NULL_UNINFORMATIVE
GROUPS = {"K1": ("a",), "K2": ("b",)}


def judgement(
    cluster: str,
    basis: Basis = M,
    stance: Stance = FOR,
    *,
    high_risk: bool = False,
    species: Species = Species.HUMAN,
    design: Design = Design.RCT_PARALLEL,
    link: str = "L1",
) -> SettledJudgement:
    return SettledJudgement(
        study=f"study-{cluster}",
        cluster=cluster,
        link=link,
        proposed_basis=basis,
        basis=basis,
        finding=Finding.UNCLEAR,
        stance=stance,
        design=design,
        species=species,
        high_risk=high_risk,
        mismatches=(),
        effect=None,
        reasons=(),
        quotes=(),
        rationale="",
    )


@pytest.mark.parametrize(
    ("evidence", "row", "shown"),
    [
        ([judgement("K1", stance=NULL)], 1, "Contradicted (0 for / 1 against)"),
        ([judgement("K1", E), judgement("K2", C, Stance.CONTRADICTS)], 1, "Contradicted (0 for / 1 against)"),
        ([judgement("K1"), judgement("K2", C), judgement("K3", C, NULL)], 2, "Contested (2 for / 1 against)"),
        ([judgement("K1"), judgement("K1", C, NULL)], 2, "Contested (1 for / 1 against)"),
        ([judgement("K1"), judgement("K2")], 3, "Tested directly in multiple independent studies (2)"),
        ([judgement("K1"), judgement("K1"), judgement("K2", C)], 4, "Tested directly in one study"),
        ([judgement("K1", C), judgement("K2", C)], 5, "Seen together in multiple studies; cause not tested (2)"),
        ([judgement("K1", C), judgement("K2", E)], 6, "Seen together in one study; cause not tested"),
        (
            [judgement("K1", E), judgement("K2", E), judgement("K3", E, NULL)],
            7,
            "Partly measured; link inferred (2)",
        ),
        ([judgement("K1", A, UNSURE), judgement("K2", Q)], 8, "Proposed by authors; not measured"),
        (
            [judgement("K1", A, UNSURE), judgement("K2", C, UNSURE)],
            11,
            "No clear result in 1 study",
        ),
        ([judgement("K1", Q), judgement("K2", A, NULL)], 9, "Background citation only"),
        ([judgement("K1", N), judgement("K2", Q, NULL)], 10, "No evidence found"),
        ([judgement("K1", M, UNSURE)], 11, "No clear result in 1 study"),
        ([], 10, "No evidence found"),
    ],
)
def test_the_first_row_that_holds_is_the_label(evidence: list[SettledJudgement], row: int, shown: str) -> None:
    settled = step_label("L1", evidence)
    assert (settled.label, settled.shown) == (row, shown)
    assert step_label("L1", evidence[::-1]) == settled
    assert settled.reasons


@pytest.mark.parametrize(("basis", "row"), [(M, 4), (C, 6)])
def test_several_studies_all_at_high_risk_count_as_one(basis: Basis, row: int) -> None:
    settled = step_label("L1", [judgement(k, basis, high_risk=True) for k in ("K1", "K2")])
    assert settled.label == row
    assert settled.shown.endswith("(2 counted as one: all at high risk of bias)")
    assert "multiple" not in settled.shown
    assert settled.reasons[-1] == "All 2 are at high risk of bias and count as one."
    assert step_label("L1", [judgement("K1", basis, high_risk=True), judgement("K2", basis)]).label == row - 1


def test_a_cluster_counts_once_and_at_its_best_basis() -> None:
    settled = step_label("L1", [judgement("K1", b) for b in (E, M, C)])
    assert (settled.manipulated, settled.co_measured, settled.end_only, settled.against) == (1, 0, 0, 0)


def test_evidence_on_other_links_is_passed_over() -> None:
    assert step_label("L1", [judgement("K1", link="L2")]).label is StepLabel.NO_EVIDENCE


@pytest.mark.parametrize(
    ("evidence", "suffix"),
    [
        ([judgement("K1", species=Species.ANIMAL)], "study (animals)"),
        ([judgement("K1", species=Species.CELLS), judgement("K2", C)], "study (cells)"),
        ([judgement("K1", species=Species.UNCLEAR, design=Design.IN_SILICO)], "study (computer models)"),
        ([judgement("K1", species=Species.UNCLEAR)], "study"),
        ([judgement("K1", species=Species.ANIMAL), judgement("K2", species=Species.CELLS)], "(2) (animals and cells)"),
        ([judgement("K1", species=Species.ANIMAL), judgement("K2")], "studies (2)"),
        ([judgement("K1", C, NULL, species=Species.ANIMAL)], "against) (animals)"),
        ([judgement("K1", A, species=Species.ANIMAL)], "not measured"),
    ],
)
def test_a_label_that_no_human_evidence_carries_says_so(evidence: list[SettledJudgement], suffix: str) -> None:
    assert step_label("L1", evidence).shown.endswith(suffix)


def test_strength_orders_all_labels_with_contradicted_weakest() -> None:
    assert sorted(STRONGEST_FIRST) == sorted(StepLabel) == sorted(WORDS)
    assert strength(StepLabel.TESTED_MULTIPLE) == len(StepLabel) - 1
    assert strength(StepLabel.CONTRADICTED) == 0
    assert strength(StepLabel.SEEN_ONE) > strength(StepLabel.CONTESTED) > strength(StepLabel.PROPOSED)


def steps(*evidence: list[SettledJudgement]) -> tuple[list[SettledLink], list[SettledJudgement]]:
    named = [[j.model_copy(update={"link": f"L{i}"}) for j in js] for i, js in enumerate(evidence, start=1)]
    return [step_label(f"L{i}", js) for i, js in enumerate(named, start=1)], [j for js in named for j in js]


TESTED = [judgement("K1"), judgement("K2")]
SEEN = [judgement(k, C, design=Design.CROSS_SECTIONAL) for k in ("K1", "K2")]
AGAINST_IT = [judgement("K3", C, NULL)]
SAID = [judgement("K1", A)]


@pytest.mark.parametrize(
    ("evidence", "level", "status"),
    [
        ((TESTED, TESTED), AronsonLevel.L1, MechanismStatus.ESTABLISHED),
        ((TESTED, SEEN), AronsonLevel.L2, MechanismStatus.PROVISIONALLY_ESTABLISHED),
        ((SEEN, SEEN), AronsonLevel.L3, MechanismStatus.ARGUABLY_TRUE),
        ((TESTED, SEEN[:1]), AronsonLevel.L3, MechanismStatus.ARGUABLY_TRUE),
        ((TESTED, SEEN, SAID), AronsonLevel.L2, MechanismStatus.SPECULATIVE),
        ((SEEN[:1], SEEN[:1]), AronsonLevel.L4, MechanismStatus.SPECULATIVE),
        ((TESTED, TESTED + AGAINST_IT), AronsonLevel.L4, MechanismStatus.SPECULATIVE),
        ((TESTED, AGAINST_IT), AronsonLevel.L4, MechanismStatus.SPECULATIVE),
        ((SAID, AGAINST_IT), AronsonLevel.L5, MechanismStatus.ARGUABLY_FALSE),
        ((SAID, SAID), AronsonLevel.UNRATED, MechanismStatus.SPECULATIVE),
    ],
)
def test_chain_levels(
    evidence: tuple[list[SettledJudgement], ...], level: AronsonLevel, status: MechanismStatus
) -> None:
    settled = chain("C1", *steps(*evidence), GROUPS)
    assert (settled.level, settled.status) == (level, status)


def test_replication_by_one_research_group_is_no_first_level() -> None:
    assert chain("C1", *steps(TESTED, TESTED)).level is AronsonLevel.L3
    same = {"K1": ("a", "b"), "K2": ("b", "c")}
    assert chain("C1", *steps(TESTED, TESTED), same).level is AronsonLevel.L3


def test_a_chain_is_as_strong_as_its_weakest_step() -> None:
    settled = chain("C1", *steps(TESTED, SAID, SEEN[:1]), GROUPS)
    assert (settled.weakest, settled.label, settled.gaps, settled.broken_at) == (2, StepLabel.PROPOSED, (2,), None)
    assert settled.shown == "Weakest at step 2: Proposed by authors; not measured"


def test_a_contradicted_step_breaks_the_chain() -> None:
    settled = chain("C1", *steps(TESTED, TESTED, AGAINST_IT), GROUPS)
    assert settled.broken_at == 3
    assert settled.shown == "Broken at step 3: Contradicted (0 for / 1 against)"


def test_a_chain_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="'C1' has no steps"):
        chain("C1", [], [])


def test_the_best_chain_is_unbroken_first() -> None:
    labels = {"C1": steps(TESTED, SEEN, AGAINST_IT), "C2": steps(SAID, SAID), "C3": steps(TESTED, TESTED)}
    rivals = [chain(c, *found, GROUPS) for c, found in labels.items()]
    assert [c.id for c in ranked(rivals)] == ["C3", "C2", "C1"]
    assert ranked(list(reversed(rivals))) == ranked(rivals)
    assert ranked([]) == ()


def test_one_tested_step_does_not_carry_a_story_with_holes_to_the_top() -> None:
    first, tested = chain("C1", *steps(SAID, SAID), GROUPS), chain("C2", *steps(TESTED, SAID, SAID), GROUPS)
    assert [c.id for c in ranked([tested, first])] == ["C1", "C2"]


def test_a_label_says_how_many_looked_as_well_without_a_clear_result() -> None:
    looked = [judgement("K1"), judgement("K2", C, UNSURE), judgement("K3", E, UNSURE)]
    assert step_label("L1", looked).shown == "Tested directly in one study; no clear result in 2 others"


def test_a_label_that_rests_on_other_populations_or_outcomes_is_called_indirect() -> None:
    hand = judgement("K1").model_copy(update={"mismatches": (PicoElement.OUTCOME,)})
    assert step_label("L1", [hand]).shown == "Tested directly in one study (in another setting)"
    assert "setting" not in step_label("L1", [hand, judgement("K2")]).shown


def test_the_page_that_inspired_this_cannot_be_printed() -> None:
    """method.md G: one pre-post study is proposed, partly measured, seen together; never 'multiple'."""
    labels, evidence = steps([judgement("K1", A)], [judgement("K1", E)], [judgement("K1", C)])
    assert [s.label for s in labels] == [8, 7, 6]
    settled = chain("C1", labels, evidence, GROUPS)
    assert (settled.weakest, settled.level, settled.status) == (1, AronsonLevel.L4, MechanismStatus.SPECULATIVE)
    assert not any("multiple" in s.shown for s in labels)
