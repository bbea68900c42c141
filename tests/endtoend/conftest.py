"""The command as `tests/cli` runs it, and the measuring data beside the checkout as `tests/sources` finds it."""

from tests.cli.test_commands import run
from tests.sources.conftest import shared_pdfs

__all__ = ["run", "shared_pdfs"]
