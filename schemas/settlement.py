"""What the rules settled: every label, weight, certainty and verdict, each with its reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Noun
from schemas.ladder import SettledRung
from schemas.quotation import QuoteKey
from schemas.summary import Fact, Readability
from schemas.vocabulary import (
    AronsonLevel,
    Basis,
    BiasDomain,
    BiasJudgement,
    Certainty,
    ClaimType,
    Design,
    DocumentKind,
    Finding,
    MechanismStatus,
    Metric,
    PicoElement,
    Side,
    Species,
    Stance,
    StepLabel,
    VerbTier,
    VerdictLevel,
)


class Cluster(Noun):
    """Reports of one study, counted once (method.md 5 and C). `reasons` says what joined them."""

    id: str
    studies: tuple[str, ...]
    reasons: tuple[str, ...] = ()


class PossibleOverlap(Noun):
    """Two reports that share two of the five Cochrane cues: counted once, and flagged for a person."""

    studies: tuple[str, str]
    cues: tuple[str, ...]


class StudyProfile(Noun):
    """What independence is judged from. Authors are folded family names with initials, in order.

    `identifiers` are the publication's own; `linked` those of publications that it is preprint, article, correction or
    retraction of; `told_same` and `told_apart` those that a person decided to be of this study, or not.
    """

    study: str
    authors: tuple[str, ...]
    registration: str | None = None
    cohort: str | None = None
    site: str | None = None
    intervention: str | None = None
    n: int | None = None
    dates: str | None = None
    document: DocumentKind | None = None
    identifiers: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    told_same: tuple[str, ...] = ()
    told_apart: tuple[str, ...] = ()


def _is_false(value: bool) -> bool:  # noqa: FBT001 - the form that pydantic asks for
    return not value


class ReadNumber(Noun):
    """A number as code read it from the accepted quotation that carries it.

    `from_table` is true, and else not named in the file, where the quotation stands in a table: nothing in a row of
    numbers says which column is meant.
    """

    value: float
    quote: QuoteKey
    from_table: bool = Field(default=False, exclude_if=_is_false)


class ReadEffect(Noun):
    """A result as code read it from its quotation. Ratio metrics are on their natural scale, null value 1.

    `from_table` as in `ReadNumber`.
    """

    metric: Metric
    outcome: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None
    p_sign: Literal["<", ">", "="] | None
    quote: QuoteKey
    from_table: bool = Field(default=False, exclude_if=_is_false)


class SettledBias(Noun):
    """Risk of bias of one study: the overall judgement, each domain as it stands after the gate, and why."""

    overall: BiasJudgement
    domains: tuple[tuple[BiasDomain, BiasJudgement], ...]
    reasons: tuple[str, ...]


class SettledJudgement(Noun):
    """A study's evidence on one link, or on the claim (`link` is then 'claim'), after basis gate and stance rules."""

    study: str
    cluster: str
    link: str
    proposed_basis: Basis
    basis: Basis
    finding: Finding
    stance: Stance
    design: Design
    species: Species
    high_risk: bool
    mismatches: tuple[PicoElement, ...]
    effect: ReadEffect | None
    reasons: tuple[str, ...]
    quotes: tuple[QuoteKey, ...]
    rationale: str


class Reading(Noun):
    """What one verifier's judgement comes to after the rules."""

    basis: Basis
    stance: Stance


class Disagreement(Noun):
    """A study's judgement of a link that two verifiers read differently, and whose reading was kept."""

    study: str
    link: str
    first: Reading
    second: Reading
    kept: Literal["first", "second"]


class Agreement(Noun):
    """How far two verifiers agree, over the judgements (of one study on one link) that both made.

    `same` counts those alike in basis and stance. `kappa` is Cohen's for the basis, -1..1; null where it is undefined.
    """

    judged: int
    same_basis: int
    same_stance: int
    same: int
    kappa: float | None
    differing: tuple[Disagreement, ...]


class StudyWeight(Noun):
    """w = D*R*P*I*B*G, each factor in 0..1 (method.md C); `score` = round(100 w)."""

    design: float
    bias: float
    precision: float
    directness: float
    basis: float
    integrity: float
    weight: float
    score: int
    reasons: tuple[str, ...] = ()


