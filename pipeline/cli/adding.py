"""`mechsyn add` and `mechsyn sources check`: studies by identifier, and asking again whether they still stand.

Promises an item for everything that was given, and that claims files keep comments and order. What fetches, writes and
checks lies in `sources.services`; reading files is a callable, so that `add` reads whatever `analyze` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Quiet
from pipeline.cli.results import PARTIAL

if TYPE_CHECKING:
    from datetime import timedelta

    from pipeline.sources.reading import Reading
    from pipeline.sources.services.adding import Added
    from schemas.source_report import CheckItem, CheckReport, SourceItem

STUDIES = "studies"
MOST_DAYS = 3650


@dataclass(frozen=True)
class Imported:
    """What became of one item of a file; `file` is what the claim then names."""

    item: SourceItem
    file: Path | None = None


FileReading = Callable[[Sequence[Path]], Iterable[Sequence[Imported]]]
"""What became of several files and folders: one sequence each, in their order."""
NO_NAME = "has a name that is no text, and no claims file can hold it; rename it"

Into = Annotated[Path | None, typer.Option("--into", help="Folder for study forms; default: studies beside CLAIM.")]
Claim = Annotated[str | None, typer.Option("--claim", help="Id of the claim, where the file has several.")]
From = Annotated[list[Path] | None, typer.Option("--from", help="A file with one identifier a line; as good as @FILE.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Fetch again what is known, and ask everything afresh.")]
MaxAge = Annotated[float, typer.Option("--max-age", min=0, max=MOST_DAYS, help="Days for which kept answers will do.")]
AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON.")]


def register(app: typer.Typer, read_files: FileReading | None = None) -> None:
    """Adds `add` to `app`. `read_files` reads the files and folders among its arguments."""

    def add(
        claims: Annotated[Path, typer.Argument(metavar="CLAIM", help="A claims file.")],
        given: Annotated[
            list[str] | None,
            typer.Argument(metavar="DOI|PMID|PMCID|FILE...", help="Identifiers, @FILE with a list, files, folders."),
        ] = None,
        listed: From = None,
        claim: Claim = None,
        into: Into = None,
        refresh: Refresh = False,
        max_age: MaxAge = 1.0,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Add studies to a claim by DOI, PMID or PMCID: fetched, verified, kept as study forms."""
        from datetime import timedelta

        from pipeline.claimwork.claims_file import chosen_entry, name_studies

        place = chosen_entry(claims, claim)
        folder = into if into is not None else claims.parent / STUDIES
        wanted = _wanted(given or [], listed or [])
        added = _added(wanted, folder, read_files or _read_files, timedelta(days=max_age), refresh=refresh, quiet=quiet)
        named = name_studies(claims, place, added.files)
        _show(added, f"{claims}: {named} {'study' if named == 1 else 'studies'} added", as_json=as_json, quiet=quiet)

    app.command()(add)


