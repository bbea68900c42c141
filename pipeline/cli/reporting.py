"""`mechsyn show`, `recompute`, `schema` and `doctor`: they look at what is there and write nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Models, settings_from

DIFFERS = 4
"""Not the code of partial success: a script that checks must not take the one for the other."""


class Format(StrEnum):
    TEXT = "text"
    MD = "md"
    JSON = "json"


Analysis = Annotated[Path, typer.Argument(help="analysis.json, or the folder that holds it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command()(show)
    app.command()(recompute)
    app.command()(schema)
    app.command()(doctor)


def show(
    file: Analysis,
    form: Annotated[Format, typer.Option("--format", help="text, md or json.")] = Format.TEXT,
) -> None:
    """Print a written analysis."""
    from pipeline.publish import markdown, text, viewing
    from pipeline.publish.writing import read_analysis

    analysis = read_analysis(file)
    if form is Format.JSON:
        typer.echo(analysis.model_dump_json(indent=2, by_alias=True))
    elif form is Format.MD:
        typer.echo(markdown.render_markdown(viewing.page_of(analysis)))
    else:
        typer.echo(text.render_text(viewing.page_of(analysis)))


def recompute(file: Analysis) -> None:
    """Settle a written analysis again from its stored inputs and say whether anything differs."""
    from pipeline.claimwork.recomputing import recompute as again
    from pipeline.publish.writing import read_analysis, read_sources

    analysis = read_analysis(file)
    result = again(analysis, read_sources(file))
    for line in result.differences:
        typer.echo(f"differs: {line}")
    for line in result.broken:
        typer.echo(f"breaks the method: {line}")
    looked = f"{result.quotations} quotations looked up again in {result.sources} stored sources"
    if result.sources < len(analysis.evidence.studies):
        looked += f" ({len(analysis.evidence.studies) - result.sources} sources are not stored beside the analysis)"
    typer.echo(looked)
    if result.differences or result.broken:
        typer.echo("differs from what the rules give now")
        raise typer.Exit(DIFFERS)
    if not result.quotations and analysis.evidence.quotations:
        typer.echo("settled again from the stored quotations, which cannot be held against their sources: not verified")
        raise typer.Exit(DIFFERS)
    typer.echo("settled again: nothing differs")


def schema() -> None:
    """Print the JSON Schema of an analysis."""
    import json

    from schemas.analysis import ClaimAnalysis

    typer.echo(json.dumps(ClaimAnalysis.model_json_schema(by_alias=True), indent=2))


def doctor(model: Models = None) -> None:
    """Say what is configured, whether the endpoint can be reached, and whether it honours structured outputs."""
    import asyncio

    from pipeline.replies.probe import probe

    checks = asyncio.run(probe(settings_from(model)))
    for check in checks:
        mark = {True: "ok  ", False: "FAIL", None: "?   "}[check.ok]
        typer.echo(f"{mark}  {check.check}: {check.detail}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
