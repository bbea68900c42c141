"""What the user gave -> claims with their studies: claims files, study files and folders, duplicates, unreadable files.

Claims files are read and checked whole before anything else; studies are read when their claim's turn comes, so that
ten thousand claims need no more memory than a hundred. One bad study never costs the claim: the analysis names it. A
claim none of whose studies can be read is a task with a fault, and never costs the others.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from pipeline.claimwork.listing import items
from pipeline.errors import ClaimError, InputError, SourceError
from pipeline.sources import PdfOptions, Reading
from pipeline.sources.gathering import Found, files_in, is_folder, path_of, read_files
from pipeline.sources.identity.decisions import Decisions, read_decisions
from pipeline.sources.identity.settling import settle
from pipeline.sources.reading import PLAIN
from schemas.analysis import Unsettled
from schemas.base import Noun
from schemas.claim import Claim
from schemas.study import Study
from schemas.vocabulary import ClaimType

LONGEST_CLAIM = 1000
LARGEST_CLAIMS_FILE = 20_000_000
MOST_STUDIES_HELD = 128
"""Studies that stay in memory for the claims to come that name them as well."""

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One claim to analyse (null: to be proposed by its studies) with the studies that could be read; `fault` is why
    there are none."""

    claim: Claim | None
    studies: tuple[Study, ...] = ()
    missing: tuple[Unsettled, ...] = ()
    fault: InputError | None = None


@dataclass(frozen=True)
class Tasks:
    """`count` tasks, each made when it is its turn. May be gone through more than once."""

    count: int
    _make: Callable[[], Iterator[Task]]

    def __iter__(self) -> Iterator[Task]:
        return self._make()


class ClaimEntry(Noun):
    """One entry of a claims file. `studies` are paths relative to the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    claim: str
    id: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    type: ClaimType | None = None
    studies: tuple[str, ...] = ()


def claim_of(text: str, claim_type: ClaimType | None = None, claim_id: str | None = None) -> Claim:
    """A claim from what the user typed; its id is a slug of the text with a short hash, so that two claims never
    share a folder.

    ClaimError when it is empty, too long for a claim, or has no words.
    """
    text = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    if not text:
        raise ClaimError("the claim is empty; give it as one sentence")
    if len(text) > LONGEST_CLAIM:
        raise ClaimError(
            f"the claim has {len(text):,} characters, at most {LONGEST_CLAIM:,} are taken; give one sentence to test"
        )
    if sum(c.isalpha() for c in text) < 3:
        raise ClaimError(f"the claim {text!r} has no words; give it as one sentence")
    return Claim(id=claim_id or slug(text), text=text, type=claim_type)


def slug(text: str) -> str:
    """A folder name: the claim's first words in ASCII and eight digits of its sha256."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)[:8]
    return "-".join([*words, hashlib.sha256(text.encode()).hexdigest()[:8]])[-80:].lstrip("-")


def read_claims(paths: Sequence[Path], extra_studies: Sequence[Path], warn: Warn, options: PdfOptions = PLAIN) -> Tasks:
    """The tasks of claims files: a mapping for one claim, or a list of mappings and strings.

    `extra_studies` are added to every claim. ClaimError names the file and the entry that cannot be used, before any
    study is read.
    """
    asked = [found for path in paths for found in _claims(path)]

    def make() -> Iterator[Task]:
        library = _Library(warn, options)
        for folder, claim, studies in asked:
            yield library.task(claim, [*(folder / s for s in studies), *extra_studies])

    return Tasks(len(asked), make)


def _claims(path: Path) -> Iterator[tuple[Path, Claim, tuple[str, ...]]]:
    """Folder, claim and study paths of every entry of a claims file."""
    seen: dict[str, int] = {}
    for number, entry in enumerate(read_entries(path), 1):
        try:
            claim = claim_of(entry.claim, entry.type, entry.id)
        except ClaimError as error:
            raise ClaimError(f"{path}: entry {number}: {error}") from error
        if claim.id in seen:
            raise ClaimError(f"{path}: entries {seen[claim.id]} and {number} are the same claim; remove one")
        seen[claim.id] = number
        yield path.parent, claim, entry.studies


def read_task(claim: Claim | None, studies: Sequence[Path], warn: Warn, options: PdfOptions = PLAIN) -> Tasks:
    """The task of one claim given on the command line."""
    task = _Library(warn, options).task(claim, studies)
    return Tasks(1, lambda: iter((task,)))


