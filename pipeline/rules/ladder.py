"""Table F, the ladder of ideal evidence: the rungs of a claim type, strongest first, and what the corpus has of each.

Order from OCEBM 2011; the mechanistic ladder is our own. It never writes a plan and never computes a sample size: plans
come from the model's reply, sizes from power.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from schemas.base import Noun
from schemas.ladder import Rung, RungPlan, SampleSize, SettledRung
from schemas.settlement import SettledStudy
from schemas.vocabulary import Basis, BiasJudgement, ClaimType, Design, RungStatus

_TRIALS = frozenset({Design.RCT_PARALLEL, Design.RCT_CROSSOVER, Design.RCT_CLUSTER, Design.RCT_WITHIN_SUBJECT})
_COHORTS = frozenset({Design.INCEPTION_COHORT, Design.COHORT_PROSPECTIVE, Design.COHORT_RETROSPECTIVE})
_CASE_CONTROLS = frozenset({Design.CASE_CONTROL, Design.NESTED_CASE_CONTROL})
_BENCH = frozenset({Design.ANIMAL_RANDOMISED, Design.ANIMAL_OTHER, Design.IN_VITRO})
_REASONING = frozenset({Design.IN_SILICO, Design.NARRATIVE_OPINION})
_SURVEYS = frozenset({Design.CROSS_SECTIONAL, Design.RANDOM_SURVEY, Design.NONRANDOM_SURVEY})
_UNCONTROLLED = frozenset({Design.CASE_SERIES, Design.PREPOST_SINGLE_ARM, Design.ITS, Design.N_OF_1})

TITLES: Mapping[Rung, str] = MappingProxyType(
    {
        Rung.REVIEW_OF_RCTS: "Review of all preregistered randomised trials",
        Rung.MULTICENTRE_RCT: "Large randomised trial in several centres, assessed blind",
        Rung.CONTROLLED_NRSI: "Treated and untreated people compared, without chance deciding who is treated",
        Rung.CASE_SERIES: "Series of cases, or comparison with earlier or other patients",
        Rung.MECHANISM: "Reasoning from what is known about the body, without a study of the claim itself",
        Rung.BLOCK_RESCUE: "Every link blocked and restored, in several laboratories, with both ends measured",
        Rung.RCT_MEDIATION: "Randomised trial that planned to measure the steps in their order in time",
        Rung.HUMAN_PERTURBATION: "Experiment in people that changes one step and measures the next",
        Rung.ANIMAL_PERTURBATION: "Experiment in animals or tissue that changes one step and measures the next",
        Rung.CO_MEASUREMENT: "Both ends of a step measured together, without changing either",
        Rung.INFERENCE: "Inference from other findings, without measuring the steps",
        Rung.REVIEW_OF_INCEPTION_COHORTS: "Review of all studies that followed people from the start",
        Rung.INCEPTION_COHORT: "People followed from the start of their condition",
        Rung.OTHER_COHORT: "People followed from some later point, or the untreated arm of a trial",
        Rung.CASE_CONTROL: "People with and without the outcome compared, or a series of cases",
        Rung.CENSUS: "Recent random sample of the very population, or a count of all of it",
        Rung.REVIEW_OF_SURVEYS: "Review of surveys that can be matched to the population",
        Rung.NONRANDOM_SAMPLE: "Sample of the population that was not drawn at random",
        Rung.REVIEW_OF_ACCURACY: "Review of studies that tested everybody both ways, read blind",
        Rung.ACCURACY_STUDY: "One study that tested all comers both ways, read blind",
        Rung.ACCURACY_NONCONSECUTIVE: "Study of people chosen for testing, or with differing comparison tests",
        Rung.ACCURACY_CASE_CONTROL: "Test compared between people known to be ill and known to be well",
        Rung.REVIEW_OF_HARMS: "Review of all randomised trials, or of case-control studies within cohorts",
        Rung.RCT_OR_DRAMATIC: "Randomised trial, or an effect too dramatic for another explanation",
        Rung.LARGE_COHORT: "Many people followed for long, with and without the exposure",
    }
)
"""What a rung is, in a reader's words."""


class LadderStep(Noun):
    """A rung as a claim type has it: the designs that stand on it, and what a study there must bring.

    `sized` asks for the computed number of people and for less than high risk of bias; reasoning has neither. `unseen`
    names what the rung demands and no stored fact shows: a study of its design meets it in part at best, and a rung
    that is nothing but that has no designs. A person decides.
    """

    rung: Rung
    designs: frozenset[Design]
    basis: Basis = Basis.CO_MEASURED
    multicentre: bool = False
    sized: bool = True
    unseen: str = ""


