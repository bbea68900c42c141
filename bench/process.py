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
from pipeline.claimwork.intake import Task, read_claims
from pipeline.replies.counts import Meter
from pipeline.replies.driver import unanswered
from pipeline.replies.exchange import read_replies
from pipeline.replies.keeping import Desk
from pipeline.replies.kept import KeptReplies
from pipeline.replies.prices import read_prices
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


def cpu_per_kept_request() -> tuple[float, int]:
    """CPU milliseconds of ours per request answered from the store, rules included, and how many requests there are.

    One claim is run first, so that imports and templates are not counted; the others are then seen for the first time.
    """
    settings = SynthesisSettings(searched_on=date(2026, 1, 1))
    asked = 0

    def count(requests: int) -> None:
        nonlocal asked
        asked += requests

    async def analysed(task: Task) -> None:
        assert task.claim is not None
        analysis = await pump(synthesis.synthesise(task.claim, task.studies, settings), answer, count)
        if not analysis.complete:
            sys.exit(f"{task.claim.id}: recorded replies are incomplete: {analysis.unsettled}")

    claims = [p for p in sorted(SEED.parent.glob("*.yaml")) if p != SEED]
    tasks = [task for path in [SEED, *claims] for task in read_claims([path], [], lambda _: None)]
    with tempfile.TemporaryDirectory() as folder, KeptReplies(Path(folder) / "kept") as store:
        for path in (ROOT / "fixtures/replies").glob("*.replies.jsonl"):
            for reply in read_replies(path):
                store.put(None, reply)
        answer = Desk(store, unanswered, Meter(read_prices(None))).answer_for("bench")
        asyncio.run(analysed(tasks[0]))
        asked = 0
        start = time.process_time()
        for task in tasks[1:]:
            asyncio.run(analysed(task))
        spent = time.process_time() - start
    return 1000 * spent / asked, asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--cpu-only", action="store_true", help="print the CPU per request of one cold run")
    arguments = parser.parse_args()
    if arguments.cpu_only:
        print(*cpu_per_kept_request())
        return
    repeat: int = arguments.repeat
    with tempfile.TemporaryDirectory() as out:
        floor, floor_mb = timed([sys.executable, "-c", "import pydantic, yaml"], repeat)
        helped, help_mb = timed([str(MECHSYN), "--help"], repeat)
        abstract = [str(MECHSYN), "analyze", "--claims", str(SEED), "--replies", "recorded", "--out", out, "--quiet"]
        first, first_mb = timed(abstract, 1)
        again, again_mb = timed(abstract, repeat)
        demo, demo_mb = timed([str(MECHSYN), "demo", "--out", out, "--quiet"], repeat)
    child = [sys.executable, __file__, "--cpu-only"]
    cold = [subprocess.run(child, capture_output=True, text=True, check=True).stdout.split() for _ in range(repeat)]
    per_request, requests = statistics.median(float(ms) for ms, _ in cold), int(cold[0][1])
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
