"""Judgements of links by one verifier or by two: which reading of each is kept, and what either alone would give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.rules import second_reading
from schemas.settlement import Agreement, SettledJudgement


@dataclass(frozen=True)
class Readings:
    """The judgements that count, by link and study; `alone` holds those of each verifier where there are two."""

    kept: tuple[SettledJudgement, ...]
    alone: tuple[tuple[SettledJudgement, ...], ...] = ()
    agreement: Agreement | None = None


def read_twice(first: Sequence[SettledJudgement], second: Sequence[SettledJudgement]) -> Readings:
    """Keeps the worse of two readings, and the only one where a verifier's is missing.

    In `alone` a missing reading is filled by the other verifier's, so that a gap weakens nothing.
    """
    if not second:
        return Readings(tuple(first))
    firsts, seconds = _by_place(first), _by_place(second)
    places = sorted(firsts.keys() | seconds.keys())
    both = [(firsts[p], seconds[p]) for p in places if p in firsts and p in seconds]
    kept = firsts | seconds | _by_place(second_reading.worse(a, b) for a, b in both)
    return Readings(
        kept=tuple(kept[p] for p in places),
        alone=tuple(tuple(found[p] for p in places) for found in (seconds | firsts, firsts | seconds)),
        agreement=second_reading.agreement(both) if both else None,
    )


def _by_place(judged: Iterable[SettledJudgement]) -> dict[tuple[str, str], SettledJudgement]:
    return {(j.link, j.study): j for j in judged}
