from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.sources import gathering
from pipeline.sources.gathering import files_in, path_of, read_files
from pipeline.sources.survey import survey
from schemas.source_report import SourceOutcome

RIS = "TY  - JOUR\nTI  - Walking in dogs\nAU  - Lee, Ann\nPY  - 2019\nAB  - Thirty dogs walked. They ran.\nER  - \n"
BARE = "TY  - JOUR\nTI  - Running in dogs\nER  - \n"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def silent(done: int, total: int) -> None:
    del done, total


def test_a_folder_stands_for_its_files_forms_first_hidden_ones_and_decisions_left_out(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.txt", "sub/c.yaml", ".hidden", ".git/config", "~$b.docx", "duplicates.yaml"):
        put(tmp_path, name, "x")
    found = [str(path_of(p).relative_to(tmp_path)) for p in files_in([tmp_path])]
    assert found == ["sub/c.yaml", "a.txt", "b.pdf"]


def test_a_file_that_is_given_by_name_is_never_left_out(tmp_path: Path) -> None:
    given = [put(tmp_path, ".hidden", "x"), tmp_path / "missing.pdf"]
    assert list(files_in(given)) == given


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "real/a.txt", "x")
    (tmp_path / "real" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [path_of(p).name for p in files_in([tmp_path / "real"])] == ["a.txt"]


def test_a_folder_that_lies_too_deep_fails_by_name_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "DEEPEST_FOLDER", 1)
    put(tmp_path, "one/a.txt", "Thirty dogs walked. They ran.")
    put(tmp_path, "one/two/b.txt", "x")
    found = {Path(item.source).name: item for item in survey([tmp_path], silent).items}
    assert {name: item.outcome.value for name, item in found.items()} == {"a.txt": "read", "two": "failed"}
    assert found["two"].reason == "is a folder, and a file is read here; name the folder itself, or the files in it"


def test_a_folder_with_too_many_files_is_refused_and_never_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_FILES", 3)
    for number in range(3):
        put(tmp_path, f"{number}.txt", "x")
    assert len(list(files_in([tmp_path]))) == 3
    put(tmp_path, "3.txt", "x")
    with pytest.raises(InputError, match="holds more than 3 files; give the folders in it one by one"):
        list(files_in([tmp_path]))


def test_a_link_that_leads_nowhere_is_an_item_that_failed(tmp_path: Path) -> None:
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "nothing.pdf")
    (item,) = survey([tmp_path], silent).items
    assert item.reason == "does not exist; check the path"


def test_readings_come_in_the_order_of_the_files_whatever_finishes_first(tmp_path: Path) -> None:
    files = [put(tmp_path, f"{n:02}.txt", f"Dogs walked {n} miles. They were fast.") for n in range(25)]
    found = list(read_files(files))
    assert [path for path, _ in found] == files
    assert [f"{n} miles" in readings[0].study.text for n, (_, readings) in enumerate(found) if readings[0].study] == [
        True
    ] * 25


def test_a_survey_has_an_item_for_everything_in_its_order(tmp_path: Path) -> None:
    put(tmp_path, "a.ris", RIS + BARE + "TY  - JOUR\nUR  - x\nER  - \n")
    put(tmp_path, "b.docx", b"PK\x03\x04abc")
    put(tmp_path, "c.txt", "Cats walked three miles. They were slow.")
    told: list[tuple[int, int]] = []
    report = survey([tmp_path], lambda done, total: told.append((done, total)))
    read, bare, nameless, word, text = report.items
    assert (read.outcome, read.label, read.record, read.line, read.sentences) == ("read", "Lee 2019", 1, 1, 3)
    assert (bare.outcome, bare.title, bare.line) == ("citation_only", "Running in dogs", 7)
    assert bare.reason is not None
    assert "without an abstract" in bare.reason
    assert nameless.outcome in {SourceOutcome.CITATION_ONLY, SourceOutcome.FAILED}
    assert (word.outcome, word.source) == ("failed", str(tmp_path / "b.docx"))
    assert text.outcome == "read"
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert sum(report.counts.values()) == 5


def test_a_file_that_does_not_exist_is_an_item_that_failed(tmp_path: Path) -> None:
    (item,) = survey([tmp_path / "none.pdf"], silent).items
    assert item.outcome is SourceOutcome.FAILED
    assert item.reason == "does not exist; check the path"


def test_nothing_to_read_is_an_empty_report(tmp_path: Path) -> None:
    assert survey([tmp_path], silent).items == ()
