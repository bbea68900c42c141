"""What can go wrong with one attempt at an endpoint, named by code, and whether another attempt is worth it."""

from __future__ import annotations

UNREACHABLE = "unreachable"
DROPPED = "connection"
TIMEOUT = "timeout"
CERTIFICATE = "certificate"
QUOTA = "insufficient_quota"
TOO_MANY = "http_429"


class FaultError(Exception):
    """One attempt failed. `again`: worth another; `wait`: seconds that the server asked for; `paid`: the question went
    out and may have been answered without our knowing; `outage`: the endpoint may be down.

    `hopeless` is the one line that says what to set, when no question at all can be answered.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        again: bool = False,
        wait: float | None = None,
        hopeless: str | None = None,
        paid: bool = False,
        outage: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.again = again
        self.wait = wait
        self.hopeless = hopeless
        self.paid = paid
        self.outage = outage


class Once:
    """True the first time, then False: a reply of the wrong form is asked for once more, whatever else goes wrong."""

    def __init__(self) -> None:
        self._used = False

    def take(self) -> bool:
        """Whether this is the first time."""
        used, self._used = self._used, True
        return not used
