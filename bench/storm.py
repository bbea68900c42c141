"""A storm over many claims: 20 % 429, 10 % 500, 5 % hangs, 5 % broken JSON, 2 % cut off, each time a question is asked.

    python bench/storm.py [--claims 500] [--seed 1]

Exits 1 unless every claim is complete or named with its reason, nothing was asked again after a completed reply, and
the server, the ledger and the report count the same.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from workers.claims import MODEL, analyze, claims_file, environment
from workers.running import ROOT

from pipeline.replies.kept import KeptReplies
from schemas.ledger import ANSWERED, LedgerEntry
from tests.loopback import Loopback, Stats

FAULTS = {"429": 0.2, "500": 0.1, "hang": 0.05, "broken_body": 0.05, "cut_off": 0.02}
TIMEOUT = "2"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Loopback(latency_seconds=0.02, model=MODEL, faults=FAULTS, seed=given.seed, retry_after="none") as server,
    ):
        folder = Path(name)
        command = [part for part in analyze(claims_file(folder, given.claims), folder / "out") if part != "--quiet"]
        settings = environment(server.base_url, folder / "home", MECHSYN_TIMEOUT_SECONDS=TIMEOUT)
        began = time.perf_counter()
        done = subprocess.run(command, env=settings, cwd=ROOT, capture_output=True, text=True, check=False)
        seconds, seen = time.perf_counter() - began, server.stats()
        with KeptReplies(folder / "home" / "replies") as store:
            entries = [entry for _, entry in store.entries()]
        complete, partial = finished(folder / "out")
    print(f"{given.claims} claims in {seconds:.0f} s, exit code {done.returncode}: {len(complete)} complete, ", end="")
    print(f"{len(partial)} with parts missing")
    faults = judged(given.claims, complete, partial, done.stderr) + counted(seen, entries, done.stderr)
    print("\n".join(faults) or "every claim is complete or named; server, ledger and report agree")
    sys.exit(1 if faults or done.returncode != (3 if partial else 0) else 0)


def finished(out: Path) -> tuple[set[str], set[str]]:
    """The claims that were written: complete, and with parts missing."""
    complete, partial = set[str](), set[str]()
    for path in out.glob("*/*/analysis.json"):
        analysis = json.loads(path.read_text(encoding="utf-8"))
        (partial if analysis["unsettled"] else complete).add(analysis["evidence"]["claim"]["id"])
    return complete, partial


def judged(claims: int, complete: set[str], partial: set[str], said: str) -> list[str]:
    """Claims that are neither complete nor named with their reason."""
    faults = [] if len(complete | partial) == claims else [f"{claims - len(complete | partial)} claims are not written"]
    return faults + [f"{name} is not named" for name in sorted(partial) if f"{name}: incomplete, missing:" not in said]


def counted(seen: Stats, entries: list[LedgerEntry], said: str) -> list[str]:
    """Where server, ledger and report count differently, and what was asked again after a completed reply."""
    outcomes = Counter(entry.outcome for entry in entries)
    answers = Counter(entry.custom_id for entry in entries if entry.outcome == ANSWERED)
    asked = Counter(entry.custom_id for entry in entries)
    report = re.search(r"asked (\d+) questions, (\d+) were known", said)
    print(f"server: {seen.requests} requests, {seen.completed} completed; ledger: {len(entries)} attempts, ", end="")
    print(f"{outcomes[ANSWERED]} answers, {dict(sorted(outcomes.items()))}; report: {report and report.group(0)}")
    faults = [f"{i} has {n} answers" for i, n in answers.items() if n != 1]
    faults += [
        f"{i} was asked {n} times, the server counts {m}"
        for i, n in asked.items()
        if (m := seen.question(i).asked) != n
    ]
    if seen.requests != len(entries) or seen.completed != outcomes[ANSWERED]:
        faults.append("server and ledger count differently")
    if report is None or int(report.group(1)) != len(asked):
        faults.append(f"the report names {report and report.group(1)} questions, the ledger {len(asked)}")
    return faults


if __name__ == "__main__":
    main()
