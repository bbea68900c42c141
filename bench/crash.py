"""Kills a run over many claims at random moments and starts it again, until it is done.

    python bench/crash.py [--claims 200] [--kills 50] [--seed 1]

`kill -9`, live, against the loopback server with the scripted model. Exits 1 unless no question was asked again once
its reply was kept, every question has exactly one answer in the ledger, and every analysis equals that of a run that
nobody disturbed. What was in flight when the process died is lost and asked again: it is counted apart.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from workers.claims import MODEL, analyze, claims_file, environment
from workers.running import ROOT

from pipeline.replies.kept import KeptReplies
from schemas.ledger import ANSWERED
from tests.loopback import Loopback

LATENCY = 0.02
KEPT = "replies"


def started(command: list[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """The run, silent."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=settings, cwd=ROOT, stdout=quiet, stderr=quiet)


def whole(command: list[str], settings: dict[str, str]) -> None:
    """A run to its end; exits when it does not end well."""
    code = started(command, settings).wait()
    if code:
        sys.exit(f"the run ended with {code}")


def analyses(out: Path) -> dict[str, object]:
    """The analysis of each claim, which has one version only, without its tokens: how much of a prompt the server had
    in its cache depends on what it was asked before."""
    found: dict[str, object] = {}
    for path in sorted(out.glob("*/v*/analysis.json")):
        analysis = json.loads(path.read_text(encoding="utf-8"))
        del analysis["provenance"]["usage"], analysis["provenance"]["spent"]
        found[str(path.relative_to(out))] = analysis
    return found


def answered(home: Path) -> Counter[str]:
    """How many answers each question has in the ledger of a home; each of them must have its reply."""
    with KeptReplies(home / KEPT) as store:
        found = Counter(entry.custom_id for _, entry in store.entries() if entry.outcome == ANSWERED)
        if set(found) != set(store):
            sys.exit("the ledger and the kept replies do not hold the same questions")
    return found


def disturbed(command: list[str], settings: dict[str, str], home: Path, server: Loopback, kills: int, seed: int) -> int:
    """Kills the run so often, then lets it end; how often a question was asked although its reply was kept."""
    rng, again = random.Random(seed), 0
    for _ in range(kills):
        kept = set(answered(home)) if (home / KEPT).exists() else set[str]()
        before = server.stats()
        process = started(command, settings)
        try:
            process.wait(timeout=0.7 + rng.random() * 1.3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        after = server.stats()
        again += sum(after.question(i).asked != before.question(i).asked for i in kept)
    whole(command, settings)
    return again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Loopback(latency_seconds=LATENCY, model=MODEL) as server:
        folder = Path(name)
        claims = claims_file(folder, given.claims)
        whole(analyze(claims, folder / "calm"), environment(server.base_url, folder / "calm-home"))
        due = answered(folder / "calm-home")
        server.change(reset=True)
        home = folder / "home"
        command, settings = analyze(claims, folder / "out"), environment(server.base_url, home)
        again = disturbed(command, settings, home, server, given.kills, given.seed)
        found, seen = answered(home), server.stats()
        lost = sum(seen.question(i).completed - 1 for i in due)
        same = analyses(folder / "calm") == analyses(folder / "out")
    print(f"{given.claims} claims, {len(due)} questions, {given.kills} kills")
    print(f"asked although the reply was kept: {again}; answers in the ledger that are not one a question: ", end="")
    print(f"{sum(count != 1 for count in found.values())}; questions missing: {len(due.keys() - found.keys())}")
    print(f"in flight at a kill, and so asked again: {lost}")
    print(f"analyses equal to the undisturbed run's: {'yes' if same else 'NO'}")
    sound = same and not again and found == due and set(found.values()) == {1}
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
