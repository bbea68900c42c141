"""What the body of an answer is: a JSON object, the words of a refusal, or something that a gateway sent instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import cast

from pipeline.sources.json_fields import Fields, text
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


def said_in_refusal(body: bytes, private: Iterable[str]) -> str:
    """The service's own words about a question that it refuses, on one line, without what is private; '' for none."""
    if is_web_page(body):
        return ""
    words = body[:2000].decode("utf-8", "replace")
    try:
        found = fields_of(body, "")
    except NotAskedError:
        found = {}
    words = text(found, "message") or text(found, "error") or ("" if found else re.sub(r"<[^<>]*>", " ", words))
    for secret in filter(None, private):
        words = words.replace(secret, "…")
    return " ".join(re.sub(r"[0-9a-fA-F]{20,}", "…", words).split())[:160]
