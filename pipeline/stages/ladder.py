"""Stage ladder: the claim's type decides the rungs and their order, the model fills them for this very claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.rules.ladder import RUNGS, TITLES
from pipeline.stages.stage import Ask, Dossier, Stage, frame_of, framed_values
from schemas.analysis import Evidence
from schemas.ladder import LadderReply, Rung
from schemas.vocabulary import ClaimType


def _rungs(dossier: Dossier) -> tuple[Rung, ...]:
    return RUNGS[_claim_type(dossier)]


def _claim_type(dossier: Dossier) -> ClaimType:
    return dossier.evidence.claim.type or frame_of(dossier).claim_type


def _ask(dossier: Dossier) -> Sequence[Ask]:
    rungs = tuple({"id": r.value, "title": TITLES[r]} for r in _rungs(dossier))
    values = {
        "frame": framed_values(frame_of(dossier)),
        "claim_type": _claim_type(dossier).value.replace("_", " "),
        "rungs": rungs,
    }
    return [Ask(None, values)]


def _check(dossier: Dossier, _ask: Ask, reply: LadderReply) -> Sequence[str]:
    asked = _rungs(dossier)
    given = Counter(p.rung for p in reply.rungs)
    problems = [f"rung {r.value} is missing" for r in asked if not given[r]]
    problems += [f"rung {r.value} was not asked for" for r in given if r not in asked]
    problems += [f"rung {r.value} is given {n} times" for r, n in given.items() if n > 1]
    for plan in reply.rungs:
        problems += [
            f"{name} of rung {plan.rung.value} is empty"
            for name, text in (("confirms_if", plan.confirms_if), ("refutes_if", plan.refutes_if))
            if not text.strip()
        ]
    return problems


def _settle(dossier: Dossier, replies: Mapping[str | None, LadderReply]) -> Evidence:
    return dossier.evidence.model_copy(update={"ladder": replies[None]})


LADDER = Stage("ladder", ("claim",), LadderReply, _ask, _check, _settle)
