"""Changes a person's YAML or JSON file in place: comments, order, quotes and line ends stay as they are.

Promises that nothing but the change is different: the changed file is read again by the loader that everything else
uses, and it must hold exactly what the same change makes of the old content, else nothing is written. Files are
replaced in one step, and not at all when somebody else changed them meanwhile. Does not know what the files mean.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

from pipeline import whole_files
from pipeline.errors import InputError, OutputError
from pipeline.sources.plain_yaml import UnsafeYamlError, load_yaml

LARGEST_REWRITTEN = 20_000_000
"""Bytes."""

MOST_EVENTS = 5_000_000
"""Of YAML: ten thousand claims with their studies have a million."""

_LIST_UNDER_A_KEY = re.compile(
    r"^( *)(- )?[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE
)
Plain = Any
"""YAML or JSON as it is loaded: mappings, lists and scalars."""

AsNew = Callable[[Any], Any]
"""Prepares a value that is new to the file, so that it reads as it is meant."""

Change = Callable[[Plain, AsNew], Plain]
"""Changes what it is given in place, or gives something new in its place; whatever is new goes through `AsNew`. It is
called twice: on plain data, and on the same data with their comments."""


def rewrite(path: Path, change: Change, check: Callable[[str], object] | None = None) -> bool:
    """Apply `change` to the file; False when it makes no difference and nothing is written.

    `check` is given the new text before it is written, and raises when it is not what the file has to be.

    InputError when the file cannot be read as YAML or JSON, OutputError when it cannot be written, was changed by
    somebody else meanwhile, or cannot be changed without touching something else.
    """
    data = _bytes_of(path)
    text = _decoded(path, data)
    in_json = _is_json(text)
    wanted = change(_loaded(path, text), _written_in_json if in_json else _unmarked)
    if wanted == _loaded(path, text):
        return False
    changed = _json(text, change) if in_json else _yaml(path, text, change)
    if _loaded(path, changed) != wanted:
        raise OutputError(f"{path}: cannot be changed without touching something else in it; make the change by hand")
    if check is not None:
        check(changed)
    newline = "\r\n" if b"\r\n" in data else "\n"
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    replace(path, mark + changed.replace("\n", newline).encode(), expected=data)
    return True


def merged(held: Plain, wanted: Plain, as_new: AsNew) -> Plain:
    """`wanted` in the place of `held`, touching only what differs; a null in a mapping takes the entry out."""
    if isinstance(held, dict) and isinstance(wanted, dict):
        entries = cast("dict[str, Any]", held)
        for key, value in cast("dict[str, Any]", wanted).items():
            if value is None:
                entries.pop(key, None)
            elif key not in entries:
                entries[as_new(key)] = as_new(value)
            elif entries[key] != value:
                entries[key] = merged(entries[key], value, as_new)
        return entries
    if isinstance(held, list) and isinstance(wanted, list):
        items, values = cast("list[Any]", held), cast("list[Any]", wanted)
        del items[len(values) :]
        for place, value in enumerate(values[: len(items)]):
            if items[place] != value:
                items[place] = merged(items[place], value, as_new)
        for value in values[len(items) :]:
            append(items, as_new(value))
        return items
    return as_new(wanted)


def append(items: list[Any], value: Any) -> None:
    """A new entry at the end of a list; empty lines that stood below the last one stand below the new one."""
    from ruamel.yaml.comments import CommentedSeq

    items.append(value)
    if isinstance(items, CommentedSeq):
        below = cast("dict[int, Any]", items.ca.items)  # pyright: ignore[reportUnknownMemberType]
        last = len(items) - 2
        tokens = below.get(last)
        if tokens and tokens[0] is not None and not tokens[0].value.strip():
            below[last + 1] = below.pop(last)


def replace(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Put `data` into the place of the file in one step, following a link to it. OutputError when that fails, or when
    the file no longer holds what was `expected`."""
    try:
        target = path.resolve(strict=True)
        with whole_files.replacing(target) as stream:
            stream.write(data)
            if expected is not None and target.read_bytes() != expected:
                raise OutputError(f"{path}: was changed by somebody else meanwhile; run again")
    except (OSError, RuntimeError) as error:
        raise _unwritable(path, error) from error


