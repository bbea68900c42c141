"""YAML -> plain data, from a file that a stranger wrote.

Promises mappings, lists and scalars, nothing that a tag builds, and work that grows with the text: aliases, deep
nesting and too many entries are refused before anything is built. Does not know what the data mean.
"""

from __future__ import annotations

from typing import Any

DEEPEST_NESTING = 20
MOST_EVENTS = 100_000
"""Beginnings, ends and scalars of a study form."""


class UnsafeYamlError(Exception):
    """The text is no YAML, or none that is read here: why, as a clause without a subject."""


def load_yaml(text: str, *, most_events: int = MOST_EVENTS) -> object:
    """The data of a text of one document. UnsafeYamlError."""
    import yaml

    loader = safe_loader()
    try:
        _check(yaml.parse(text, Loader=loader), most_events)
        return yaml.load(text, Loader=loader)  # noqa: S506 - the safe loader
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise UnsafeYamlError(f"is not valid YAML ({' '.join(str(error).split())[:160]})") from error


def safe_loader() -> Any:
    """PyYAML's safe loader, in C where it was built with it: ten thousand claims take a second instead of ten."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _check(events: Any, most: int) -> None:
    depth = 0
    for number, event in enumerate(events):
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        if kind == "AliasEvent":
            raise UnsafeYamlError("has YAML aliases (*name), which are not allowed")
        if depth > DEEPEST_NESTING or number > most:
            raise UnsafeYamlError("is nested too deeply or has too many entries")
