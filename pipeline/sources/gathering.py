"""Files and folders -> readings: what an analyst points at, file by file, PDFs side by side.

Promises a reading for every item of every file, in the order of the paths whatever finishes first, and never holds
more than a few files' readings at once. A folder stands for the files in it, at any depth. Does not decide whether
two readings are one study.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import InputError, SourceError
from pipeline.sources.opening import shown
from pipeline.sources.reading import PLAIN, PdfOptions, Reading, read_source

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
"""Files read side by side; each PDF has a worker process of its own."""

DEEPEST_FOLDER = 8
MOST_FILES = 20_000
NOT_STUDIES = frozenset({"duplicates.yaml"})
"""Files of a folder of studies that say something about the studies."""

LEADS_OUT = "is a link that leads out of its folder"
_FORMS_FIRST = (".yaml", ".yml", ".json")
_HIDDEN = (".", "~$")
"""How names begin that no file manager shows: by custom, or because Office writes them beside an open document."""


class LinkOut(NamedTuple):
    """A link in a folder that leads out of it: it fails by name and is not followed; folders come from strangers."""

    path: Path


Found = Path | LinkOut


def files_in(paths: Iterable[Path]) -> Iterator[Found]:
    """Files as given; a folder stands for the regular files in it, forms first so that they win over bare files.

    Hidden files, links to folders and `NOT_STUDIES` are left out of folders; a given path is never left out. A folder
    that lies too deep is named itself, so that it fails and is not lost. InputError for a folder with too many files.
    """
    for path in paths:
        yield from _inside(path) if is_folder(path) else [path]


def _inside(folder: Path) -> list[Found]:
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        visible = sorted(name for name in folders if not name.startswith(_HIDDEN))
        folders[:] = visible if len(Path(root).relative_to(folder).parts) < DEEPEST_FOLDER else []
        too_deep = [Path(root) / name for name in visible if name not in folders]
        found += [path for path in too_deep if not path.is_symlink()]
        usable = (name for name in names if not name.startswith(_HIDDEN) and name not in NOT_STUDIES)
        found += [path for name in usable if (path := Path(root) / name).is_file() or path.is_symlink()]
        if len(found) > MOST_FILES:
            raise InputError(
                f"{shown(folder)}: holds more than {MOST_FILES:,} files; give the folders in it one by one"
            )
    found.sort(key=lambda p: (p.suffix.lower() not in _FORMS_FIRST, p))
    return [LinkOut(path) if path.is_symlink() and _leads_out(path, folder) else path for path in found]


def _leads_out(link: Path, folder: Path) -> bool:
    try:
        return not link.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether the path leads to a folder; false for a path that the system refuses to look at."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def read_files(files: Sequence[Found], options: PdfOptions = PLAIN) -> Iterator[tuple[Path, list[Reading]]]:
    """Each file with its readings, in order; `AT_ONCE` files are read side by side."""
    if len(files) == 1:
        yield path_of(files[0]), _read(files[0], options)
        return

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reading") as readers:
        waiting: deque[tuple[Path, Future[list[Reading]]]] = deque()
        try:
            for file in files:
                waiting.append((path_of(file), readers.submit(_read, file, options)))
                if len(waiting) > 2 * AT_ONCE:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def path_of(file: Found) -> Path:
    """The path as it was found."""
    return file.path if isinstance(file, LinkOut) else file


def _read(file: Found, options: PdfOptions) -> list[Reading]:
    if isinstance(file, LinkOut):
        name = shown(file.path)
        fault = SourceError(name, LEADS_OUT, "give the file itself")
        return [Reading(name, fault=fault)]
    return list(read_source(file, options))
