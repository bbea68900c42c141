"""Pure functions from what was found to what is settled: one file per table of docs/method.md.

No I/O, no clock, no model, no state.
"""

RULES_VERSION = "2"
"""The version by which an analysis was settled; a changed rule is a new version."""
