"""Starts workers for a measurement: each a process of its own, without the developer's settings or proxies.

The measuring process imports nothing large: a child's peak memory is at least that of the process that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without anything that would change a client's settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI_", "MECHSYN_")) and not name.lower().endswith("_proxy")
    }
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def samples(folder: Path) -> Path:
    """Writes the sample questions of questions.py into the folder."""
    path = folder / "samples.json"
    subprocess.run([sys.executable, HERE / "questions.py", path], env=clean_environment(), cwd=ROOT, check=True)
    return path


def worker(script: str, *arguments: object, python: Path | None = None) -> dict[str, float]:
    """Runs a worker to its end and returns what it measured; CalledProcessError, with its stderr shown, if it fails."""
    command = [str(python or sys.executable), str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, env=clean_environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
