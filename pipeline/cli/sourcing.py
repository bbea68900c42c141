"""`mechsyn sources`: what files and folders hold, without analysing them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.adding import register_check
from pipeline.cli.deduplicating import register as register_duplicates
from pipeline.cli.options import Ocr, Password, Quiet
from pipeline.cli.results import PARTIAL
from pipeline.cli.tables import printable, terminal_width

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from pipeline.sources import PdfOptions
    from pipeline.sources.identity.publication import Publication

AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON, with every note in full.")]


def register(app: typer.Typer) -> None:
    """Adds the group of commands to `app`."""
    sources = typer.Typer(
        name="sources", help="Read sources, find duplicates, ask for retractions.", no_args_is_help=True
    )
    sources.command()(read)
    register_check(sources)
    register_duplicates(sources, _publications)
    app.add_typer(sources)


def read(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders: PDFs, texts, study forms, exports.")],
    as_json: AsJson = False,
    password: Password = None,
    ocr: Ocr = False,
    quiet: Quiet = False,
) -> None:
    """Read sources without analysing them, and say what each of them is."""
    from pipeline.cli.source_table import source_table
    from pipeline.sources import PdfOptions
    from pipeline.sources.survey import survey
    from schemas.source_report import SourceOutcome

    with _watched(quiet=quiet) as progressed:
        report = survey(paths, progressed, PdfOptions(password, ocr))
    typer.echo(report.model_dump_json(indent=2) if as_json else source_table(report, terminal_width()))
    failed = report.counts[SourceOutcome.FAILED]
    if failed:
        raise typer.Exit(1 if failed == len(report.items) else PARTIAL)


def _publications(paths: Sequence[Path], options: PdfOptions) -> tuple[Sequence[Publication], int]:
    """Everything that can be cited in files and folders, and how many items could not be read; each is said."""
    from pipeline.sources.survey import publication_of, readings_of

    with _watched(quiet=False) as progressed:
        readings = readings_of(paths, progressed, options)
    failed = [reading.fault for reading in readings if reading.fault is not None and reading.citation is None]
    for fault in failed:
        typer.echo(f"mechsyn: {printable(str(fault))}", err=True)
    return [found for reading in readings if (found := publication_of(reading)) is not None], len(failed)


@contextmanager
def _watched(*, quiet: bool) -> Generator[Callable[[int, int], None]]:
    """A progress bar on stderr where somebody watches."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield _unwatched
        return
    from pipeline.cli.progress import file_bar

    with file_bar() as progressed:
        yield progressed


def _unwatched(done: int, total: int) -> None:
    del done, total
