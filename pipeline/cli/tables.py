"""Aligned tables of plain text, money and time in words, for commands that print figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Rows under their heads; the first `left` columns are words, the others figures set to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def amount(money: Decimal | None) -> str:
    """Money with two decimals, with four where it is less than one; `unknown` for None."""
    if money is None:
        return "unknown"
    return f"{money:,.2f}" if money >= 1 or money == 0 else f"{money:.4f}"


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def terminal_width() -> int | None:
    """Columns of the terminal that reads stdout; null for a file or a pipe."""
    import shutil
    import sys

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def printable(text: str) -> str:
    """The text on one line without what moves a terminal: names of files and titles of records are not ours."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
