"""`mechsyn analyze --dry-run` as a user runs it: no key, nothing asked, nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.cli.answering import KEPT
from pipeline.cli.foretelling import foretell
from pipeline.cli.given import Given
from pipeline.cli.options import RECORDINGS, RepliesFrom, settings_from
from pipeline.cli.tables import amount, duration, table
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from schemas.ledger import Route
from tests.cli.test_commands import CLAIM, Run, answer_all, questions
from tests.replies.test_counts import PRICES, answer, question

MODEL = ("--model", "gpt-5.4")


def lines_of(out: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for line in out.splitlines() if (words := line.split())}


def files(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file()}


def test_an_estimate_needs_no_key_asks_nothing_and_writes_nothing(
    run: Run, studies: list[Path], tmp_path: Path
) -> None:
    before = files(tmp_path)
    done = run("analyze", *studies, *CLAIM, *MODEL, "--dry-run", "--out", "o")
    assert (done.code, done.err) == (0, "")
    lines = lines_of(done.out)
    assert lines["stance"][:3] == ["gpt-5.4", "2", "0"]
    assert lines["verification"][:3] == ["gpt-5.4", "2", "2"]
    assert lines["total"][:2] == ["10", "5"]
    assert "money: about" in done.out
    assert "prices of 2026-04-30" in done.out
    assert "time: unknown" in done.out
    assert "Nothing was asked." in done.out
    assert files(tmp_path) == before
    assert not Path(os.environ["MECHSYN_HOME"]).exists()


def test_a_model_without_a_price_is_said_and_is_never_free(run: Run, studies: list[Path]) -> None:
    done = run("analyze", studies[0], *CLAIM, *MODEL, "--model", "verification=unheard-of", "--dry-run")
    assert done.code == 0
    assert "money: unknown: no price for unheard-of\n" in done.out
    assert lines_of(done.out)["verification"][-2:] == ["unknown", "unknown"]
    assert lines_of(done.out)["total"][-2:] == ["unknown", "unknown"]


def test_time_follows_the_limits_that_are_set(run: Run, studies: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHSYN_REQUESTS_PER_MINUTE", "2")
    done = run("analyze", studies[0], *CLAIM, *MODEL, "--dry-run")
    assert "time: about 4 min at 2 requests a minute\n" in done.out


def test_time_and_answers_follow_the_ledger_where_it_knows_enough(run: Run, studies: list[Path]) -> None:
    with KeptReplies(Path(os.environ["MECHSYN_HOME"]) / KEPT) as store:
        ledger = Ledger(store, PRICES)
        for number in range(5):
            asked = question("ladder", number)
            ledger.record(answer(asked), Route.LIVE, request=asked, seconds=3.0)
    done = run("analyze", studies[0], *CLAIM, *MODEL, "--dry-run")
    assert "time: about 12 s at 64 questions in flight and 3.0 s an answer, as the ledger knows them\n" in done.out
    assert lines_of(done.out)["ladder"][4] == "100"


def test_what_is_known_is_not_estimated_again(run: Run, studies: list[Path], tmp_path: Path) -> None:
    command = ("requests", "--claim", CLAIM[1], "--study", studies[0])
    answer_all(run, questions(run(*command)), tmp_path)
    done = run("analyze", studies[0], *CLAIM, "--replies", "files", "--dry-run")
    assert list(lines_of(done.out))[2] == "mechanism"
    while asked := questions(run(*command)):
        answer_all(run, asked, tmp_path)
    done = run("analyze", studies[0], *CLAIM, "--replies", "files", "--dry-run")
    assert done.out == "1 claim: nothing to ask, everything is answered\n"


def test_many_claims_are_one_table_and_unreadable_studies_are_named(
    run: Run, studies: list[Path], tmp_path: Path
) -> None:
    entries = [f"- claim: Training number {n} raises strength.\n  studies: [{studies[0]}]\n" for n in range(3)]
    entries.append("- claim: Training without a study raises strength.\n  studies: [missing.pdf]\n")
    (tmp_path / "claims.yaml").write_text("".join(entries))
    done = run("analyze", "--claims", "claims.yaml", *MODEL, "--dry-run")
    assert done.code == 0
    assert done.out.startswith("4 claims, 1 of them with nothing to ask about\n")
    assert lines_of(done.out)["appraisal"][1] == "1"
    assert lines_of(done.out)["stance"][1] == "3"
    assert "missing.pdf" in done.err


def test_recordings_answer_their_own_claims(run: Run) -> None:
    claims = RECORDINGS.parent / "claims" / "stretching.yaml"
    done = run("analyze", "--claims", claims, "--replies", "recorded", "--dry-run")
    assert (done.code, done.out) == (0, "1 claim: nothing to ask, everything is answered\n")


def test_without_a_model_a_live_run_cannot_be_estimated(run: Run, studies: list[Path]) -> None:
    done = run("analyze", studies[0], *CLAIM, "--dry-run")
    assert done.code == 1
    assert "--model NAME" in done.err


def test_a_batch_is_estimated_at_its_own_price(
    studies: list[Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = Given((studies[0],), claim=CLAIM[1], models=("gpt-5.4",))
    shown: list[str] = []
    for batch in (False, True):
        foretell(given, settings_from(["gpt-5.4"]), RepliesFrom.FILES, RECORDINGS, batch=batch, quiet=True)
        shown.append(capsys.readouterr().out)
    single, half = (float(lines_of(out)["total"][-2]) for out in shown)
    assert half == pytest.approx(single / 2, rel=0.01)
    assert ", Batch API" in shown[1]
    assert "time: as long as the batch endpoint takes" in shown[1]


def test_tables_set_words_left_and_figures_right() -> None:
    assert table(("what", "n"), [("a", "1"), ("longer", "1,000")]) == "what        n\na           1\nlonger  1,000"


def test_money_and_time_are_written_so_that_they_read_well() -> None:
    from decimal import Decimal

    shown = [amount(m) for m in (None, Decimal(0), Decimal("0.01234"), Decimal("1234.567"))]
    assert shown == ["unknown", "0.00", "0.0123", "1,234.57"]
    assert [duration(s) for s in (3.2, 89, 600, 5400)] == ["3 s", "89 s", "10 min", "1.5 h"]
