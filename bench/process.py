"""Whole-process time and memory, and CPU per request answered from kept replies, each beside a limit or a floor.

    python bench/process.py [--repeat 7]

Prints a table and exits 1 when a limit of the project is missed: one abstract with recorded replies under 1.5 s and
200 MB, `--help` under 0.4 s, a second identical run under 2 s, under 1 ms of CPU for each request answered from kept
replies (rules included). The floor beside them is a Python that starts and imports pydantic, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from pipeline import synthesis
from pipeline.claimwork.driving import pump
from pipeline.claimwork.intake import read_claims
from pipeline.replies.keeping import kept_first
from pipeline.replies.kept import KeptReplies
from pipeline.replies.recorded import Recorded
from pipeline.settings import SynthesisSettings

ROOT = Path(__file__).resolve().parent.parent
MECHSYN = Path(sys.executable).with_name("mechsyn")
SEED = ROOT / "fixtures/claims/cross-education-seed.yaml"


def timed(command: list[str], repeat: int) -> tuple[float, float]:
    """Median wall seconds and peak resident megabytes of a command."""
    seconds: list[float] = []
    peak = 0
    for _ in range(repeat):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        peak = max(peak, usage.ru_maxrss)
        if os.waitstatus_to_exitcode(status):
            sys.exit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return statistics.median(seconds), peak / 1024


def cpu_per_kept_request(claim: Path, repeat: int) -> tuple[float, int]:
    """CPU milliseconds of ours per request answered from the store, rules included, and how many requests there are."""
    (task,) = read_claims(claim, [], lambda _: None)
    assert task.claim is not None
    settings = SynthesisSettings(searched_on=date(2026, 1, 1))
    asked = 0

    def count(requests: int) -> None:
        nonlocal asked
        asked += requests

    with tempfile.TemporaryDirectory() as folder, KeptReplies(Path(folder) / "kept") as store:
        answer = kept_first(store, Recorded(ROOT / "fixtures/replies").answer)

        async def analysed() -> None:
            assert task.claim is not None
            analysis = await pump(synthesis.synthesise(task.claim, task.studies, settings), answer, count)
            if not analysis.complete:
                sys.exit(f"{claim.name}: recorded replies are incomplete: {analysis.unsettled}")

        def once() -> None:
            asyncio.run(analysed())

        once()
        asked = 0
        spent: list[float] = []
        for _ in range(repeat):
            start = time.process_time()
            once()
            spent.append(time.process_time() - start)
        requests = asked // repeat
    return 1000 * statistics.median(spent) / requests, requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7)
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory() as out:
        floor, floor_mb = timed([sys.executable, "-c", "import pydantic, yaml"], repeat)
        helped, help_mb = timed([str(MECHSYN), "--help"], repeat)
        abstract = [str(MECHSYN), "analyze", "--claims", str(SEED), "--replies", "recorded", "--out", out, "--quiet"]
        first, first_mb = timed(abstract, 1)
        again, again_mb = timed(abstract, repeat)
        demo, demo_mb = timed([str(MECHSYN), "demo", "--out", out, "--quiet"], repeat)
    per_request, requests = cpu_per_kept_request(ROOT / "fixtures/claims/cross-education.yaml", repeat)
    rows = [
        ("python, pydantic, yaml (floor)", floor, None, floor_mb, None),
        ("mechsyn --help", helped, 0.4, help_mb, None),
        ("one abstract, recorded, first run", first, 1.5, first_mb, 200.0),
        ("one abstract, recorded, again", again, 1.5, again_mb, 200.0),
        ("demo (ten studies), again", demo, 2.0, demo_mb, None),
    ]
    print("| what | s | limit | x floor | MB | limit |\n|---|---|---|---|---|---|")
    missed = False
    for name, seconds, limit, megabytes, memory in rows:
        missed |= (limit is not None and seconds > limit) or (memory is not None and megabytes > memory)
        print(f"| {name} | {seconds:.2f} | {limit or ''} | {seconds / floor:.1f} | {megabytes:.0f} | {memory or ''} |")
    missed |= per_request > 1.0
    print(
        f"\nCPU per request from kept replies, rules included: {per_request:.2f} ms ({requests} requests), limit 1 ms"
    )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