def read_entries(path: Path) -> Iterator[ClaimEntry]:
    """The entries of a claims file, one at a time: the parsed form of ten thousand is larger than all that is kept.

    ClaimError names the file and the entry that cannot be used.
    """
    import yaml

    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_CLAIMS_FILE + 1)
    except OSError as error:
        raise ClaimError(f"{path}: {error.strerror}; give a readable claims file") from error
    if b"%PDF-" in data[:1024]:
        raise ClaimError(f"{path}: a PDF is a study, not a claims file; give studies with --study, or to analyze")
    if len(data) > LARGEST_CLAIMS_FILE:
        raise ClaimError(f"{path}: larger than {LARGEST_CLAIMS_FILE:,} bytes; split the file")
    blank, number = list[object](), 0
    try:
        for number, item in enumerate(items(data.decode("utf-8-sig")), 1):
            if not item and len(blank) == number - 1:
                blank.append(item)
                continue
            for place, nothing in enumerate(blank, 1):
                yield _entry(path, place, nothing)
            yield _entry(path, number, item)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        where = f" near line {m.line + 1}" if (m := getattr(error, "problem_mark", None)) else ""
        raise ClaimError(f"{path}: no valid YAML or JSON{where}; see fixtures/claims for the form") from error
    if len(blank) == number:
        raise ClaimError(f"{path}: holds no claim; give at least one entry with a claim")


def _entry(path: Path, number: int, item: object) -> ClaimEntry:
    try:
        return ClaimEntry.model_validate({"claim": item} if isinstance(item, str) else item)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(p) for p in first["loc"]) or "entry"
        raise ClaimError(
            f"{path}: entry {number}: {place}: {first['msg'].lower()}; an entry has claim, may have id, type, studies"
        ) from error


class _Library:
    """Reads a file once for all claims that name it, as long as it is among the last that were used."""

    def __init__(self, warn: Warn, options: PdfOptions) -> None:
        self._warn = warn
        self._options = options
        self._read: OrderedDict[Path, list[Reading]] = OrderedDict()
        self._decided: dict[Path, Decisions] = {}

    def task(self, claim: Claim | None, paths: Sequence[Path]) -> Task:
        """The task of `claim`; its fault is the only file's, or names them all."""
        files = list(files_in(paths))
        if not files:
            none = ClaimError("no study is given; name at least one file (PDF, text, study form or export)")
            return Task(claim, fault=none)
        studies: list[Study] = []
        faults: list[SourceError] = []
        for reading in self._readings(files):
            if reading.study is not None:
                studies.append(reading.study)
            elif reading.fault is not None:
                faults.append(reading.fault)
        if not studies:
            every = ClaimError("no study could be read: " + " | ".join(str(f) for f in faults))
            return Task(claim, fault=faults[0] if len(faults) == 1 else every)
        try:
            settled = settle(studies, self._decisions([*paths, *(f for f in files if isinstance(f, Path))]))
        except InputError as error:
            return Task(claim, fault=error)
        for line in (*settled.messages, *map(str, faults)):
            self._warn(line)
        missing = tuple(
            Unsettled(stage="sources", study=Path(f.file).name, code="unreadable", reason=f"{f.cause}; {f.remedy}")
            for f in faults
        )
        return Task(claim, tuple(sorted(settled.studies, key=lambda s: s.id)), missing)

    def _readings(self, files: Sequence[Found]) -> Iterator[Reading]:
        """The readings of the files, in order; those that are not held any more are read, several at once."""
        wanted: dict[Path, Found] = {}
        for file in files:
            wanted.setdefault(_key(file) if isinstance(file, Path) else path_of(file), file)
        held = {key: self._read[key] for key in wanted if key in self._read}
        fresh = read_files([file for key, file in wanted.items() if key not in held], self._options)
        for key in wanted:
            readings = held[key] if key in held else next(fresh)[1]
            self._read[key] = readings
            self._read.move_to_end(key)
            self._forget()
            yield from readings

    def _forget(self) -> None:
        """Lets go of what was not used for longest; the file in hand stays, however many studies it has."""
        while len(self._read) > 1 and sum(map(len, self._read.values())) > MOST_STUDIES_HELD:
            self._read.popitem(last=False)

    def _decisions(self, paths: Sequence[Path]) -> Decisions:
        """What a person has decided about pairs, in any of the folders that the studies come from."""
        found = Decisions()
        folders = dict.fromkeys(path if is_folder(path) else path.parent for path in map(_key, paths))
        for folder in filter(is_folder, folders):
            if folder not in self._decided:
                self._decided[folder] = read_decisions(folder)
            found = found.joined(self._decided[folder])
        return found


def _key(file: Path) -> Path:
    """The file whatever way leads to it; the path as given when the system refuses to say which file it is."""
    try:
        return file.resolve()
    except (OSError, RuntimeError, ValueError):
        return file
