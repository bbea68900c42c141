"""Reads JSON that a stranger wrote field by field: what is missing or of another kind is null, never a fault."""

from __future__ import annotations

import re
from typing import cast

Fields = dict[str, object]
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def text(fields: Fields, key: str) -> str | None:
    """The text or number under `key`, without white space at its ends; null when empty."""
    return _text(fields.get(key))


def first_text(fields: Fields, key: str) -> str | None:
    """The first text or number of a list under `key`, or that under `key` itself."""
    return next(iter(texts(fields, key)), None)


def texts(fields: Fields, key: str) -> tuple[str, ...]:
    """The texts and numbers of a list under `key`, or that under `key` itself."""
    return tuple(found for value in _listed(fields.get(key)) if (found := _text(value)) is not None)


def fields(holder: Fields, key: str) -> Fields:
    """The object under `key`; empty when there is none."""
    value = holder.get(key)
    return cast("Fields", value) if isinstance(value, dict) else {}


def objects(holder: Fields, key: str) -> tuple[Fields, ...]:
    """The objects of a list under `key`, or the object itself."""
    return tuple(cast("Fields", value) for value in _listed(holder.get(key)) if isinstance(value, dict))


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _text(value: object) -> str | None:
    """Without what no text may hold: halves of characters, as escapes can leave them, and control characters."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return (_UNUSABLE.sub("", value).strip() or None) if isinstance(value, str) else None
