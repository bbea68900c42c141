"""What rules might have settled of the invented studies, beyond their weights; it reads as real."""

from __future__ import annotations

from schemas.ladder import Rung, SampleSize, SettledRung
from schemas.settlement import (
    Balance,
    Cluster,
    GradeDomain,
    GradeProfile,
    LanguageFinding,
    Pooled,
    PossibleOverlap,
    SettledChain,
    SettledLink,
    Settlement,
    UnsupportiveQuote,
    Verdict,
)
from schemas.summary import Fact, Readability
from schemas.vocabulary import (
    AronsonLevel,
    Basis,
    Certainty,
    ClaimType,
    Design,
    MechanismStatus,
    Metric,
    RungStatus,
    Side,
    Stance,
    StepLabel,
    VerbTier,
    VerdictLevel,
)
from tests.publish.example_replies import plan
from tests.publish.example_studies import (
    A_RESULT,
    A_SAYS,
    A_THICKNESS,
    B_CORTEX,
    BIRCH,
    E_NULL,
    ELM,
    FIR,
    IMAGE,
    SCRIPT,
    T_RESULT,
    THORN,
    YEW,
)
from tests.publish.example_weights import SETTLED_STUDIES, settled_judgement

LINK_EVIDENCE = (
    settled_judgement(
        "birch-2019",
        "L1",
        Basis.MANIPULATED,
        Stance.SUPPORTS,
        (B_CORTEX,),
        "Tested cortical excitability with and without training.",
    ),
    settled_judgement(
        "elm-2016", "L1", Basis.MANIPULATED, Stance.NULL_INFORMATIVE, (E_NULL,), "Same test in the hand: no change."
    ),
    settled_judgement(
        "alder-2021", "L1", Basis.ASSERTED, Stance.UNCLEAR, (A_SAYS,), "Names the motor cortex in the discussion only."
    ),
    settled_judgement(
        "alder-2021",
        "L2",
        Basis.END_ONLY,
        Stance.SUPPORTS,
        (A_RESULT,),
        "Measured the muscle, not the brain.",
        design=Design.PREPOST_SINGLE_ARM,
        reasons=("The cause was not measured.",),
    ),
    settled_judgement("fir-2023", "L2", Basis.NOT_ADDRESSED, Stance.UNCLEAR, (), "Did not look at it."),
    settled_judgement(
        "alder-2021",
        "L3",
        Basis.CO_MEASURED,
        Stance.SUPPORTS,
        (A_RESULT,),
        "Both rose in the same legs; activity itself was never changed.",
        design=Design.PREPOST_SINGLE_ARM,
    ),
    settled_judgement(
        "thorn-2024", "L4", Basis.ASSERTED, Stance.UNCLEAR, (T_RESULT,), f"Says so. {SCRIPT}", design=Design.UNCLEAR
    ),
)


def settled_link(
    link: str, label: StepLabel, shown: str, counts: tuple[int, int, int, int], *reasons: str
) -> SettledLink:
    manipulated, co_measured, end_only, against = counts
    return SettledLink(
        id=link,
        label=label,
        shown=shown,
        manipulated=manipulated,
        co_measured=co_measured,
        end_only=end_only,
        against=against,
        reasons=reasons,
    )


SETTLED_LINKS = (
    settled_link(
        "L1", StepLabel.CONTESTED, "Contested (1 for / 1 against)", (1, 0, 0, 1), "One study for and one against."
    ),
    settled_link("L2", StepLabel.PARTLY_MEASURED, "Partly measured; link inferred", (0, 0, 1, 0)),
    settled_link("L3", StepLabel.SEEN_ONE, "Seen together in one study; cause not tested", (0, 1, 0, 0)),
    settled_link("L4", StepLabel.PROPOSED, "Proposed by authors; not measured", (0, 0, 0, 0)),
    settled_link("L5", StepLabel.NO_EVIDENCE, "No evidence found", (0, 0, 0, 0)),
)
SETTLED_CHAINS = (
    SettledChain(
        id="C1",
        weakest=2,
        label=StepLabel.PARTLY_MEASURED,
        shown="Weakest at step 2: Partly measured; link inferred",
        level=AronsonLevel.L4,
        status=MechanismStatus.SPECULATIVE,
        gaps=(2,),
        broken_at=None,
    ),
    SettledChain(
        id="C2",
        weakest=2,
        label=StepLabel.NO_EVIDENCE,
        shown="Broken at step 1: No evidence found",
        level=AronsonLevel.UNRATED,
        status=MechanismStatus.SPECULATIVE,
        gaps=(1, 2),
        broken_at=1,
    ),
)


