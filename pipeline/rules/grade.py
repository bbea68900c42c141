"""GRADE certainty of the evidence on the winning side: table D, with a plain sentence for every change.

It rates one outcome's body of evidence by arithmetic over settled facts; it weighs no prose and knows no mechanism
(chains are rated by step_labels.py). It offers the domains that GRADE names and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from pipeline.rules.contrast import spoken
from pipeline.rules.thresholds import null_value
from schemas.base import Noun
from schemas.settlement import GradeDomain, GradeProfile, Pooled
from schemas.vocabulary import (
    NON_HUMAN,
    RANDOMISED,
    RATIOS,
    BiasJudgement,
    Certainty,
    ClaimType,
    Design,
    Direction,
    Side,
    Species,
)

_EXPERIMENTS = RANDOMISED | {Design.ANIMAL_RANDOMISED, Design.SR_MA}
_CAUSAL = frozenset({ClaimType.CAUSAL_BENEFIT, ClaimType.CAUSAL_HARM, ClaimType.MECHANISTIC})
_HIGH_START: Mapping[ClaimType, frozenset[Design]] = MappingProxyType(
    {
        ClaimType.CAUSAL_BENEFIT: _EXPERIMENTS,
        ClaimType.CAUSAL_HARM: _EXPERIMENTS,
        ClaimType.MECHANISTIC: _EXPERIMENTS,
        ClaimType.PROGNOSTIC_ASSOCIATION: frozenset(
            {Design.SR_MA, Design.INCEPTION_COHORT, Design.COHORT_PROSPECTIVE, Design.COHORT_RETROSPECTIVE}
        ),
        ClaimType.DESCRIPTIVE: frozenset({Design.SR_MA, Design.RANDOM_SURVEY}),
        ClaimType.DIAGNOSTIC: frozenset({Design.SR_MA, Design.DTA_CONSECUTIVE}),
    }
)
_LOWEST_START = frozenset({Design.CASE_SERIES, Design.NARRATIVE_OPINION, Design.UNCLEAR, Design.IN_SILICO})
_BIAS_DOWN: Mapping[BiasJudgement, int] = MappingProxyType(
    {
        BiasJudgement.LOW: 0,
        BiasJudgement.SOME_CONCERNS: 1,
        BiasJudgement.NOT_REPORTED: 1,
        BiasJudgement.HIGH: 2,
        BiasJudgement.CRITICAL: 3,
    }
)
_DomainName = Literal[
    "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias", "large_effect", "gradient"
]


class GradedCluster(Noun):
    """What GRADE needs to know of one cluster. `n` is null when unknown; `gradient` is a reported dose-response.

    `of_trials` says of a review whether a quotation shows that it pooled randomised trials; others ignore it.
    """

    cluster: str
    design: Design
    bias: BiasJudgement
    n: int | None
    multicentre: bool = False
    preregistered: bool = False
    mismatches: int = Field(default=0, ge=0)
    species: Species = Species.HUMAN
    gradient: bool = False
    of_trials: bool = True


class PooledEvidence(Noun):
    """A pool and how to read it: in which direction it supports the claim, and what is too small to matter.

    `mid` holds the lower and upper bound of unimportant effects on the metric's own scale (ratios: around 1), null
    when no minimal important difference is known.
    """

    pooled: Pooled
    claimed: Direction
    mid: tuple[float, float] | None = None

    @property
    def in_force(self) -> bool:
        """A pool of fewer than two clusters outranks nothing, nor does one whose value of no effect is not known."""
        return self.pooled.clusters >= 2 and null_value(self.pooled.metric) is not None

    @property
    def trivial(self) -> bool:
        """Whether the whole interval lies within the unimportant effects."""
        return self.mid is not None and self.mid[0] < self.pooled.ci_low and self.pooled.ci_high < self.mid[1]

    @property
    def crosses(self) -> bool:
        """Whether the interval contains a threshold: a bound of the unimportant effects, or the null without them."""
        thresholds = self.mid or (null_value(self.pooled.metric),)
        return any(t is not None and self.pooled.ci_low <= t <= self.pooled.ci_high for t in thresholds)

    @property
    def side(self) -> Side | None:
        """What the interval says of the claim; null when it includes no effect and is not trivial.

        An interval within the unimportant effects speaks against any claimed change, even if it excludes the null, and
        for a claim of no change.
        """
        no_effect = null_value(self.pooled.metric)
        if no_effect is None:
            return None
        above, below = self.pooled.ci_low > no_effect, self.pooled.ci_high < no_effect
        if self.trivial:
            return Side.SUPPORT if self.claimed is Direction.NO_CHANGE else Side.AGAINST
        if not (above or below):
            return None
        supports = {
            Direction.INCREASES: above,
            Direction.DECREASES: below,
            Direction.CHANGES: True,
            Direction.NO_CHANGE: False,
        }[self.claimed]
        return Side.SUPPORT if supports else Side.AGAINST


class GradeFacts(Noun):
    """The winning side's clusters, and what stands against them. `opposing_share` is 0..1 of Pro + Against."""

    claim_type: ClaimType
    side: Side
    clusters: tuple[GradedCluster, ...]
    opposing_share: float = Field(ge=0, le=1)
    pooled: PooledEvidence | None = None
    optimal_information_size: int = Field(default=400, ge=1)


