"""Stage verification: each study against all links at once, not told which study the proposer cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.stages import advice
from pipeline.stages.stage import Ask, Dossier, Stage, frame_of, framed_values
from schemas.analysis import Evidence, StudyJudgement
from schemas.mechanism import VerificationReply


def _ask(dossier: Dossier) -> Sequence[Ask]:
    frame = framed_values(frame_of(dossier))
    links = tuple(
        {"id": n.id, "cause": n.link.cause, "effect": n.link.effect, "direction": n.link.direction.replace("_", " ")}
        for n in dossier.evidence.links
    )
    return [Ask(s.id, {"frame": frame, "links": links, "study": s}) for s in dossier.ordered]


def _check(dossier: Dossier, _ask: Ask, reply: VerificationReply) -> Sequence[str]:
    asked = [n.id for n in dossier.evidence.links]
    given = Counter(j.link for j in reply.judgements)
    problems = [f"no judgement of {link}" for link in asked if not given[link]]
    problems += [f"{count} judgements of {link}" for link, count in given.items() if count > 1 and link in asked]
    return [*problems, *(f"there is no link {link!r}" for link in given if link not in asked)]


def _settle(dossier: Dossier, replies: Mapping[str | None, VerificationReply]) -> Evidence:
    found = tuple(
        StudyJudgement(study=k, judgement=j) for k, v in replies.items() if k is not None for j in v.judgements
    )
    return dossier.evidence.model_copy(update={"judgements": found})


def _advise(dossier: Dossier, ask: Ask, reply: VerificationReply) -> Sequence[str]:
    assert ask.study is not None
    study = dossier.studies[ask.study]
    found = [a for j in reply.judgements for a in advice.on_judgement(j, study, dossier.studies)]
    return found[: advice.MOST_ADVICE]


VERIFICATION = Stage("verification", ("mechanism",), VerificationReply, _ask, _check, _settle, _advise)
