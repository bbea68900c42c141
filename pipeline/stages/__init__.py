"""The seven stages in the order of their needs; adding one here and in prompts/ is all that a new stage takes."""

from pipeline.stages.appraisal import APPRAISAL
from pipeline.stages.claim import CLAIM
from pipeline.stages.ladder import LADDER
from pipeline.stages.mechanism import MECHANISM
from pipeline.stages.stage import Ask, Dossier, Stage
from pipeline.stages.stance import STANCE
from pipeline.stages.summary import SUMMARY
from pipeline.stages.verification import VERIFICATION

STAGES: tuple[Stage, ...] = (CLAIM, APPRAISAL, STANCE, MECHANISM, LADDER, VERIFICATION, SUMMARY)

__all__ = ["CLAIM", "STAGES", "Ask", "Dossier", "Stage"]
