"""Pure functions from what was found to what is settled: docs/method.md, one file per table. No I/O, no clock, no model."""

RULES_VERSION = "1"
"""The version by which an analysis was settled; a changed rule is a new version."""