def _review(rung: Rung, unseen: str = "") -> LadderStep:
    return LadderStep(rung=rung, unseen=unseen, designs=frozenset({Design.SR_MA}))


def _reasoning(rung: Rung, designs: frozenset[Design]) -> LadderStep:
    return LadderStep(rung=rung, designs=designs, basis=Basis.ASSERTED, sized=False)


LADDERS: Mapping[ClaimType, tuple[LadderStep, ...]] = MappingProxyType(
    {
        ClaimType.CAUSAL_BENEFIT: (
            _review(Rung.REVIEW_OF_RCTS, unseen="whether the pooled trials were registered before they began"),
            LadderStep(
                rung=Rung.MULTICENTRE_RCT,
                designs=_TRIALS,
                multicentre=True,
            ),
            LadderStep(
                rung=Rung.CONTROLLED_NRSI,
                designs=_COHORTS | {Design.NRSI_CONTROLLED, Design.MENDELIAN_RANDOMISATION},
            ),
            LadderStep(
                rung=Rung.CASE_SERIES,
                designs=_UNCONTROLLED | _CASE_CONTROLS | _SURVEYS,
            ),
            _reasoning(Rung.MECHANISM, _BENCH | _REASONING),
        ),
        ClaimType.MECHANISTIC: (
            LadderStep(
                rung=Rung.BLOCK_RESCUE,
                designs=frozenset(),
                unseen="whether every link was blocked and restored",
            ),
            LadderStep(
                rung=Rung.RCT_MEDIATION,
                designs=_TRIALS,
                basis=Basis.MANIPULATED,
                unseen="whether the analysis of the steps was planned and ordered in time",
            ),
            LadderStep(
                rung=Rung.HUMAN_PERTURBATION,
                designs=_TRIALS | {Design.N_OF_1, Design.NRSI_CONTROLLED, Design.MENDELIAN_RANDOMISATION},
                basis=Basis.MANIPULATED,
            ),
            LadderStep(
                rung=Rung.ANIMAL_PERTURBATION,
                designs=_BENCH,
                basis=Basis.MANIPULATED,
            ),
            LadderStep(
                rung=Rung.CO_MEASUREMENT,
                designs=frozenset(Design) - _REASONING - {Design.UNCLEAR},
            ),
            _reasoning(Rung.INFERENCE, _REASONING | {Design.SR_MA}),
        ),
        ClaimType.PROGNOSTIC_ASSOCIATION: (
            _review(
                Rung.REVIEW_OF_INCEPTION_COHORTS, unseen="whether the pooled studies followed people from the start"
            ),
            LadderStep(
                rung=Rung.INCEPTION_COHORT,
                designs=frozenset({Design.INCEPTION_COHORT}),
            ),
            LadderStep(
                rung=Rung.OTHER_COHORT,
                designs=_TRIALS | {Design.COHORT_PROSPECTIVE, Design.COHORT_RETROSPECTIVE, Design.NRSI_CONTROLLED},
            ),
            LadderStep(
                rung=Rung.CASE_CONTROL,
                designs=_CASE_CONTROLS | _UNCONTROLLED | _SURVEYS,
            ),
        ),
        ClaimType.DESCRIPTIVE: (
            LadderStep(
                rung=Rung.CENSUS,
                designs=frozenset({Design.RANDOM_SURVEY}),
            ),
            _review(Rung.REVIEW_OF_SURVEYS, unseen="whether the pooled surveys match the population"),
            LadderStep(
                rung=Rung.NONRANDOM_SAMPLE,
                designs=_COHORTS | {Design.NONRANDOM_SURVEY, Design.CROSS_SECTIONAL, Design.DTA_CONSECUTIVE},
            ),
            LadderStep(
                rung=Rung.CASE_SERIES,
                designs=_UNCONTROLLED | _CASE_CONTROLS | _TRIALS | {Design.NRSI_CONTROLLED},
            ),
        ),
        ClaimType.DIAGNOSTIC: (
            _review(Rung.REVIEW_OF_ACCURACY, unseen="whether the pooled studies tested everybody both ways, blind"),
            LadderStep(
                rung=Rung.ACCURACY_STUDY,
                designs=frozenset({Design.DTA_CONSECUTIVE}),
            ),
            LadderStep(
                rung=Rung.ACCURACY_NONCONSECUTIVE,
                designs=_COHORTS | {Design.CROSS_SECTIONAL},
            ),
            LadderStep(
                rung=Rung.ACCURACY_CASE_CONTROL,
                designs=_CASE_CONTROLS | {Design.DTA_CASE_CONTROL},
            ),
            _reasoning(Rung.MECHANISM, _BENCH | _REASONING),
        ),
        ClaimType.CAUSAL_HARM: (
            _review(
                Rung.REVIEW_OF_HARMS, unseen="whether the pooled studies were trials or nested case-control studies"
            ),
            LadderStep(
                rung=Rung.RCT_OR_DRAMATIC,
                designs=_TRIALS,
            ),
            LadderStep(
                rung=Rung.LARGE_COHORT,
                designs=_COHORTS | {Design.NRSI_CONTROLLED, Design.NESTED_CASE_CONTROL, Design.MENDELIAN_RANDOMISATION},
            ),
            LadderStep(
                rung=Rung.CASE_CONTROL,
                designs=_UNCONTROLLED | _SURVEYS | {Design.CASE_CONTROL},
            ),
            _reasoning(Rung.MECHANISM, _BENCH | _REASONING),
        ),
    }
)
"""Every claim type's ladder, strongest rung first (method.md F)."""

