"""The ledger: one entry for every attempt that went out or reply that came in, with what it cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from schemas.analysis import Usage
from schemas.base import Noun
from schemas.wire import stage_of


class Route(StrEnum):
    """How a question went out."""

    LIVE = "live"
    BATCH = "batch"
    FILE = "file"


ANSWERED = "answered"


class LedgerEntry(Noun):
    """One attempt. `outcome` is `answered` (status 200, paid for) or the code of the fault; `seconds` is how long the
    answer took, None where it was not watched; `cost` is None where tokens or price are unknown."""

    at: datetime
    custom_id: str
    route: Route
    outcome: str
    model: str | None = None
    answered_by: str | None = None
    request_id: str | None = None
    attempt: int = 1
    seconds: float | None = None
    usage: Usage = Usage()
    cost: Decimal | None = None

    @property
    def stage(self) -> str:
        """The stage that asked."""
        return stage_of(self.custom_id)
