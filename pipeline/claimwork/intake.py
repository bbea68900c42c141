"""What the user gave -> claims with their studies: claims files, study files and folders, duplicates, unreadable files.

One bad study never costs the claim: it is named in the analysis. No readable study at all is an error.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import ConfigDict, Field, ValidationError

from pipeline.errors import ClaimError, SourceError
from pipeline.sources import read_study
from schemas.analysis import Unsettled
from schemas.base import Noun
from schemas.claim import Claim
from schemas.study import Study
from schemas.vocabulary import ClaimType, PublicationStatus

LONGEST_CLAIM = 1000
LARGEST_CLAIMS_FILE = 5_000_000
NEARLY_ALL = 0.7
"""Share of the shorter text's sentences that makes two files one study (our choice)."""
READABLE = (".yaml", ".yml", ".json", ".pdf", ".txt", ".md", ".markdown")

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One claim to analyse (null: to be proposed by its studies) with the studies that could be read."""

    claim: Claim | None
    studies: tuple[Study, ...]
    missing: tuple[Unsettled, ...] = ()


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


def read_claims(path: Path, extra_studies: Sequence[Path], warn: Warn, password: str | None = None) -> list[Task]:
    """The tasks of a claims file: a mapping for one claim, or a list of mappings and strings.

    `extra_studies` are added to every claim. ClaimError names the file and the entry that cannot be used.
    """
    entries = _entries(path)
    seen: dict[str, int] = {}
    library = _Library(warn, password)
    tasks: list[Task] = []
    for number, entry in enumerate(entries, 1):
        try:
            claim = claim_of(entry.claim, entry.type, entry.id)
        except ClaimError as error:
            raise ClaimError(f"{path}: entry {number}: {error}") from error
        if claim.id in seen:
            raise ClaimError(f"{path}: entries {seen[claim.id]} and {number} are the same claim; remove one")
        seen[claim.id] = number
        tasks.append(library.task(claim, [*(path.parent / s for s in entry.studies), *extra_studies]))
    return tasks


def read_task(claim: Claim | None, studies: Sequence[Path], warn: Warn, password: str | None = None) -> Task:
    """The task of one claim given on the command line. SourceError or ClaimError when no study can be read."""
    return _Library(warn, password).task(claim, studies)


def _entries(path: Path) -> list[ClaimEntry]:
    import yaml

    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_CLAIMS_FILE + 1)
        if b"%PDF-" in data[:1024]:
            raise ClaimError(f"{path}: a PDF is a study, not a claims file; give studies with --study, or to analyze")
        if len(data) > LARGEST_CLAIMS_FILE:
            raise ClaimError(f"{path}: larger than {LARGEST_CLAIMS_FILE:,} bytes; split the file")
        loaded = yaml.safe_load(data.decode("utf-8-sig"))
    except OSError as error:
        raise ClaimError(f"{path}: {error.strerror}; give a readable claims file") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        where = f" near line {m.line + 1}" if (m := getattr(error, "problem_mark", None)) else ""
        raise ClaimError(f"{path}: no valid YAML or JSON{where}; see fixtures/claims for the form") from error
    raw = cast("list[object]", loaded) if isinstance(loaded, list) else [loaded]
    if not any(raw):
        raise ClaimError(f"{path}: holds no claim; give at least one entry with a claim")
    return [_entry(path, number, item) for number, item in enumerate(raw, 1)]


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
    """Reads every file once, however many claims name it."""

    def __init__(self, warn: Warn, password: str | None) -> None:
        self._warn = warn
        self._password = password
        self._read: dict[Path, Study | SourceError] = {}

    def task(self, claim: Claim | None, paths: Sequence[Path]) -> Task:
        files = list(_files(paths))
        if not files:
            raise ClaimError("no study is given; name at least one file (text, Markdown, PDF, YAML or JSON)")
        studies: dict[str, Study] = {}
        faults: list[SourceError] = []
        for file in files:
            found = self._study(file)
            if isinstance(found, SourceError):
                faults.append(found)
            else:
                self._add(studies, found)
        if not studies:
            if len(faults) == 1:
                raise faults[0]
            raise ClaimError("no study could be read: " + " | ".join(str(f) for f in faults))
        for fault in faults:
            self._warn(str(fault))
        missing = tuple(
            Unsettled(stage="sources", study=Path(f.file).name, code="unreadable", reason=f"{f.cause}; {f.remedy}")
            for f in faults
        )
        return Task(claim, tuple(sorted(studies.values(), key=lambda s: s.id)), missing)

    def _study(self, file: Path) -> Study | SourceError:
        try:
            key = file.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            # A loop of links, a name too long or with a NUL: the system refuses to say which file it is.
            return SourceError(_short_name(file), f"no usable file name ({type(error).__name__})", "give another path")
        if key not in self._read:
            try:
                self._read[key] = read_study(file, password=self._password)
            except SourceError as error:
                self._read[key] = error
        return self._read[key]

    def _add(self, studies: dict[str, Study], study: Study) -> None:
        twin = next((s for s in studies.values() if same_text(s, study)), None)
        if twin is not None:
            kind = "the same text as" if twin.sha256 == study.sha256 else "nearly the same text as"
            other = "another given file or form" if twin.file_name == study.file_name else twin.file_name
            self._warn(f"{study.file_name}: {kind} {other}; counted once")
            studies[twin.id] = _merged(twin, study)
            return
        number = 2
        given = study.id
        while study.id in studies:
            renamed = f"{given[:74]}-{number}"
            study = study.model_copy(update={"citation": study.citation.model_copy(update={"id": renamed})})
            number += 1
        studies[study.id] = study


def same_text(one: Study, other: Study) -> bool:
    """Whether most sentences of the shorter text stand in the longer: one study in two files, however it was cut."""
    if one.sha256 == other.sha256:
        return True
    ours, theirs = _sentences(one), _sentences(other)
    shorter = min(len(ours), len(theirs))
    return shorter >= 2 and len(ours & theirs) >= NEARLY_ALL * shorter


def _sentences(study: Study) -> frozenset[str]:
    return frozenset(" ".join(study.text[s.start : s.end].casefold().split()) for s in study.sentences)


def _merged(one: Study, other: Study) -> Study:
    """Of a bare file and a form that cites it, the form knows more; of two statuses the worse is kept."""
    better, lesser = (other, one) if len(other.citation.author) > len(one.citation.author) else (one, other)
    return better.model_copy(
        update={
            "citation": better.citation.model_copy(update={"id": one.id}),
            "status": max((one.status, other.status), key=list(PublicationStatus).index),
            "registration": better.registration or lesser.registration,
            "document": better.document or lesser.document,
            "notes": tuple(dict.fromkeys((*better.notes, *lesser.notes))),
        }
    )


def _short_name(file: Path) -> str:
    name = str(file).encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    return name if len(name) <= 120 else f"{name[:117]}..."


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    """Files as given; a folder stands for the readable files in it, forms first so that they win over bare files."""
    for path in paths:
        if _is_folder(path):
            inside = [p for p in path.iterdir() if p.suffix.lower() in READABLE and not p.name.startswith(".")]
            yield from sorted(inside, key=lambda p: (READABLE.index(p.suffix.lower()), p.name))
        else:
            yield path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
