"""A file is there whole or not at all, and nothing lies beside it afterwards."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipeline.whole_files import create, replacing


def test_a_file_is_replaced_once_the_block_has_ended_well(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with replacing(path) as stream:
        stream.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_in_the_block_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def broken() -> None:
        with replacing(path) as stream:
            stream.write(b"ne")
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        broken()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, path = tmp_path / "link", tmp_path / "there" / "a.txt"
    link.symlink_to(path)
    with replacing(link) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_a_new_file_takes_the_first_name_that_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    found = [create(folder, lambda n: f"a-{n}.txt", data).name for data in (b"one", b"two")]
    assert found == ["a-1.txt", "a-2.txt"]
    assert sorted(p.read_bytes() for p in folder.iterdir()) == [b"one", b"two"]
