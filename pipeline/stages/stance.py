"""Stage stance: each study's judgement of the claim's own cause -> effect, which is judged like a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stages import advice
from pipeline.stages.stage import Ask, Dossier, Stage, nothing_to_say
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


def _advise(dossier: Dossier, ask: Ask, reply: StanceReply) -> Sequence[str]:
    assert ask.study is not None
    return advice.on_judgement(reply.judgement, dossier.studies[ask.study], dossier.studies)


STANCE = Stage("stance", (), StanceReply, _ask, nothing_to_say, _settle, _advise)
