"""Stage stance: each study's judgement of the claim's own cause -> effect, which is judged like a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stages.stage import Ask, Dossier, Stage, nothing_to_check
from schemas.analysis import Evidence, StudyJudgement
from schemas.mechanism import StanceReply

CLAIM_LINK = "claim"


def _ask(dossier: Dossier) -> Sequence[Ask]:
    text = dossier.evidence.claim.text
    return [Ask(s.id, {"claim": text, "study": s}) for s in dossier.ordered]


def _settle(dossier: Dossier, replies: Mapping[str | None, StanceReply]) -> Evidence:
    found = tuple(
        StudyJudgement(study=k, judgement=v.judgement.model_copy(update={"link": CLAIM_LINK}))
        for k, v in replies.items()
        if k is not None
    )
    return dossier.evidence.model_copy(update={"stances": found})


STANCE = Stage("stance", (), StanceReply, _ask, nothing_to_check, _settle)