def create(folder: Path, names: Callable[[int], str], data: bytes) -> Path:
    """A new file in `folder`, which is made, under the first name of `names(1)`, `names(2)` ... that is free.
    OutputError when it cannot be written."""
    try:
        return whole_files.create(folder, names, data)
    except OSError as error:
        raise _unwritable(folder / names(1), error) from error


def _unwritable(path: Path, error: Exception) -> OutputError:
    cause = getattr(error, "strerror", None) or type(error).__name__
    return OutputError(f"{path}: cannot be written ({cause}); make the folder writable or choose another")


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_REWRITTEN + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror}); give a readable file") from error
    if len(data) > LARGEST_REWRITTEN:
        raise InputError(f"{path}: larger than {LARGEST_REWRITTEN:,} bytes; split the file")
    return data


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is no UTF-8 text; save it as UTF-8 and run again") from error


def _loaded(path: Path, text: str) -> Plain:
    """As every other reader of this program loads it; what an alias repeats cannot be changed in one place alone."""
    try:
        return load_yaml(text, most_events=MOST_EVENTS)
    except UnsafeYamlError as error:
        raise InputError(f"{path}: {error}; correct it and run again") from error


def _is_json(text: str) -> bool:
    """Whether the whole text is JSON; a flow collection of YAML with bare words is none."""
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _json(text: str, change: Change) -> str:
    """The changed JSON with its own indentation."""
    indent = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    step = indent.group(1) if indent else None
    ends = "\n" if text.endswith("\n") else ""
    return json.dumps(change(json.loads(text), _written_in_json), indent=step, ensure_ascii=False) + ends


def _unmarked(value: Any) -> Any:
    return value


def _written_in_json(value: Any) -> Any:
    """Days are texts in JSON."""
    if isinstance(value, dict):
        return {k: _written_in_json(v) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_written_in_json(v) for v in cast("list[Any]", value)]
    return value.isoformat() if isinstance(value, date) else value


def _yaml(path: Path, text: str, change: Change) -> str:
    from ruamel.yaml import YAML, YAMLError

    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 1_000_000
    editor.explicit_start = text.startswith("---")
    offset = _list_offset(text)
    editor.indent(mapping=2, sequence=offset + 2, offset=offset)
    stream = io.StringIO()
    try:
        loaded: Any = editor.load(text)  # pyright: ignore[reportUnknownMemberType]
        editor.dump(change(loaded, _marked), stream)  # pyright: ignore[reportUnknownMemberType]
    except (YAMLError, ValueError, RecursionError, TypeError) as error:
        cause = f"cannot be changed in place ({type(error).__name__})"
        raise InputError(f"{path}: {cause}; make the change by hand") from error
    if offset and isinstance(loaded, list) and re.search(r"^- ", text, re.MULTILINE):
        # ruamel sets the outermost list in as well; comments on lines of their own stay in their column.
        return re.sub(rf"^ {{{offset}}}(?! *#)", "", stream.getvalue(), flags=re.MULTILINE)
    return stream.getvalue()


def _list_offset(text: str) -> int:
    """By how many columns the first list under a key is set in; in '- studies:' the key stands after the bar."""
    match = _LIST_UNDER_A_KEY.search(text)
    if match is None:
        return 2
    return max(0, len(match.group(3)) - len(match.group(1)) - len(match.group(2) or ""))


def _marked(value: Any) -> Any:
    """A new value for YAML: in quotes where YAML of the older kind, which the loader reads, would take a text for
    something else ('no', '12:30'), and texts of several lines as blocks."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {_marked(k): _marked(v) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_marked(v) for v in cast("list[Any]", value)]
    if isinstance(value, str):
        if "\n" in value:
            return LiteralScalarString(value)
        return value if _is_plainly_text(value) else DoubleQuotedScalarString(value)
    # One day in two places would be written as a reference to the first.
    return value.replace() if isinstance(value, date) else value


def _is_plainly_text(value: str) -> bool:
    try:
        return load_yaml(value) == value
    except UnsafeYamlError:
        return False
