"""What a stage is: which stages it needs, what it asks, what it refuses in a reply, and what it adds to the evidence.

A stage does no I/O and knows no other stage. Stages see a `Dossier`, which only ever grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.analysis import Evidence
from schemas.base import Reply
from schemas.claim import FramedClaim
from schemas.settlement import Settlement
from schemas.study import Study


@dataclass(frozen=True)
class Dossier:
    """The state of one claim: its studies, the evidence so far, and the settlement once stages 1-6 are in."""

    studies: Mapping[str, Study]
    evidence: Evidence
    settlement: Settlement | None = None

    @property
    def ordered(self) -> tuple[Study, ...]:
        """Studies by id: order in which they were given never reaches a prompt."""
        return tuple(self.studies[k] for k in sorted(self.studies))


@dataclass(frozen=True)
class Ask:
    """One question: for which study (null when it is about all of them), and the values for the prompt's template."""

    study: str | None
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


def nothing_to_say(_dossier: Dossier, _ask: Ask, _reply: Any) -> Sequence[str]:
    """For stages whose replies have no constraint beyond their schema, or no advice."""
    return ()


@dataclass(frozen=True)
class Stage:
    """A stage. `check` names what makes a valid reply unusable, `advise` what a second try could mend; either way the
    model is asked once more, but a reply that is merely advised upon counts if no better one comes. `settle` adds
    replies, keyed by study, to the evidence. `prompt_of` names the stage whose prompt file it asks with, if not its
    own."""

    name: str
    needs: tuple[str, ...]
    reply: type[Reply]
    ask: Callable[[Dossier], Sequence[Ask]]
    check: Callable[[Dossier, Ask, Any], Sequence[str]]
    settle: Callable[[Dossier, Mapping[str | None, Any]], Evidence]
    advise: Callable[[Dossier, Ask, Any], Sequence[str]] = nothing_to_say
    needs_settlement: bool = False
    prompt_of: str | None = None

    @property
    def prompt(self) -> str:
        """The name of its file in prompts/, without `.j2`."""
        return self.prompt_of or self.name


def framed_values(frame: FramedClaim) -> dict[str, str]:
    """A framed claim as prompts show it: meanings, and the direction as a verb."""
    return {
        "text": frame.text,
        "population": frame.population.meaning,
        "cause": frame.cause.meaning,
        "effect": frame.effect.meaning,
        "comparator": frame.comparator.meaning or "not said",
        "direction": frame.direction.value.replace("_", " "),
    }


def frame_of(dossier: Dossier) -> FramedClaim:
    """The framed claim; stages that need it run only after it is settled."""
    if dossier.evidence.frame is None:
        raise LookupError("stage claim is not settled")
    return dossier.evidence.frame
