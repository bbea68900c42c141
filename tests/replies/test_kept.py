"""Kept replies: nothing is lost, nothing but ours is decoded, and a damaged store says what to do."""

from __future__ import annotations

import json
import pickle
import sqlite3
import stat
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import diskcache  # pyright: ignore[reportMissingTypeStubs]
import pytest

from pipeline import row_store
from pipeline.errors import ReplyFileError
from pipeline.replies.kept import JsonRows, KeptReplies
from schemas.wire import ReplyLine, RequestLine, Response

REQUEST = RequestLine.ask("claim", {"model": "m", "messages": [{"role": "user", "content": "ﬁve ≥ 3 \u2028"}]})
REPLY = ReplyLine(
    custom_id=REQUEST.custom_id,
    response=Response(status_code=200, request_id="req-1", body={"choices": [], "n": 0.1, "x": None, "s": "ﬁ≥ \x00"}),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def keep(folder: Path) -> None:
    with KeptReplies(folder) as store:
        assert store.put(REQUEST, REPLY)


def tamper(folder: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        assert database.execute(statement, values).rowcount > 0


class Exploit:
    """Unpickling it makes the file that shows that code ran."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.proof,))


def test_reply_comes_back_equal_after_reopening(folder: Path) -> None:
    keep(folder)
    with KeptReplies(folder) as store:
        assert store.get(REQUEST.custom_id) == REPLY
        assert store.request(REQUEST.custom_id) == REQUEST
        assert REQUEST.custom_id in store
        assert list(store) == [REQUEST.custom_id]


def test_unknown_reply_is_none(folder: Path) -> None:
    with KeptReplies(folder) as store:
        assert store.get("claim-1") is None
        assert store.request("claim-1") is None
        assert "claim-1" not in store
        assert list(store) == []


@pytest.mark.parametrize(
    "reply",
    [
        ReplyLine.failed(REQUEST.custom_id, "timeout", "x"),
        ReplyLine(custom_id=REQUEST.custom_id, response=Response(status_code=500)),
        ReplyLine(custom_id=REQUEST.custom_id),
    ],
)
def test_errors_are_never_kept(folder: Path, reply: ReplyLine) -> None:
    with KeptReplies(folder) as store:
        assert not store.put(REQUEST, reply)
        assert REQUEST.custom_id not in store


def test_reply_that_came_without_its_request_is_kept_alone(folder: Path) -> None:
    with KeptReplies(folder) as store:
        assert store.put(None, REPLY)
        assert store.get(REPLY.custom_id) == REPLY
        assert store.request(REPLY.custom_id) is None


def test_reply_and_request_are_written_together_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with KeptReplies(folder) as store:
        monkeypatch.setattr(ReplyLine, "model_dump_json", full)
        with pytest.raises(ReplyFileError, match="No space left on device"):
            store.put(REQUEST, REPLY)
        assert store.request(REQUEST.custom_id) is None


def test_folder_is_its_user_s_alone_even_when_it_was_open(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    keep(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_evicted_whatever_the_database_says(folder: Path) -> None:
    keep(folder)
    for name, value in (("size_limit", 1), ("eviction_policy", "least-recently-stored"), ("cull_limit", 100)):
        tamper(folder, "UPDATE Settings SET value = ? WHERE key = ?", value, name)
    with KeptReplies(folder) as store:
        for number in range(30):
            body: dict[str, Any] = {"choices": [], "text": str(number) * 100_000}
            store.put(None, ReplyLine(custom_id=f"claim-{number}", response=Response(status_code=200, body=body)))
        assert store.get(REQUEST.custom_id) == REPLY
        assert len(list(store)) == 31


def test_no_files_are_written_beside_the_database(folder: Path) -> None:
    with KeptReplies(folder) as store:
        text = "".join(str(n) for n in range(400_000))
        store.put(None, ReplyLine(custom_id="claim-1", response=Response(status_code=200, body={"text": text})))
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"cache.db"}


def test_rows_are_compressed_json(folder: Path) -> None:
    keep(folder)
    with closing(sqlite3.connect(folder / "cache.db")) as database:
        rows = database.execute("SELECT key, raw, mode, filename, value FROM Cache ORDER BY key").fetchall()
    assert [row[:4] for row in rows] == [
        (REQUEST.custom_id, 1, 1, None),
        (f"request:{REQUEST.custom_id}", 1, 1, None),
    ]
    assert json.loads(zlib.decompress(rows[0][4]))["custom_id"] == REQUEST.custom_id


def refused(folder: Path, action: Callable[[KeptReplies], object] = lambda store: store.get(REQUEST.custom_id)) -> str:
    with KeptReplies(folder) as store, pytest.raises(ReplyFileError) as raised:
        action(store)
    told = str(raised.value)
    assert told.startswith(f"{folder}: ")
    assert "move the folder away and run again" in told
    assert "\n" not in told
    return told


def test_pickled_value_is_refused_and_never_run(folder: Path, tmp_path: Path) -> None:
    keep(folder)
    bomb = pickle.dumps(Exploit(tmp_path / "ran"))
    tamper(folder, "UPDATE Cache SET mode = 4, value = ?", bomb)
    assert "pickled" in refused(folder)
    assert not (tmp_path / "ran").exists()
    with cast("Any", diskcache.Cache)(str(folder)) as plain:
        # The same row does run in diskcache's own Disk: the refusal above is ours, not luck.
        plain.get(REQUEST.custom_id)
    assert (tmp_path / "ran").exists()


def test_pickled_key_is_refused_and_never_run(folder: Path, tmp_path: Path) -> None:
    keep(folder)
    tamper(folder, "UPDATE Cache SET raw = 0, key = ? WHERE rowid = 1", pickle.dumps(Exploit(tmp_path / "ran")))
    refused(folder, list)
    assert not (tmp_path / "ran").exists()


def test_key_that_is_no_text_is_refused(folder: Path) -> None:
    keep(folder)
    tamper(folder, "UPDATE Cache SET key = 7 WHERE rowid = 1")
    assert str(folder) in refused(folder, list)


@pytest.mark.parametrize("mode", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "ab/cd/ef.val"])
def test_row_that_points_at_a_file_is_refused(folder: Path, mode: int, name: str) -> None:
    keep(folder)
    (folder.parent / "x").write_bytes(zlib.compress(REPLY.model_dump_json().encode()))
    tamper(folder, "UPDATE Cache SET mode = ?, filename = ?, value = NULL", mode, name)
    assert "points at a file" in refused(folder)


def test_file_that_a_row_points_at_is_not_removed_on_replacing_it(folder: Path) -> None:
    keep(folder)
    treasure = folder.parent / "x"
    treasure.write_text("mine")
    tamper(folder, "UPDATE Cache SET filename = '../x'")
    refused(folder, lambda store: store.put(REQUEST, REPLY))
    assert treasure.read_text() == "mine"


@pytest.mark.parametrize(
    "value",
    [
        "a text",
        7,
        None,
        b"not compressed",
        zlib.compress(b"not JSON"),
        zlib.compress(b"{}"),
        zlib.compress(b'{"custom_id": "claim-other"}'),
        zlib.compress(REPLY.model_dump_json().encode())[:-6],
    ],
)
def test_value_that_is_no_kept_reply_is_refused(folder: Path, value: object) -> None:
    keep(folder)
    tamper(folder, "UPDATE Cache SET value = ?", value)
    assert str(folder) in refused(folder)


def test_compression_bomb_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(folder)
    monkeypatch.setattr(row_store, "LARGEST_VALUE", 1000)
    tamper(folder, "UPDATE Cache SET value = ?", zlib.compress(b" " * 1001 + REPLY.model_dump_json().encode()))
    assert "too large" in refused(folder)


def test_damaged_database_names_the_folder_and_the_remedy(folder: Path) -> None:
    folder.mkdir()
    (folder / "cache.db").write_bytes(b"this is no database " * 100)
    with pytest.raises(ReplyFileError, match="move the folder away and run again"):
        KeptReplies(folder)


def test_database_with_settings_that_diskcache_never_wrote_is_refused(folder: Path) -> None:
    keep(folder)
    tamper(folder, "INSERT INTO Settings VALUES ('disk_command', 'x')")
    with pytest.raises(ReplyFileError, match="tampered"):
        KeptReplies(folder)


def test_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReplyFileError, match="set MECHSYN_HOME to one that is yours"):
        KeptReplies(tmp_path / "file" / "kept")


def test_locked_store_says_so(folder: Path) -> None:
    with KeptReplies(folder) as store:
        cache = cast("Any", store)._cache
        cache._timeout = 0
        store.close()
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(ReplyFileError, match="locked by another process"):
                store.put(REQUEST, REPLY)


def test_disk_takes_nothing_but_texts() -> None:
    disk = JsonRows("unused")
    with pytest.raises(TypeError):
        disk.put(7)
    with pytest.raises(TypeError):
        disk.store({"a": 1}, read=False)
    with pytest.raises(TypeError):
        disk.store("{}", read=True)
