"""Writing an analysis and reading it back: `<out>/<claim>/v<n>/`, complete or not there at all.

A version is written into a sibling folder, made durable, then renamed into place, so nothing half-written is ever
seen under its name; what a killed process left aside is removed by the next one that writes there. An analysis that
says the same as the newest version makes no new one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from pydantic_core import from_json

from pipeline.errors import AnalysisFileError, OutputError
from pipeline.publish.markdown import render_markdown
from pipeline.publish.page import render_html
from pipeline.publish.viewing import page_of
from schemas.analysis import FORMAT, ClaimAnalysis
from schemas.study import Study

LARGEST_FILE = 50_000_000
"""Bytes; a file above it is refused before it is read."""

_JSON, _MARKDOWN, _HTML, _SOURCES = "analysis.json", "analysis.md", "analysis.html", "sources"
_VERSION = re.compile(r"v([1-9]\d{0,8})")
_RACES = 5


@dataclass(frozen=True, slots=True)
class Written:
    """Where an analysis lies, as it was written there. `unchanged`: it already did, and nothing was written."""

    folder: Path
    analysis: ClaimAnalysis
    unchanged: bool

    @property
    def version(self) -> int:
        return self.analysis.version

    @property
    def json(self) -> Path:
        return self.folder / _JSON

    @property
    def markdown(self) -> Path:
        return self.folder / _MARKDOWN

    @property
    def html(self) -> Path:
        return self.folder / _HTML


def write_analysis(analysis: ClaimAnalysis, studies: Sequence[Study], out: Path) -> Written:
    """Write `analysis` with its sources as the next version under `out`/<claim id>, or find it unchanged.

    Unchanged means: equal to the newest version but for `version` and the date of the search. Raises OutputError in
    one line when `out` cannot be written or a study is not the text that its sha256 stands for.
    """
    folder = out / analysis.evidence.claim.id
    sources = {f"{_SOURCES}/{_checked_sha(s)}.json": _json(s) for s in studies}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(_RACES):
            newest = max(_versions(folder), default=0)
            if (same := _same(folder / f"v{newest}", analysis)) is not None:
                return Written(folder / f"v{newest}", same, unchanged=True)
            numbered = analysis.model_copy(update={"version": newest + 1})
            if _placed(folder, numbered, sources):
                return Written(folder / f"v{newest + 1}", numbered, unchanged=False)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise OutputError(f"{folder}: the analysis cannot be written ({cause}); choose another folder") from error
    raise OutputError(f"{folder}: other runs keep writing this claim at the same time; run again")


def read_analysis(path: Path) -> ClaimAnalysis:
    """The analysis in the file `path`, or in the folder `path` of one version. AnalysisFileError with the cause."""
    file = path / _JSON if path.is_dir() else path
    data = _read(file)
    try:
        return ClaimAnalysis.model_validate_json(data)
    except ValidationError as error:
        raise AnalysisFileError(f"{file}: {_what_is_wrong(data, error)}") from None


def read_sources(path: Path) -> dict[str, Study]:
    """The studies kept beside the analysis `path` (its file or folder) by their study id; empty when none are kept.

    AnalysisFileError for a file that is no study, or whose text is not the one that its name stands for.
    """
    folder = (path if path.is_dir() else path.parent) / _SOURCES
    if not folder.is_dir():
        return {}
    studies = [_source(file) for file in sorted(folder.glob("*.json"))]
    return {s.id: s for s in studies}


def _json(noun: ClaimAnalysis | Study) -> str:
    return noun.model_dump_json(indent=1, by_alias=True) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _checked_sha(study: Study) -> str:
    if _sha256(study.text) != study.sha256:
        raise OutputError(
            f"{study.file_name}: the text of {study.id} is not the one that was read; read the study again"
        )
    return study.sha256


def _versions(folder: Path) -> list[int]:
    return [int(m[1]) for p in folder.iterdir() if (m := _VERSION.fullmatch(p.name))]


def _same(folder: Path, analysis: ClaimAnalysis) -> ClaimAnalysis | None:
    """The analysis in `folder` if it is whole and differs from `analysis` in version and date of search at most."""
    if not all((folder / name).is_file() for name in (_JSON, _MARKDOWN, _HTML)):
        return None
    try:
        old = read_analysis(folder)
    except AnalysisFileError:
        return None  # a damaged or older-format version is kept as it is, and a new one is written beside it
    searched_on = {"searched_on": old.provenance.searched_on}
    now = analysis.model_copy(
        update={"version": old.version, "provenance": analysis.provenance.model_copy(update=searched_on)}
    )
    return old if now == old else None


def _placed(folder: Path, analysis: ClaimAnalysis, sources: Mapping[str, str]) -> bool:
    """Write everything aside and rename it into place; false when another run came in between."""
    page = page_of(analysis)
    files = {_JSON: _json(analysis), _MARKDOWN: render_markdown(page), _HTML: render_html(page), **sources}
    place = folder / f"v{analysis.version}"
    with _aside(folder, analysis.version) as partial:
        if partial is None:
            return False
        (partial / _SOURCES).mkdir()
        for name, text in files.items():
            _write_durably(partial / name, text)
        for directory in (partial / _SOURCES, partial):
            _make_durable(directory)
        try:
            partial.rename(place)
        except OSError as error:
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                return False
            raise
        _make_durable(folder)
    return True


@contextmanager
def _aside(folder: Path, version: int) -> Generator[Path | None]:
    """A folder of this process alone, locked while it writes and removed afterwards unless it was renamed; None when
    another run has just taken it for abandoned. What killed processes have left behind is removed first."""
    for left in folder.glob(".v*.partial-*"):
        _remove_if_abandoned(left)
    partial = folder / f".v{version}.partial-{secrets.token_hex(4)}"
    partial.mkdir()
    descriptor = os.open(partial, os.O_RDONLY)
    try:
        free = _lock(descriptor)
        yield partial if free is not False and partial.exists() else None
    finally:
        os.close(descriptor)
        shutil.rmtree(partial, ignore_errors=True)


def _remove_if_abandoned(partial: Path) -> None:
    try:
        descriptor = os.open(partial, os.O_RDONLY)
    except FileNotFoundError:
        return  # its writer has renamed or removed it meanwhile
    try:
        if _lock(descriptor):
            shutil.rmtree(partial, ignore_errors=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Whether the lock, which ends with its process, is ours now; None on a file system that knows no locks, where
    nothing can be told to be abandoned and so nothing is removed."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _write_durably(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _make_durable(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise AnalysisFileError(f"{file}: there is no such file; give an analysis.json or the folder of a version")
        if file.stat().st_size > LARGEST_FILE:
            raise AnalysisFileError(f"{file}: larger than {LARGEST_FILE // 1_000_000} MB; no analysis is")
        return file.read_bytes()
    except OSError as error:
        raise AnalysisFileError(f"{file}: cannot be read ({error.strerror or type(error).__name__})") from error


def _what_is_wrong(data: bytes, error: ValidationError) -> str:
    try:
        found: object = from_json(data)
    except ValueError:
        return "not JSON, so no analysis; give an analysis.json that mechsyn wrote"
    named = cast("dict[str, object]", found).get("format") if isinstance(found, dict) else None
    if named is None:
        return "JSON, but no analysis; give an analysis.json that mechsyn wrote"
    if named != FORMAT:
        return f"an analysis of format {str(named)[:60]!r}; this version reads {FORMAT!r}"
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"damaged analysis: {where}: {first['msg']}{more}; make it again with mechsyn analyze"


def _source(file: Path) -> Study:
    try:
        study = Study.model_validate_json(_read(file))
    except ValidationError:
        raise AnalysisFileError(f"{file}: not a study as mechsyn keeps it; make the analysis again") from None
    if not _sha256(study.text) == study.sha256 == file.stem:
        raise AnalysisFileError(f"{file}: the text is not the one that its name stands for; make the analysis again")
    return study
