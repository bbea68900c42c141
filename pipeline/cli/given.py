"""What a command was given to work on: claims files, one claim with studies, or studies whose claim is to be proposed.

Promises that `analyze` and `requests` take the same things in the same sense, and that the questions of the one are
those of the other. Reads files only through `claimwork.intake`; prints nothing.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import ClaimError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.claimwork.intake import Tasks
    from pipeline.sources import PdfOptions
    from schemas.vocabulary import ClaimType


@dataclass(frozen=True)
class Given:
    """The arguments that decide what is asked. With claims files, `studies` are added to each of their claims."""

    studies: tuple[Path, ...] = ()
    claims: tuple[Path, ...] = ()
    claim: str | None = None
    claim_type: ClaimType | None = None
    models: tuple[str, ...] = ()
    password: str | None = None
    ocr: bool = False

    def tasks(self, warn: Callable[[str], None]) -> Tasks:
        """The tasks to work on. ClaimError for what excludes each other and for claims files that cannot be used; what
        is wrong with the studies of the only claim is raised, too."""
        from pipeline.claimwork.intake import claim_of, read_claims, read_task

        if self.claims:
            if self.claim is not None:
                raise ClaimError("--claim and a claims file exclude each other; give one")
            if self.claim_type is not None:
                raise ClaimError("--type goes with --claim; in a claims file each entry has its own type")
            tasks = read_claims(self.claims, self.studies, warn, self._options())
            return _readable(tasks) if tasks.count == 1 else tasks
        if self.claim is None and self.claim_type is not None:
            raise ClaimError("--type needs --claim; without a claim the studies' own claim keeps its own type")
        claim = None if self.claim is None else claim_of(self.claim, self.claim_type)
        return _readable(read_task(claim, self.studies, warn, self._options()))

    def _options(self) -> PdfOptions:
        from pipeline.sources import PdfOptions

        return PdfOptions(self.password, self.ocr)

    def requests_command(self) -> str:
        """The `mechsyn requests` that writes the open questions of this very work, as a shell takes it.

        The password is not repeated: what is printed ends up in logs.
        """
        words = ["mechsyn", "requests", *map(str, self.claims)]
        if self.claim is not None:
            words += ["--claim", " ".join(self.claim.split())]
        if self.claim_type is not None:
            words += ["--type", self.claim_type.value]
        for study in self.studies:
            words += ["--study", str(study)]
        for model in self.models:
            words += ["--model", model]
        if self.password is not None:
            words += ["--password", "PASSWORD"]
        if self.ocr:
            words.append("--ocr")
        return shlex.join(words)


def _readable(tasks: Tasks) -> Tasks:
    """The only task; its fault is raised at once, before anybody is asked for a key."""
    for task in tasks:
        if task.fault is not None:
            raise task.fault
    return tasks