RUNGS: Mapping[ClaimType, tuple[Rung, ...]] = MappingProxyType(
    {claim_type: tuple(step.rung for step in steps) for claim_type, steps in LADDERS.items()}
)
"""The rungs of each claim type, strongest first."""


def settle_rungs(
    claim_type: ClaimType,
    plans: Sequence[RungPlan],
    studies: Sequence[SettledStudy],
    sizes: Mapping[Rung, SampleSize],
) -> tuple[SettledRung, ...]:
    """All rungs of the type in order, each with the plan, the computed size and what stands on it (method.md F).

    Of two plans for a rung the first counts; a plan for a rung of another type is left out. A rung exists when a
    counted, unretracted study of its design measured both ends of the claim (asserting is enough for reasoning), is not
    at high risk of bias and has the computed number of people; what has the design and falls short makes it partial.
    """
    given: dict[Rung, RungPlan] = {}
    for plan in plans:
        given.setdefault(plan.rung, plan)
    return tuple(
        _settle(rank, step, given.get(step.rung), studies, sizes.get(step.rung))
        for rank, step in enumerate(LADDERS[claim_type], start=1)
    )


def _settle(
    rank: int, step: LadderStep, plan: RungPlan | None, studies: Sequence[SettledStudy], size: SampleSize | None
) -> SettledRung:
    standing = sorted((s for s in studies if _stands_on(step, s)), key=lambda s: s.study)
    lacking = {s.study: _lacks(step, s, size) for s in standing}
    full = tuple(study for study, lack in lacking.items() if not lack)
    if full:
        status, reason, met_by = RungStatus.EXISTS, f"Met by {_listed(full)}.", full
    elif lacking:
        status, met_by = RungStatus.PARTIAL, tuple(lacking)
        reason = " ".join(f"{study}: {', '.join(lack)}." for study, lack in lacking.items())
    else:
        status, reason, met_by = RungStatus.MISSING, "No study at hand has this design and measured the claim.", ()
        if step.unseen:
            reason += f" A person has to look {step.unseen}."
    return SettledRung(
        rank=rank,
        rung=step.rung,
        title=TITLES[step.rung],
        status=status,
        status_reason=reason,
        met_by=met_by,
        plan=plan,
        sample_size=size,
    )


def _stands_on(step: LadderStep, study: SettledStudy) -> bool:
    judgement = study.judgement
    measured = judgement.basis.rank >= step.basis.rank
    return study.counted and not study.retracted and measured and judgement.design in step.designs


def _lacks(step: LadderStep, study: SettledStudy, size: SampleSize | None) -> list[str]:
    """What keeps a study of the right design from meeting a rung, as phrases; empty when nothing does."""
    tests: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: step.sized and _high_risk(study), "high risk of bias"),
        (lambda: step.multicentre and not study.multicentre, "not known to be done in several centres"),
        (lambda: step.sized and bool(study.judgement.mismatches), "differs from the claim in part"),
        (lambda: bool(step.unseen), f"a person has to look {step.unseen}"),
    )
    found = [phrase for holds, phrase in tests if holds()]
    too_small = _too_small(study.participants, size) if step.sized else ""
    return [*found, too_small] if too_small else found


def _high_risk(study: SettledStudy) -> bool:
    return study.judgement.high_risk or study.bias.overall in {BiasJudgement.HIGH, BiasJudgement.CRITICAL}


def _too_small(participants: int | None, size: SampleSize | None) -> str:
    """Why a study is not known to be large enough; empty when it is."""
    if size is None or size.total is None:
        return "no required size could be computed"
    if participants is None:
        return f"number of people not known, {size.total} needed"
    return "" if participants >= size.total else f"{participants} people, {size.total} needed"


def _listed(studies: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(studies[:-1]), studies[-1])))
