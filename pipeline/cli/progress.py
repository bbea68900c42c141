"""The live progress display on stderr: claims, waves, requests, tokens, money. Silent when quiet or not a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.progress import Progress, TaskID

    from pipeline.replies.counts import Counts


class ProgressDisplay:
    """What a command says while it works; `watching` shows a display where somebody watches."""

    def __init__(self, *, quiet: bool) -> None:
        self._claims = 0
        self._waves: dict[str, int] = {}
        self._expected = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._quiet = quiet
        self._watched = not quiet and sys.stderr.isatty()

    @contextmanager
    def watching(self, claims: int) -> Generator[None]:
        """The display of `claims` claims, until the end of the block."""
        self._claims = claims
        if self._watched:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[detail]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task(f"claims 0/{self._claims}", total=self._claims, detail="")
        try:
            yield
        finally:
            if self._progress is not None:
                self._progress.stop()

    def wave(self, claim: str, requests: int) -> None:
        """A wave of requests begins for a claim."""
        self._waves[claim] = self._waves.get(claim, 0) + 1
        self._expected += requests

    def claim_done(self, claim: str) -> None:
        """One more claim is finished."""
        self._waves.pop(claim, None)
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)
            done = int(self._progress.tasks[0].completed)
            self._progress.update(self._task, description=f"claims {done}/{self._claims}")

    def counts(self, counts: Counts) -> None:
        """Requests, tokens and money have changed."""
        if self._progress is None or self._task is None:
            return
        money = "" if counts.money is None else f" · {counts.money:.2f} {counts.currency} spent"
        failed = f" · {sum(counts.failed.values())} failed" if counts.failed else ""
        tokens = counts.usage.prompt_tokens + counts.usage.completion_tokens
        detail = (
            f"wave {max(self._waves.values(), default=0)} · requests {counts.asked + counts.kept}/{self._expected}"
            f" ({counts.kept} kept){failed} · {tokens:,} tokens{money}"
        )
        self._progress.update(self._task, detail=detail)

    def result(self, text: str) -> None:
        """A result on stdout, quiet or not, with the display out of the way: while it runs it takes over stdout."""
        if self._progress is not None:
            self._progress.stop()
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        if self._progress is not None:
            self._progress.start()

    def warn(self, text: str) -> None:
        """One line on stderr, above the display; nothing when quiet."""
        if not self._quiet:
            self.say(text)

    def say(self, text: str) -> None:
        """One line on stderr, above the display, even when quiet: what failed and what is missing."""
        line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
        if self._progress is not None:
            # Commands to copy stand in these lines, so they are wrapped by the terminal, not by line breaks.
            self._progress.console.print(f"mechsyn: {line}", markup=False, highlight=False, soft_wrap=True)
        else:
            sys.stderr.write(f"mechsyn: {line}\n")


@contextmanager
def file_bar() -> Generator[Callable[[int, int], None]]:
    """A bar on stderr for files that are read; the function it gives takes how many of how many are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def progressed(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield progressed
