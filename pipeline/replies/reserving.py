"""Money set aside for the questions that lie in batches, by their ids.

Promises: a question is reserved once, from before it goes into a part until its job has brought it to an end; what an
earlier run has submitted counts as well, as soon as this run waits for it or collects it. Without a budget all of this
is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pipeline.replies.budget import Budget, Reservation
from schemas.ledger import LedgerEntry
from schemas.wire import ReplyLine, RequestLine


class Reserved:
    """The reservations of one run."""

    def __init__(self, budget: Budget | None) -> None:
        self._budget = budget
        self._reservations: dict[str, Reservation] = {}
        self._left_out: dict[str, str] = {}

    @property
    def left_out(self) -> Mapping[str, str]:
        """Questions that did not fit when they were last tried, and why."""
        return self._left_out

    def reserve(self, request: RequestLine) -> str | None:
        """Set aside the most that a question can cost; why not, in words, when it does not fit."""
        self._left_out.pop(request.custom_id, None)
        if self._budget is None:
            return None
        reservation = self._budget.reserve_now(request)
        if isinstance(reservation, str):
            self._left_out[request.custom_id] = reservation
            return reservation
        self._reservations[request.custom_id] = reservation
        return None

    def hold(self, request: RequestLine) -> None:
        """Set money aside for a question that an earlier run has put into a batch."""
        if self._budget is not None and request.custom_id not in self._reservations:
            self._reservations[request.custom_id] = self._budget.hold(request)

    def release(self, custom_id: str) -> None:
        """A question does not go out after all."""
        reservation = self._reservations.pop(custom_id, None)
        if reservation is not None:
            reservation.release()

    def end(self, reply: ReplyLine, entry: LedgerEntry | None) -> None:
        """A job has brought a question to an end."""
        reservation = self._reservations.pop(reply.custom_id, None)
        if reservation is None:
            if self._budget is not None and entry is not None:
                self._budget.spent += entry.cost or Decimal(0)
        elif reply.is_answer:
            reservation.settle(reply)
        else:
            reservation.release()