def profile(facts: GradeFacts) -> GradeProfile | None:
    """GRADE arithmetic: start, downs, ups, clamped to 1..4; null without clusters on the winning side (method.md D).

    Decisions, so that more evidence on one side never raises the other and junk never spoils what is sound:

    - Only the winning side's clusters are rated; the other side enters as opposing share and nothing else. A
      contradicting study thus cannot lift "only one study" or "all positive".
    - The certainty is that of the best body of the winning side. A body is all clusters up to some risk of bias, of at
      least some starting level and at most some indirectness, and is rated by the worst that it admits: GRADE rates
      randomised and other evidence apart and restricts itself to low risk of bias where that suffices (Guyatt 2011,
      guideline 4; Schünemann 2019). The "most weight" of table D would let one heavy poor study lower a sound body.
    - Small and unregistered positive studies are suspect in any number (Murad 2017), not from three on: a third one
      must not make two look worse.
    - Our appraisal is not ROBINS-I, so non-randomised studies of causes start at 2 and may be rated up; a random sample
      is to a descriptive claim what random allocation is to a causal one and starts at 4.
    """
    if not facts.clusters:
        return None
    return max((_rate(facts, body) for body in _bodies(facts)), key=lambda rated: rated[0])[1]


def start_of(claim_type: ClaimType, design: Design, *, of_trials: bool = True) -> int:
    """Where GRADE starts for a design: 4, 2 or 1 (method.md D; prognosis Iorio 2015; accuracy Schünemann 2019).

    A review starts where the studies that it pooled start: for a claim of cause at 4 only if they were randomised.
    """
    if design in _LOWEST_START:
        return 1
    if design is Design.SR_MA and claim_type in _CAUSAL and not of_trials:
        return 2
    return 4 if design in _HIGH_START[claim_type] else 2


def _start(facts: GradeFacts, cluster: GradedCluster) -> int:
    return start_of(facts.claim_type, cluster.design, of_trials=cluster.of_trials)


def _bodies(facts: GradeFacts) -> list[tuple[GradedCluster, ...]]:
    """Every body that a limit on start, bias and indirectness leaves, without empty ones and repetitions."""
    clusters = sorted(facts.clusters, key=lambda c: c.cluster)
    bodies = {
        tuple(
            c for c in clusters if _start(facts, c) >= start and _BIAS_DOWN[c.bias] <= bias and _indirect(c) <= indirect
        )
        for start, bias, indirect in product((4, 2, 1), range(4), range(3))
    }
    return [body for body in bodies if body]


def _rate(
    facts: GradeFacts, body: Sequence[GradedCluster]
) -> tuple[tuple[int, int, int, tuple[str, ...]], GradeProfile]:
    """The profile of one body, and its rank: certainty, then size, then what clamping hid, then ids to break ties."""
    start = min(_start(facts, c) for c in body)
    downs = (
        _risk_of_bias(body),
        _inconsistency(facts, body),
        _indirectness(body),
        _imprecision(facts, body),
        _publication_bias(facts, body),
    )
    changes = [d for d in downs if d.change]
    if start == 2 and not changes:
        changes = [d for d in (_large_effect(facts), _gradient(body)) if d.change]
    total = start + sum(d.change for d in changes)
    certainty = Certainty(min(4, max(1, total)))
    designs = sorted({spoken(c.design) for c in body})
    reason = f"Starts at {start} of 4 for {', '.join(designs)}."
    if len(body) < len(facts.clusters):
        reason += (
            f" Rated on the {len(body)} of {len(facts.clusters)} studies on this side that make it most certain; the "
            "others have a weaker design, more risk of bias or less to do with the claim."
        )
    ids = tuple(c.cluster for c in body)
    rated = GradeProfile(start=start, start_reason=reason, domains=tuple(changes), certainty=certainty, rated=ids)
    return (certainty, len(body), total, ids), rated


def _domain(name: _DomainName, change: int, reason: str) -> GradeDomain:
    return GradeDomain(domain=name, change=change, reason=reason)


def _risk_of_bias(body: Sequence[GradedCluster]) -> GradeDomain:
    down = max(_BIAS_DOWN[c.bias] for c in body)
    bad = sum(_BIAS_DOWN[c.bias] == down for c in body)
    words = ("low risk of bias", "some concerns about bias", "high risk of bias", "critical risk of bias")[down]
    return _domain("risk_of_bias", -down, f"{bad} of {len(body)} rated studies: {words}.")


