"""Written once, whole or not at all, and read back as it was written."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import AnalysisFileError, OutputError
from pipeline.publish import writing
from pipeline.publish.page import render_html
from pipeline.publish.view import Page
from pipeline.publish.writing import Written, read_analysis, read_sources, write_analysis
from schemas.analysis import ClaimAnalysis
from tests.publish.example import SEARCHED_ON, bare_analysis, incomplete_analysis, provenance, rich_analysis
from tests.publish.example_studies import FIR, STUDIES

SLUG = "training-one-leg"


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def later(analysis: ClaimAnalysis) -> ClaimAnalysis:
    return analysis.model_copy(update={"provenance": provenance(SEARCHED_ON.replace(year=2027))})


def test_an_analysis_is_written_as_three_files_and_its_sources(tmp_path: Path) -> None:
    written = write_analysis(rich_analysis(), STUDIES, tmp_path / "new" / "outputs")
    assert written.folder == tmp_path / "new" / "outputs" / SLUG / "v1"
    assert (written.version, written.unchanged) == (1, False)
    assert names(written.folder) == sorted(
        ["analysis.html", "analysis.json", "analysis.md", *(f"sources/{s.sha256}.json" for s in STUDIES)]
    )
    assert written.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert written.markdown.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("analysis", [rich_analysis(), incomplete_analysis(), bare_analysis()])
def test_what_is_read_back_equals_what_was_written(tmp_path: Path, analysis: ClaimAnalysis) -> None:
    written = write_analysis(analysis, STUDIES, tmp_path)
    assert read_analysis(written.folder) == read_analysis(written.json) == written.analysis == analysis
    assert read_sources(written.folder) == read_sources(written.json) == {s.id: s for s in STUDIES}


def test_citations_are_written_under_their_csl_names(tmp_path: Path) -> None:
    written = write_analysis(bare_analysis(), [FIR], tmp_path)
    citation = json.loads(written.json.read_text(encoding="utf-8"))["evidence"]["studies"][0]["citation"]
    assert citation["container-title"] == "Journal of Worked Examples"
    assert citation["issued"] == {"date-parts": [[2023]]}


def test_the_same_analysis_makes_no_new_version(tmp_path: Path) -> None:
    first = write_analysis(rich_analysis(), STUDIES, tmp_path)
    before = {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")}
    again = write_analysis(later(rich_analysis()).model_copy(update={"version": 7}), STUDIES, tmp_path)
    assert again.unchanged
    assert again.folder == first.folder
    assert again.analysis == first.analysis
    assert {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")} == before
    assert [p.name for p in (tmp_path / SLUG).iterdir()] == ["v1"]


def test_a_changed_analysis_becomes_the_next_version_and_keeps_the_old(tmp_path: Path) -> None:
    first = write_analysis(rich_analysis(), STUDIES, tmp_path)
    second = write_analysis(incomplete_analysis(), STUDIES, tmp_path)
    assert (second.version, second.analysis.version, second.folder.name) == (2, 2, "v2")
    assert read_analysis(second.folder).version == 2
    assert "Version 2" in second.html.read_text(encoding="utf-8")
    assert read_analysis(first.folder) == rich_analysis()


def test_versions_are_compared_as_numbers_and_only_with_the_newest(tmp_path: Path) -> None:
    for n in (2, 10):
        (tmp_path / SLUG / f"v{n}").mkdir(parents=True)
    (tmp_path / SLUG / "v99-notes").mkdir()
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 11
    assert write_analysis(incomplete_analysis(), STUDIES, tmp_path).version == 12
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 13


@pytest.mark.parametrize("damage", ["analysis.json", "analysis.html"])
def test_a_damaged_newest_version_is_kept_and_a_new_one_written_beside_it(tmp_path: Path, damage: str) -> None:
    first = write_analysis(rich_analysis(), STUDIES, tmp_path)
    if damage == "analysis.json":
        first.json.write_text("{", encoding="utf-8")
    else:
        first.html.unlink()
    second = write_analysis(rich_analysis(), STUDIES, tmp_path)
    assert (second.version, second.unchanged) == (2, False)
    assert first.folder.is_dir()


class KilledError(BaseException):
    """Stands for the end of the process at this point."""


def killed(*_arguments: Any) -> None:
    raise KilledError


@pytest.mark.parametrize("moment", ["page_of", "render_html", "_write_durably", "_make_durable"])
def test_a_run_that_dies_in_the_middle_leaves_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(writing, moment, killed)
    with pytest.raises(KilledError):
        write_analysis(rich_analysis(), STUDIES, tmp_path)
    assert list((tmp_path / SLUG).iterdir()) == []


def test_what_a_killed_process_left_behind_is_no_version_and_is_removed(tmp_path: Path) -> None:
    left = tmp_path / SLUG / ".v1.partial-4f2a"
    left.mkdir(parents=True)
    (left / "analysis.json").write_text("half", encoding="utf-8")
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 1
    assert [p.name for p in (tmp_path / SLUG).iterdir()] == ["v1"]


def test_what_another_run_is_just_writing_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, rivals = os.fsync, list[Written]()

    def with_a_rival(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        rivals.append(write_analysis(bare_analysis(), (FIR,), tmp_path))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", with_a_rival)
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 2
    assert [rival.version for rival in rivals] == [1]
    assert sorted(p.name for p in (tmp_path / SLUG).iterdir()) == ["v1", "v2"]


def test_a_folder_that_another_run_takes_for_abandoned_is_given_up_for_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, taken = fcntl.flock, list[int]()

    def taken_once(descriptor: int, operation: int) -> None:
        if not taken:
            taken.append(descriptor)
            raise BlockingIOError
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", taken_once)
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 1
    assert taken
    assert [p.name for p in (tmp_path / SLUG).iterdir()] == ["v1"]


def test_where_nothing_can_be_locked_analyses_are_written_and_nothing_is_taken_for_abandoned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_descriptor: int, _operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unknown)
    left = tmp_path / SLUG / ".v1.partial-4f2a"
    left.mkdir(parents=True)
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 1
    assert left.is_dir()


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"^\S+: the analysis cannot be written \(No space left on device\); choose"):
        write_analysis(rich_analysis(), STUDIES, tmp_path)
    assert list((tmp_path / SLUG).iterdir()) == []


def test_a_name_that_cannot_be_given_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_self: Path, _target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OutputError, match="Input/output error"):
        write_analysis(rich_analysis(), STUDIES, tmp_path)
    assert list((tmp_path / SLUG).iterdir()) == []


def test_an_unwritable_place_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot be written \(.+\); choose another folder") as caught:
        write_analysis(rich_analysis(), STUDIES, tmp_path / "file")
    assert "\n" not in str(caught.value)


def test_two_runs_at_once_get_two_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rival = tmp_path / SLUG / "v1"

    def slowly(page: Page) -> str:
        rival.mkdir(exist_ok=True)
        (rival / "analysis.json").write_text("{}", encoding="utf-8")
        return render_html(page)

    monkeypatch.setattr(writing, "render_html", slowly)
    assert write_analysis(rich_analysis(), STUDIES, tmp_path).version == 2
    assert sorted(p.name for p in (tmp_path / SLUG).iterdir()) == ["v1", "v2"]


def test_a_race_that_is_never_won_ends_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never_first(*_arguments: object) -> bool:
        return False

    monkeypatch.setattr(writing, "_placed", never_first)
    with pytest.raises(OutputError, match="run again"):
        write_analysis(rich_analysis(), STUDIES, tmp_path)


def test_a_study_whose_text_is_not_its_own_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="fir-2023 is not the one that was read"):
        write_analysis(bare_analysis(), [FIR.model_copy(update={"text": "other"})], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("", "not JSON"),
        ("\x00\x01", "not JSON"),
        ("[]", "no analysis"),
        ('{"a": 1}', "no analysis"),
        ('{"format": "mechsyn-analysis/9"}', "format 'mechsyn-analysis/9'; this version reads 'mechsyn-analysis/1'"),
        ('{"format": "mechsyn-analysis/1"}', r"damaged analysis: version: .* \(and \d more\)"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_is_no_analysis_is_refused_with_the_cause(tmp_path: Path, content: str, cause: str) -> None:
    file = tmp_path / "analysis.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(AnalysisFileError, match=cause) as caught:
        read_analysis(tmp_path)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_single_damaged_field_is_named(tmp_path: Path) -> None:
    written = write_analysis(bare_analysis(), [FIR], tmp_path)
    content = json.loads(written.json.read_text(encoding="utf-8"))
    content["settlement"]["balance"]["pro"] = "many"
    written.json.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(AnalysisFileError, match=r"damaged analysis: settlement\.balance\.pro: [^(]*; make it again"):
        read_analysis(written.json)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnalysisFileError, match="there is no such file"):
        read_analysis(tmp_path / "nowhere.json")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "analysis.json"
    with file.open("wb") as stream:
        stream.truncate(writing.LARGEST_FILE + 1)
    with pytest.raises(AnalysisFileError, match="larger than 50 MB"):
        read_analysis(file)


def test_an_unreadable_file_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "analysis.json"
    file.write_text("{}", encoding="utf-8")

    def denied(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(AnalysisFileError, match=r"cannot be read \(Permission denied\)"):
        read_analysis(file)


def test_an_analysis_without_kept_sources_has_none(tmp_path: Path) -> None:
    assert read_sources(tmp_path) == {}


def test_a_source_whose_text_was_changed_is_refused(tmp_path: Path) -> None:
    written = write_analysis(bare_analysis(), [FIR], tmp_path)
    file = written.folder / "sources" / f"{FIR.sha256}.json"
    file.write_text(file.read_text(encoding="utf-8").replace("did not differ", "differed"), encoding="utf-8")
    with pytest.raises(AnalysisFileError, match="not the one that its name stands for"):
        read_sources(written.folder)


def test_a_source_under_another_name_is_refused(tmp_path: Path) -> None:
    written = write_analysis(bare_analysis(), [FIR], tmp_path)
    file = written.folder / "sources" / f"{FIR.sha256}.json"
    file.rename(file.with_name("0" * 64 + ".json"))
    with pytest.raises(AnalysisFileError, match="not the one that its name stands for"):
        read_sources(written.folder)


def test_a_source_that_is_no_study_is_refused(tmp_path: Path) -> None:
    written = write_analysis(bare_analysis(), [FIR], tmp_path)
    (written.folder / "sources" / "x.json").write_text("{}", encoding="utf-8")
    with pytest.raises(AnalysisFileError, match="not a study"):
        read_sources(written.folder)
