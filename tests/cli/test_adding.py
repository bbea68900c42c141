"""`mechsyn add` and `mechsyn sources check` as a user meets them, against services on loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from schemas.source_report import CheckOutcome, CheckReport, SourceOutcome, SourceReport
from tests.cli.test_commands import Run
from tests.loopback_services.library import CLOSED, EVERYTHING, Notice
from tests.loopback_services.server import Fault, ServicesServer


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServicesServer]:
    with ServicesServer(EVERYTHING) as server:
        for name, value in server.settings().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.yaml"
    path.write_text("# spring\nid: rowing\nclaim: Rowing builds grip strength.  # ours\n", encoding="utf-8")
    return path


def test_a_study_is_added_to_the_claim_and_can_be_analysed(
    run: Run, services: ServicesServer, claims: Path, tmp_path: Path
) -> None:
    done = run("add", claims, "https://doi.org/10.5555/closed.2019")
    assert done.code == 0, done.err
    assert claims.read_text(encoding="utf-8") == (
        "# spring\nid: rowing\nclaim: Rowing builds grip strength.  # ours\n"
        "studies:\n  - studies/gamma-2019-grip.yaml\n"
    )
    assert "https://doi.org/10.5555/" in done.out
    assert "Gamma 2019" in done.out
    assert "1 read" in done.out
    assert "1 study added" in done.err
    asked = run("requests", claims, "--model", "m")
    assert asked.code == 0, asked.err
    assert "Grip strength rose by 6%" in asked.out


def test_what_was_not_found_is_named_and_the_exit_code_says_partial(
    run: Run, services: ServicesServer, claims: Path
) -> None:
    done = run("add", claims, "10.5555/closed.2019", "10.5555/nothing", "--json", "--quiet")
    assert done.code == 3
    report = SourceReport.model_validate_json(done.out)
    assert [i.outcome for i in report.items] == [SourceOutcome.READ, SourceOutcome.FAILED]
    assert done.err.startswith("mechsyn: 10.5555/nothing: no record at Crossref or PubMed; check the identifier, or ")
    assert run("add", claims, "10.5555/nothing").code == 1


def test_what_is_known_is_named_again_in_the_claim_and_reported_as_known(
    run: Run, services: ServicesServer, claims: Path
) -> None:
    run("add", claims, "10.5555/closed.2019")
    claims.write_text("claim: Rowing builds grip strength.\n", encoding="utf-8")
    done = run("add", claims, "PMID: 70000002")
    assert done.code == 0
    assert "1 already known" in done.out
    assert yaml.safe_load(claims.read_text(encoding="utf-8"))["studies"] == ["studies/gamma-2019-grip.yaml"]


def test_lists_and_files_are_taken_among_the_identifiers_in_their_order(
    run: Run, services: ServicesServer, claims: Path, studies: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "ids.txt").write_text("# mine\n10.5555/closed.2019\n\nnonsense\n", encoding="utf-8")
    done = run("add", claims, studies[0].name, "@ids.txt", "--from", "ids.txt", "--json", "--into", "forms")
    report = json.loads(done.out)
    assert [i["outcome"] for i in report["items"]] == ["read", "read", "failed", "duplicate", "failed"]
    named = yaml.safe_load(claims.read_text(encoding="utf-8"))["studies"]
    assert sorted(named) == ["alpha.md", "forms/gamma-2019-grip.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.yaml", "10.5555/closed.2019"), "none.yaml"),
        (("claims.yaml",), "nothing to add is given"),
        (("claims.yaml", "@none.txt"), "none.txt"),
        (("claims.yaml", "--claim", "other", "70000002"), "has no claim 'other'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    run: Run, services: ServicesServer, claims: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run("add", *arguments)
    assert done.code == 1
    assert said in done.err
    assert done.err.count("\n") == 1
    assert services.asked == []


def test_a_faulty_contact_address_is_refused_before_anything_is_asked(
    run: Run, services: ServicesServer, claims: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MECHSYN_CONTACT", "nobody")
    done = run("add", claims, "70000002")
    assert done.code == 1
    assert "MECHSYN_CONTACT" in done.err
    assert services.asked == []


def test_the_check_prints_what_changed_with_notice_and_date(
    run: Run, services: ServicesServer, claims: Path, tmp_path: Path
) -> None:
    run("add", claims, "10.5555/closed.2019")
    assert "1 unchanged" in run("sources", "check").out
    services.change(CLOSED, CLOSED.but(notices=(Notice("retraction", "", "10.5555/n"),)))
    dry = run("sources", "check", "--dry-run")
    assert dry.code == 0
    assert "nothing was written" in dry.out
    done = run("sources", "check", claims)
    assert done.code == 0
    row = next(line for line in done.out.splitlines() if line.startswith("Gamma 2019"))
    assert row.split() == ["Gamma", "2019", "published", "retracted", "retracted", "by", "10.5555/n", "2024-03-26"]
    assert "status: retracted" in (tmp_path / "studies" / "gamma-2019-grip.yaml").read_text(encoding="utf-8")


def test_the_check_names_who_could_not_be_asked_and_counts_what_cannot_be_checked(
    run: Run, services: ServicesServer, claims: Path, tmp_path: Path
) -> None:
    run("add", claims, "10.5555/closed.2019")
    (tmp_path / "studies" / "old.yaml").write_text("citation: {id: old}\ntext: Words.\n", encoding="utf-8")
    services.fail("crossref", Fault(403))
    done = run("sources", "check", "--json")
    assert done.code == 3
    assert "Crossref: refuses the question (HTTP 403)" in done.err
    assert "1 of 2 have no identifier or form and cannot be checked" in done.err
    assert CheckReport.model_validate_json(done.out).counts[CheckOutcome.NO_IDENTIFIER] == 1


def test_the_check_says_that_services_no_longer_state_what_a_form_says(
    run: Run, services: ServicesServer, claims: Path, tmp_path: Path
) -> None:
    run("add", claims, "10.5555/closed.2019")
    form = tmp_path / "studies" / "gamma-2019-grip.yaml"
    form.write_text(
        form.read_text(encoding="utf-8").replace("status: published", "status: retracted"), encoding="utf-8"
    )
    done = run("sources", "check")
    assert (done.code, done.out) == (0, "1 unchanged\n")
    assert "the form says retracted, the services say published: change it by hand if they are right" in done.err


def test_a_path_that_does_not_exist_is_one_line(run: Run, services: ServicesServer) -> None:
    done = run("sources", "check", "nowhere")
    assert done.code == 1
    assert "nowhere: does not exist" in done.err


def test_an_empty_argument_is_no_folder_full_of_studies(
    run: Run, services: ServicesServer, claims: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("Dogs walked a mile. They ran.", encoding="utf-8")
    before = claims.read_text(encoding="utf-8")
    done = run("add", claims, "", "--quiet")
    assert done.code == 1
    assert "is no DOI, PMID or PMCID" in done.err
    assert claims.read_text(encoding="utf-8") == before


def test_duplicates_of_what_cannot_be_read_are_an_error_and_partial_beside_what_can(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Dogs walked a mile. They ran.", encoding="utf-8")
    assert run("sources", "duplicates", "none.ris").code == 1
    assert run("sources", "duplicates", "a.txt", "none.ris").code == 3
    assert run("sources", "duplicates", "a.txt").code == 0


def test_a_text_is_not_rewritten_as_a_claims_file(run: Run, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Dogs walked three miles.\n", encoding="utf-8")
    done = run("add", notes, "10.5555/closed.2019")
    assert done.code == 1
    assert (
        done.err
        == f"mechsyn: {notes}: is no claims file that can be changed; name one that ends in .yaml, .yml, .json\n"
    )
    assert notes.read_text(encoding="utf-8") == "Dogs walked three miles.\n"


def test_one_study_in_two_files_is_a_duplicate_and_a_name_that_is_no_text_fails_alone(
    run: Run, claims: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "found"
    folder.mkdir()
    record = "TY  - JOUR\nTI  - Walking in dogs\nAU  - Lee, Ann\nDO  - 10.5555/dogs\nAB  - {} They ran.\nER  - \n"
    (folder / "a.ris").write_text(record.format("Thirty dogs walked."), encoding="utf-8")
    (folder / "b.ris").write_text(record.format("Dogs walked."), encoding="utf-8")
    (folder / os.fsdecode(b"bad\xff.txt")).write_text("Cats walked a mile. They slept.", encoding="utf-8")
    (folder / "line\nbreak.txt").write_text("Mice walked a mile. They ate.", encoding="utf-8")
    done = run("add", claims, "found", "--json")
    items = {Path(i["source"]).name: i for i in json.loads(done.out)["items"]}
    assert done.code == 3
    assert [items[name]["outcome"] for name in ("a.ris", "b.ris", "bad?.txt", "line\nbreak.txt")] == [
        "read", "duplicate", "failed", "read",
    ]  # fmt: skip
    assert items["b.ris"]["duplicate_of"].endswith("a.ris #1")
    assert "rename it" in items["bad?.txt"]["reason"]
    named = yaml.safe_load(claims.read_text(encoding="utf-8"))["studies"]
    assert named == ["found/a.ris", "found/b.ris", "found/line\nbreak.txt"]
