"""What can go wrong when a service is asked. They become the reason of an item, never an end of the run.

ServiceFaultError
+-- NoRecordError       the service answers that it has no such record
+-- NotAskedError       no usable answer came: host down, too many requests, broken answer; another time may do
+-- WrongAnswerError    the answer is about another publication than the one asked for
"""

from __future__ import annotations


class ServiceFaultError(Exception):
    """Root: `service` is its name as people know it, `cause` a clause without a subject."""

    def __init__(self, service: str, cause: str) -> None:
        super().__init__(f"{service}: {cause}")
        self.service = service
        self.cause = cause


class NoRecordError(ServiceFaultError):
    """The service has no record of this identifier."""


class NotAskedError(ServiceFaultError):
    """No usable answer came. `lasting` is true where asking the same service for others would be as vain."""

    def __init__(self, service: str, cause: str, *, lasting: bool = False) -> None:
        super().__init__(service, cause)
        self.lasting = lasting


class WrongAnswerError(ServiceFaultError):
    """The answer is about another publication."""
