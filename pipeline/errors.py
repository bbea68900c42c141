"""Everything that goes wrong, as one tree. Every message names the thing, the cause and the remedy in one line.

MechsynError
+-- InputError            what the user gave cannot be used                          exit 1
|   +-- SourceError       a study file cannot be read: file, cause, remedy
|   +-- ClaimError        a claim or a claims file is empty, too long or malformed
|   +-- AnalysisFileError a file is no analysis, or one of another format
+-- OutputError           a result cannot be written                                  exit 1
+-- SetupError            something is not configured, or an endpoint refuses us      exit 1
+-- ReplyFileError        a file of requests or replies, or the reply store, is damaged
+-- InvariantError        an analysis breaks a rule of the method: a fault of ours, nothing is written
"""

from __future__ import annotations


class MechsynError(Exception):
    """Root of the tree: caught once, by the command line, and shown as one line without a traceback."""


class InputError(MechsynError):
    """What the user gave cannot be used."""


class SourceError(InputError):
    """A study file cannot be read. `str()` gives `file: cause; remedy`."""

    def __init__(self, file: str, cause: str, remedy: str) -> None:
        super().__init__(f"{file}: {cause}; {remedy}")
        self.file = file
        self.cause = cause
        self.remedy = remedy


class ClaimError(InputError):
    """A claim or a claims file cannot be used."""


class AnalysisFileError(InputError):
    """A file is no analysis of this format."""


class OutputError(MechsynError):
    """A result cannot be written."""


class SetupError(MechsynError):
    """Something is not configured, or an endpoint refuses to work for us at all."""


class ReplyFileError(MechsynError):
    """A file of requests or replies, or the store of kept replies, is damaged or hostile."""


class InvariantError(MechsynError):
    """An analysis breaks a rule of the method; it is not written."""

    def __init__(self, violations: tuple[str, ...]) -> None:
        super().__init__("the analysis breaks the method and was not written: " + "; ".join(violations))
        self.violations = violations
