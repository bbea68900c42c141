"""The recorded driver answers from files and from nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pipeline.errors import ReplyFileError
from pipeline.replies.driver import not_asked, unanswered
from pipeline.replies.exchange import record
from pipeline.replies.recorded import Recorded
from schemas.wire import ReplyLine
from tests.replies.test_exchange import ONE, TWO, reply


def test_recorded_question_is_answered_and_another_is_unanswered(tmp_path: Path) -> None:
    record(tmp_path, "a", [ONE], [reply(ONE)])
    driver = Recorded(tmp_path)
    assert asyncio.run(driver.answer(ONE)) == reply(ONE)
    assert asyncio.run(driver.answer(TWO)) == not_asked(TWO.custom_id) == asyncio.run(unanswered(TWO))


def test_unanswered_has_the_code_that_the_wire_names() -> None:
    error = not_asked("x").error
    assert error is not None
    assert error.code == "unanswered"


def test_files_are_read_only_when_first_asked(tmp_path: Path) -> None:
    driver = Recorded(tmp_path / "later")
    with pytest.raises(ReplyFileError, match="no such file or folder of recorded replies; name one that exists"):
        driver.get("x")
    record(tmp_path / "later", "a", [ONE], [reply(ONE)])
    assert driver.get(ONE.custom_id) == reply(ONE)
    (tmp_path / "later" / "a.replies.jsonl").unlink()
    assert driver.get(ONE.custom_id) == reply(ONE)


def test_first_file_by_name_answers(tmp_path: Path) -> None:
    record(tmp_path, "b", [ONE], [reply(ONE, '"b"')])
    record(tmp_path, "a", [ONE], [reply(ONE, '"a"')])
    assert Recorded(tmp_path).get(ONE.custom_id) == reply(ONE, '"a"')
    files = [tmp_path / "b.replies.jsonl", tmp_path / "a.replies.jsonl"]
    assert Recorded(files).get(ONE.custom_id) == reply(ONE, '"b"')
    assert Recorded(files[0]).get(ONE.custom_id) == reply(ONE, '"b"')


def test_recorded_error_answers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(ReplyLine.failed(ONE.custom_id, "timeout", "x").model_dump_json())
    assert Recorded(path).get(ONE.custom_id) is None


def test_damaged_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.replies.jsonl").write_text("\n{")
    with pytest.raises(ReplyFileError, match=r"a\.replies\.jsonl:2: no JSON"):
        asyncio.run(Recorded(tmp_path).answer(ONE))
