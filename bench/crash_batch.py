"""Kills a run by batch over many claims at random moments and starts it again, until it is done.

    python bench/crash_batch.py [--claims 200] [--kills 50] [--seed 1]

`kill -9`, `--replies batch`, against files and batches on loopback: some lines fail once, one batch expires. A third of
the kills fall some time after the start, half at a call (before it is carried out, before its answer is heard, or a
moment later), the last ones while analyses are written. Exits 1 unless every question was answered in exactly one
batch, none was in a batch after its answer or in two at once, every job has exactly one batch, the ledger counts what
the server counts, and every analysis equals that of a run that nobody disturbed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice, product
from pathlib import Path
from typing import NamedTuple

from crash import KEPT, analyses, answered, started
from workers.batches import KINDS, MODELS, Blow, SlowBatches, Strike
from workers.claims import analyze, claims_file, environment

from pipeline.replies.jobs import BATCHES, JOB, JobBook
from pipeline.replies.kept import KeptReplies
from schemas.batch import JobState
from schemas.ledger import ANSWERED

LONGEST_BATCH = 6.0
SOON, LATE = 2.0, 9.0
SHORTLY = 0.15
"""Seconds: how long batches take; until when after the start a kill falls that waits for no call, where the run is
ahead of its share of the kills and where it is not; how soon after a call."""

LONGEST = 120.0
PARTIAL = 3
TIMED = "some time after the start"

READING, PLANNING, UPLOADING, CREATING = "reading claims", "planning a part", "uploading", "creating"
UNNOTED, AWAITING, COLLECTING = "created, not noted", "batches under way", "fetching"
HALF, WRITING = "collecting, half of it kept", "writing analyses"
STATES = (READING, PLANNING, UPLOADING, CREATING, UNNOTED, AWAITING, COLLECTING, HALF, WRITING)
"""How far a run has come when it dies."""


class Moment(NamedTuple):
    """When a kill falls: how it is found, at which kind of call, and with `WRITING` how many analyses are there."""

    way: str
    call: str = ""
    written: int = 0


def moments(kills: int, claims: int, rng: random.Random) -> list[Moment]:
    """As many random moments, every blow at every call among them; those of the writing come last, because there is
    none before."""
    writing = sorted(rng.randrange(claims) for _ in range(kills // 6))
    blows = islice(cycle(product(Blow, KINDS)), kills // 2)
    early = [Moment(str(blow), call) for blow, call in blows]
    early += [Moment(TIMED)] * (kills - len(writing) - len(early))
    rng.shuffle(early)
    return [*early, *(Moment(WRITING, written=written) for written in writing)]


@dataclass
class Victim:
    """The run that is killed again and again, and where kills have met it: `kills` of them while so many `questions`
    are asked."""

    command: list[str]
    settings: dict[str, str]
    home: Path
    out: Path
    server: SlowBatches
    rng: random.Random
    kills: int
    questions: int
    fell: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    unnoted: set[str] = field(default_factory=set[str])
    over: int = 0

    def kill_once(self, moment: Moment) -> None:
        """A kill that is one: where the run is over before it, another one falls as soon as it happens to."""
        while not self.kill(moment):
            moment = Moment(TIMED)

    def kill(self, moment: Moment) -> bool:
        """One start and one kill; whether the run was not over before."""
        process = started(self.command, self.settings)
        if moment.way == TIMED:
            _until(process, self.rng.uniform(0.2, self._latest()))
        elif moment.way == WRITING:
            _until(process, LONGEST, lambda: self._written() >= moment.written)
        else:
            self._struck(process, Blow(moment.way), moment.call)
        process.kill()
        if process.wait() in {0, PARTIAL}:
            self.over += 1
            return False
        self.fell[moment.way, self._state()] += 1
        return True

    def _struck(self, process: subprocess.Popen[bytes], blow: Blow, call: str) -> None:
        strike = Strike(process, call, blow)
        self.server.strike(strike)
        _until(process, LATE, strike.fell.is_set)
        if blow is Blow.AFTER:
            _until(process, self.rng.uniform(0, SHORTLY))
        self.server.strike(None)

    def _latest(self) -> float:
        """So that the kills are spread over the whole life of the run, and not over its beginning."""
        return SOON if self.server.accepted.total() * self.kills > self.fell.total() * self.questions else LATE

    def _written(self) -> int:
        return sum(1 for _ in self.out.glob("*/v*/analysis.json"))

    def _state(self) -> str:
        """How far the run had come, as its home says: the first of `STATES` that is true of any job."""
        if self._written():
            return WRITING
        book = JobBook(self.home / BATCHES)
        jobs = {job.state: job for job in book.open_jobs()}
        if (job := jobs.get(JobState.FINISHED)) is not None:
            with KeptReplies(self.home / KEPT) as store:
                half = any(custom_id in store for custom_id in book.questions(job))
            return HALF if half else COLLECTING
        if (job := jobs.get(JobState.UPLOADED)) is not None:
            if job.id not in self.server.jobs():
                return CREATING
            self.unnoted.add(job.id)
            return UNNOTED
        if any(not (folder / JOB).exists() for folder in book.folder.glob("2*")):
            return PLANNING
        return UPLOADING if JobState.PLANNED in jobs else AWAITING if jobs else READING


def _until(process: subprocess.Popen[bytes], seconds: float, reached: Callable[[], bool] = lambda: False) -> None:
    """Wait for the end of the process, so many seconds, or something else, whichever comes first."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end and not reached():
        time.sleep(0.01)


