"""The claim analysis: what was asked, what the model proposed, where its quotations stand, what the rules settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import Field

from schemas.appraisal import AppraisalReply
from schemas.base import Noun
from schemas.claim import Claim, FramedClaim
from schemas.ladder import LadderReply
from schemas.mechanism import Link, LinkJudgement
from schemas.quotation import LocatedQuote
from schemas.settlement import Settlement
from schemas.study import Citation, Relation, SourceNote
from schemas.summary import SummaryReply
from schemas.vocabulary import DocumentKind, PublicationStatus

FORMAT = "mechsyn-analysis/1"


def _has_none(relations: tuple[Relation, ...]) -> bool:
    return not relations


class StudyRecord(Noun):
    """A study as the analysis keeps it: everything but its text, which lies beside it in sources/<sha256>.json.

    `relations` are named in the file only where there are some.
    """

    citation: Citation
    sha256: str
    file_name: str
    file_sha256: str
    extent: Literal["abstract", "full_text"]
    sentences: int
    document: DocumentKind | None
    status: PublicationStatus
    registration: str | None
    relations: tuple[Relation, ...] = Field(default=(), exclude_if=_has_none)
    notes: tuple[SourceNote, ...]

    @property
    def id(self) -> str:
        return self.citation.id


class StudyAppraisal(Noun):
    study: str
    reply: AppraisalReply


class StudyJudgement(Noun):
    study: str
    judgement: LinkJudgement


class NumberedLink(Noun):
    """A link under its id (L1, L2 ...); the same arrow in two chains is one link."""

    id: str
    link: Link


class NumberedChain(Noun):
    """A chain under its id (C1, C2, C3 in the order proposed) as the ids of its links."""

    id: str
    name: str
    links: tuple[str, ...]
    counteracting: str


class Unsettled(Noun):
    """A part that is missing, why, and what it costs. `study` is null where the stage asks once for all studies."""

    stage: str
    study: str | None
    code: str
    reason: str


def _is_empty(value: tuple[StudyJudgement, ...]) -> bool:
    return not value


class Evidence(Noun):
    """The stored inputs of the rules: replies as they were validated, and every quotation as the gate found it.

    `second_judgements` are those of the second verifier; a file of an analysis without one does not name them.
    """

    claim: Claim
    frame: FramedClaim | None = None
    other_claims: tuple[FramedClaim, ...] = ()
    studies: tuple[StudyRecord, ...] = ()
    appraisals: tuple[StudyAppraisal, ...] = ()
    stances: tuple[StudyJudgement, ...] = ()
    links: tuple[NumberedLink, ...] = ()
    chains: tuple[NumberedChain, ...] = ()
    judgements: tuple[StudyJudgement, ...] = ()
    second_judgements: tuple[StudyJudgement, ...] = Field(default=(), exclude_if=_is_empty)
    ladder: LadderReply | None = None
    summary: SummaryReply | None = None
    quotations: tuple[LocatedQuote, ...] = ()


class PromptVersion(Noun):
    stage: str
    version: str
    sha256: str


class Usage(Noun):
    """Tokens as providers reported them; replies without usage are counted in `unreported`."""

    replies: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    unreported: int = 0

    def plus(self, other: Usage) -> Usage:
        """The tokens of both."""
        return total((self, other))


def total(usages: Iterable[Usage]) -> Usage:
    """The tokens of all."""
    each = tuple(usages)
    return Usage(**{name: sum(getattr(usage, name) for usage in each) for name in Usage.model_fields})


class StageModel(Noun):
    """The model that a stage's questions were put to, by the name it was asked under."""

    stage: str
    model: str


class StageUsage(Noun):
    """Tokens of one stage's replies; `model` is the one asked, whose price they have."""

    stage: str
    model: str
    usage: Usage


class Provenance(Noun):
    """How the analysis came about: enough to make it again and to tell what changed.

    `model_asked` is the model of all stages without one of their own; `models_asked` names it for every stage that
    asked anything, and `spent` sums to `usage`. Both are empty in analyses that were made before they were recorded.
    """

    mechsyn_version: str
    prompts: tuple[PromptVersion, ...]
    model_asked: str
    models_answered: tuple[str, ...]
    request_ids: tuple[str, ...]
    usage: Usage
    searched_on: date
    models_asked: tuple[StageModel, ...] = ()
    spent: tuple[StageUsage, ...] = ()


class ClaimAnalysis(Noun):
    """A claim analysis, complete or with the missing parts named. Only a complete one may be published."""

    format: Literal["mechsyn-analysis/1"] = FORMAT
    version: int = Field(ge=1)
    evidence: Evidence
    settlement: Settlement
    unsettled: tuple[Unsettled, ...]
    provenance: Provenance

    @property
    def complete(self) -> bool:
        return not self.unsettled
