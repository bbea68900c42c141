"""Takes old answers and entries out of the store of kept replies, so that it does not grow for ever.

Promises: what would go is counted before anything goes; an answer goes in one transaction with its request and the
entry that tells of it, however the process ends; an answer that came again later stays. Answers without an entry have
no date and stay. Goes through the store twice, holding a number for each question that stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date

from pipeline.replies.kept import KeptReplies
from schemas.ledger import ANSWERED, LedgerEntry

_AT_ONCE = 500


@dataclass(frozen=True)
class Old:
    """What lies before a day: entries, and how many questions' answers go with them."""

    entries: int
    answers: int


class Pruning:
    """What is older than `before` (days in UTC). With `failed_only` entries of failed attempts go and nothing else."""

    def __init__(self, store: KeptReplies, before: date, *, failed_only: bool) -> None:
        self._store = store
        self._before = before
        self._failed_only = failed_only
        self._staying = set[int]() if failed_only else {_digest(e) for _, e in store.entries() if not self._is_old(e)}

    def count(self) -> Old:
        """What would go."""
        entries, answered = 0, set[int]()
        for _, entry in self._old():
            entries += 1
            if self._takes_answer(entry):
                answered.add(_digest(entry))
        return Old(entries, len(answered))

    def drop(self) -> None:
        """Drop it, some hundred entries at a time: an interruption leaves a sound store, and the rest for next time."""
        keys: list[str] = []
        ids: list[str] = []
        for key, entry in self._old():
            keys.append(key)
            if self._takes_answer(entry) or self._takes_request(entry):
                ids.append(entry.custom_id)
            if len(keys) >= _AT_ONCE:
                self._store.drop(ids, keys)
                keys, ids = [], []
        self._store.drop(ids, keys)

    def _old(self) -> Iterator[tuple[str, LedgerEntry]]:
        return ((key, entry) for key, entry in self._store.entries() if self._is_old(entry))

    def _is_old(self, entry: LedgerEntry) -> bool:
        old = entry.at.astimezone(UTC).date() < self._before
        return old and not (self._failed_only and entry.outcome == ANSWERED)

    def _takes_answer(self, entry: LedgerEntry) -> bool:
        return not self._failed_only and entry.outcome == ANSWERED and _digest(entry) not in self._staying

    def _takes_request(self, entry: LedgerEntry) -> bool:
        """Whether the entry is of a question that was never answered, whose request would be left behind."""
        asked = not self._failed_only and entry.outcome != ANSWERED and _digest(entry) not in self._staying
        return asked and entry.custom_id not in self._store


def _digest(entry: LedgerEntry) -> int:
    return hash(entry.custom_id)
