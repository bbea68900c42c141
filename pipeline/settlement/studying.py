"""Clusters, weights and sides of all studies, with respect to the claim."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from pipeline.rules import language
from pipeline.rules.identifiers import JOINING, identifiers, targets
from pipeline.rules.independence import clusters, research_group
from pipeline.rules.reviews import is_review
from pipeline.rules.study_weight import WeighingFacts, weigh, weigh_cluster
from pipeline.settlement.judging import Appraised, decision_error, settle_judgement
from pipeline.settlement.quoting import QuoteBook
from schemas.analysis import Evidence, StudyRecord
from schemas.appraisal import Statement
from schemas.mechanism import LinkJudgement
from schemas.settlement import (
    Cluster,
    PossibleOverlap,
    SettledJudgement,
    SettledStudy,
    StudyProfile,
    StudyWeight,
    WeighedCluster,
)
from schemas.study import Name
from schemas.vocabulary import (
    AGAINST,
    Basis,
    ClaimType,
    Comparison,
    ConstructMatch,
    Design,
    Direction,
    Finding,
    RelationKind,
    Reported,
    Stance,
)


@dataclass(frozen=True)
class Corpus:
    """All studies of an analysis, appraised and clustered."""

    appraised: Mapping[str, Appraised]
    clusters: tuple[Cluster, ...]
    overlaps: tuple[PossibleOverlap, ...]
    groups: Mapping[str, tuple[str, ...]]
    book: QuoteBook

    @property
    def cluster_of(self) -> dict[str, str]:
        return {study: c.id for c in self.clusters for study in c.studies}


def corpus_of(evidence: Evidence) -> Corpus:
    """Appraises and clusters the studies of `evidence`; their order does not matter."""
    book = QuoteBook(evidence)
    replies = {a.study: a.reply for a in evidence.appraisals}
    appraised = {s.id: Appraised(s, replies.get(s.id), book) for s in sorted(evidence.studies, key=lambda s: s.id)}
    profiles = {k: _profile(a) for k, a in appraised.items()}
    found, overlaps = clusters(tuple(profiles.values()))
    groups = {c.id: research_group([profiles[s] for s in c.studies]) for c in found}
    return Corpus(appraised, found, overlaps, groups, book)


def _profile(a: Appraised) -> StudyProfile:
    reply = a.reply
    registered = _registered(a) if reply else ""
    return StudyProfile(
        study=a.record.id,
        authors=tuple(folded_author(n) for n in a.record.citation.author if n.family or n.literal),
        registration=a.record.registration or registered or None,
        cohort=_stated(a, reply.cohort) if reply else None,
        site=_stated(a, reply.site) if reply else None,
        intervention=next((c.set_or_exposed for c in reply.contrasts if a.accepted(c.quote)), None) if reply else None,
        n=int(a.participants.value) if a.participants else None,
        dates=_stated(a, reply.dates) if reply else None,
        document=a.document,
        identifiers=(*identifiers(a.record.citation), *_pointed_to(a.record, {RelationKind.SAME_PUBLICATION})),
        linked=_pointed_to(a.record, JOINING),
        told_same=_pointed_to(a.record, {RelationKind.SAME_STUDY}),
        told_apart=_pointed_to(a.record, {RelationKind.OTHER_STUDY}),
    )


def _pointed_to(study: StudyRecord, kinds: AbstractSet[RelationKind]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for r in study.relations if r.kind in kinds for t in targets(r)))


def folded_author(name: Name) -> str:
    """Family name and first initial without accents or case, so that 'Hortobágyi T' and 'Hortobagyi T.' are one."""
    family = name.family or name.literal or ""
    text = f"{family} {(name.given or '')[:1]}".strip()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def _registered(a: Appraised) -> str:
    """The registration number, if it stands in the accepted quotation that is given for it."""
    registration = a.reply.registration if a.reply else None
    located = a.accepted(registration.quote) if registration else None
    if registration is None or located is None:
        return ""
    squeezed = "".join((located.located or "").split()).casefold()
    return registration.identifier if "".join(registration.identifier.split()).casefold() in squeezed else ""


def _stated(a: Appraised, statement: Statement) -> str | None:
    """What a study says of itself, if its words stand in the accepted quotation."""
    located = a.accepted(statement.quote)
    if located is None or not language.names(statement.says, located.context or ""):
        return None
    return statement.says


def settle_studies(
    evidence: Evidence, corpus: Corpus, claim_type: ClaimType, direction: Direction, information_size: int
) -> tuple[SettledStudy, ...]:
    """Every study with its judgement of the claim, its weight and its side; in each cluster one study is counted."""
    stances = {s.study: s.judgement for s in evidence.stances}
    cluster_of = corpus.cluster_of
    settled: list[SettledStudy] = []
    for study, a in corpus.appraised.items():
        judgement = settle_judgement(a, stances.get(study) or _silent(), cluster_of[study], direction, claim_type)
        settled.append(_settled(a, judgement, claim_type, information_size))
    counted = {max((s for s in settled if s.cluster == c.id), key=_standing).study for c in corpus.clusters}
    return tuple(s.model_copy(update={"counted": s.study in counted}) for s in settled)


def _standing(s: SettledStudy) -> tuple[float, int, str]:
    return (s.weight.weight, s.judgement.basis.rank, s.study)


def _settled(a: Appraised, j: SettledJudgement, claim_type: ClaimType, information_size: int) -> SettledStudy:
    n = int(a.participants.value) if a.participants else None
    error = decision_error(a)
    weight = weigh(
        WeighingFacts(
            claim_type=claim_type,
            design=j.design,
            bias=a.bias.overall,
            n=n,
            optimal_information_size=information_size,
            mismatches=len(j.mismatches),
            species=j.species,
            basis=j.basis,
            preregistered=a.preregistered,
            decision_error=error is not None,
            retracted=a.retracted,
        )
    )
    return SettledStudy(
        study=a.record.id,
        cluster=j.cluster,
        document=a.document,
        species=j.species,
        participants=n,
        participants_quote=a.participants.quote if a.participants else None,
        bias=a.bias,
        preregistered=a.preregistered,
        multicentre=bool(a.reply and a.reply.multicentre is Reported.YES),
        retracted=a.retracted,
        decision_error=error,
        judgement=j,
        weight=weight,
        side=_side(j, weight),
        counted=True,
        participants_from_table=a.participants is not None and a.participants.from_table,
    )


def _side(j: SettledJudgement, weight: StudyWeight) -> Literal["support", "against", "both", "neither"]:
    if not weight.weight:
        return "neither"
    if j.stance is Stance.MIXED:
        return "both"
    return "support" if j.stance is Stance.SUPPORTS else "against" if j.stance in AGAINST else "neither"


def weighed_clusters(
    studies: Sequence[SettledStudy], corpus: Corpus
) -> tuple[tuple[WeighedCluster, ...], frozenset[str]]:
    """The clusters as the balance sees them, and the ids of those that are reviews."""
    weighed = tuple(
        weigh_cluster(c.id, [(s.judgement, s.weight) for s in studies if s.cluster == c.id], corpus.groups[c.id])
        for c in corpus.clusters
    )
    reviews = frozenset(
        c.id for c in corpus.clusters if all(is_review(s.judgement) for s in studies if s.cluster == c.id)
    )
    return weighed, reviews


def _silent() -> LinkJudgement:
    """The judgement of a study whose stance is missing: it addresses nothing."""
    return LinkJudgement(
        link="claim",
        quotes=(),
        rationale="",
        cause_measure="",
        cause_match=ConstructMatch.NOT_MEASURED,
        effect_measure="",
        effect_match=ConstructMatch.NOT_MEASURED,
        comparison=Comparison.NONE,
        design=Design.UNCLEAR,
        effect=None,
        dose_response=Reported.NOT_REPORTED,
        mismatches=(),
        basis=Basis.NOT_ADDRESSED,
        finding=Finding.UNCLEAR,
    )
