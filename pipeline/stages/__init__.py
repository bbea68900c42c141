"""The stages in the order of their needs; adding one here and in prompts/ is all that a new stage takes.

Seven always run; the second verification runs only where a model is named for it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.stages.appraisal import APPRAISAL
from pipeline.stages.claim import CLAIM
from pipeline.stages.ladder import LADDER
from pipeline.stages.mechanism import MECHANISM
from pipeline.stages.second_verification import SECOND_VERIFICATION
from pipeline.stages.stage import Ask, Dossier, Stage
from pipeline.stages.stance import STANCE
from pipeline.stages.summary import SUMMARY
from pipeline.stages.verification import VERIFICATION

if TYPE_CHECKING:
    from pipeline.settings import SynthesisSettings

STAGES: tuple[Stage, ...] = (
    CLAIM,
    APPRAISAL,
    STANCE,
    MECHANISM,
    LADDER,
    VERIFICATION,
    SECOND_VERIFICATION,
    SUMMARY,
)

__all__ = ["CLAIM", "STAGES", "Ask", "Dossier", "Stage", "stages_for"]


def stages_for(settings: SynthesisSettings) -> tuple[Stage, ...]:
    """The stages that run under `settings`, each needing only stages that run."""
    return _running(verified_twice=settings.verified_twice)


@cache
def _running(*, verified_twice: bool) -> tuple[Stage, ...]:
    running = tuple(s for s in STAGES if s is not SECOND_VERIFICATION or verified_twice)
    names = {s.name for s in running}
    return tuple(replace(s, needs=tuple(n for n in s.needs if n in names)) for s in running)
