"""Stage second_verification: the same questions as verification, put to another model that knows nothing of the first.

It runs only where a model is named for it. What the two readings come to is settled by rules, never by either model.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.stages import link_checks
from pipeline.stages.stage import Dossier, Stage
from schemas.analysis import Evidence
from schemas.mechanism import VerificationReply


def _settle(dossier: Dossier, replies: Mapping[str | None, VerificationReply]) -> Evidence:
    return dossier.evidence.model_copy(update={"second_judgements": link_checks.judgements(replies)})


SECOND_VERIFICATION = Stage(
    "second_verification",
    ("mechanism",),
    VerificationReply,
    link_checks.ask,
    link_checks.check,
    _settle,
    link_checks.advise,
    prompt_of="verification",
)