def register_check(sources: typer.Typer) -> None:
    """Adds `check` to the group of commands about sources."""
    sources.command()(check)


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Study forms, folders of them, claims files; default: the folder studies."),
    ] = None,
    max_age: MaxAge = 0.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is new, and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask Crossref and PubMed again for retraction, concern, erratum and article of every known study."""
    from datetime import timedelta

    from pipeline.cli.options import settings_from
    from pipeline.sources.services.checking import check_studies
    from schemas.source_report import CheckOutcome

    forms = _forms(paths or [Path(STUDIES)])
    report = check_studies(forms, settings_from(None), max_age=timedelta(days=max_age), dry_run=dry_run)
    typer.echo(report.model_dump_json(indent=2) if as_json else _check_table(report, dry_run=dry_run))
    for item in report.items:
        if item.reason and item.outcome is not CheckOutcome.NO_IDENTIFIER:
            _say(f"{item.file}: {item.reason}")
    without = report.counts[CheckOutcome.NO_IDENTIFIER]
    if without:
        _say(f"{without} of {len(report.items)} have no identifier or form and cannot be checked")
    if any(not item.complete for item in report.items):
        raise typer.Exit(PARTIAL)


def _wanted(given: Sequence[str], listed: Sequence[Path]) -> list[str]:
    """The arguments, with lists in the place of their names. InputError for nothing, or a list that is unreadable."""
    from pipeline.errors import InputError

    wanted = [line for text in given for line in (_lines(Path(text[1:])) if text.startswith("@") else [text])]
    wanted += [line for path in listed for line in _lines(path)]
    if not wanted:
        raise InputError("nothing to add is given; name DOIs, PMIDs, PMCIDs, files, or a list with --from")
    return wanted


def _lines(path: Path) -> list[str]:
    from pipeline.sources.opening import opened
    from pipeline.sources.services.adding import listed

    return listed(opened(path).text.splitlines())


def _added(
    wanted: Sequence[str], folder: Path, read_files: FileReading, max_age: timedelta, *, refresh: bool, quiet: bool
) -> Added:
    """Everything that was given, in its order: files read, identifiers fetched together."""
    from pipeline.cli.options import settings_from
    from pipeline.sources.services.adding import Added, add_studies

    files = {text: Path(text) for text in wanted if _exists(text)}
    identifiers = [text for text in wanted if text not in files]
    settings = settings_from(None)
    warn = _silent if quiet else _say
    fetched = add_studies(identifiers, folder, settings, warn=warn, refresh=refresh, max_age=max_age)
    done, answers = Added(fetched.shelf), iter(fetched.items)
    read = iter(read_files([files[text] for text in wanted if text in files]))
    for text in wanted:
        if text not in files:
            done.items.append(next(answers))
            continue
        for imported in next(read):
            done.note(imported.item, imported.file)
    done.files = [*dict.fromkeys([*fetched.files, *done.files])]
    return done


def _read_files(paths: Sequence[Path]) -> Iterable[Sequence[Imported]]:
    """Files as `analyze` reads them, held against each other; the claim names the file itself, an export for all its
    studies."""
    from pipeline.sources.gathering import files_in, read_files
    from pipeline.sources.survey import items_of

    given = [list(read_files(list(files_in([path])))) for path in paths]
    items = items_of([reading for files in given for _, readings in files for reading in readings])
    for files in given:
        yield [_imported(next(items), file, readings) for file, readings in files for _ in readings]


def _imported(item: SourceItem, file: Path, readings: Sequence[Reading]) -> Imported:
    from schemas.source_report import SourceOutcome

    if all(reading.study is None for reading in readings):
        return Imported(item)
    if not _is_no_text(str(file)):
        return Imported(item, file=file)
    failed = {"outcome": SourceOutcome.FAILED, "reason": NO_NAME, "duplicate_of": None}
    return Imported(item.model_copy(update=failed))


def _is_no_text(name: str) -> bool:
    """Whether a name holds bytes that are no characters, as Python keeps them: halves of characters."""
    return any("\ud800" <= c <= "\udfff" for c in name)


def _exists(text: str) -> bool:
    """Whether the argument names a file or folder; an empty one (a variable that was not set) is not this folder."""
    try:
        return bool(text.strip()) and Path(text).exists()
    except (OSError, ValueError):
        return False


def _show(added: Added, summary: str, *, as_json: bool, quiet: bool) -> None:
    from pipeline.cli.source_table import source_table
    from pipeline.cli.tables import terminal_width
    from schemas.source_report import SourceOutcome, SourceReport

    report = SourceReport.of(added.items)
    typer.echo(report.model_dump_json(indent=2) if as_json else source_table(report, terminal_width()))
    if not quiet:
        _say(summary)
    lacking = [i for i in report.items if i.outcome in {SourceOutcome.FAILED, SourceOutcome.CITATION_ONLY}]
    for item in lacking:
        _say(f"{item.source}: {item.reason}")
    if lacking:
        raise typer.Exit(1 if len(lacking) == len(report.items) else PARTIAL)


def _forms(paths: Sequence[Path]) -> list[Path]:
    """The files to check: a claims file stands for the studies that it names."""
    from pipeline.claimwork.claims_file import studies_of
    from pipeline.errors import InputError

    found: list[Path] = []
    for path in paths:
        if not _exists(str(path)):
            raise InputError(f"{path}: does not exist; name study forms, a folder of them, or a claims file")
        found += studies_of(path) if _is_claims_file(path) else [path]
    return found


def _is_claims_file(path: Path) -> bool:
    """Whether a file is YAML or JSON and no study form."""
    from pipeline.sources.services.form_files import ENDINGS, read_form

    return path.is_file() and path.suffix.lower() in ENDINGS and read_form(path) is None


def _check_table(report: CheckReport, *, dry_run: bool) -> str:
    from pipeline.cli.tables import table
    from schemas.source_report import CheckOutcome

    changed = [i for i in report.items if i.outcome is CheckOutcome.CHANGED]
    rows = [row for item in changed for row in _changes(item)]
    counted = ", ".join(f"{count} {outcome.in_words}" for outcome, count in report.counts.items() if count)
    text = table(("study", "was", "is", "notice", "date"), rows, left=5) + "\n\n" if rows else ""
    written = "; nothing was written (--dry-run)" if dry_run and changed else ""
    return f"{text}{counted or 'nothing to check'}{written}"


def _changes(item: CheckItem) -> Iterable[tuple[str, str, str, str, str]]:
    """A line for every new notice; one for a status that changed without any."""
    was, now = (s.value.replace("_", " ") if s is not None else "-" for s in (item.was, item.now))
    study = _plain(item.label or item.study or item.file)[:40]
    for notice in item.notices:
        where = notice.DOI or (f"PMID {notice.PMID}" if notice.PMID else notice.reference or "-")
        yield study, was, now, _plain(f"{notice.kind.value.replace('_', ' ')} {where}")[:80], _plain(notice.date or "-")
    if not item.notices:
        yield study, was, now, "-", "-"


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def _say(text: str) -> None:
    typer.echo(f"mechsyn: {_plain(text)}", err=True)


def _silent(text: str) -> None:
    del text
