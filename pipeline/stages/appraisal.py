"""Stage appraisal: each study by itself, without any claim, so that its reply serves every claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stages.stage import Ask, Dossier, Stage, nothing_to_say
from schemas.analysis import Evidence, StudyAppraisal
from schemas.appraisal import AppraisalReply


def _ask(dossier: Dossier) -> Sequence[Ask]:
    return [Ask(s.id, {"study": s}) for s in dossier.ordered]


def _settle(dossier: Dossier, replies: Mapping[str | None, AppraisalReply]) -> Evidence:
    found = tuple(StudyAppraisal(study=k, reply=v) for k, v in replies.items() if k is not None)
    return dossier.evidence.model_copy(update={"appraisals": found})


APPRAISAL = Stage("appraisal", (), AppraisalReply, _ask, nothing_to_say, _settle)
