"""Endpoints that talk nonsense, break, refuse or hang: an honest analysis, the gaps named, nothing half-written."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

from pipeline import synthesis
from pipeline.claimwork.intake import Task, read_claims
from schemas.analysis import ClaimAnalysis
from schemas.vocabulary import Basis
from tests.cli.test_commands import CLAIM, Done, Run, live
from tests.endtoend.chance import Plausible, answering, nonsense, request_of
from tests.endtoend.promises import KEY, NOTHING_SHOWN, hold_honest, hold_secret, hold_told, judgements, newest, written
from tests.fixtures.test_recordings import CLAIMS, FIXTURES
from tests.replies import fault_server as faults
from tests.replies.fault_server import Asked, Behaviour, FaultServer, Sent
from tests.scripted import Scripted, pumped, stage_of
from tests.test_synthesis import SETTINGS, STUDIES

SMALL = ("cross-education-seed", "creatine-cognition")
MEASURED = Basis.END_ONLY.rank

Analysed = Callable[..., tuple[Done, list[ClaimAnalysis]]]


@pytest.fixture
def analysed(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Analysed:
    """Analyses fixture claims against a server; holds what was said, written and kept to what must always hold."""

    def analyse(server: FaultServer, *names: str) -> tuple[Done, list[ClaimAnalysis]]:
        live(monkeypatch, server)
        monkeypatch.setenv("MECHSYN_ATTEMPTS", "2")
        done = run("analyze", "--claims", claims_file(tmp_path, names), "--out", "o")
        assert done.code in {0, 3}, done.err
        analyses = newest(written(tmp_path / "o"))
        assert {a.evidence.claim.id for a in analyses} == set(names)
        hold_told(done, analyses)
        hold_secret(done, tmp_path, tmp_path / "mechsyn-home")
        return done, analyses

    return analyse


def claims_file(folder: Path, names: tuple[str, ...]) -> Path:
    """One claims file of several fixture claims, each with its own studies."""
    entries: list[dict[str, object]] = []
    for name in names:
        source = FIXTURES / "claims" / f"{name}.yaml"
        entry = yaml.safe_load(source.read_text(encoding="utf-8"))
        entries.append(entry | {"studies": [os.path.relpath(source.parent / s, folder) for s in entry["studies"]]})
    path = folder / "claims.yaml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(2))
def test_texts_that_stand_in_no_study_carry_nothing(analysed: Analysed, seed: int) -> None:
    with FaultServer(then=nonsense(seed)) as server:
        done, analyses = analysed(server, *SMALL)
    assert done.code == 3
    for analysis in analyses:
        assert analysis.settlement.verdict.level in NOTHING_SHOWN
        assert all(j.basis is Basis.NOT_ADDRESSED for j in judgements(analysis))


def test_valid_nonsense_with_sentences_of_the_prompt_over_all_claims(analysed: Analysed) -> None:
    with FaultServer(then=faults.random_valid(7)) as server:
        done, analyses = analysed(server, *CLAIMS)
    assert done.code == 3
    assert any(q.accepted for a in analyses for q in a.evidence.quotations), "no quotation was real"


@pytest.mark.parametrize("seed", [11, 12])
def test_valid_nonsense_with_sentences_of_the_prompt(analysed: Analysed, seed: int) -> None:
    with FaultServer(then=faults.random_valid(seed)) as server:
        done, analyses = analysed(server, *SMALL)
    assert done.code in {0, 3}
    assert len(analyses) == len(SMALL)


def test_nonsense_that_passes_every_check_over_all_claims(analysed: Analysed) -> None:
    with FaultServer(then=answering(Plausible(0))) as server:
        _, analyses = analysed(server, *CLAIMS)
    assert any(j.basis.rank >= MEASURED for a in analyses for j in judgements(a)), "nothing got as far as the rules"


UNUSABLE = {
    "broken": faults.broken_content(),
    "fenced": faults.fenced(),
    "cut off": faults.cut_off(),
    "refused": faults.refusal(),
    "filtered": faults.filtered(),
    "no content": faults.no_content(),
    "no choices": faults.empty_choices(),
    "a page": faults.html(),
    "truncated": faults.truncated(),
    "dropped": faults.drop(),
    "429": faults.too_many({"retry-after": "0.02"}),
    "429 for long": faults.too_many({"retry-after": "9999"}),
    "500 that names the key": faults.error(500, f"the key {KEY} failed"),
    "400 that names the key": faults.error(400, f"the key {KEY} failed"),
}


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_endpoint_that_never_gives_a_usable_reply_leaves_every_part_named(
    analysed: Analysed, fault: Behaviour
) -> None:
    with FaultServer(then=fault) as server:
        done, (analysis,) = analysed(server, "cross-education-seed")
    assert done.code == 3
    assert {u.stage for u in analysis.unsettled} == {
        "claim", "appraisal", "stance", "mechanism", "verification", "ladder", "summary",
    }  # fmt: skip
    assert analysis.settlement.verdict.level in NOTHING_SHOWN
    assert analysis.evidence.quotations == ()


def test_broken_json_over_all_claims_is_asked_for_twice_and_paid_for_no_further(analysed: Analysed) -> None:
    with FaultServer(then=faults.broken_content()) as server:
        done, analyses = analysed(server, *CLAIMS)
        assert max(server.counts.values()) == 1, "the same question was paid for twice"
    assert done.code == 3
    assert all(a.settlement.verdict.level in NOTHING_SHOWN for a in analyses)


def test_an_endpoint_that_hangs_is_left_after_the_time_out(analysed: Analysed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHSYN_TIMEOUT_SECONDS", "0.2")
    with FaultServer(then=faults.hang()) as server:
        done, (analysis,) = analysed(server, "cross-education-seed")
    assert done.code == 3
    assert {u.code for u in analysis.unsettled} == {"timeout", "skipped"}


def test_one_stage_that_hangs_costs_only_what_needs_it(analysed: Analysed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHSYN_TIMEOUT_SECONDS", "1")
    honest = answering(Scripted(greedy=True))

    def behave(asked: Asked) -> Sent:
        return (faults.hang() if stage_of(request_of(asked)) == "stance" else honest)(asked)

    with FaultServer(then=behave) as server:
        _, (analysis,) = analysed(server, "cross-education-seed")
    assert {u.stage for u in analysis.unsettled} == {"stance", "summary"}
    assert analysis.evidence.judgements


def storm(seed: int) -> Behaviour:
    """Six of ten requests fail in some way; the others are answered with true sentences and big claims."""
    weather = (
        faults.too_many({"retry-after": "0.02"}),
        faults.too_many({"retry-after-ms": "5"}),
        faults.too_many({"retry-after": "9999"}),
        faults.unavailable(500),
        faults.unavailable(503),
        faults.drop(),
        faults.truncated(),
        faults.broken_content(),
        faults.refusal(),
        faults.cut_off(),
        faults.html(),
        faults.error(500, f"the key {KEY} failed"),
    )
    answer = answering(Scripted(seed, greedy=True))

    def behave(asked: Asked) -> Sent:
        rng = random.Random(f"{seed}:{asked.number}")
        return (rng.choice(weather) if rng.random() < 0.6 else answer)(asked)

    return behave


def test_a_storm_costs_parts_and_never_honesty(analysed: Analysed) -> None:
    with FaultServer(then=storm(1)) as server:
        done, analyses = analysed(server, *CLAIMS)
    assert done.code == 3
    assert any(a.evidence.stances for a in analyses)


def test_after_a_storm_the_same_command_asks_only_what_is_missing(analysed: Analysed) -> None:
    with FaultServer(then=storm(3)) as server:
        _, before = analysed(server, *SMALL)
    kept = {i for a in before for i in a.provenance.request_ids}
    with FaultServer(then=answering(Scripted(3, greedy=True))) as server:
        _, after = analysed(server, *SMALL)
        again = {request_of(asked).custom_id for asked in server.asked}
    assert again
    assert not again & kept
    transport = {"connection", "timeout", "http_429", "http_500", "http_503", "malformed"}
    assert not {u.code for a in after for u in a.unsettled} & transport


def test_the_remedy_named_for_a_refused_run_is_one_that_works(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "alpha.md").write_text("# Results\n\nStrength rose by 6% more than in the control group (p = 0.01).\n")
    with FaultServer(then=faults.refusal()) as server:
        live(monkeypatch, server)
        first = run("analyze", "alpha.md", *CLAIM, "--out", "o")
    with FaultServer(then=answering(Scripted())) as server:
        live(monkeypatch, server)
        run("analyze", "alpha.md", *CLAIM, "--out", "o")
        asked = len(server.asked)
    assert asked or "run the same command again" not in first.err, "the remedy is to run again, yet nothing is asked"


def test_what_is_missing_is_named_with_its_claim(analysed: Analysed) -> None:
    with FaultServer(then=faults.refusal()) as server:
        done, _ = analysed(server, *SMALL)
    lines = done.err.splitlines()
    for name in SMALL:
        assert any(name in line for line in lines), f"no line on stderr says which parts of {name} are missing"


def test_a_refused_key_is_one_line_and_writes_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FaultServer(then=faults.error(401, f"Incorrect API key provided: {KEY}")) as server:
        live(monkeypatch, server)
        done = run("analyze", "--claims", claims_file(tmp_path, SMALL), "--out", "o")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "OPENAI_API_KEY" in done.err
    hold_secret(done, tmp_path, tmp_path / "mechsyn-home")
    assert list((tmp_path / "o").iterdir()) == []


@cache
def task(name: str) -> Task:
    (read,) = read_claims([FIXTURES / "claims" / f"{name}.yaml"], [], lambda _: None)
    return read


@pytest.mark.parametrize("seed", range(20))
def test_random_judgements_with_true_sentences_never_say_more_than_they_carry(seed: int) -> None:
    given = task(CLAIMS[seed % len(CLAIMS)])
    assert given.claim is not None
    analysis = pumped(synthesis.synthesise(given.claim, given.studies, SETTINGS), Plausible(seed, true=0.9))
    hold_honest(analysis, {s.id: s for s in given.studies})
    assert analysis.evidence.judgements
    assert not {u.stage for u in analysis.unsettled} - {"summary"}


@pytest.mark.parametrize("seed", range(8))
def test_random_judgements_of_trials_that_could_carry_everything_stay_honest(seed: int) -> None:
    """The three studies compare groups, so that the rules are tried at their upper end too."""
    claim = task(CLAIMS[0]).claim
    assert claim is not None
    analysis = pumped(synthesis.synthesise(claim, STUDIES, SETTINGS), Plausible(seed, true=1.0))
    hold_honest(analysis, {s.id: s for s in STUDIES})


@pytest.mark.parametrize("seed", range(4))
def test_without_an_accepted_quotation_there_is_no_evidence(seed: int) -> None:
    given = task("cross-education")
    assert given.claim is not None
    model = Plausible(seed, true=0.0)
    analysis = pumped(synthesis.synthesise(given.claim, given.studies, SETTINGS), model)
    hold_honest(analysis, {s.id: s for s in given.studies})
    refused = [q for q in analysis.evidence.quotations if not q.accepted]
    assert len(refused) > len(analysis.evidence.quotations) / 2
    assert analysis.settlement.warnings
