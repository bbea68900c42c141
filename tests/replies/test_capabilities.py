"""What an endpoint did not understand is remembered for a month, and a damaged memory costs questions, not runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ReplyFileError, SetupError
from pipeline.replies.capabilities import REMEMBERED, remembered
from pipeline.settings import Settings

URL = "http://user:secret@127.0.0.1:9/v1?key=secret"
NAME = "http://127.0.0.1:9/v1 m"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, openai_base_url=URL, model="m")


def learn(settings: Settings) -> None:
    with remembered(settings) as dialect:
        dialect.structured_outputs = False


def understood(settings: Settings) -> tuple[bool, bool]:
    with remembered(settings) as dialect:
        return dialect.structured_outputs, dialect.completion_tokens


def book(found: str, **changes: Any) -> str:
    entry = {"structured_outputs": False, "completion_tokens": True, "found": found} | changes
    return json.dumps({"endpoints": {NAME: entry}})


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_what_was_refused_once_is_known_in_the_next_run(settings: Settings) -> None:
    assert understood(settings) == (True, True)
    learn(settings)
    assert understood(settings) == (False, True)


def test_another_model_or_address_is_another_endpoint(settings: Settings) -> None:
    learn(settings)
    assert understood(settings.model_copy(update={"model": "other"})) == (True, True)
    assert understood(settings.model_copy(update={"openai_base_url": "http://127.0.0.1:8/v1"})) == (True, True)


def test_nothing_is_written_while_nothing_is_learnt(settings: Settings) -> None:
    assert understood(settings) == (True, True)
    assert not (settings.home / REMEMBERED).exists()


def test_what_is_learnt_before_a_failure_is_remembered(settings: Settings) -> None:
    def run() -> None:
        with remembered(settings) as dialect:
            dialect.completion_tokens = False
            raise SetupError("the run ends")

    with pytest.raises(SetupError, match="the run ends"):
        run()
    assert understood(settings) == (True, False)


def test_no_credentials_are_written(settings: Settings) -> None:
    learn(settings)
    assert "secret" not in (settings.home / REMEMBERED).read_text(encoding="utf-8")
    assert NAME in (settings.home / REMEMBERED).read_text(encoding="utf-8")


@pytest.mark.parametrize(("days", "known"), [(29, True), (31, False), (-2, False)])
def test_what_was_found_more_than_a_month_ago_or_in_the_future_is_tried_again(
    settings: Settings, days: float, known: bool
) -> None:
    (settings.home / REMEMBERED).write_text(book(ago(days)))
    assert understood(settings) == (not known, True)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b"{" + b" " * 1_000_001 + b"}",
        book(ago(1), surprise=1).encode(),
        book("2026-01-01T00:00:00").encode(),
        book("yesterday").encode(),
    ],
)
def test_a_damaged_memory_is_no_memory_and_is_mended_by_the_next_find(settings: Settings, damage: bytes) -> None:
    (settings.home / REMEMBERED).write_bytes(damage)
    assert understood(settings) == (True, True)
    learn(settings)
    assert understood(settings) == (False, True)


def test_a_full_memory_forgets_its_oldest_entry(settings: Settings) -> None:
    entries = {
        f"http://127.0.0.1/{n} m": {"structured_outputs": False, "completion_tokens": True, "found": ago(n / 1000)}
        for n in range(1000)
    }
    (settings.home / REMEMBERED).write_text(json.dumps({"endpoints": entries}))
    learn(settings)
    names = json.loads((settings.home / REMEMBERED).read_text(encoding="utf-8"))["endpoints"].keys()
    assert len(names) == 1000
    assert NAME in names
    assert "http://127.0.0.1/999 m" not in names


def test_a_memory_that_cannot_be_read_is_said_in_one_line(settings: Settings) -> None:
    (settings.home / REMEMBERED).mkdir()
    with pytest.raises(ReplyFileError, match="cannot be read"):
        understood(settings)
