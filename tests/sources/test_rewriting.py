"""A person's file is changed in place and nothing else in it; it is replaced whole or not at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.errors import InputError, OutputError
from pipeline.sources import rewriting
from pipeline.sources.rewriting import AsNew, Change, append, create, merged, replace, rewrite

COMMENTED = """\
# claims of the spring
- id: one   # the first
  claim: >-
    Creatine helps
    memory.
  flag: no
  studies:
    - a.yaml   # read twice
    # to be read
    - "b.yaml"

- Only a sentence.
- {id: two, claim: 'a: b'}
"""


def into(wanted: Any) -> Change:
    return lambda held, as_new: merged(held, wanted, as_new)


def adding(name: str) -> Change:
    def change(held: Any, as_new: AsNew) -> Any:
        append(held[0]["studies"], as_new(name))
        return held

    return change


def written(tmp_path: Path, text: str, name: str = "x.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_comments_order_quotes_and_indentation_stay(tmp_path: Path) -> None:
    path = written(tmp_path, COMMENTED)
    assert rewrite(path, adding("studies/c.yaml"))
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line.split("#")[0].rstrip() for line in COMMENTED.splitlines() if line.split("#")[0].strip()]
    now = [line.split("#")[0].rstrip() for line in lines if line.split("#")[0].strip()]
    assert [line for line in now if line != "    - studies/c.yaml"] == kept
    for comment in ("# claims of the spring", "# the first", "# read twice", "    # to be read"):
        assert any(comment in line for line in lines)
    assert lines.index("    - studies/c.yaml") == lines.index('    - "b.yaml"') + 1


@pytest.mark.parametrize("value", ["no", "12:30", "1e3", "2024-03-26", "null", "a: b", "# x", "two\nlines", "é", " s "])
def test_a_new_text_reads_as_the_text_it_is(tmp_path: Path, value: str) -> None:
    path = written(tmp_path, "a: 1  # one\n")
    rewrite(path, into({"b": value, "c": [value], "d": {"e": value}}))
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert loaded == {"a": 1, "b": value, "c": [value], "d": {"e": value}}
    assert "# one" in path.read_text(encoding="utf-8")


def test_only_what_differs_is_touched_and_null_takes_out(tmp_path: Path) -> None:
    path = written(tmp_path, "a:   # top\n  b: 1  # inner\n  c: 2\nlist:\n- x  # ex\n- y\ngone: 1\n")
    rewrite(path, into({"a": {"c": 3}, "list": ["x", "z", "new"], "gone": None, "on": date(2026, 1, 31)}))
    text = path.read_text(encoding="utf-8")
    assert yaml.safe_load(text) == {"a": {"b": 1, "c": 3}, "list": ["x", "z", "new"], "on": date(2026, 1, 31)}
    assert "# top" in text
    assert "# inner" in text
    assert "# ex" in text


def test_without_a_difference_nothing_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, "a:    1\n")
    before = path.stat().st_ino
    assert not rewrite(path, into({"a": 1, "b": None}))
    assert path.stat().st_ino == before


def test_line_ends_byte_order_mark_and_mode_stay(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffa: 1\r\nb: 2\r\n")
    path.chmod(0o640)
    rewrite(path, into({"b": 3}))
    assert path.read_bytes() == b"\xef\xbb\xbfa: 1\r\nb: 3\r\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_json_stays_json(tmp_path: Path) -> None:
    path = written(tmp_path, '{\n   "a": "é",\n   "b": [1]\n}\n', "x.json")
    rewrite(path, into({"b": [1, 2], "on": date(2026, 1, 31)}))
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": "é", "b": [1, 2], "on": "2026-01-31"}
    assert '\n   "a": "é"' in path.read_text(encoding="utf-8")


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target = written(tmp_path, "a: 1\n", "real.yaml")
    link = tmp_path / "link.yaml"
    link.symlink_to(target)
    rewrite(link, into({"a": 2}))
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "a: 2\n"


def test_what_would_change_something_else_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a: 1\n")

    def careless(path: Path, text: str, change: Change) -> str:
        return "a: 2\nb: 3\n"

    monkeypatch.setattr(rewriting, "_yaml", careless)
    with pytest.raises(OutputError, match="without touching something else"):
        rewrite(path, into({"a": 2}))
    assert path.read_text(encoding="utf-8") == "a: 1\n"


def test_one_day_in_two_places_is_written_twice(tmp_path: Path) -> None:
    path = written(tmp_path, "x: 1\n")
    day = date(2026, 1, 31)
    rewrite(path, into({"a": day, "b": {"c": day}}))
    assert path.read_text(encoding="utf-8") == "x: 1\na: 2026-01-31\nb:\n  c: 2026-01-31\n"


def test_what_the_check_refuses_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1\n")

    def refuse(text: str) -> None:
        raise InputError(f"no: {text}")

    with pytest.raises(InputError, match="no: a: 2"):
        rewrite(path, into({"a": 2}), refuse)
    assert path.read_text(encoding="utf-8") == "a: 1\n"


def test_a_file_that_somebody_else_changed_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "theirs: 1\n")
    with pytest.raises(OutputError, match="changed by somebody else"):
        replace(path, b"ours: 1\n", expected=b"before: 1\n")
    assert [p.name for p in tmp_path.iterdir()] == ["x.yaml"]
    assert path.read_text(encoding="utf-8") == "theirs: 1\n"


@pytest.mark.parametrize("text", ["a: [", "\x00", "a: b: c", "- " * 3000])
def test_what_is_no_yaml_is_named(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=r"x\.yaml"):
        rewrite(path, into({"a": 1}))


def test_what_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no UTF-8"):
        rewrite(tmp_path / "bytes.yaml", into({}))
    with pytest.raises(InputError, match="cannot be opened"):
        rewrite(tmp_path / "none.yaml", into({}))


def test_a_new_file_takes_the_first_name_that_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    names = [create(folder, lambda n: f"a-{n}.yaml", b"x").name for _ in range(3)]
    assert names == ["a-1.yaml", "a-2.yaml", "a-3.yaml"]
    assert sorted(p.name for p in folder.iterdir()) == names
    with pytest.raises(OutputError, match="cannot be written"):
        create(folder / "a-1.yaml", lambda n: "b", b"x")
