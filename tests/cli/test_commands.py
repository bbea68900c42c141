"""The commands as a user runs them, with a real client over HTTP against a loopback server where one is asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest

from pipeline.cli import main as entry
from schemas.analysis import ClaimAnalysis
from schemas.wire import RequestLine
from tests.replies.fault_server import Asked, Behaviour, FaultServer, Sent, ok, refusal, too_many, unavailable
from tests.scripted import Scripted

METHODS = "Sixty adults, {n} people in all, were randomised to strength training or to no training."
RESULT = "With training, muscle strength rose by {p}% more than in the control group (p = 0.01)."
CLAIM = ("--claim", "Training raises muscle strength.")


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["mechsyn", *map(str, arguments)])
        code = 0
        try:
            entry.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return command


@pytest.fixture
def studies(tmp_path: Path) -> list[Path]:
    found: list[Path] = []
    for name, people in (("alpha", 60), ("beta", 90)):
        path = tmp_path / f"{name}.md"
        text = f"# Methods\n\n{METHODS.format(n=people)}\n\n# Results\n\n{RESULT.format(p=people // 10)}\n"
        path.write_text(text, encoding="utf-8")
        found.append(path)
    return found


def scripted() -> Behaviour:
    model = Scripted()

    def behave(asked: Asked) -> Sent:
        stage = str(asked.body["response_format"]["json_schema"]["name"]).removesuffix("Reply").lower()
        content = model.content(RequestLine(custom_id=f"{stage}-x", body=asked.body))
        return ok(json.dumps(content))(asked)

    return behave


def live(monkeypatch: pytest.MonkeyPatch, server: FaultServer) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret")
    monkeypatch.setenv("MECHSYN_MODEL", "scripted")
    monkeypatch.setenv("MECHSYN_LONGEST_WAIT_SECONDS", "0.05")


def analyses(out: Path) -> list[ClaimAnalysis]:
    return [ClaimAnalysis.model_validate_json(p.read_bytes()) for p in sorted(out.glob("*/v*/analysis.json"))]


def questions(done: Done) -> list[RequestLine]:
    """The lines that `mechsyn requests` wrote."""
    return [RequestLine.model_validate_json(line) for line in done.out.splitlines()]


def answer_all(run: Run, asked: list[RequestLine], folder: Path, *arguments: str | Path) -> Done:
    """Answers by script, carried by hand into `mechsyn replies`."""
    answers = [json.dumps({"custom_id": r.custom_id, "content": Scripted().content(r)}) for r in asked]
    (folder / "answers.jsonl").write_text("\n".join(answers))
    return run("replies", "answers.jsonl", *arguments)


def test_a_live_run_writes_a_complete_analysis_and_a_second_one_asks_nothing(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FaultServer(then=scripted()) as server:
        live(monkeypatch, server)
        first = run("analyze", *studies, *CLAIM, "--out", "o")
        assert first.code == 0, first.err
        assert "written:" in first.out
        assert first.err.startswith("mechsyn: asked 10 questions, 0 were known; 1,000 tokens in, 200 out")
        asked = len(server.asked)
        second = run("analyze", *studies, *CLAIM, "--out", "o")
        assert second.code == 0
        assert "unchanged:" in second.out
        assert len(server.asked) == asked
    (analysis,) = analyses(tmp_path / "o")
    assert analysis.complete
    assert analysis.provenance.models_answered == ("scripted-model-1",)
    assert "sk-test-secret" not in first.out + first.err + (next((tmp_path / "o").rglob("analysis.json"))).read_text()


def test_without_a_claim_the_proposed_main_claim_is_analysed(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FaultServer(then=scripted()) as server:
        live(monkeypatch, server)
        assert run("analyze", *studies, "--out", "o").code == 0
    (analysis,) = analyses(tmp_path / "o")
    assert analysis.evidence.claim.text == "Strength training raises muscle strength."


def test_partial_success_has_its_own_exit_code_and_names_what_is_missing(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    honest = scripted()

    def behave(asked: Asked) -> Sent:
        name = asked.body["response_format"]["json_schema"]["name"]
        return refusal()(asked) if name == "LadderReply" else honest(asked)

    with FaultServer(then=behave) as server:
        live(monkeypatch, server)
        done = run("analyze", *studies, *CLAIM, "--out", "o")
    assert done.code == 3
    assert "missing: ladder, summary" in done.err
    (analysis,) = analyses(tmp_path / "o")
    assert not analysis.complete


@pytest.mark.parametrize("fault", [unavailable(500), too_many({"retry-after-ms": "1"})], ids=["500", "429"])
def test_a_server_that_only_fails_gives_an_honest_empty_analysis(
    fault: Behaviour, run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MECHSYN_ATTEMPTS", "2")
    with FaultServer(then=fault) as server:
        live(monkeypatch, server)
        done = run("analyze", *studies, *CLAIM, "--out", "o")
    assert done.code == 3
    assert "Traceback" not in done.err
    (analysis,) = analyses(tmp_path / "o")
    assert analysis.settlement.verdict.level == "not_settled"


def test_live_without_a_key_or_a_model_says_in_one_line_what_to_set(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("analyze", studies[0], *CLAIM)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "--model" in done.err
    monkeypatch.setenv("MECHSYN_MODEL", "m")
    done = run("analyze", studies[0], *CLAIM)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "OPENAI_API_KEY" in done.err


def test_many_claims_run_at_once_and_one_bad_study_is_named(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "claims.yaml").write_text(
        "- {id: one, claim: Training raises muscle strength., studies: [broken.pdf]}\n"
        "- {id: two, claim: Training raises bone strength.}\n"
    )
    with FaultServer(then=scripted()) as server:
        live(monkeypatch, server)
        done = run("analyze", *studies, "--claims", "claims.yaml", "--out", "o")
    assert done.code == 3
    assert "broken.pdf" in done.err
    said = [line.split(":")[0] for line in done.out.splitlines()]
    assert said in (["one", "written", "two", "written"], ["two", "written", "one", "written"])


def test_the_file_exchange_goes_on_until_nothing_is_missing(run: Run, studies: list[Path], tmp_path: Path) -> None:
    (tmp_path / "claim.yaml").write_text(
        "id: mine\nclaim: Training raises muscle strength.\nstudies: [alpha.md, beta.md]\n"
    )
    model = Scripted()
    for _ in range(4):
        asked = run("requests", "claim.yaml")
        lines = [RequestLine.model_validate_json(line) for line in asked.out.splitlines()]
        assert lines
        answers = [json.dumps({"custom_id": r.custom_id, "content": model.content(r)}) for r in lines]
        (tmp_path / "answers.jsonl").write_text("\n".join(answers))
        taken = run("replies", "answers.jsonl")
        assert taken.code == 0
        assert f"{len(lines)} replies kept" in taken.out
    asked = run("requests", "claim.yaml")
    assert asked.out == ""
    assert "no open questions" in asked.err
    assert run("analyze", "--claims", "claim.yaml", "--replies", "files", "--out", "o").code == 0
    assert analyses(tmp_path / "o")[0].complete


def test_without_any_answer_files_mode_says_how_to_get_them(run: Run, studies: list[Path]) -> None:
    done = run("analyze", *studies, *CLAIM, "--replies", "files", "--out", "o")
    assert done.code == 3
    assert "mechsyn requests" in done.err


def test_replies_can_be_recorded_beside_their_requests(run: Run, studies: list[Path], tmp_path: Path) -> None:
    (tmp_path / "claim.yaml").write_text("id: mine\nclaim: Training raises strength.\nstudies: [alpha.md]\n")
    (tmp_path / "rec").mkdir()
    asked = run("requests", "claim.yaml", "--replies", "recorded", "--recordings", "rec")
    lines = [RequestLine.model_validate_json(line) for line in asked.out.splitlines()]
    answers = [json.dumps({"custom_id": r.custom_id, "content": Scripted().content(r)}) for r in lines]
    (tmp_path / "a.jsonl").write_text("\n".join([*answers, json.dumps({"custom_id": "claim-none", "content": {}})]))
    done = run("replies", "a.jsonl", "--record", "claim.yaml", "--recordings", "rec")
    assert f"{len(lines)} of {len(lines)} questions are answered" in done.out
    assert "1 replies answer no open question" in done.err
    assert (tmp_path / "rec" / "claim.requests.jsonl").read_text().count("\n") == len(lines)


def test_a_damaged_file_of_replies_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"custom_id": "claim-1", "content": {}}\nnonsense\n')
    done = run("replies", "a.jsonl")
    assert done.code == 1
    assert "a.jsonl:2" in done.err


def test_a_failed_batch_line_is_listed_and_not_kept(run: Run, tmp_path: Path) -> None:
    line = {"custom_id": "claim-1", "response": None, "error": {"code": "batch_expired", "message": "too late"}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    done = run("replies", "a.jsonl")
    assert done.code == 3
    assert "too late" in done.err


def test_live_requests_are_not_written_out(run: Run, tmp_path: Path) -> None:
    assert "asks by itself" in run("requests", "claim.yaml", "--replies", "live").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--claim", "x y z", "--claims", "c.yaml"], "exclude each other"),
        (["--claims", "c.yaml", "--type", "mechanistic"], "--type goes with --claim"),
        (["alpha.md", "--type", "mechanistic"], "--type needs --claim"),
        (["--claim", ""], "the claim is empty"),
        (["--claim", "Training raises strength."], "no study is given"),
        (["nowhere.pdf", "--claim", "Training raises strength."], "nowhere.pdf"),
        (["alpha.md", "--claim", "x" * 10_000], "10,000 characters"),
    ],
)
def test_bad_input_is_one_line_with_a_remedy(
    arguments: list[str], message: str, run: Run, studies: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "c.yaml").write_text("claim: x y z\nstudies: [alpha.md]\n")
    done = run("analyze", *arguments, "--replies", "files")
    assert done.code == 1
    assert message in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


def test_an_unknown_type_is_wrong_usage(run: Run, studies: list[Path]) -> None:
    done = run("analyze", studies[0], *CLAIM, "--type", "rumour")
    assert done.code == 2
    assert "causal_benefit" in done.err


def test_an_unwritable_out_is_found_before_anything_is_asked(run: Run, studies: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("analyze", studies[0], *CLAIM, "--replies", "files", "--out", "file/o")
    assert done.code == 1
    assert "--out" in done.err


def test_a_setting_that_makes_no_sense_is_named(run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHSYN_ATTEMPTS", "many")
    done = run("analyze", studies[0], *CLAIM, "--replies", "files")
    assert done.code == 1
    assert "MECHSYN_ATTEMPTS" in done.err


@pytest.fixture
def written(run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    with FaultServer(then=scripted()) as server:
        live(monkeypatch, server)
        assert run("analyze", *studies, *CLAIM, "--out", "o").code == 0
    return next((tmp_path / "o").glob("*/v1"))


def test_a_written_analysis_can_be_shown_in_every_form(run: Run, written: Path) -> None:
    assert "Training raises muscle strength." in run("show", written).out
    assert run("show", written, "--format", "md").out.startswith("#")
    assert json.loads(run("show", written / "analysis.json", "--format", "json").out)["version"] == 1


def test_recompute_says_that_nothing_differs_or_what_does(run: Run, written: Path) -> None:
    done = run("recompute", written)
    assert done.code == 0
    assert "nothing differs" in done.out
    path = written / "analysis.json"
    analysis = json.loads(path.read_text())
    analysis["settlement"]["balance"]["pro"] += 1
    path.write_text(json.dumps(analysis))
    done = run("recompute", written)
    assert done.code == 4
    assert "differs: balance" in done.out
    assert "nothing differs" not in done.out


def test_recompute_without_stored_sources_verifies_nothing_and_says_so(run: Run, written: Path) -> None:
    for source in (written / "sources").iterdir():
        source.unlink()
    done = run("recompute", written)
    assert done.code == 4
    assert "2 sources are not stored" in done.out
    assert "not verified" in done.out


def test_recompute_finds_a_retraction_that_was_edited_away(run: Run, written: Path) -> None:
    source = next((written / "sources").iterdir())
    source.write_text(
        source.read_text()
        .replace('"status":"published"', '"status":"retracted"')
        .replace('"status": "published"', '"status": "retracted"')
    )
    done = run("recompute", written)
    assert done.code == 4
    assert "differs from the stored source" in done.out


def test_the_schema_describes_what_is_written(run: Run, written: Path) -> None:
    schema = json.loads(run("schema").out)
    instance = json.loads((written / "analysis.json").read_text())
    jsonschema.validate(instance, schema)
    assert set(instance) <= set(schema["properties"])


def test_what_is_no_analysis_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    done = run("show", "x.json")
    assert done.code == 1
    assert done.err.count("\n") == 1


def test_doctor_says_what_is_missing_and_what_works(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("doctor")
    assert done.code == 1
    assert "OPENAI_API_KEY" in done.out
    assert "FAIL" in done.out


def test_a_fault_of_ours_is_one_line_and_a_traceback_only_with_debug(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode() -> None:
        raise RuntimeError("something we did not think of")

    monkeypatch.setattr(entry, "app", explode)
    done = run("show", "x")
    assert done.code == 70
    assert "mechsyn --debug" in done.err
    monkeypatch.setattr(sys, "argv", ["mechsyn", "--debug", "show", "x"])
    with pytest.raises(RuntimeError):
        entry.main()


def test_an_interrupted_run_says_that_nothing_is_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "app", interrupt)
    done = run("demo")
    assert done.code == 130
    assert "kept" in done.err
