"""Files that are there whole or not at all: written beside their place, made durable, then put into it in one step.

Promises that no reader ever sees half a file, and that nothing is left behind when the writing fails. A file that
replaces another keeps its mode and follows a link to it. Errors are the system's (OSError); what they mean for the user
is for the caller to say.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO


@contextmanager
def replacing(path: Path) -> Generator[IO[bytes]]:
    """A stream whose content is the file at `path` once the block has ended well; an error in it changes nothing."""
    target = Path(os.path.realpath(path))
    with _beside(target) as written:
        with _durable(written) as stream:
            yield stream
        if target.exists():
            shutil.copymode(target, written)
        written.replace(target)


def create(folder: Path, names: Callable[[int], str], data: bytes) -> Path:
    """A new file in `folder`, which is made, under the first name of `names(1)`, `names(2)` ... that is free."""
    folder.mkdir(parents=True, exist_ok=True)
    with _beside(folder / names(1)) as written:
        with _durable(written) as stream:
            stream.write(data)
        number = 1
        while True:
            target = folder / names(number)
            try:
                os.link(written, target)
            except FileExistsError:
                number += 1
            else:
                return target


@contextmanager
def _beside(target: Path) -> Generator[Path]:
    """A name in the folder of `target` that nobody uses; what stands under it at the end of the block is removed."""
    written = target.with_name(f".{target.name[:40]}.{token_hex(8)}")
    try:
        yield written
    finally:
        written.unlink(missing_ok=True)


@contextmanager
def _durable(path: Path) -> Generator[IO[bytes]]:
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
