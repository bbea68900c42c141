"""The whole pipeline as one generator: it yields requests, receives replies and returns the claim analysis.

No network, no disk, no clock: a driver pumps it. Stages run in the order of their needs. A reply that fits no schema
or breaks its stage's rules, and one that is refused, cut off or empty, is asked once more with the reasons; after
that the stage is unsettled for that study, what needs it is skipped, and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from pydantic import ValidationError

import pipeline
from pipeline import completion, prompting, settlement
from pipeline.questions import Pending, first_request, second_request
from pipeline.rules.quotation import relocate_all
from pipeline.settings import SynthesisSettings
from pipeline.stages import CLAIM, Dossier, Stage, stages_for
from pipeline.stages.claim import proposal
from schemas.analysis import (
    ClaimAnalysis,
    Evidence,
    Provenance,
    StageModel,
    StageUsage,
    StudyRecord,
    Unsettled,
    Usage,
    total,
)
from schemas.base import Reply
from schemas.claim import Claim, ClaimReply, FramedClaim
from schemas.study import Study
from schemas.wire import NOT_ASKED, UNANSWERED, ReplyLine, RequestLine

Requests = list[RequestLine]
Replies = list[ReplyLine]

_LONGEST_REPLY = 1_000_000
_WORTH_ASKING_AGAIN = frozenset({"refused", "cut_off", "content_filter", "empty", "malformed"})


def synthesise(
    claim: Claim,
    studies: Sequence[Study],
    settings: SynthesisSettings,
    other_claims: Sequence[FramedClaim] = (),
    missing: Sequence[Unsettled] = (),
) -> Generator[Requests, Replies, ClaimAnalysis]:
    """Analyses one claim over its studies.

    Yields the requests that can be asked now and must be sent one reply for each, in any order. Returns an analysis
    that is complete or names what is missing. `studies` have distinct ids; `missing` names what was lost before (a
    study file that could not be read).
    """
    evidence = Evidence(
        claim=claim,
        other_claims=tuple(other_claims),
        studies=tuple(_record(s) for s in sorted(studies, key=lambda s: s.id)),
    )
    run = _Run(Dossier({s.id: s for s in studies}, evidence), settings, missing)
    stages = {s.name: s for s in stages_for(settings)}
    order = TopologicalSorter({s.name: s.needs for s in stages.values()})
    order.prepare()
    while order.is_active():
        for name in order.get_ready():
            run.open(stages[name])
        if finished := run.finished():
            for name in finished:
                run.close(stages[name])
            order.done(*finished)
            continue
        run.receive((yield run.requests()))
    return run.analysis()


def propose(
    studies: Sequence[Study], settings: SynthesisSettings
) -> Generator[Requests, Replies, tuple[FramedClaim, ...] | Unsettled]:
    """The testable claims that studies make, main one first, each with at least one quotation that stands; or why
    there are none."""
    evidence = Evidence(claim=Claim(id="proposal", text="(none given)"))
    run = _Run(Dossier({s.id: s for s in studies}, evidence), settings)
    run.ask(CLAIM, [Pending(CLAIM, proposal(run.dossier))])
    while not run.finished():
        run.receive((yield run.requests()))
    reply = run.replies[CLAIM.name].get(None)
    if not isinstance(reply, ClaimReply):
        return run.unsettled[0]
    corpus = run.dossier.studies
    standing = tuple(
        c for c in reply.claims if any(q.accepted for q in relocate_all([(q.study, q) for q in c.quotes], corpus))
    )
    if standing:
        return standing
    reason = "no proposed claim has a quotation that stands in the studies; give the claim with --claim"
    return Unsettled(stage=CLAIM.name, study=None, code="unquoted", reason=reason)


class _Run:
    """The moving state of one generator: what is asked, what came, what is missing."""

    def __init__(self, dossier: Dossier, settings: SynthesisSettings, missing: Sequence[Unsettled] = ()) -> None:
        self.dossier = dossier
        self.settings = settings
        self.replies: dict[str, dict[str | None, Reply]] = {}
        self.unsettled = list(missing)
        self._pending: dict[str, list[Pending]] = {}
        self._put: set[str] = set()
        self._asked: dict[str, None] = {}
        self._models: dict[str, None] = {}
        self._usages: dict[str, list[Usage]] = {}

    def open(self, stage: Stage) -> None:
        """Asks the stage's questions, or skips it when something that it needs is missing."""
        missing = [n for n in stage.needs if not self.replies.get(n) or self._waits_for(n)]
        if missing:
            code = next((c for n in missing if (c := self._waits_for(n))), "skipped")
            reason = f"needs {' and '.join(missing)}"
            self.unsettled.append(Unsettled(stage=stage.name, study=None, code=code, reason=reason))
            self.ask(stage, [])
            return
        if stage.needs_settlement:
            self._settle()
        self.ask(stage, [Pending(stage, a) for a in stage.ask(self.dossier)])

    def ask(self, stage: Stage, questions: list[Pending]) -> None:
        self.replies[stage.name] = {}
        self._pending[stage.name] = [first_request(q, self.settings) for q in questions]
        if questions:
            self._put.add(stage.name)

    def _waits_for(self, stage: str) -> str | None:
        """Why answers of `stage` are still to come, or null when it has all that it will get."""
        return next((u.code for u in self.unsettled if u.stage == stage and u.code in NOT_ASKED), None)

    def requests(self) -> Requests:
        """Everything that can be asked now, each question once."""
        lines = {p.request.custom_id: p.request for ps in self._pending.values() for p in ps if p.request}
        return list(lines.values())

    def finished(self) -> list[str]:
        """Open stages that wait for nothing any more."""
        return [name for name, pending in self._pending.items() if not pending]

    def receive(self, lines: Replies) -> None:
        """Sorts replies to their questions; a question without a reply counts as unanswered."""
        by_id = {line.custom_id: line for line in lines}
        for name, pending in self._pending.items():
            self._pending[name] = [p for old in pending if (p := self._judge(old, by_id)) is not None]

    def _judge(self, question: Pending, by_id: Mapping[str, ReplyLine]) -> Pending | None:
        """The question to be asked again, or null when it is settled one way or the other."""
        assert question.request is not None
        custom_id = question.request.custom_id
        line = by_id.get(custom_id) or ReplyLine.failed(custom_id, UNANSWERED, "not answered yet")
        text, error = completion.content_of(line)
        self._note(question.stage, line)
        if error is not None and error.code not in _WORTH_ASKING_AGAIN:
            return self._give_up(question, error.code, error.message, answered=line.is_answer)
        problems = (error.message,) if error is not None else self._accept(question, text or "")
        if not problems:
            return None
        if question.attempt == 1:
            return second_request(
                question, text, problems, self.settings, longer=bool(error and error.code == "cut_off")
            )
        code = error.code if error else "unfit"
        return self._give_up(question, code, "; ".join(problems[:3]), answered=line.is_answer)

    def _accept(self, question: Pending, text: str) -> Sequence[str]:
        if len(text) > _LONGEST_REPLY:
            return (f"the reply has {len(text)} characters; at most {_LONGEST_REPLY} are read",)
        try:
            reply = question.stage.reply.model_validate_json(text)
        except ValidationError as error:
            return tuple(_readable(e) for e in error.errors(include_url=False, include_input=False)[:8])
        if problems := question.stage.check(self.dossier, question.ask, reply):
            return tuple(problems)
        # Taken even if there is advice: it stands unless the second reply is better than unusable.
        self.replies[question.stage.name][question.ask.study] = reply
        return () if question.attempt > 1 else tuple(question.stage.advise(self.dossier, question.ask, reply))

    def _give_up(self, question: Pending, code: str, reason: str, *, answered: bool) -> None:
        """Names what is missing. A second try that was answered, but not usefully, leaves the first reply standing; one
        that never came is a gap, or the same studies would give two analyses."""
        if answered and question.ask.study in self.replies[question.stage.name]:
            return
        self.unsettled.append(
            Unsettled(stage=question.stage.name, study=question.ask.study, code=code, reason=reason[:400])
        )

    def _note(self, stage: Stage, line: ReplyLine) -> None:
        if line.is_answer:
            self._asked[line.custom_id] = None
            self._models[completion.model_of(line) or "not named by the provider"] = None
            self._usages.setdefault(stage.name, []).append(completion.usage_of(line))

    def close(self, stage: Stage) -> None:
        """Adds a finished stage's replies to the evidence."""
        del self._pending[stage.name]
        if replies := self.replies[stage.name]:
            evidence = stage.settle(self.dossier, dict(sorted(replies.items(), key=lambda kv: kv[0] or "")))
            self.dossier = Dossier(self.dossier.studies, evidence, self.dossier.settlement)

    def _settle(self) -> None:
        """Once: the summary, which comes after, quotes nothing and settles nothing."""
        evidence = settlement.with_quotations(self.dossier.evidence, self.dossier.studies)
        settled = settlement.settle(evidence, self.settings.optimal_information_size)
        self.dossier = Dossier(self.dossier.studies, evidence, settled)

    def analysis(self) -> ClaimAnalysis:
        if self.dossier.settlement is None:
            self._settle()
        assert self.dossier.settlement is not None
        settled = settlement.with_summary(self.dossier.settlement, self.dossier.evidence)
        return ClaimAnalysis(
            version=1,
            evidence=self.dossier.evidence,
            settlement=settled,
            unsettled=tuple(self.unsettled),
            provenance=self._provenance(),
        )

    def _provenance(self) -> Provenance:
        stages = stages_for(self.settings)
        model = {s.name: self.settings.model_for(s.name) for s in stages}
        spent = [
            StageUsage(stage=name, model=asked, usage=total(self._usages[name]))
            for name, asked in model.items()
            if name in self._usages
        ]
        return Provenance(
            mechsyn_version=pipeline.__version__,
            prompts=tuple(prompting.prompt_version(s.prompt).model_copy(update={"stage": s.name}) for s in stages),
            model_asked=self.settings.model,
            models_answered=tuple(sorted(self._models)),
            request_ids=tuple(sorted(self._asked)),
            usage=total(s.usage for s in spent),
            searched_on=self.settings.searched_on,
            models_asked=tuple(StageModel(stage=n, model=m) for n, m in model.items() if n in self._put),
            spent=tuple(spent),
        )


def _readable(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "the reply"
    return f"{place}: {error['msg']}"


def _record(study: Study) -> StudyRecord:
    return StudyRecord(
        citation=study.citation,
        sha256=study.sha256,
        file_name=study.file_name,
        file_sha256=study.file_sha256,
        extent=study.extent,
        sentences=len(study.sentences),
        document=study.document,
        status=study.status,
        registration=study.registration,
        relations=study.relations,
        notes=study.notes,
    )
