"""Questions of this project for measurements: real stages over the fixture studies with slight changes of numbers.

    python bench/workers/questions.py FILE

writes what clients of other libraries need: request bodies of the same sizes, the replies to be given, and where the
reply models are.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.questions import Pending, first_request
from pipeline.settings import SynthesisSettings
from pipeline.sources import read_study
from pipeline.stages import Ask, Stage
from pipeline.stages.appraisal import APPRAISAL
from pipeline.stages.stance import STANCE
from schemas.study import Study
from tests.scripted import Scripted

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = SynthesisSettings(searched_on=date(2026, 1, 1), model="loopback-1")
CLAIM = "Training raises strength in adults."
REPLY_BYTES = 3000
STAGES: tuple[Stage, ...] = (APPRAISAL, STANCE)
_NUMBER = re.compile(r"\d+")


def fixture_studies() -> list[Study]:
    """The fixture studies with at least two numbers, by name."""
    paths = sorted((ROOT / "fixtures/studies").glob("*/*.yaml"))
    return [s for s in map(read_study, paths) if len(_NUMBER.findall(s.text)) >= 2]


def variant(study: Study, number: int) -> Study:
    """The study with another last digit in its first two numbers: a hundred different ones, all of the same length."""
    text = study.text
    for found, shift in zip(_NUMBER.finditer(study.text), (number % 10, number // 10 % 10), strict=False):
        at = found.end() - 1
        text = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    return study.model_copy(update={"text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()})


def questions(count: int) -> list[Pending]:
    """`count` questions without their request lines, no two alike. ValueError for more than there are."""
    kinds = [(stage, study) for study in fixture_studies() for stage in STAGES]
    if count > 100 * len(kinds):
        raise ValueError(f"there are {100 * len(kinds)} different questions at most")
    asked: list[Pending] = []
    for number in range(count):
        stage, study = kinds[number % len(kinds)]
        values: dict[str, Any] = {"study": variant(study, number // len(kinds))}
        if stage is STANCE:
            values["claim"] = CLAIM
        asked.append(Pending(stage, Ask(study.id, values)))
    return asked


def replies(asked: Sequence[Pending]) -> dict[str, str]:
    """A valid reply of a little more than REPLY_BYTES for the reply model of each stage."""
    return {p.stage.reply.__name__: _reply(p) for p in asked[: len(STAGES)]}


def _reply(question: Pending) -> str:
    """What the scripted model says, with more results or quotations until it has its size, checked by the model."""
    request = first_request(question, SETTINGS).request
    assert request is not None
    said = Scripted().content(request)
    quotation: dict[str, Any] = {"sentence": 3, "text": "Training raised strength more than rest did. " * 10}
    numbers = {"metric": "mean_difference", "estimate": "4.2", "ci_low": "1.1", "ci_high": "7.3", "p": "0.01"}
    if question.stage is APPRAISAL:
        grown, part = said["effects"], {"outcome": "strength", **numbers, "quote": quotation}
    else:
        grown, part = said["judgement"]["quotes"], {**quotation, "text": 2 * quotation["text"], "role": "result"}
    while len(json.dumps(said)) < REPLY_BYTES:
        grown.append(part)
    text = json.dumps(said)
    question.stage.reply.model_validate_json(text)
    return text


def main() -> None:
    asked = questions(len(STAGES) * len(fixture_studies()))
    lines = [first_request(q, SETTINGS).request for q in asked]
    models = {s.reply.__name__: s.reply.__module__ for s in STAGES}
    samples = {"bodies": [r.body for r in lines if r is not None], "replies": replies(asked), "models": models}
    Path(sys.argv[1]).write_text(json.dumps(samples), encoding="utf-8")


if __name__ == "__main__":
    main()
