"""Everything but `--replies live` works with every socket refused, loopback too, and without a key."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.cli.test_commands import Run
from tests.endtoend.promises import hold_told, written
from tests.fixtures.test_recordings import CLAIMS, FIXTURES

SEED = FIXTURES / "claims" / "cross-education-seed.yaml"
SEED_REPLIES = FIXTURES / "replies" / "cross-education-seed.replies.jsonl"


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Refuses every connection and every look-up of a name, and fails a test that tried unless it clears the list."""
    tried: list[object] = []

    def refuse(*arguments: object, **_named: object) -> None:
        tried.append(arguments[-1])
        raise OSError("no network here")

    for method in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, method, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    yield tried
    assert not tried


def tree(folder: Path) -> dict[str, int]:
    """Every file and folder, files with the moment of their last change."""
    found = sorted(folder.rglob("*"))
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns if p.is_file() else 0 for p in found}


def test_the_demo_writes_the_example_and_a_second_one_nothing(run: Run, tmp_path: Path) -> None:
    first = run("demo")
    assert first.code == 0
    assert first.err == ""
    (analysis,) = written(tmp_path / "outputs")
    assert analysis.complete
    assert str(Path("outputs") / "cross-education" / "v1" / "analysis.html") in first.out
    before = tree(tmp_path)
    second = run("demo")
    assert (second.code, second.err) == (0, "")
    assert "unchanged:" in second.out
    assert tree(tmp_path) == before


def test_the_demo_of_all_claims_is_complete(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--all", "--out", "o")
    assert done.code == 0
    analyses = written(tmp_path / "o")
    assert sorted(a.evidence.claim.id for a in analyses) == CLAIMS
    hold_told(done, analyses)
    assert done.out.count("written:") == len(CLAIMS)


def test_recorded_replies_answer_a_claim_typed_by_hand(run: Run, tmp_path: Path) -> None:
    entry = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    studies = [SEED.parent / s for s in entry["studies"]]
    done = run("analyze", *studies, "--claim", entry["claim"], "--replies", "recorded", "--out", "o")
    (analysis,) = written(tmp_path / "o")
    assert done.code == 0, done.err
    assert analysis.complete


def test_recorded_replies_without_the_answers_name_what_is_missing(run: Run, tmp_path: Path) -> None:
    study = FIXTURES / "studies" / "stretching" / "pope-2000.pdf"
    done = run("analyze", study, "--claim", "Stretching prevents injuries.", "--replies", "recorded", "--out", "o")
    analyses = written(tmp_path / "o")
    hold_told(done, analyses)
    assert done.code == 3
    assert "mechsyn requests" in done.err


def test_the_file_exchange_takes_recorded_answers_in_until_nothing_is_open(run: Run, tmp_path: Path) -> None:
    asked = run("requests", SEED)
    assert asked.code == 0
    assert {json.loads(line)["url"] for line in asked.out.splitlines()} == {"/v1/chat/completions"}
    taken = run("replies", SEED_REPLIES)
    assert taken.code == 0
    again = run("requests", SEED)
    assert (again.code, again.out) == (0, "")
    done = run("analyze", "--claims", SEED, "--replies", "files", "--out", "o")
    analyses = written(tmp_path / "o")
    assert done.code == 0
    hold_told(done, analyses)
    before = tree(tmp_path / "o")
    assert "unchanged:" in run("analyze", "--claims", SEED, "--replies", "files", "--out", "o").out
    assert tree(tmp_path / "o") == before


def test_replies_can_be_recorded(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rec").mkdir()
    done = run("replies", SEED_REPLIES, "--record", SEED, "--recordings", "rec")
    assert done.code == 0
    assert (tmp_path / "rec" / SEED_REPLIES.name).is_file()


def test_what_is_written_can_be_shown_recomputed_and_held_against_the_schema(run: Run) -> None:
    run("analyze", "--claims", SEED, "--replies", "recorded", "--out", "o")
    version = Path("o", "cross-education-seed", "v1")
    for form in ("text", "md", "json"):
        shown = run("show", version, "--format", form)
        assert (shown.code, shown.err) == (0, "")
        assert "untrained leg" in " ".join(shown.out.split())
    again = run("recompute", version)
    assert again.code == 0
    assert "nothing differs" in again.out
    schema = run("schema")
    assert schema.code == 0
    jsonschema.validate(json.loads((version / "analysis.json").read_text(encoding="utf-8")), json.loads(schema.out))


def test_going_live_without_a_key_says_in_one_line_what_to_set(run: Run, tmp_path: Path) -> None:
    done = run("analyze", "--claims", SEED, "--model", "m", "--replies", "live", "--out", "o")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "OPENAI_API_KEY" in done.err
    assert not list((tmp_path / "o").rglob("analysis.*"))


def test_going_live_without_a_network_says_in_one_line_what_is_wrong(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, connections: list[object]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("MECHSYN_LONGEST_WAIT_SECONDS", "0.01")
    done = run("analyze", "--claims", SEED, "--model", "m", "--out", "o")
    assert connections, "nothing was tried: the other tests of this file prove nothing"
    connections.clear()
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "cannot be reached" in done.err
    assert "--replies recorded" in done.err
    assert "sk-test-secret" not in done.err
    assert not list((tmp_path / "o").rglob("analysis.*"))


def test_the_doctor_says_what_is_missing(run: Run) -> None:
    done = run("doctor", "--model", "m")
    assert done.code == 1
    assert "Traceback" not in done.out + done.err
    assert "OPENAI_API_KEY" in done.out


PROBE = """
import socket, sys
def refuse(*_, **__): raise OSError("no network here")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from pipeline.cli.main import main
sys.argv = ["mechsyn", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    code = stop.code
print("loaded:", code or 0, *sorted({"openai", "tenacity", "httpx2"} & sys.modules.keys()), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["demo", "--out", "o"],
        ["analyze", "--claims", str(SEED), "--replies", "recorded", "--out", "o"],
        ["analyze", "--claims", str(SEED), "--replies", "files", "--out", "o"],
        ["requests", str(SEED)],
        ["schema"],
    ],
    ids=lambda a: " ".join(Path(x).name for x in a),
)
def test_the_client_is_loaded_only_to_go_live(arguments: list[str], tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = done.stderr.splitlines()[-1].split()
    partial = "files" in arguments
    assert loaded == ["loaded:", "3" if partial else "0"], done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_claim_the_file_exchange_still_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "alpha.md").write_text("# Results\n\nStrength rose by 6% more than in the control group (p = 0.01).\n")
    done = run("analyze", "alpha.md", "--replies", "files", "--out", "o")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "--claim" in done.err or "mechsyn requests" in done.err
    assert not list((tmp_path / "o").iterdir())
