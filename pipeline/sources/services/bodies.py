"""What the body of an answer is: a JSON object, or something that a gateway sent in its place."""

from __future__ import annotations

import json
import re
from typing import cast

from pipeline.sources.json_fields import Fields
from pipeline.sources.services.faults import NotAskedError


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