def _inconsistency(facts: GradeFacts, body: Sequence[GradedCluster]) -> GradeDomain:
    """The worst of: one study alone, the share against it, and the pool's I2 (KCE; Murad 2017; PMC7195185)."""
    opposing = facts.opposing_share
    found = [(0, "The studies agree.")]
    if len(body) == 1 and not body[0].multicentre:
        alone = "Only one study, in one centre: nothing shows that another would find the same."
        pooled = "Only one review: how far its studies agree is not known here."
        found.append((1, pooled if body[0].design is Design.SR_MA else alone))
    if opposing >= 0.25:
        found.append((2 if opposing >= 0.40 else 1, f"{opposing:.0%} of the weighed evidence is on the other side."))
    if facts.pooled and facts.pooled.in_force:
        i2 = facts.pooled.pooled.i_squared
        # 75 % costs one level by itself and two when something opposes; 40 % costs one only when something opposes.
        down = (i2 >= 75) + (i2 >= 40 and opposing > 0)
        found.append((down, f"Results differ more than chance explains (I² = {i2:.0f} %)."))
    down, reason = max(found, key=lambda f: f[0])
    return _domain("inconsistency", -down, reason)


def _indirect(cluster: GradedCluster) -> int:
    """0, 1 or 2 levels: PICO mismatches, not human (Hooijmans 2018); an unclear species counts as one mismatch."""
    if cluster.design in NON_HUMAN or cluster.species not in {Species.HUMAN, Species.UNCLEAR}:
        return 2
    return min(2, max(cluster.mismatches, int(cluster.species is Species.UNCLEAR)))


def _indirectness(body: Sequence[GradedCluster]) -> GradeDomain:
    down = max(_indirect(c) for c in body)
    bad = sum(_indirect(c) == down for c in body)
    words = (
        "people, treatment, comparison and outcome are those of the claim",
        "one part differs from the claim, or it is unclear who was studied",
        "two parts differ from the claim, or nobody human was studied",
    )[down]
    return _domain("indirectness", -down, f"{bad} of {len(body)} rated studies: {words}.")


def _imprecision(facts: GradeFacts, body: Sequence[GradedCluster]) -> GradeDomain:
    """Against the optimal information size, and the pooled interval against its thresholds (Guidance 34, 2022)."""
    needed = facts.optimal_information_size
    people = sum(c.n or 0 for c in body)
    unknown = sum(c.n is None for c in body)
    said = f"{people} people" + (f" (size of {unknown} of {len(body)} studies not known)" if unknown else "")
    if people < 0.3 * needed:
        return _domain("imprecision", -2, f"{said}; fewer than 30 % of the {needed} that would be needed.")
    if people < needed:
        return _domain("imprecision", -1, f"{said}; fewer than the {needed} that would be needed.")
    if facts.pooled and facts.pooled.in_force and facts.pooled.crosses:
        pool = facts.pooled.pooled
        text = f"The pooled interval ({pool.ci_low:g} to {pool.ci_high:g}) leaves open whether the effect matters."
        return _domain("imprecision", -1, text)
    return _domain("imprecision", 0, f"{said} of the {needed} needed.")


def _publication_bias(facts: GradeFacts, body: Sequence[GradedCluster]) -> GradeDomain:
    """All small, positive and unregistered (Murad 2017). An unknown size is taken to be small."""
    small = all((c.n or 0) < 100 and not c.preregistered for c in body)
    suspect = facts.side is Side.SUPPORT and small
    reason = f"All {len(body)} rated studies are small (under 100 people) and none is known to be registered."
    if len(body) == 1:
        reason = "The only rated study is small (under 100 people) and not known to be registered."
    return _domain("publication_bias", -1 if suspect else 0, reason)


def _large_effect(facts: GradeFacts) -> GradeDomain:
    """RR >= 2 or <= .5: +1; >= 5 or <= .2: +2 (Guyatt 2011, 64:1311); of the pool, never of picked studies."""
    pool = facts.pooled
    if pool is None or not pool.in_force or pool.pooled.metric not in RATIOS or pool.side is not facts.side:
        return _domain("large_effect", 0, "No pooled ratio.")
    ratio = pool.pooled.estimate
    up = 2 if ratio >= 5 or ratio <= 0.2 else 1 if ratio >= 2 or ratio <= 0.5 else 0
    return _domain("large_effect", up, f"The pooled ratio is {ratio:g}, a {'very ' if up == 2 else ''}large effect.")


def _gradient(body: Sequence[GradedCluster]) -> GradeDomain:
    """Two studies that saw a dose-response; one could have been chosen for it."""
    with_gradient = sum(c.gradient for c in body)
    return _domain(
        "gradient",
        int(with_gradient >= 2),
        f"{with_gradient} of {len(body)} rated studies saw more effect with more dose.",
    )
