"""Stage verification: each study against all links at once, not told which study the proposer cited."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.stages import link_checks
from pipeline.stages.stage import Dossier, Stage
from schemas.analysis import Evidence
from schemas.mechanism import VerificationReply


def _settle(dossier: Dossier, replies: Mapping[str | None, VerificationReply]) -> Evidence:
    return dossier.evidence.model_copy(update={"judgements": link_checks.judgements(replies)})


VERIFICATION = Stage(
    "verification",
    ("mechanism",),
    VerificationReply,
    link_checks.ask,
    link_checks.check,
    _settle,
    link_checks.advise,
)
