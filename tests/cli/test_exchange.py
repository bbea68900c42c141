"""The file exchange takes what `analyze` takes, and recordings answer whatever the environment says."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pipeline import synthesis
from pipeline.cli import main as entry
from pipeline.cli.given import Given
from pipeline.settings import OFFLINE_MODEL
from tests.cli.test_commands import CLAIM, Run, analyses, answer_all, questions
from tests.scripted import stage_of

ROOT = Path(__file__).parents[2]


def suggested(err: str) -> list[str]:
    """The arguments of the `mechsyn requests` that a message names."""
    return shlex.split(err.partition("mechsyn requests ")[2].partition(" > questions.jsonl")[0])


@pytest.fixture
def other_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHSYN_MODEL", "another-model")
    monkeypatch.setenv("MECHSYN_MAX_COMPLETION_TOKENS", "512")


def test_the_demo_does_not_depend_on_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plain = run("demo", "--out", "o")
    monkeypatch.setenv("MECHSYN_MODEL", "another-model")
    monkeypatch.setenv("MECHSYN_MAX_COMPLETION_TOKENS", "512")
    monkeypatch.setenv("MECHSYN_ATTEMPTS", "many")
    again = run("demo", "--out", "o")
    assert again.code == plain.code
    assert "unchanged:" in again.out
    (analysis,) = analyses(tmp_path / "o")
    assert analysis.provenance.model_asked == OFFLINE_MODEL
    assert analysis.provenance.request_ids


def test_recordings_answer_whatever_model_and_limit_are_set(
    run: Run, studies: list[Path], other_environment: None, tmp_path: Path
) -> None:
    (tmp_path / "claim.yaml").write_text("id: mine\nclaim: Training raises strength.\nstudies: [alpha.md, beta.md]\n")
    (tmp_path / "rec").mkdir()
    recorded = ("--replies", "recorded", "--recordings", "rec", "--model", "third-model")
    while asked := questions(run("requests", "claim.yaml", *recorded)):
        assert {line.body["model"] for line in asked} == {OFFLINE_MODEL}
        done = answer_all(run, asked, tmp_path, "--record", "claim.yaml", "--recordings", "rec")
        assert done.code == 0, done.err
    assert run("analyze", "--claims", "claim.yaml", *recorded, "--out", "o").code == 0
    assert analyses(tmp_path / "o")[0].complete


@pytest.mark.parametrize("given", [(*CLAIM, "--type", "causal_benefit"), ()], ids=["a claim", "a proposed claim"])
def test_the_named_command_writes_just_the_questions_that_analyze_needs(
    given: tuple[str, ...], run: Run, studies: list[Path], tmp_path: Path
) -> None:
    command = ("analyze", *studies, *given, "--replies", "files", "--model", "my model", "--out", "o")
    for _ in range(8):
        done = run(*command)
        if done.code == 0:
            break
        assert "mechsyn replies" in done.err
        asked = run("requests", *suggested(done.err))
        assert asked.code == 0
        assert {line.body["model"] for line in questions(asked)} == {"my model"}
        answer_all(run, questions(asked), tmp_path)
    (analysis,) = analyses(tmp_path / "o")[-1:]
    assert analysis.complete
    assert analysis.provenance.model_asked == "my model"


def test_a_claims_file_with_further_studies_is_asked_about_as_it_is_analysed(
    run: Run, studies: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "a claim.yaml").write_text("- Training raises muscle strength.\n")
    done = run("analyze", *studies, "--claims", "a claim.yaml", "--replies", "files", "--out", "o", "--quiet")
    assert suggested(done.err) == ["a claim.yaml", "--study", str(studies[0]), "--study", str(studies[1])]
    assert questions(run("requests", *suggested(done.err)))


def test_an_unanswered_proposal_names_the_remedy_and_studies_alone_give_its_question(
    run: Run, studies: list[Path]
) -> None:
    done = run("analyze", studies[0], "--replies", "files", "--out", "o")
    assert done.code == 1
    assert "unanswered:" not in done.err
    assert f"mechsyn requests --study {studies[0]} > questions.jsonl" in done.err
    asked = run("requests", "--study", studies[0])
    assert asked.code == 0
    assert [stage_of(line) for line in questions(asked)] == ["claim"]


def test_a_password_is_never_repeated() -> None:
    assert "secret" not in Given(studies=(Path("a.pdf"),), password="secret").requests_command()
    assert "--password PASSWORD" in Given(studies=(Path("a.pdf"),), password="secret").requests_command()


def test_a_pdf_in_place_of_a_claims_file_names_the_option(run: Run, tmp_path: Path) -> None:
    (tmp_path / "trial.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("requests", "trial.pdf")
    assert done.code == 1
    assert "give studies with --study" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "--study"),
        (["c.yaml", "--claim", "Training raises strength."], 1, "exclude each other"),
        (["c.yaml", "--type", "mechanistic"], 1, "--type goes with --claim"),
        (["--study", "alpha.md", "--type", "mechanistic"], 1, "--type needs --claim"),
        (["--claim", ""], 1, "the claim is empty"),
        (["--claim", "Training raises strength."], 1, "no study is given"),
    ],
)
def test_requests_for_nothing_or_for_two_things_are_refused(
    arguments: list[str], code: int, message: str, run: Run, studies: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "c.yaml").write_text("claim: x y z\nstudies: [alpha.md]\n")
    done = run("requests", *arguments)
    assert done.code == code
    assert message in done.err
    assert done.out == ""


def test_questions_without_a_model_name_are_said_to_be_no_batch(run: Run, studies: list[Path]) -> None:
    arguments = ("requests", "--study", studies[0], *CLAIM)
    assert "Batch endpoints need --model" in run(*arguments).err
    assert "Batch" not in run(*arguments, "--model", "m").err
    assert "Batch" not in run(*arguments, "--replies", "recorded").err


def test_a_claim_that_ends_in_an_error_is_said_and_never_called_no_open_questions(
    run: Run, studies: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "x.replies.jsonl").write_text("nonsense\n")
    done = run("requests", "--study", studies[0], *CLAIM, "--replies", "recorded", "--recordings", "rec", "--quiet")
    assert done.code == 1
    assert "x.replies.jsonl:1" in done.err
    assert "no open questions" not in done.err


def test_a_fault_of_ours_while_asking_is_said_for_its_claim_and_raised(
    run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    core = synthesis.synthesise

    def faulty(claim: object, *rest: object) -> object:
        if getattr(claim, "id", "") == "one":
            raise KeyError("L9")
        return core(claim, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(synthesis, "synthesise", faulty)
    (tmp_path / "claims.yaml").write_text("- {id: one, claim: Some claim.}\n- {id: two, claim: Other claim.}\n")
    done = run("requests", "claims.yaml", "--study", studies[0])
    assert done.code == 70
    assert "one: internal fault (KeyError: 'L9')" in done.err
    assert questions(done)


def test_every_line_without_an_answer_is_counted_even_when_quiet(run: Run, tmp_path: Path) -> None:
    lines = [f'{{"custom_id": "claim-{n}", "error": {{"code": "expired", "message": "late"}}}}' for n in range(23)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    done = run("replies", "a.jsonl", "--quiet")
    assert done.code == 3
    assert done.err.count("\n") == 21
    assert "3 more lines hold no answer" in done.err


def test_the_exit_codes_are_listed_where_people_and_scripts_look() -> None:
    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for code in (0, 1, 2, 3, 4, 70, 130):
        assert f"| {code} |" in commands
        assert f" {code} " in " ".join((entry.__doc__ or "").split())
