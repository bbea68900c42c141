"""Finds an entry of a claims file and names further studies in it, as a person would: comments and order stay.

Promises that a study is named once, by its path relative to the file. Does not read studies.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from pipeline.claimwork.intake import ClaimEntry, claim_of, read_entries
from pipeline.errors import ClaimError
from pipeline.sources.rewriting import AsNew, append, rewrite

ENDINGS = (".yaml", ".yml", ".json")
"""A text of one paragraph is a claim, too, to whoever reads YAML; it is not to be rewritten as one."""


def studies_of(path: Path) -> list[Path]:
    """The studies that a claims file names, over all its claims, each once. ClaimError when it is none."""
    named = (path.parent / name for entry in read_entries(path) for name in entry.studies)
    return list(dict.fromkeys(named))


def chosen_entry(path: Path, claim: str | None) -> int:
    """The place, from 0, of the entry to add studies to: that of the id `claim`, or the only one. ClaimError names the
    ids to choose from when there are several."""
    if path.suffix.lower() not in ENDINGS:
        raise ClaimError(f"{path}: is no claims file that can be changed; name one that ends in {', '.join(ENDINGS)}")
    entries = list(read_entries(path))
    ids = [_id_of(entry) for entry in entries]
    if claim is not None:
        if claim not in ids:
            raise ClaimError(f"{path}: has no claim {claim!r}; its claims are {_named(ids)}")
        return ids.index(claim)
    if len(entries) > 1:
        raise ClaimError(f"{path}: has {len(entries)} claims; choose one with --claim: {_named(ids)}")
    return 0


def name_studies(path: Path, place: int, studies: Sequence[Path]) -> int:
    """Name `studies` in the entry at `place` of the file, and say how many were not named there before.

    InputError or OutputError when the file cannot be changed in place.
    """
    entry = list(read_entries(path))[place]
    known = {_resolved(path.parent / name) for name in entry.studies}
    new = [study for study in dict.fromkeys(map(_resolved, studies)) if study not in known]
    names = [_relative(study, path.parent) for study in new]
    if names:
        rewrite(path, lambda held, as_new: _with_studies(held, place, names, as_new))
    return len(names)


def _with_studies(held: Any, place: int, names: Sequence[str], as_new: AsNew) -> Any:
    entries = cast("list[Any]", held) if isinstance(held, list) else [held]
    entry = entries[place]
    if isinstance(entry, str):
        # A claim that is a bare string has nowhere to name its studies.
        changed = as_new({"claim": str(entry), "studies": list(names)})
        if not isinstance(held, list):
            return changed
        entries[place] = changed
        return cast("Any", held)
    fields = cast("dict[str, Any]", entry)
    if fields.get("studies"):
        for name in names:
            append(fields["studies"], as_new(name))
    else:
        fields["studies"] = as_new(list(names))
    return cast("Any", held)


def _id_of(entry: ClaimEntry) -> str:
    return claim_of(entry.claim, entry.type, entry.id).id


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:20]) + (" ..." if len(ids) > 20 else "")


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def _relative(study: Path, folder: Path) -> str:
    """The way to a resolved path from the claims file's folder, with forward slashes; absolute where there is none."""
    try:
        return Path(os.path.relpath(study, _resolved(folder))).as_posix()
    except ValueError:
        return study.as_posix()
