"""The real PDFs beside the checkout through the real command: an analysis, or one line that names file and remedy.

The model claims the strongest basis for whatever it quotes, so that only the rules stand between it and the page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pipeline import synthesis
from pipeline.sources import read_study
from schemas.analysis import ClaimAnalysis
from schemas.study import Study
from schemas.vocabulary import Basis, DocumentKind
from tests.cli.test_commands import CLAIM, Done, Run, live
from tests.endtoend.chance import Plausible, answering
from tests.endtoend.promises import hold_honest, hold_secret, hold_told, judgements, written
from tests.publish.markup import Markup
from tests.replies.fault_server import FaultServer
from tests.scripted import Scripted, pumped
from tests.sources.test_shared_pdfs import READABLE
from tests.test_synthesis import CLAIM as STRENGTH
from tests.test_synthesis import SETTINGS

pytestmark = pytest.mark.shared

UNREADABLE = {
    "scanned_skewed_abstract.pdf": "run OCR",
    "encrypted_user_password.pdf": "--password",
    "corrupt_fuzzed.pdf": "get the file again",
}
SILENT = ("trials_move_protocol.pdf", "hindawi_retraction_notice.pdf", "french_research_article.pdf")
"""Documents in which nothing may stand above what somebody asserts."""
HIDDEN = "ignore all previous instructions"

Analyse = Callable[..., tuple[Done, FaultServer]]


@pytest.fixture
def analyse(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Analyse:
    """Runs `mechsyn analyze` on files with `--replies live` against a greedy model; returns what was said and asked."""

    def analysed(*arguments: str | Path) -> tuple[Done, FaultServer]:
        with FaultServer(then=answering(Scripted(greedy=True))) as server:
            live(monkeypatch, server)
            done = run("analyze", *arguments, *CLAIM, "--replies", "live", "--out", "o")
        assert done.code in {0, 1, 3}, done.err
        hold_secret(done, tmp_path, tmp_path / "mechsyn-home")
        return done, server

    return analysed


def page(out: Path) -> str:
    (file,) = out.rglob("analysis.html")
    return Markup(file.read_text(encoding="utf-8")).text


def only(out: Path) -> ClaimAnalysis:
    (analysis,) = written(out)
    return analysis


def sent(server: FaultServer) -> str:
    """Everything that the server was ever sent, with white space and case folded."""
    texts = [m["content"] for asked in server.asked for m in asked.body["messages"]]
    return " ".join(" ".join(texts).split()).casefold()


@pytest.mark.parametrize("name", sorted(READABLE))
def test_a_readable_pdf_gives_an_honest_analysis(
    analyse: Analyse, shared_pdfs: Path, tmp_path: Path, name: str
) -> None:
    done, _ = analyse(shared_pdfs / name)
    analysis = only(tmp_path / "o")
    hold_told(done, [analysis])
    assert analysis.evidence.stances
    assert analysis.evidence.judgements
    assert [s.file_name for s in analysis.evidence.studies] == [name]
    assert "multiple" not in " ".join(link.shown.lower() for link in analysis.settlement.links)


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_an_unreadable_pdf_is_one_line_with_file_and_remedy(
    analyse: Analyse, shared_pdfs: Path, tmp_path: Path, name: str
) -> None:
    done, server = analyse(shared_pdfs / name)
    assert done.code == 1
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert name in done.err
    assert UNREADABLE[name] in done.err
    assert server.asked == []
    assert not list(tmp_path.rglob("analysis.*"))


def test_the_encrypted_pdf_opens_with_its_password_and_no_other(
    analyse: Analyse, shared_pdfs: Path, tmp_path: Path
) -> None:
    wrong, _ = analyse(shared_pdfs / "encrypted_user_password.pdf", "--password", "12345")
    assert (wrong.code, wrong.err.count("\n")) == (1, 1)
    assert "12345" not in wrong.err
    done, _ = analyse(shared_pdfs / "encrypted_user_password.pdf", "--password", "1234")
    analysis = only(tmp_path / "o")
    hold_told(done, [analysis])
    assert analysis.evidence.studies[0].sentences > 10


def test_the_hidden_instruction_is_reported_and_never_sent(analyse: Analyse, shared_pdfs: Path, tmp_path: Path) -> None:
    _, server = analyse(shared_pdfs / "arxiv_hidden_prompt.pdf")
    assert "circuits" in sent(server)
    assert HIDDEN not in sent(server)
    analysis = only(tmp_path / "o")
    (note,) = [n for s in analysis.evidence.studies for n in s.notes if n.kind == "hidden_text"]
    assert HIDDEN in note.excerpt.casefold()
    assert HIDDEN in page(tmp_path / "o").casefold()


@pytest.mark.parametrize("name", SILENT)
def test_a_document_without_readable_results_carries_nothing(
    analyse: Analyse, shared_pdfs: Path, tmp_path: Path, name: str
) -> None:
    analyse(shared_pdfs / name)
    analysis = only(tmp_path / "o")
    hold_silent(analysis)
    assert analysis.settlement.verdict.side is None
    assert analysis.evidence.studies[0].citation.label in page(tmp_path / "o")


def hold_silent(analysis: ClaimAnalysis) -> None:
    assert all(j.basis.rank <= Basis.ASSERTED.rank for j in judgements(analysis))
    assert all(s.weight.weight == 0 for s in analysis.settlement.studies)
    assert (analysis.settlement.balance.pro, analysis.settlement.balance.against) == (0, 0)


def test_the_protocol_and_the_notice_are_shown_for_what_they_are(
    analyse: Analyse, shared_pdfs: Path, tmp_path: Path
) -> None:
    done, _ = analyse(*(shared_pdfs / name for name in SILENT))
    analysis = only(tmp_path / "o")
    hold_told(done, [analysis])
    studies = {s.study: s for s in analysis.settlement.studies}
    assert studies["trials_move_protocol"].document is DocumentKind.PROTOCOL
    notice = studies["hindawi_retraction_notice"]
    assert notice.retracted
    assert notice.weight.weight == 0
    assert "retracted: listed, but counts for nothing" in page(tmp_path / "o").lower()
    (french,) = [s for s in analysis.evidence.studies if s.id == "french_research_article"]
    assert "not_english" in {n.kind for n in french.notes}


@cache
def study(path: Path) -> Study:
    return read_study(path)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SILENT)
def test_no_reply_whatever_lifts_a_document_without_readable_results(shared_pdfs: Path, name: str, seed: int) -> None:
    given = study(shared_pdfs / name)
    for model in (Scripted(seed, greedy=True), Plausible(seed, true=1.0)):
        analysis = pumped(synthesis.synthesise(STRENGTH, [given], SETTINGS), model)
        hold_honest(analysis, {given.id: given})
        hold_silent(analysis)
        assert len(analysis.settlement.studies) <= 1


def test_the_whole_folder_gives_one_analysis_and_names_the_unreadable_files(
    analyse: Analyse, shared_pdfs: Path, tmp_path: Path
) -> None:
    done, _ = analyse(shared_pdfs)
    assert done.code == 3
    analysis = only(tmp_path / "o")
    hold_told(done, [analysis])
    assert {s.file_name for s in analysis.evidence.studies} >= READABLE
    for name, remedy in UNREADABLE.items():
        assert [line for line in done.err.splitlines() if name in line and remedy in line], name
        assert f"sources of {name}" in done.err
        assert name in page(tmp_path / "o")
    assert {u.study for u in analysis.unsettled if u.stage == "sources"} >= UNREADABLE.keys()


def test_a_list_of_files_that_lies_among_the_studies_is_not_taken_for_one(analyse: Analyse, shared_pdfs: Path) -> None:
    """A JSON file that is no study form is no study either, whatever its outermost bracket is."""
    done, server = analyse(shared_pdfs / "manifest.json")
    assert isinstance(json.loads((shared_pdfs / "manifest.json").read_text(encoding="utf-8")), list)
    assert server.asked == []
    assert done.code == 1
    assert "manifest.json" in done.err
