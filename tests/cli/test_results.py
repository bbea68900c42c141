"""What is finished is written and printed at once; one bad claim costs nothing else; what is missing is always said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.claimwork import keeping
from pipeline.cli.given import Given
from pipeline.cli.options import RepliesFrom
from pipeline.cli.progress import ProgressDisplay
from pipeline.cli.results import remedy_of
from pipeline.errors import OutputError
from schemas.analysis import ClaimAnalysis
from tests.cli.test_commands import CLAIM, Run, analyses, live, scripted
from tests.replies.fault_server import Asked, FaultServer, hang, refusal, unavailable

TWO_CLAIMS = (
    "- {id: one, claim: Training raises muscle strength.}\n- {id: two, claim: Training raises bone strength.}\n"
)
KEEP = keeping.keep


@pytest.fixture
def two_claims(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "claims.yaml").write_text(TWO_CLAIMS)
    return "--claims", "claims.yaml"


def about_bones(asked: Asked) -> bool:
    return "bone strength" in asked.body["messages"][1]["content"]


def keep_failing(monkeypatch: pytest.MonkeyPatch, fault: Exception, *claims: str) -> None:
    def keep(analysis: ClaimAnalysis, *rest: Any) -> keeping.Written:
        if analysis.evidence.claim.id in claims:
            raise fault
        return KEEP(analysis, *rest)

    monkeypatch.setattr(keeping, "keep", keep)


def test_a_claim_that_cannot_be_written_costs_the_others_nothing(
    run: Run, studies: list[Path], two_claims: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep_failing(monkeypatch, OutputError("o/two: the disk is full"), "two")
    done = run("analyze", *studies, *two_claims, "--replies", "files", "--out", "o", "--quiet")
    assert done.code == 3
    assert "two: o/two: the disk is full" in done.err
    assert "one: incomplete, missing: claim" in done.err
    assert "1 of 2 claims failed, see above; the others are written" in done.err
    assert [a.evidence.claim.id for a in analyses(tmp_path / "o")] == ["one"]


def test_when_every_claim_fails_that_is_an_error_and_no_partial_success(
    run: Run, studies: list[Path], two_claims: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_failing(monkeypatch, OutputError("the disk is full"), "one", "two")
    done = run("analyze", *studies, *two_claims, "--replies", "files", "--out", "o")
    assert done.code == 1
    assert "2 of 2 claims failed, see above; none is written" in done.err


def test_a_fault_of_ours_in_one_claim_is_raised_once_the_others_are_written(
    run: Run, studies: list[Path], two_claims: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep_failing(monkeypatch, KeyError("L9"), "one")
    done = run("analyze", *studies, *two_claims, "--replies", "files", "--out", "o")
    assert done.code == 70
    assert "one: internal fault (KeyError: 'L9')" in done.err
    assert [a.evidence.claim.id for a in analyses(tmp_path / "o")] == ["two"]


def test_the_only_claim_that_cannot_be_written_is_one_line(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "claim.yaml").write_text("{id: one, claim: Training raises muscle strength.}\n")
    keep_failing(monkeypatch, OutputError("the disk is full"), "one")
    done = run("analyze", *studies, "--claims", "claim.yaml", "--replies", "files", "--out", "o")
    assert (done.code, done.err) == (1, "mechsyn: the disk is full\n")


def test_what_is_missing_is_listed_even_when_quiet(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer(then=refusal()) as server:
        live(monkeypatch, server)
        done = run("analyze", *studies, *CLAIM, "--out", "o", "--quiet")
    assert done.code == 3
    assert "incomplete, missing: claim" in done.err
    assert "ask another model with --model" in done.err
    assert "run the same command again" not in done.err


def test_ctrl_c_loses_nothing_that_was_finished(
    studies: list[Path], two_claims: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    honest = scripted()
    with FaultServer(then=lambda asked: hang()(asked) if about_bones(asked) else honest(asked)) as server:
        live(monkeypatch, server)
        # A runner of tests may ignore SIGINT, which its children would inherit.
        program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        program += "from pipeline.cli.main import main; main()"
        command = [sys.executable, "-c", program, "analyze", *map(str, studies), *two_claims, "--out", "o"]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            for _ in range(600):
                if analyses(tmp_path / "o") or process.poll() is not None:
                    break
                time.sleep(0.05)
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "what was finished is written" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert out.startswith("one: ")
    assert [a.evidence.claim.id for a in analyses(tmp_path / "o")] == ["one"]


def test_results_go_to_stdout_while_the_display_runs_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    command = "mechsyn requests " + "--study a.md " * 20
    display = ProgressDisplay(quiet=False)
    with display.watching(2):
        display.result("one: supported")
        display.claim_done("one")
        display.say(command)
        display.result("two: refuted")
        display.claim_done("two")
    captured = capsys.readouterr()
    assert captured.out == "one: supported\ntwo: refuted\n"
    assert command.strip() in captured.err
    assert "claims" in captured.err


def test_the_remedy_for_recordings_writes_and_records_what_they_lack() -> None:
    given = Given(claims=(Path("my claim.yaml"),), models=("ignored",))
    remedy = remedy_of(RepliesFrom.RECORDED, given, Path("rec"))
    assert "mechsyn requests 'my claim.yaml' --replies recorded --recordings rec > questions.jsonl" in remedy
    assert "mechsyn replies ANSWERS.jsonl --record 'my claim.yaml' --recordings rec" in remedy
    assert "--recordings" not in remedy_of(RepliesFrom.RECORDED, given)


def test_a_claim_without_a_file_cannot_be_recorded_and_is_sent_elsewhere() -> None:
    remedy = remedy_of(RepliesFrom.RECORDED, Given(studies=(Path("a.md"),), claim="Training helps."))
    assert "--record" not in remedy.replace("the recordings", "")
    assert "--replies live" in remedy


def test_answers_that_may_yet_come_are_asked_for_by_running_again(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MECHSYN_ATTEMPTS", "1")
    with FaultServer(then=unavailable()) as server:
        live(monkeypatch, server)
        done = run("analyze", *studies, *CLAIM, "--out", "o")
    assert "run the same command again" in done.err