def ended(command: list[str], settings: dict[str, str]) -> None:
    """A run to its end; exits when it does not end well."""
    code = started(command, settings).wait()
    if code not in {0, PARTIAL}:
        sys.exit(f"the run ended with {code}")


def undisturbed(folder: Path, claims: Path, seed: int) -> Counter[str]:
    """A run that nobody kills and whose batches end at once; how many answers each question has."""
    with SlowBatches(seed, 0) as server:
        ended(analyze(claims, folder / "calm", "batch"), environment(server.url, folder / "calm-home", **MODELS))
    return answered(folder / "calm-home")


def faults(victim: Victim, due: Counter[str]) -> list[str]:
    """What does not hold of the run that was killed, of the questions `due`."""
    server, found = victim.server, answered(victim.home)
    with KeptReplies(victim.home / KEPT) as store:
        failed = sum(entry.outcome != ANSWERED for _, entry in store.entries())
    jobs = server.jobs()
    wrong = {
        "questions not answered in exactly one batch": sum(server.accepted[i] != 1 for i in due),
        "questions answered that the undisturbed run does not ask": len(server.accepted.keys() - due.keys()),
        "questions put into a batch after their answer, or into two at once": len(server.twice),
        "jobs with more than one batch": sum(count != 1 for count in jobs.values()),
        "answers in the ledger that are not one a question": sum(count != 1 for count in found.values()),
        "questions missing in the ledger": len(due.keys() ^ found.keys()),
        "analyses half written and left": sum(1 for _ in victim.out.glob("*/.v*")),
        "failures that the ledger counts more than the server": failed - server.failed_lines(),
    }
    for what, number in wrong.items():
        print(f"| {what} | {number} |")
    return [what for what, number in wrong.items() if number]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began, rng = time.monotonic(), random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name, SlowBatches(given.seed, LONGEST_BATCH) as server:
        folder = Path(name)
        claims = claims_file(folder, given.claims)
        due = undisturbed(folder, claims, given.seed)
        out, home = folder / "out", folder / "home"
        planned = moments(given.kills, given.claims, rng)
        asking = sum(moment.way != WRITING for moment in planned)
        command, settings = analyze(claims, out, "batch"), environment(server.url, home, **MODELS)
        victim = Victim(command, settings, home, out, server, rng, asking, len(due))
        for moment in planned:
            victim.kill_once(moment)
        ended(victim.command, victim.settings)
        seconds = time.monotonic() - began
        print(f"{given.claims} claims, {len(due)} questions, {victim.fell.total()} kills, {seconds:.0f} s\n")
        told(victim)
        wrong = faults(victim, due)
        calm = analyses(folder / "calm")
        same = len(calm) == given.claims and calm == analyses(out)
    print(f"| analyses equal to the undisturbed run's | {'yes' if same else 'NO'} |")
    sys.exit(0 if same and not wrong else 1)


def told(victim: Victim) -> None:
    """Where the kills fell, and what they left at the server."""
    ways = sorted({way for way, _ in victim.fell})
    print(f"| how far the run had come | {' | '.join(ways)} |\n|---" + "|---" * len(ways) + "|")
    for state in STATES:
        print(f"| {state} | {' | '.join(str(victim.fell[way, state]) for way in ways)} |")
    server, lines = victim.server, victim.server.lines()
    print(f"\n{len(server.batches)} batches of {lines.total()} lines, {server.failed_lines()} of them failed; ", end="")
    print(f"{victim.over} starts were over before their kill")
    print(f"batches created without the run's knowing, and found again: {len(victim.unnoted)}")
    print(f"files uploaded and left without a batch: {server.files_without_batch()}\n\n| fact | |\n|---|---|")


if __name__ == "__main__":
    main()