class SettledStudy(Noun):
    """One study of the corpus with all that was settled about it. `counted` is false where its cluster counts once.

    `participants_from_table` as `ReadNumber.from_table`.
    """

    study: str
    cluster: str
    document: DocumentKind
    species: Species
    participants: int | None
    participants_quote: QuoteKey | None
    bias: SettledBias
    preregistered: bool
    multicentre: bool
    retracted: bool
    decision_error: str | None
    judgement: SettledJudgement
    weight: StudyWeight
    side: Literal["support", "against", "both", "neither"]
    counted: bool
    participants_from_table: bool = Field(default=False, exclude_if=_is_false)


class WeighedCluster(Noun):
    """A cluster as the aggregate sees it. `for_weight` and `against_weight` are 0..1; MIXED puts half on each."""

    cluster: str
    stance: Stance
    basis: Basis
    for_weight: float
    against_weight: float
    group: tuple[str, ...] = ()


class Balance(Noun):
    """Pro and Against, 0..100 (method.md C). They set direction only, never strength.

    `for_by` and `against_by` are the ids of the clusters that made each score; a review stands there only where it
    weighs more than all primaries of its side together.
    """

    pro: int
    against: int
    pro_exact: float
    against_exact: float
    for_clusters: int
    against_clusters: int
    positive_directions: int
    directions: int
    for_by: tuple[str, ...] = ()
    against_by: tuple[str, ...] = ()


class Pooled(Noun):
    """Random-effects pool (DerSimonian-Laird) of one metric; ratios on the natural scale, I2 in per cent."""

    metric: Metric
    clusters: int
    estimate: float
    ci_low: float
    ci_high: float
    i_squared: float
    tau_squared: float


class SettledLink(Noun):
    """A link with its label (table B) and the counts behind it: m manipulated, c co-measured, e one end, x against."""

    id: str
    label: StepLabel
    shown: str
    manipulated: int
    co_measured: int
    end_only: int
    against: int
    reasons: tuple[str, ...]


class SettledChain(Noun):
    """A chain with the label of its weakest step. `broken_at` and `gaps` count steps from 1."""

    id: str
    weakest: int
    label: StepLabel
    shown: str
    level: AronsonLevel
    status: MechanismStatus
    gaps: tuple[int, ...]
    broken_at: int | None


class GradeDomain(Noun):
    domain: Literal[
        "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias", "large_effect", "gradient"
    ]
    change: int
    reason: str


class GradeProfile(Noun):
    """GRADE arithmetic (method.md D): start, each change with its reason, and the certainty that is left.

    `rated` are the ids of the clusters that were rated: those of the winning side, or the part of them that makes it
    most certain.
    """

    start: int
    start_reason: str
    domains: tuple[GradeDomain, ...]
    certainty: Certainty
    rated: tuple[str, ...] = ()


class Verdict(Noun):
    """The verdict (method.md E). `side` is null for CONTESTED, INCONCLUSIVE and NO_EVIDENCE."""

    level: VerdictLevel
    side: Side | None
    share: float | None
    reasons: tuple[str, ...]
    tier: VerbTier
    suggested_wording: str | None = None


class LanguageFinding(Noun):
    """A sentence that says more than its evidence permits, or that reads too hard."""

    where: str
    sentence: str
    problem: str


class UnsupportiveQuote(Noun):
    """A quotation that stands in its study, though the blind judgement of that study says that it does not bear on the
    link for which it was proposed."""

    link: str
    quote: QuoteKey


def _is_none(value: Agreement | None) -> bool:
    return value is None


class Settlement(Noun):
    """Everything that rules made of the stored evidence; `mechsyn recompute` makes it again.

    `agreement` is null, and not named in the file, where nothing was judged twice.
    """

    rules_version: str
    optimal_information_size: int
    claim_type: ClaimType
    clusters: tuple[Cluster, ...]
    overlaps: tuple[PossibleOverlap, ...]
    studies: tuple[SettledStudy, ...]
    balance: Balance
    pooled: tuple[Pooled, ...]
    link_evidence: tuple[SettledJudgement, ...]
    links: tuple[SettledLink, ...]
    chains: tuple[SettledChain, ...]
    grade: GradeProfile | None
    verdict: Verdict
    rungs: tuple[SettledRung, ...]
    facts: tuple[Fact, ...]
    unsupportive: tuple[UnsupportiveQuote, ...] = ()
    agreement: Agreement | None = Field(default=None, exclude_if=_is_none)
    warnings: tuple[str, ...]
    language: tuple[LanguageFinding, ...]
    readability: Readability | None
