"""Peak memory of a live run against the number of its claims: ten times the claims must not need much more of it.

    python bench/memory.py [--claims 1000 10000] [--planning]

Every claim has one short study of its own; the scripted model of the suite answers, so that all claims complete. Each
number of claims is a process of its own, `mechsyn analyze --claims FILE --replies live`, whose peak resident memory the
system tells when it ends; with `--planning` the same with `--dry-run`, which asks nothing. Exits 1 when the largest run
needs more than 1.3 times the memory of the smallest, or a run fails.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from workers.claims import MODEL, analyze, claims_file, environment
from workers.running import ROOT

from tests.loopback import Loopback

BOUND = 1.3
PARTIAL = 3
LATENCY = 0.01
IN_FLIGHT = 64


class Seen(NamedTuple):
    claims: int
    megabytes: float
    seconds: float
    requests: int


def run(count: int, *, planning: bool) -> Seen:
    """One run in a process of its own. Exits, with its stderr, when it fails."""
    with (
        tempfile.TemporaryDirectory() as name,
        Loopback(latency_seconds=LATENCY, model=MODEL, by_question=False) as server,
    ):
        folder = Path(name)
        command = [*analyze(claims_file(folder, count), folder / "out"), *(["--dry-run"] if planning else [])]
        settings = environment(server.base_url, folder / "home", MECHSYN_IN_FLIGHT=str(IN_FLIGHT))
        start = time.perf_counter()
        with (folder / "stderr").open("w+b") as said:
            process = subprocess.Popen(command, env=settings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            if process.returncode not in {0, PARTIAL}:  # the scripted model's summaries do not always fit their claim
                sys.exit(f"{count} claims ended with {process.returncode}: {said.read(2000).decode()}")
        seconds = time.perf_counter() - start
        return Seen(count, usage.ru_maxrss / 1024, seconds, server.stats().requests)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--planning", action="store_true", help="plan only (--dry-run)")
    given = parser.parse_args()
    counts: list[int] = sorted(given.claims)
    print("| claims | peak MB | s | requests |\n|---|---|---|---|")
    rows: list[Seen] = []
    for count in counts:
        rows.append(run(count, planning=given.planning))
        print(f"| {count} | {rows[-1].megabytes:.0f} | {rows[-1].seconds:.0f} | {rows[-1].requests} |", flush=True)
    ratio = rows[-1].megabytes / rows[0].megabytes
    print(f"\n{counts[-1]} against {counts[0]} claims: {ratio:.2f} times the memory, bound {BOUND}")
    sys.exit(1 if ratio > BOUND else 0)


if __name__ == "__main__":
    main()
