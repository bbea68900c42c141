"""How the invented studies might have been judged and weighed. Weights follow method.md C."""

from __future__ import annotations

import math

from schemas.quotation import QuoteKey
from schemas.settlement import (
    ReadEffect,
    SettledBias,
    SettledJudgement,
    SettledStudy,
    StudyWeight,
)
from schemas.vocabulary import (
    Basis,
    BiasDomain,
    BiasJudgement,
    Design,
    DocumentKind,
    Finding,
    Metric,
    PicoElement,
    PublicationStatus,
    Species,
    Stance,
)
from tests.publish.example_studies import (
    A_RESULT,
    A_THICKNESS,
    B_RESULT,
    BY_ID,
    DIRECTION,
    E_NULL,
    F_RESULT,
    J_RESULT,
    LONG_WORD,
    SCRIPT,
    T_RESULT,
    TERMINAL,
    Y_RESULT,
)


def settled_judgement(
    study: str,
    link: str,
    basis: Basis,
    stance: Stance,
    quotes: tuple[QuoteKey, ...],
    rationale: str,
    *,
    design: Design = Design.RCT_PARALLEL,
    effect: ReadEffect | None = None,
    mismatches: tuple[PicoElement, ...] = (),
    reasons: tuple[str, ...] = (),
) -> SettledJudgement:
    return SettledJudgement(
        study=study,
        cluster=f"S-{study}",
        link=link,
        proposed_basis=basis,
        basis=basis,
        finding=Finding.SUPPORTS if stance is Stance.SUPPORTS else Finding.UNCLEAR,
        stance=stance,
        design=design,
        species=Species.HUMAN,
        high_risk=False,
        mismatches=mismatches,
        effect=effect,
        reasons=reasons,
        quotes=quotes,
        rationale=rationale,
    )


def weighed(
    design: float, bias: float, n: int, directness: float, basis: float, integrity: float, *reasons: str
) -> StudyWeight:
    """A weight by method.md C, with precision sqrt(n / 400) between 0.1 and 1."""
    precision = min(1.0, max(0.1, math.sqrt(n / 400)))
    weight = design * bias * precision * directness * basis * integrity
    return StudyWeight(
        design=design,
        bias=bias,
        precision=precision,
        directness=directness,
        basis=basis,
        integrity=integrity,
        weight=weight,
        score=round(100 * weight),
        reasons=reasons,
    )


def settled_study(
    judgement: SettledJudgement, weight: StudyWeight, side: str, participants: int | None, **changes: object
) -> SettledStudy:
    record = BY_ID[judgement.study]
    values: dict[str, object] = {
        "study": judgement.study,
        "cluster": judgement.cluster,
        "document": DocumentKind.PRIMARY_STUDY,
        "species": Species.HUMAN,
        "participants": participants,
        "participants_quote": None,
        "bias": SettledBias(
            overall=BiasJudgement.SOME_CONCERNS,
            domains=(
                (BiasDomain.ALLOCATION, BiasJudgement.LOW),
                (BiasDomain.MEASUREMENT, BiasJudgement.SOME_CONCERNS),
                (BiasDomain.SELECTIVE_REPORTING, BiasJudgement.NOT_REPORTED),
            ),
            reasons=("Domains that the text does not report count as some concerns.",),
        ),
        "preregistered": record.registration is not None,
        "multicentre": False,
        "retracted": record.status is PublicationStatus.RETRACTED,
        "decision_error": None,
        "judgement": judgement,
        "weight": weight,
        "side": side,
        "counted": True,
    }
    return SettledStudy.model_validate({**values, **changes})


SMD = ReadEffect(
    metric=Metric.SMD,
    outcome="rate of torque development, untrained leg",
    estimate=0.62,
    ci_low=0.11,
    ci_high=1.13,
    p=0.02,
    p_sign="=",
    quote=B_RESULT,
)
SETTLED_STUDIES = (
    settled_study(
        settled_judgement(
            "alder-2021",
            "claim",
            Basis.CO_MEASURED,
            Stance.SUPPORTS,
            (A_RESULT, A_THICKNESS),
            "Measured both legs before and after; nobody went without training.",
            design=Design.PREPOST_SINGLE_ARM,
            reasons=("Lowered from 'tested directly': the comparison is before and after, without a comparator.",),
        ),
        weighed(
            0.5, 0.7, 30, 1.0, 0.6, 0.9, "design: other empirical study of a mechanism", "precision: n = 30 of 400"
        ),
        "support",
        30,
    ),
    settled_study(
        settled_judgement(
            "birch-2019",
            "claim",
            Basis.MANIPULATED,
            Stance.SUPPORTS,
            (B_RESULT,),
            "Compared training with no training, at random, and measured the untrained leg.",
            effect=SMD,
        ),
        weighed(0.8, 0.7, 62, 1.0, 1.0, 1.0, "registered before it began", "precision: n = 62 of 400"),
        "support",
        62,
    ),
    settled_study(
        settled_judgement(
            "yew-2020",
            "claim",
            Basis.MANIPULATED,
            Stance.MIXED,
            (Y_RESULT,),
            "Torque development rose, another outcome of the same push fell.",
            mismatches=(PicoElement.POPULATION,),
        ),
        weighed(0.8, 0.4, 40, 0.7, 1.0, 0.9, "half of the weight goes to each side"),
        "both",
        40,
        decision_error="p = .02 is reported where the interval gives p = .24",
    ),
    settled_study(
        settled_judgement(
            "elm-2016",
            "claim",
            Basis.END_ONLY,
            Stance.NULL_INFORMATIVE,
            (E_NULL,),
            "Found no change of the cortex that would be large enough to matter.",
            mismatches=(PicoElement.POPULATION, PicoElement.OUTCOME),
        ),
        weighed(0.8, 0.7, 34, 0.4, 0.3, 0.9, "another limb and another outcome"),
        "against",
        34,
    ),
    settled_study(
        settled_judgement(
            "fir-2023",
            "claim",
            Basis.CO_MEASURED,
            Stance.NULL_UNINFORMATIVE,
            (F_RESULT,),
            "Nine people; no clear result.",
        ),
        weighed(0.5, 0.7, 9, 0.7, 0.6, 0.9),
        "neither",
        9,
    ),
    settled_study(
        settled_judgement(
            "juniper-2012", "claim", Basis.CO_MEASURED, Stance.SUPPORTS, (J_RESULT,), "Reported a doubling; retracted."
        ),
        weighed(0.5, 0.4, 100, 1.0, 0.6, 0.0, "retracted: weighs nothing"),
        "neither",
        None,
        counted=False,
    ),
    settled_study(
        settled_judgement(
            "thorn-2024",
            "claim",
            Basis.ASSERTED,
            Stance.UNCLEAR,
            (T_RESULT,),
            f"Says so without measuring it {SCRIPT} {TERMINAL} {DIRECTION} {LONG_WORD[:100]}",
        ),
        weighed(0.5, 0.4, 0, 1.0, 0.0, 0.9),
        "neither",
        None,
    ),
)
