"""How long a server asks to be left alone, read from the headers of its refusal. Pure: no clock, no sleeping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, at least 0, or None when the server does not say or says nonsense.

    `headers` are found without regard to case by the caller's mapping; `now` is an aware time. Sources: Retry-After in
    seconds or as a date, RFC 9110 section 10.2.3; retry-after-ms, the header that the OpenAI clients honour first.
    """
    milliseconds = _seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after")
    seconds = _seconds(asked)
    return seconds if seconds is not None else _until(asked, now)


def _seconds(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return max(0.0, number) if number is not None and math.isfinite(number) else None


def _until(text: str | None, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text) if text is not None else None
    except ValueError:
        return None
    if moment is None:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
