"""How long a server asks to be left alone, in each of its three ways of saying so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.waiting import asked_wait

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-4"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "in a while"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 08:01:30 GMT"}, 90.0),
        ({"retry-after": "Sun, 22 Nov 2026 08:01:30 -0000"}, 90.0),
        ({"retry-after": "Sun, 22 Nov 2026 09:01:30 +0100"}, 90.0),
        ({"retry-after": "Sun, 22 Nov 2020 08:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 99 Nov 2026 08:00:00 GMT"}, None),
    ],
)
def test_wait_is_read_from_the_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, NOW) == seconds
