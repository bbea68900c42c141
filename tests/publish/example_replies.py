"""What a model might have said of the invented studies: framed claim, appraisal, links, ladder, summary."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.appraisal import (
    AppraisalReply,
    BiasItem,
    Contrast,
    NumberRole,
    Registration,
    ReportedEffect,
    ReportedNumber,
    Statement,
)
from schemas.claim import FramedClaim, FramePart
from schemas.ladder import Rung, RungOutcome, RungPlan, TargetEffect
from schemas.mechanism import Link, LinkJudgement
from schemas.quotation import JudgedQuote, Quote, QuoteKey, StudyQuote
from schemas.summary import SummaryReply, SummarySentence
from schemas.vocabulary import (
    Basis,
    BiasDomain,
    BiasJudgement,
    ClaimType,
    Comparison,
    ConstructMatch,
    Design,
    Direction,
    DocumentKind,
    Finding,
    Level,
    Metric,
    Reported,
    Species,
)
from tests.publish.example_studies import (
    A_PEOPLE,
    A_RESULT,
    A_SAYS,
    A_THICKNESS,
    IMAGE,
    INVENTED,
    SCRIPT,
    UNSUPPORTIVE,
    WRONG_STUDY,
)


def quote(where: QuoteKey) -> Quote:
    return Quote(sentence=where.sentence, text=where.text)


def study_quote(where: QuoteKey) -> StudyQuote:
    return StudyQuote(study=where.study, sentence=where.sentence, text=where.text)


def framed(text: str) -> FramedClaim:
    return FramedClaim(
        text=text,
        population=FramePart(words="", meaning="healthy adults"),
        cause=FramePart(words="Training one leg", meaning="strength training of one leg over weeks"),
        effect=FramePart(words="pushes faster", meaning="rate of torque development of the untrained leg"),
        comparator=FramePart(words="", meaning="no training"),
        direction=Direction.INCREASES,
        claim_type=ClaimType.MECHANISTIC,
        type_reason="It says by what the effect comes about.",
        quotes=(study_quote(A_RESULT),),
    )


def link_judgement(
    link: str, basis: Basis, finding: Finding, quotes: Sequence[QuoteKey], rationale: str
) -> LinkJudgement:
    return LinkJudgement(
        link=link,
        quotes=tuple(JudgedQuote(sentence=q.sentence, text=q.text, role="result") for q in quotes),
        rationale=rationale,
        cause_measure="",
        cause_match=ConstructMatch.SAME,
        effect_measure="",
        effect_match=ConstructMatch.SAME,
        comparison=Comparison.BEFORE_AFTER,
        design=Design.PREPOST_SINGLE_ARM,
        effect=None,
        dose_response=Reported.NOT_REPORTED,
        mismatches=(),
        basis=basis,
        finding=finding,
    )


def appraisal() -> AppraisalReply:
    nothing = Statement(says="", quote=None)
    return AppraisalReply(
        document=DocumentKind.PRIMARY_STUDY,
        species=Species.HUMAN,
        population=Statement(says="healthy adults", quote=quote(A_PEOPLE)),
        contrasts=(
            Contrast(
                name="after against before",
                set_or_exposed="training",
                comparator="",
                comparison=Comparison.BEFORE_AFTER,
                design=Design.PREPOST_SINGLE_ARM,
                quote=quote(A_RESULT),
            ),
        ),
        numbers=(
            ReportedNumber(what="adults", role=NumberRole.TOTAL_RANDOMISED, value="Thirty", quote=quote(A_PEOPLE)),
        ),
        effects=(
            ReportedEffect(
                outcome="torque development",
                metric=Metric.PERCENT_CHANGE,
                estimate="19",
                ci_low="",
                ci_high="",
                p="< .05",
                quote=quote(A_RESULT),
            ),
        ),
        bias=(
            BiasItem(
                domain=BiasDomain.CONFOUNDING,
                reason="No comparator.",
                quote=quote(WRONG_STUDY),
                judgement=BiasJudgement.HIGH,
            ),
        ),
        registration=Registration(identifier="", before_enrolment=Reported.NOT_REPORTED, quote=None),
        funding=nothing,
        conflict_of_interest=nothing,
        multicentre=Reported.NOT_REPORTED,
        site=nothing,
        cohort=nothing,
        dates=nothing,
    )


LINKS = (
    Link(
        cause="Training one leg",
        effect="plasticity of the motor cortex",
        direction=Direction.INCREASES,
        level=Level.ORGAN_SYSTEM,
        statement="Training one leg changes the part of the brain that drives both legs.",
        quotes=(study_quote(A_SAYS), study_quote(INVENTED)),
    ),
    Link(
        cause="plasticity of the motor cortex",
        effect="early activity of the other calf muscle",
        direction=Direction.INCREASES,
        level=Level.ORGAN_SYSTEM,
        statement="The brain then drives the calf muscle of the other leg harder in the first instant of a push.",
        quotes=(study_quote(UNSUPPORTIVE),),
    ),
    Link(
        cause="early activity of the other calf muscle",
        effect="rate of torque development of the untrained leg",
        direction=Direction.INCREASES,
        level=Level.WHOLE_BODY,
        statement="The muscle switches on sooner, so the untrained leg pushes faster.",
        quotes=(study_quote(A_RESULT), study_quote(A_THICKNESS)),
    ),
    Link(
        cause="Training one leg",
        effect="spinal reflex gain",
        direction=Direction.CHANGES,
        level=Level.CELLULAR,
        statement=f"Training changes reflexes in the spinal cord {SCRIPT} {IMAGE}.",
        quotes=(),
    ),
    Link(
        cause="spinal reflex gain",
        effect="early activity of the other calf muscle",
        direction=Direction.INCREASES,
        level=Level.CELLULAR,
        statement="Livelier reflexes raise the early activity of the other calf muscle.",
        quotes=(),
    ),
)


def plan(rung: Rung, design: str) -> RungPlan:
    return RungPlan(
        rung=rung,
        design=design,
        population="healthy adults aged 18 to 40, untrained",
        intervention_or_exposure="strength training of one leg, three times a week for 6 weeks",
        comparator="no training",
        outcome=RungOutcome(
            name="rate of torque development of the untrained leg, 0 to 50 ms",
            instrument="isometric dynamometer",
            unit="N m per s",
            minimal_important_difference="not established; half a standard deviation is assumed",
            source_of_minimal_important_difference="convention",
        ),
        timepoint="within a week after training",
        duration="6 weeks",
        target_effect=TargetEffect(
            kind="standardised_difference", value=0.5, second=None, source="a moderate and realistic effect"
        ),
        allocation_ratio=1.0,
        intracluster_correlation=0.0,
        cluster_size=1,
        dropout=0.15,
        randomisation_and_concealment="by computer, concealed until assignment",
        blinding="assessors do not know the group",
        preregistration="before the first participant, with the analysis plan",
        analysis="difference between groups, adjusted for baseline",
        confirms_if="the confidence interval of the difference lies wholly above the smallest difference that matters",
        refutes_if="the confidence interval lies wholly below the smallest difference that matters",
        tests="the effect as a whole, and steps 1 and 3",
        resolves=("imprecision", "risk_of_bias"),
        feasibility="feasible in one laboratory within a year",
        ethics="no particular concern",
    )


SUMMARY = SummaryReply(
    teaser=SummarySentence(
        text="Training one leg may help the other leg push faster, but only two small studies point that way.",
        rests_on=("F1",),
    ),
    how_it_works=(
        SummarySentence(
            text="Training may change how the brain drives both legs; that step has one study for it and one against.",
            rests_on=("F2",),
        ),
    ),
    in_simple_terms=(
        SummarySentence(
            text="People who trained one leg could push faster with the other leg too.", rests_on=("F1", "F2")
        ),
        SummarySentence(
            text="Two studies with 92 people point this way, and one points the other way.", rests_on=("F1",)
        ),
        SummarySentence(text=f"How this comes about is not settled. {SCRIPT}", rests_on=("F3", "F9")),
    ),
)
