"""The command run in the test's own folder, and two studies that lie there, for every file of tests here."""

from tests.cli.test_commands import run, studies

__all__ = ["run", "studies"]
