"""Claims with one short study each, and `mechsyn analyze` over them against a loopback endpoint."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from workers.running import clean_environment

MECHSYN = Path(sys.executable).with_name("mechsyn")
MODEL = "tests.loopback.scripted_model:answer"
STUDY = (
    "Methods\n\n{people} adults were randomised to strength training or to no training for {weeks} weeks.\n\n"
    "Results\n\nMuscle strength rose by {rise}% with training and by 2% in the control group (p = 0.01).\n\n"
    "Conclusion\n\nTraining number {number} increased strength compared with no training.\n"
)


def claims_file(folder: Path, count: int) -> Path:
    """A claims file with `count` claims and their studies. JSON, which is YAML, written entry by entry."""
    studies = folder / "studies"
    studies.mkdir()
    path = folder / "claims.yaml"
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            name = f"study-{number:05d}.txt"
            text = STUDY.format(people=40 + number, weeks=4 + number % 20, rise=5 + number % 30, number=number)
            (studies / name).write_text(text, encoding="utf-8")
            claim = f"Strength training of kind {number} raises muscle strength."
            entry = {"id": f"claim-{number:05d}", "claim": claim, "studies": [f"studies/{name}"]}
            file.write(f"- {json.dumps(entry)}\n")
    return path


def analyze(claims: Path, out: Path, replies: str = "live") -> list[str]:
    """The command that analyses the claims, without a display."""
    return [str(MECHSYN), "analyze", "--claims", str(claims), "--replies", replies, "--out", str(out), "--quiet"]


def environment(base_url: str, home: Path, **more: str) -> dict[str, str]:
    """The environment of a run against an endpoint, with a home of its own."""
    return clean_environment(
        OPENAI_API_KEY="any", OPENAI_BASE_URL=base_url, MECHSYN_MODEL="loopback-1", MECHSYN_HOME=str(home), **more
    )
