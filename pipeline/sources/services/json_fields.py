"""Reads the JSON of services field by field: what is missing or of another kind is null, never a fault.

Only a whole answer that is no JSON object is one. Does not know any service.
"""

from __future__ import annotations

import json
import re
from typing import cast

from pipeline.sources.services.faults import NotAskedError

Fields = dict[str, object]
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def fields_of(body: bytes, service: str) -> Fields:
    """The JSON object that is the whole answer; NotAskedError for a web page, broken JSON or anything else."""
    if is_web_page(body):
        raise NotAskedError(service, "answers with a web page instead of JSON")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAskedError(service, "answers with broken JSON") from error
    if not isinstance(found, dict):
        raise NotAskedError(service, "answers with JSON that is no record")
    return cast("Fields", found)


def is_web_page(body: bytes) -> bool:
    """Whether an answer is HTML, as gateways and log-in pages send it."""
    return (
        re.match(
            rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b",
            body[:2000],
            re.IGNORECASE | re.DOTALL,
        )
        is not None
    )


def text(fields: Fields, key: str) -> str | None:
    """The text or number under `key`, without white space at its ends; null when empty."""
    value = fields.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return (_clean(value) or None) if isinstance(value, str) else None


def _clean(value: str) -> str:
    """Without what no text may hold: halves of characters, as escapes can leave them, and control characters."""
    return _UNUSABLE.sub("", value).strip()


def first_text(fields: Fields, key: str) -> str | None:
    """The first text of a list under `key`, or the text itself."""
    return next((t for t in texts(fields, key)), None)


def texts(fields: Fields, key: str) -> tuple[str, ...]:
    """The texts of a list under `key`, or the text itself."""
    value = fields.get(key)
    found = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(clean for v in found if isinstance(v, str) and (clean := _clean(v)))


def fields(holder: Fields, key: str) -> Fields:
    """The object under `key`; empty when there is none."""
    value = holder.get(key)
    return cast("Fields", value) if isinstance(value, dict) else {}


def objects(holder: Fields, key: str) -> tuple[Fields, ...]:
    """The objects of a list under `key`, or the object itself."""
    value = holder.get(key)
    found = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(cast("Fields", v) for v in found if isinstance(v, dict))


def date_parts(holder: Fields, key: str) -> tuple[int, ...]:
    """Year, month, day of a CSL or Crossref date, as far as they are given and sensible; empty when they are not."""
    value = fields(holder, key).get("date-parts")
    outer = cast("list[object]", value) if isinstance(value, list) else []
    inner = cast("list[object]", outer[0]) if outer and isinstance(outer[0], list) else []
    parts: list[int] = []
    for part, (least, most) in zip(inner, ((1000, 2200), (1, 12), (1, 31)), strict=False):
        if not isinstance(part, int) or isinstance(part, bool) or not least <= part <= most:
            break
        parts.append(part)
    return tuple(parts)


def written_date(parts: tuple[int, ...]) -> str | None:
    """'2024-03-26', shortened as far as is known; null for nothing."""
    return "-".join(f"{p:04d}" if i == 0 else f"{p:02d}" for i, p in enumerate(parts)) or None