RUNGS = (
    SettledRung(
        rank=1,
        rung=Rung.BLOCK_RESCUE,
        title="Every step blocked and rescued, in several laboratories",
        status=RungStatus.MISSING,
        status_reason="No study among those searched did this.",
        plan=plan(Rung.BLOCK_RESCUE, "each step suppressed and restored, both ends measured"),
        sample_size=SampleSize(
            total=200, per_group=(100, 100), formula="2 (z₁₋α/₂ + z₁₋β)² / d² = 85 per group; divided by 1 − 0.15"
        ),
    ),
    SettledRung(
        rank=2,
        rung=Rung.RCT_MEDIATION,
        title="Randomised trial with prespecified mediation in temporal order",
        status=RungStatus.PARTIAL,
        status_reason="A randomised trial exists, without the mediation analysis.",
        met_by=("birch-2019",),
        plan=plan(Rung.RCT_MEDIATION, "parallel groups with repeated measurement"),
        sample_size=SampleSize(total=None, formula="no target effect that a formula applies to"),
    ),
    SettledRung(
        rank=3,
        rung=Rung.CO_MEASUREMENT,
        title="Cause and effect measured together",
        status=RungStatus.EXISTS,
        status_reason="Measured together in one study.",
        met_by=("alder-2021", "birch-2019"),
        plan=None,
        sample_size=None,
    ),
)

FACTS = (
    Fact(id="F1", text="Two independent studies in people (n = 92) support the claim; one speaks against it."),
    Fact(id="F2", text="Step 1 is contested: 1 for, 1 against."),
    Fact(id="F3", text="Step 2 was partly measured; the link is inferred."),
)


def settlement() -> Settlement:
    return Settlement(
        rules_version="1",
        optimal_information_size=400,
        claim_type=ClaimType.MECHANISTIC,
        clusters=(
            Cluster(id="S-alder-2021", studies=("alder-2021", "juniper-2012"), reasons=("same site and same dates",)),
            *(Cluster(id=f"S-{s.id}", studies=(s.id,)) for s in (BIRCH, ELM, FIR, THORN, YEW)),
        ),
        overlaps=(PossibleOverlap(studies=("fir-2023", "yew-2020"), cues=("authors", "dates")),),
        studies=SETTLED_STUDIES,
        balance=Balance(
            pro=20,
            against=4,
            pro_exact=20.4,
            against_exact=4.1,
            for_clusters=3,
            against_clusters=2,
            positive_directions=4,
            directions=5,
        ),
        pooled=(
            Pooled(
                metric=Metric.SMD, clusters=2, estimate=0.52, ci_low=0.13, ci_high=0.92, i_squared=0.0, tau_squared=0.0
            ),
        ),
        link_evidence=LINK_EVIDENCE,
        links=SETTLED_LINKS,
        chains=SETTLED_CHAINS,
        grade=GradeProfile(
            start=4,
            start_reason="most of the weight is randomised",
            domains=(
                GradeDomain(domain="risk_of_bias", change=-1, reason="some concerns in most of the weight"),
                GradeDomain(domain="inconsistency", change=0, reason="17 % of the weight is opposed"),
                GradeDomain(domain="indirectness", change=-1, reason="one study in another population"),
                GradeDomain(domain="imprecision", change=-1, reason="132 participants, fewer than 400"),
            ),
            certainty=Certainty.VERY_LOW,
        ),
        verdict=Verdict(
            level=VerdictLevel.PRELIMINARY,
            side=Side.SUPPORT,
            share=0.83,
            reasons=(
                "83 % of what was found points towards the claim",
                "certainty is very low, so support is preliminary at most",
                "step 2 of the mechanism is a gap, which caps the verdict",
            ),
            tier=VerbTier.CAN,
            suggested_wording="Training one leg can go along with a faster push of the other leg.",
        ),
        rungs=RUNGS,
        facts=FACTS,
        unsupportive=(UnsupportiveQuote(link="L3", quote=A_THICKNESS),),
        warnings=("birch-2019: registered before it began, but the registered outcome is not known.", f"odd: {IMAGE}"),
        language=(
            LanguageFinding(
                where="in simple terms, sentence 1", sentence=SCRIPT, problem="says more than the evidence permits"
            ),
        ),
        readability=Readability(grade_level=7.2, words=46, sentences=4),
    )
