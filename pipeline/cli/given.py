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

    from pipeline.claimwork.intake import Task
    from schemas.vocabulary import ClaimType


@dataclass(frozen=True)
class Given:
    """The arguments that decide what is asked. With claims files, `studies` are added to each of their claims."""

    studies: tuple[Path, ...] = ()
    claims: tuple[Path, ...] = ()
    claim: str | None = None
    claim_type: ClaimType | None = None
    model: str | None = None
    password: str | None = None

    def tasks(self, warn: Callable[[str], None]) -> list[Task]:
        """The tasks to work on. ClaimError for what excludes each other, and all that reading them raises."""
        from pipeline.claimwork.intake import claim_of, read_claims, read_task

        if self.claims:
            if self.claim is not None:
                raise ClaimError("--claim and a claims file exclude each other; give one")
            if self.claim_type is not None:
                raise ClaimError("--type goes with --claim; in a claims file each entry has its own type")
            return [t for file in self.claims for t in read_claims(file, self.studies, warn, self.password)]
        if self.claim is None and self.claim_type is not None:
            raise ClaimError("--type needs --claim; without a claim the studies' own claim keeps its own type")
        claim = None if self.claim is None else claim_of(self.claim, self.claim_type)
        return [read_task(claim, self.studies, warn, self.password)]

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
        if self.model is not None:
            words += ["--model", self.model]
        if self.password is not None:
            words += ["--password", "PASSWORD"]
        return shlex.join(words)
