"""What a person decided about pairs of publications, kept in `duplicates.yaml` in the folder of the studies.

The file is a list of entries that a person can read, edit and put under version control; a decision is added at its
end, and the last one about a pair counts, so that it says who changed what. Promises that a file is replaced whole or
not at all, and that a damaged one is refused in one line. Does not decide anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import yaml
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from pipeline.errors import OutputError, SourceError
from pipeline.rules.identifiers import identifiers
from pipeline.sources.identity.letters import squeezed
from pipeline.sources.plain_yaml import UnsafeYamlError, load_yaml
from pipeline.whole_files import replacing
from schemas.base import Noun
from schemas.study import Citation

FILE_NAME = "duplicates.yaml"
LARGEST_FILE = 2_000_000
"""Bytes."""
MOST_EVENTS = 1_000_000
"""Of YAML: what a file of that size can hold."""
LONGEST_TEXT = 2_000
"""Characters of a title, a name or a reason."""
_HEAD = """\
# What a person decided about pairs of records; read whenever the studies of this folder are read.
# decision: same_publication (one study in two records), same_study (two reports of it) or different.
# The last entry about a pair counts.
"""
_REMEDY = "correct the entry, or move the file away to start anew"


class Settled(StrEnum):
    """A person's decision about a pair."""

    SAME_PUBLICATION = "same_publication"
    SAME_STUDY = "same_study"
    DIFFERENT = "different"


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=LONGEST_TEXT)]


class Named(Noun):
    """How an entry names a study: by identifier as far as it has one, and by id and title for the reader."""

    doi: Text | None = None
    pmid: Text | None = None
    pmcid: Text | None = None
    id: Text | None = None
    title: Text | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Named:
        if not self.identifiers and not (self.id and self.title):
            raise ValueError("a study is named by doi, pmid or pmcid, or by id and title")
        return self

    @classmethod
    def of(cls, citation: Citation) -> Named:
        """The name of a cited study."""
        known = {"doi": citation.DOI, "pmid": citation.PMID, "pmcid": citation.PMCID}
        fitting = {kind: value for kind, value in known.items() if value and len(value) <= LONGEST_TEXT}
        return cls(**fitting, id=citation.id, title=(citation.title or citation.id)[:LONGEST_TEXT])

    @property
    def identifiers(self) -> frozenset[str]:
        return frozenset(identifiers(Citation(id="x", DOI=self.doi, PMID=self.pmid, PMCID=self.pmcid)))

    def means(self, citation: Citation, known: frozenset[str], *, exactly: bool) -> bool:
        """Whether the name is that of a citation with the identifiers `known`; `exactly` asks for id and title, too."""
        by_words = self.id == citation.id and squeezed(self.title or "") == squeezed(citation.title or citation.id)
        if exactly:
            return by_words
        clash = {i.partition(":")[0] for i in self.identifiers} & {i.partition(":")[0] for i in known}
        return bool(self.identifiers & known) or (by_words and not clash)


class Decision(Noun):
    """One entry. `on` is the day, `by` and `why` are for the reader."""

    studies: tuple[Named, Named]
    decision: Settled
    by: Text | None = None
    on: date | None = None
    why: Text | None = None


@dataclass(frozen=True)
class Decisions:
    """The entries of a folder, in order."""

    entries: tuple[Decision, ...] = ()
    _by_name: Mapping[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for named in entry.studies:
                for key in (*named.identifiers, f"id:{named.id}"):
                    found.setdefault(key, []).append(number)
        object.__setattr__(self, "_by_name", {k: tuple(v) for k, v in found.items()})

    def pairs(self, citations: Sequence[Citation]) -> dict[tuple[int, int], Decision]:
        """The decided pairs among `citations`, as positions, the smaller first; the last entry about a pair counts."""
        meant: list[tuple[list[int], list[int]]] = [([], []) for _ in self.entries]
        for position, citation in enumerate(citations):
            known = frozenset(identifiers(citation))
            numbers = {n for key in (*known, f"id:{citation.id}") for n in self._by_name.get(key, ())}
            for n in sorted(numbers):
                one, other = self.entries[n].studies
                exactly = bool(one.identifiers & other.identifiers)
                for side, named in enumerate((one, other)):
                    if named.means(citation, known, exactly=exactly):
                        meant[n][side].append(position)
        return {
            (min(a, b), max(a, b)): entry
            for entry, (ones, others) in zip(self.entries, meant, strict=True)
            for a in ones
            for b in others
            if a != b
        }

    def joined(self, more: Decisions) -> Decisions:
        """The entries of two folders."""
        return Decisions((*self.entries, *more.entries))


def read_decisions(folder: Path) -> Decisions:
    """The decisions of a folder; none when there is no file.

    SourceError when the file cannot be read, is damaged, or holds an entry of another form.
    """
    path = folder / FILE_NAME
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return Decisions()
    except OSError as error:
        raise SourceError(str(path), f"cannot be read ({error.strerror})", "give a readable file") from error
    return Decisions(_parsed(data, path))


def _parsed(data: bytes, path: Path) -> tuple[Decision, ...]:
    if len(data) > LARGEST_FILE:
        raise SourceError(str(path), f"larger than {LARGEST_FILE:,} bytes", "it holds decisions about pairs alone")
    try:
        loaded = load_yaml(data.decode("utf-8-sig"), most_events=MOST_EVENTS)
    except UnsafeYamlError as error:
        raise SourceError(str(path), str(error), _REMEDY) from error
    except UnicodeDecodeError as error:
        raise SourceError(str(path), "no UTF-8 text", _REMEDY) from error
    if loaded is None:
        return ()
    if not isinstance(loaded, list):
        raise SourceError(str(path), "no list of decisions", _REMEDY)
    items = cast("list[object]", loaded)
    return tuple(_entry(path, number, item) for number, item in enumerate(items, 1))


_ENTRY = TypeAdapter(Decision)


def _entry(path: Path, number: int, item: object) -> Decision:
    try:
        return _ENTRY.validate_python(item)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(p) for p in first["loc"]) or "entry"
        raise SourceError(str(path), f"entry {number}: {place}: {first['msg'].lower()}", _REMEDY) from error


def record_decision(folder: Path, decision: Decision) -> Path:
    """Adds a decision at the end of the folder's file, comments of its readers kept, and returns the file.

    SourceError when the file there is damaged; OutputError when it cannot be written.
    """
    path = folder / FILE_NAME
    known = read_decisions(folder).entries
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else _HEAD
        added = text.rstrip("\n") + "\n" + _lines([decision])
        if not _holds(added, (*known, decision), path):  # written in another style, to which lines cannot be added
            added = _HEAD + _lines([*known, decision])
        with replacing(path) as stream:
            stream.write(added.encode())
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); give studies in a writable folder") from error
    return path


def _holds(text: str, entries: tuple[Decision, ...], path: Path) -> bool:
    try:
        return _parsed(text.encode(), path) == entries
    except SourceError:
        return False


def _lines(decisions: Iterable[Decision]) -> str:
    entries = [d.model_dump(mode="json", exclude_none=True) for d in decisions]
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=110)
