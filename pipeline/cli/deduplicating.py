"""`mechsyn sources duplicates`: one publication twice, reports of one study, and decisions of a person about pairs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Ocr, Password
from pipeline.cli.results import PARTIAL
from pipeline.cli.tables import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.sources import PdfOptions
    from pipeline.sources.identity.decisions import Decisions, Settled
    from pipeline.sources.identity.duplicates import Cited, DuplicateReport
    from pipeline.sources.identity.publication import Publication

    Read = Callable[[Sequence[Path], PdfOptions], tuple[Sequence[Publication], int]]

Two = tuple[str, str]


def register(app: typer.Typer, read: Read) -> None:
    """Adds the command to `app`, the group `sources`. `read` reads the citations of files and folders, with what PDFs
    need; it says itself what it cannot read, and how many items that are."""

    def duplicates(
        paths: Annotated[list[Path], typer.Argument(help="Study files, exports, folders.")],
        same: Annotated[
            Two | None, typer.Option("--same", metavar="A B", help="A and B are one publication; count it once.")
        ] = None,
        same_study: Annotated[
            Two | None, typer.Option("--same-study", metavar="A B", help="A and B are two reports of one study.")
        ] = None,
        different: Annotated[
            Two | None, typer.Option("--different", metavar="A B", help="A and B are of different studies.")
        ] = None,
        by: Annotated[str | None, typer.Option("--by", help="Who decides.")] = None,
        why: Annotated[str | None, typer.Option("--why", help="Why, for the next reader.")] = None,
        password: Password = None,
        ocr: Ocr = False,
        as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
    ) -> None:
        """List records of one publication, reports of one study, and pairs for you to decide.

        A and B are named by DOI, PMID, PMCID, id, or as listed (file:line). A decision is kept in duplicates.yaml in
        the folder of the first path, and holds whenever the studies of that folder are read.
        """
        from pipeline.sources import PdfOptions
        from pipeline.sources.identity.decisions import Settled
        from pipeline.sources.identity.duplicates import find_duplicates

        chosen = {Settled.SAME_PUBLICATION: same, Settled.SAME_STUDY: same_study, Settled.DIFFERENT: different}
        told = [(decision, pair) for decision, pair in chosen.items() if pair is not None]
        if len(told) > 1:
            raise typer.BadParameter("--same, --same-study and --different exclude each other; give one at a time")
        publications, failed = read(paths, PdfOptions(password, ocr))
        for decision, pair in told:
            typer.echo(f"kept in {_kept(decision, pair, publications, _folder(paths[0]), by, why)}", err=True)
        report = find_duplicates(publications, _decisions(paths))
        typer.echo(report.model_dump_json(indent=2, by_alias=True) if as_json else "\n".join(_lines(report)))
        if failed:
            raise typer.Exit(PARTIAL if publications else 1)

    app.command()(duplicates)


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _decisions(paths: Sequence[Path]) -> Decisions:
    from pipeline.sources.identity.decisions import Decisions, read_decisions

    found = Decisions()
    for folder in dict.fromkeys(_folder(p) for p in paths):
        found = found.joined(read_decisions(folder))
    return found


def _kept(
    decision: Settled, pair: Two, publications: Sequence[Publication], folder: Path, by: str | None, why: str | None
) -> Path:
    from datetime import date

    from pipeline.errors import InputError
    from pipeline.sources.identity.decisions import LONGEST_TEXT, Decision, Named, record_decision
    from pipeline.sources.identity.duplicates import named

    for option, text in (("--by", by), ("--why", why)):
        if text is not None and len(text) > LONGEST_TEXT:
            raise InputError(f"{option}: {len(text):,} characters, at most {LONGEST_TEXT:,} are kept; say it shorter")
    one, other = (named(publications, name) for name in pair)
    if one is other:
        raise InputError(f"{pair[0]} and {pair[1]} name one record; name two")
    entry = Decision(
        studies=(Named.of(one.citation), Named.of(other.citation)),
        decision=decision,
        by=by,
        on=date.today(),  # noqa: DTZ011 - the decider's own calendar day
        why=why,
    )
    return record_decision(folder, entry)


def _lines(report: DuplicateReport) -> Iterator[str]:
    from pipeline.publish.words import counted

    yield f"{report.records} records, {report.publications} publications, {report.studies} studies"
    for group in report.same_publication:
        yield f"\none publication ({printable('; '.join(group.reasons))})"
        yield from map(_record, group.records)
    for cluster in report.same_study:
        yield f"\none study ({printable('; '.join(cluster.reasons))})"
        yield from map(_record, cluster.publications)
    for pair in report.undecided:
        question = pair.question.value.replace("_", " ").removeprefix("same ")
        yield f"\none {question}? ({printable(pair.reason)})"
        yield from map(_record, (pair.one, pair.other))
    if report.undecided:
        yield f"\n{counted(len(report.undecided), 'pair')} to decide: --same A B, --same-study A B or --different A B"


def _record(record: Cited) -> str:
    return f"  {printable(record.where or record.citation.id)}: {printable(record.line)}"
