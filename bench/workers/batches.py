"""An endpoint with files and batches on loopback whose batches take their time, and which can kill its client.

Promises: a batch ends a random time after it was created, some lines fail once and the second batch expires half done;
a client is killed at a call before the call is carried out, or after that and before any answer, or is only reported.
"""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from schemas.batch import METADATA_KEY
from tests.replies.batch_server import Batch, BatchServer, Fate, failing_first

ONE_IN = 20
"""About one line in so many fails the first time that it is asked."""

_LINE = failing_first(ONE_IN)
_FATES = (Fate(("in_progress", "completed"), _LINE), Fate(("in_progress", "expired"), _LINE, done=0.6))
_NOT_CARRIED_OUT = 503

KINDS = ("upload", "create", "look", "content")
STAGES = ("claim", "appraisal", "stance", "mechanism", "ladder", "verification", "summary")
MODELS = {f"MECHSYN_MODELS__{stage.upper()}": f"loopback-{stage}" for stage in STAGES}
"""A model for each stage, in the environment of a run: a batch is to one model, so there are many."""


class Blow(StrEnum):
    """When a client dies at one of its calls."""

    BEFORE = "call not carried out"
    UNHEARD = "call carried out, answer not heard"
    AFTER = "a moment after a call"


@dataclass
class Strike:
    """A client dies at its next call of a kind (any of `KINDS`); `fell` is set then."""

    process: subprocess.Popen[bytes]
    kind: str
    blow: Blow
    fell: threading.Event = field(default_factory=threading.Event)


class SlowBatches(BatchServer):
    """Batches end at the first look after up to `longest` seconds."""

    def __init__(self, seed: int, longest: float) -> None:
        super().__init__(*_FATES, then=_FATES[0], page=100)
        self._rng = random.Random(seed)
        self._longest = longest
        self._due: dict[str, float] = {}
        self._strike: Strike | None = None

    def strike(self, strike: Strike | None) -> None:
        """The next client to die, or none."""
        with self.lock:
            self._strike = strike

    def called(self, kind: str) -> tuple[int, dict[str, str]] | None:
        trouble, strike = super().called(kind), self._strike
        if strike is None or strike.fell.is_set() or strike.kind != kind:
            return trouble
        strike.fell.set()
        if strike.blow is not Blow.AFTER:
            strike.process.kill()
        return (_NOT_CARRIED_OUT, {}) if strike.blow is Blow.BEFORE else trouble

    def create(self, given: dict[str, Any]) -> dict[str, Any]:
        shown = super().create(given)
        self._due[shown["id"]] = time.monotonic() + self._rng.uniform(0, self._longest)
        return shown

    def look(self, batch: Batch) -> dict[str, Any]:
        return super().look(batch) if time.monotonic() >= self._due[batch.id] else self.shown(batch)

    def jobs(self) -> Counter[str]:
        """How many batches were made of each job."""
        return Counter(batch.metadata.get(METADATA_KEY, "") for batch in self.batches.values())

    def lines(self) -> Counter[str]:
        """In how many batches each question was."""
        return Counter(question.custom_id for batch in self.batches.values() for question in self.questions(batch))

    def failed_lines(self) -> int:
        """How many lines came back without an answer."""
        names = [batch.error_file for batch in self.batches.values() if batch.error_file is not None]
        return sum(len(self.files[name].splitlines()) for name in names)

    def files_without_batch(self) -> int:
        """How many uploaded files no batch was made of."""
        made = {batch.input_file for batch in self.batches.values()}
        return sum(name not in made for name in self.files if name.startswith("file-"))
