"""How much of an allowed rate is used, and how many requests are refused on the way: ours beside the plain client.

    python bench/rate.py [--calls 1500] [--repeat 1] [--shown bucket|minute]

The server admits 100 requests a second, 20 at once, and answers after 200 ms; who comes too early gets 429 at once.
Ours runs twice: with OpenAI's x-ratelimit headers on every answer, and with nothing but 429 and Retry-After in whole
seconds. Every run is a process of its own; medians of the repeats.

    share     (answered - burst) / (rate * (wall seconds - latency))
    refused   429 answers / calls

for the burst costs no time and the last answer is under way for one latency. Exits 1 when ours uses less than 97 % with
headers or 95 % without, is refused 1 % with headers or 8 % without, or leaves a call unanswered.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from workers.running import samples, worker

from tests.loopback import Loopback

RATE, BURST, LATENCY = 100.0, 20.0, 0.2
IN_FLIGHT = 200


class Run(NamedTuple):
    """A client under a limit; `shown`: with headers. A bound of None: only to compare with."""

    script: str
    shown: bool
    retries: int | None = None
    least_share: float | None = None
    most_refused: float | None = None


RUNS = {
    "ours, headers": Run("ours.py", shown=True, least_share=0.97, most_refused=0.01),
    "ours, 429 only": Run("ours.py", shown=False, least_share=0.95, most_refused=0.08),
    "plain, max_retries=2": Run("plain.py", shown=True, retries=2),
    "plain, max_retries=10": Run("plain.py", shown=True, retries=10),
}


class Seen(NamedTuple):
    share: float
    refused: float
    lost: float
    wall: float


def measured(server: Loopback, run: Run, file: Path, calls: int, shown: str) -> Seen:
    """One run. The bucket is full when the measured calls begin: it gets back what the call before them took."""
    server.change(reset=True, shown=shown if run.shown else "none")
    given = ["--base-url", server.base_url, "--samples", file, "--calls", calls, "--in-flight", IN_FLIGHT]
    row = worker(run.script, *given, *([] if run.retries is None else ["--retries", run.retries]))
    share = (row["good"] - BURST) / (RATE * (row["wall"] - LATENCY))
    return Seen(share, server.stats().refused / calls, calls - row["good"], row["wall"])


def missed(run: Run, seen: Seen) -> bool:
    """Whether a run breaks a bound; those without bounds break none."""
    if run.least_share is None or run.most_refused is None:
        return False
    return seen.share < run.least_share or seen.refused >= run.most_refused or seen.lost > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--shown", choices=("bucket", "minute"), default="bucket", help="what the headers' limit is")
    parser.add_argument("--only", choices=list(RUNS), help="one run alone")
    given = parser.parse_args()
    runs = {name: run for name, run in RUNS.items() if given.only in {None, name}}
    rows: dict[str, list[Seen]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as folder:
        file = samples(Path(folder))
        contents = json.loads(file.read_text(encoding="utf-8"))["replies"]
        with Loopback(latency_seconds=LATENCY, contents=contents, by_question=False, rate=RATE, burst=BURST) as server:
            for _ in range(given.repeat):
                for name, run in runs.items():
                    rows[name].append(measured(server, run, file, given.calls, given.shown))
    ideal = (given.calls - BURST) / RATE + LATENCY
    print(
        f"{given.calls} calls, {RATE:.0f} a second, burst {BURST:.0f}, {1000 * LATENCY:.0f} ms, ideal {ideal:.1f} s\n"
    )
    print(
        "| client | share of the rate | bound | refused a call | bound | lost | wall s |\n|---|---|---|---|---|---|---|"
    )
    broken = False
    for name, run in runs.items():
        seen = Seen(*(statistics.median(column) for column in zip(*rows[name], strict=True)))
        broken |= missed(run, seen)
        least, most = run.least_share or "", run.most_refused or ""
        print(
            f"| {name} | {seen.share:.3f} | {least} | {seen.refused:.3f} | {most} | {seen.lost:.0f} | {seen.wall:.1f} |"
        )
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
