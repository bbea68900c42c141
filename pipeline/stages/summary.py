"""Stage summary: prose written only from facts that the rules let stand, checked against the same rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.rules import prose
from pipeline.stages.stage import Ask, Dossier, Stage
from schemas.analysis import Evidence
from schemas.settlement import Settlement
from schemas.summary import SummaryReply
from schemas.vocabulary import Basis


def _settlement(dossier: Dossier) -> Settlement:
    if dossier.settlement is None:
        raise LookupError("the rules have not settled this claim yet")
    return dossier.settlement


def _ask(dossier: Dossier) -> Sequence[Ask]:
    settlement = _settlement(dossier)
    values = {
        "claim": dossier.evidence.claim.text,
        "permitted": prose.permitted_wording(
            settlement.verdict.tier,
            settlement.grade,
            compared=any(s.judgement.basis is Basis.MANIPULATED for s in settlement.studies if s.counted),
        ),
        "facts": tuple({"id": f.id, "text": f.text} for f in settlement.facts),
    }
    return [Ask(None, values)]


def _check(dossier: Dossier, _ask: Ask, reply: SummaryReply) -> Sequence[str]:
    settlement = _settlement(dossier)
    findings = prose.examine(reply, settlement.facts, settlement.verdict.tier, prose.counts(settlement.studies))
    return [f"{f.where}: {f.problem}: {f.sentence!r}" if f.sentence else f"{f.where}: {f.problem}" for f in findings]


def _settle(dossier: Dossier, replies: Mapping[str | None, SummaryReply]) -> Evidence:
    return dossier.evidence.model_copy(update={"summary": replies[None]})


SUMMARY = Stage(
    "summary",
    ("claim", "appraisal", "stance", "mechanism", "verification", "second_verification", "ladder"),
    SummaryReply,
    _ask,
    _check,
    _settle,
    needs_settlement=True,
)
