"""Waves over many claims by batch: complete, exactly once, and the same after a kill at any step."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.claimwork import batching
from pipeline.claimwork.intake import Task
from pipeline.errors import ClaimError, SetupError
from pipeline.replies.jobs import BATCHES, JobBook
from pipeline.replies.kept import KeptReplies
from pipeline.synthesis import synthesise
from schemas.analysis import ClaimAnalysis
from schemas.batch import JobState
from schemas.ledger import ANSWERED, Route
from schemas.wire import NOT_ASKED
from tests.claimwork.batch_runs import CORE, Killed, kill_at, run, tasks
from tests.replies.batch_server import BatchServer, Fate, answering, failing_first
from tests.scripted import Scripted, pumped

ROOT = Path(__file__).parents[2]
SMALL = (3, 200_000_000)


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as running:
        yield running


def sound(server: BatchServer, analyses: dict[str, ClaimAnalysis] | None, count: int) -> bool:
    """Every claim is complete, every question was answered in just one batch, none was ever in two live ones."""
    assert analyses is not None
    assert len(analyses) == count
    assert all(analysis.complete for analysis in analyses.values())
    assert set(server.accepted.values()) == {1}
    assert server.twice == []
    return {i for a in analyses.values() for i in a.provenance.request_ids} == set(server.accepted)


def test_twenty_claims_go_through_all_waves_and_end_complete(server: BatchServer, tmp_path: Path) -> None:
    ran = run(server, tmp_path, tasks(20))
    assert sound(server, ran.analyses, 20)
    assert len(server.batches) == 4
    jobs = JobBook(tmp_path / BATCHES).jobs()
    assert {job.state for job in jobs} == {JobState.COLLECTED}
    assert sum(job.answered for job in jobs) == len(server.accepted)
    assert [e.route for e in ran.entries] == [Route.BATCH] * len(server.accepted)


def test_batches_give_the_analysis_that_asking_directly_gives(server: BatchServer, tmp_path: Path) -> None:
    (task,) = tasks(1)
    ran = run(server, tmp_path, [task])
    assert ran.analyses is not None
    assert task.claim is not None
    directly = pumped(synthesise(task.claim, task.studies, CORE), Scripted())
    assert ran.analyses["claim-0"].evidence == directly.evidence
    assert ran.analyses["claim-0"].settlement == directly.settlement


def test_a_second_run_asks_nothing(server: BatchServer, tmp_path: Path) -> None:
    first = run(server, tmp_path, tasks(2))
    calls = server.calls.total()
    second = run(server, tmp_path, tasks(2))
    assert second.analyses == first.analyses
    assert server.calls.total() == calls


def test_what_was_answered_costs_half_price_in_the_ledger(server: BatchServer, tmp_path: Path) -> None:
    ran = run(server, tmp_path, tasks(1))
    # 1,000 tokens in at 1 and 100 out at 10 a million are 0.002; half of it.
    assert {e.cost for e in ran.entries if e.outcome == ANSWERED} == {Decimal("0.001")}
    assert any("at most" in line and "USD" in line for line in ran.said)


@pytest.mark.parametrize("most", [SMALL, (50_000, 60_000)], ids=["3 lines", "60 kB"])
def test_parts_never_exceed_the_limits(most: tuple[int, int], server: BatchServer, tmp_path: Path) -> None:
    ran = run(server, tmp_path, tasks(3), most=most)
    assert sound(server, ran.analyses, 3)
    inputs = [server.files[b.input_file] for b in server.batches.values()]
    assert max(len(file.splitlines()) for file in inputs) <= most[0]
    assert max(len(file) for file in inputs) <= most[1]
    assert len(inputs) > 4


def test_a_question_larger_than_a_part_is_given_up_with_the_reason(server: BatchServer, tmp_path: Path) -> None:
    ran = run(server, tmp_path, tasks(1), most=(50_000, 5_000))
    assert ran.analyses is not None
    assert {u.code for u in ran.analyses["claim-0"].unsettled} >= {"too_large"}
    assert not server.batches


def test_questions_to_two_models_go_into_two_batches(server: BatchServer, tmp_path: Path) -> None:
    core = CORE.model_copy(update={"models": {"stance": "other"}})
    ran = run(server, tmp_path, tasks(2), core=core)
    assert sound(server, ran.analyses, 2)
    models = [{q.body["model"] for q in server.questions(b)} for b in server.batches.values()]
    assert all(len(found) == 1 for found in models)
    assert {"other"} in models


def test_failed_lines_are_asked_again_and_the_analyses_are_as_if_nothing_had_failed(tmp_path: Path) -> None:
    with BatchServer() as calm:
        expected = run(calm, tmp_path / "calm", tasks(4))
    with BatchServer(then=Fate(line=failing_first(3, times=2))) as server:
        ran = run(server, tmp_path / "failing", tasks(4))
        assert sound(server, ran.analyses, 4)
    assert ran.analyses == expected.analyses
    faults = [e for e in ran.entries if e.outcome == "http_500"]
    assert faults
    assert {e.attempt for e in faults} == {1, 2}


def test_a_question_that_always_fails_is_asked_three_times_in_all_and_then_given_up(tmp_path: Path) -> None:
    with BatchServer(then=Fate(line=failing_first(3, times=99))) as server:
        ran = run(server, tmp_path, tasks(2))
        asked = Counter(server.asked[q] for q in server.asked if q not in server.accepted)
        assert set(asked) == {3}
        assert ran.analyses is not None
        codes = {u.code for a in ran.analyses.values() for u in a.unsettled}
        assert "http_500" in codes
        assert not codes & NOT_ASKED
        again = run(server, tmp_path, tasks(2))
        assert again.analyses == ran.analyses
        assert max(server.asked[q] for q in server.asked if q not in server.accepted) == 6


def test_what_fails_counts_on_through_runs_that_do_not_wait(tmp_path: Path) -> None:
    with BatchServer(then=Fate(("completed",), failing_first(2, times=99))) as server:
        for _ in range(30):
            if run(server, tmp_path, tasks(1), wait=False).analyses is not None:
                break
        else:
            pytest.fail("the runs do not come to an end")
        assert {server.asked[q] for q in server.asked if q not in server.accepted} == {3}


def test_a_refused_question_is_not_asked_again(tmp_path: Path) -> None:
    with BatchServer(then=Fate(line=failing_first(3, times=99, status=400))) as server:
        ran = run(server, tmp_path, tasks(2))
        assert set(server.asked.values()) == {1}
        assert ran.analyses is not None
        assert "http_400" in {u.code for a in ran.analyses.values() for u in a.unsettled}


def test_an_expired_batch_gives_its_answers_and_the_rest_is_asked_again(tmp_path: Path) -> None:
    expired = Fate(("in_progress", "expired"), done=0.5)
    with BatchServer(expired) as server:
        ran = run(server, tmp_path, tasks(3))
        assert sound(server, ran.analyses, 3)
    assert any(e.outcome == "batch_expired" for e in ran.entries)


def test_lines_without_any_reply_are_asked_again(tmp_path: Path) -> None:
    answer = answering()
    silent = Fate(line=lambda q, n: None if n == 1 and int(q.custom_id[-1], 16) % 2 else answer(q, n))
    with BatchServer(then=silent) as server:
        ran = run(server, tmp_path, tasks(2))
        assert sound(server, ran.analyses, 2)
    assert any(e.outcome == "missing" for e in ran.entries)


def test_lines_that_nobody_asked_for_are_counted_and_not_trusted(tmp_path: Path) -> None:
    strange = (
        '{"custom_id": "claim-nobody", "response": {"status_code": 200, "body": {"choices": []}}}',
        "no JSON at all",
        "[]",
    )
    with BatchServer(then=Fate(extra=strange)) as server:
        ran = run(server, tmp_path, tasks(1))
        assert sound(server, ran.analyses, 1)
    assert [job.unknown for job in JobBook(tmp_path / BATCHES).jobs()] == [3, 3, 3, 3]
    assert any("3 lines that nobody asked for" in line for line in ran.said)
    assert "claim-nobody" not in {e.custom_id for e in ran.entries}


def test_a_batch_that_the_endpoint_refuses_ends_the_run_with_its_reasons(tmp_path: Path) -> None:
    errors = ({"code": "invalid_json_line", "message": "This line is not parseable.", "line": 7},)
    with BatchServer(then=Fate(("validating", "failed"), errors=errors)) as server:
        with pytest.raises(SetupError, match=r"line 7: This line is not parseable\."):
            run(server, tmp_path, tasks(1))
        (job,) = JobBook(tmp_path / BATCHES).jobs()
        assert job.state is JobState.FAILED
    with BatchServer() as mended:
        assert sound(mended, run(mended, tmp_path, tasks(1)).analyses, 1)


def test_one_refused_part_costs_its_own_questions_only(tmp_path: Path) -> None:
    failed = Fate(("failed",), errors=({"code": "invalid_request", "message": "too odd", "line": 1},))
    with BatchServer(Fate(), failed) as server:
        ran = run(server, tmp_path, tasks(2), most=SMALL)
        assert ran.analyses is not None
        assert "batch_failed" in {u.code for a in ran.analyses.values() for u in a.unsettled}
        assert set(server.accepted.values()) == {1}
        assert any("too odd" in line for line in ran.said)


def test_where_too_much_waits_already_smaller_parts_go_out_later(tmp_path: Path) -> None:
    full = Fate(("failed",), errors=({"code": "token_limit_exceeded", "message": "Enqueued token limit reached"},))
    with BatchServer(full) as server:
        ran = run(server, tmp_path, tasks(2))
        assert sound(server, ran.analyses, 2)
        sizes = [len(server.questions(b)) for b in server.batches.values()]
        assert sizes[1] <= sizes[0] // 2
    assert batching.LONGEST_LOOK_SECONDS in ran.slept


def test_an_endpoint_that_never_takes_a_batch_is_told_in_one_line(tmp_path: Path) -> None:
    full = Fate(("failed",), errors=({"code": "token_limit_exceeded", "message": "Enqueued token limit reached"},))
    with BatchServer(then=full) as server, pytest.raises(SetupError, match="takes no batch now"):
        run(server, tmp_path, tasks(1))


def test_a_cancelled_batch_ends_the_asking_and_the_next_run_asks_what_was_not_answered(tmp_path: Path) -> None:
    with BatchServer(Fate(("in_progress",) * 5, done=0.5)) as server:

        def cancel() -> None:
            server.batches["batch-1"].cancelled = True

        ran = run(server, tmp_path, tasks(1), on_sleep=cancel)
        assert ran.analyses is None
        assert len(server.batches) == 1
        assert 0 < len(server.accepted) < len(server.questions(server.batches["batch-1"]))
        assert {e.outcome for e in ran.entries} == {ANSWERED}
        assert sound(server, run(server, tmp_path, tasks(1)).analyses, 1)


def test_looks_grow_rarer_and_trouble_while_looking_never_ends_a_job(tmp_path: Path) -> None:
    slow = Fate(("validating", *("in_progress",) * 20, "completed"))
    with BatchServer(slow) as server:
        server.trouble("look", 2, 3, status=503, retry_after="2000")
        server.trouble("look", 4, status=429)
        server.trouble("look", 5, status=-1)
        ran = run(server, tmp_path, tasks(1), attempts=1)
        assert sound(server, ran.analyses, 1)
    assert ran.slept[0] == batching.FIRST_LOOK_SECONDS
    assert ran.slept[1] == ran.slept[2] == 2000
    assert ran.slept[19] == batching.LONGEST_LOOK_SECONDS


def test_troubles_with_every_other_call_are_ridden_out(tmp_path: Path) -> None:
    with BatchServer() as server:
        server.trouble("upload", 1, 3)
        server.trouble("create", 1, 4, status=429, retry_after="1")
        server.trouble("content", 1, 2, status=503)
        server.trouble("list", 1)
        ran = run(server, tmp_path, tasks(1))
        assert sound(server, ran.analyses, 1)


@pytest.mark.parametrize("status", [500, -1], ids=["500", "cut"])
def test_a_create_that_may_have_worked_is_looked_up_before_it_is_repeated(
    status: int, server: BatchServer, tmp_path: Path
) -> None:
    server.trouble("create", 1, status=status)
    ran = run(server, tmp_path, tasks(1))
    assert sound(server, ran.analyses, 1)
    assert len(server.batches) == 4
    assert server.calls["list"] >= 1


def test_a_budget_leaves_out_what_does_not_fit_and_says_so(server: BatchServer, tmp_path: Path) -> None:
    # One answer of 16,000 tokens at half price may cost 0.08 and a little for its prompt.
    ran = run(server, tmp_path, tasks(2), limit="0.09")
    assert ran.analyses is not None
    assert ran.spent is not None
    assert ran.spent <= Decimal("0.09")
    assert len(server.questions(server.batches["batch-1"])) == 1
    assert len(server.accepted) > 1, "money that was not used after all is used in the next wave"
    assert "budget" in {u.code for a in ran.analyses.values() for u in a.unsettled}
    assert any("do not fit into the budget" in line for line in ran.said)
    assert sum((e.cost or Decimal(0) for e in ran.entries), Decimal(0)) == ran.spent


def test_what_an_earlier_run_has_submitted_counts_against_the_budget(server: BatchServer, tmp_path: Path) -> None:
    assert run(server, tmp_path, tasks(1), wait=False).analyses is None
    ran = run(server, tmp_path, tasks(1), limit="0.0001")
    assert len(server.batches) == 1
    assert ran.spent == Decimal("0.001") * len(server.accepted)


def test_without_waiting_each_run_submits_one_wave(server: BatchServer, tmp_path: Path) -> None:
    looks = 0
    while (ran := run(server, tmp_path, tasks(3), wait=False, most=SMALL)).analyses is None:
        looks += 1
        assert looks < 40
        assert ran.slept == []
    assert sound(server, ran.analyses, 3)


def test_later_rounds_are_left_for_the_live_driver(server: BatchServer, tmp_path: Path) -> None:
    ran = run(server, tmp_path, tasks(2), live_after=2)
    assert ran.analyses is not None
    assert len(server.batches) == 2
    stages = {q.stage for b in server.batches.values() for q in server.questions(b)}
    assert stages == {"claim", "appraisal", "stance", "mechanism", "ladder"}
    assert run(server, tmp_path, tasks(2), live_after=2).analyses == ran.analyses
    assert len(server.batches) == 2


def test_a_job_at_another_endpoint_is_neither_lost_nor_asked_here(tmp_path: Path) -> None:
    with BatchServer() as first, BatchServer() as second:
        run(first, tmp_path, tasks(1), wait=False)
        ran = run(second, tmp_path, tasks(1))
        assert not second.batches
        assert any(f"lies at {first.url}" in line for line in ran.said)
        assert sound(first, run(first, tmp_path, tasks(1)).analyses, 1)


def test_two_claims_files_share_a_book(server: BatchServer, tmp_path: Path) -> None:
    run(server, tmp_path, tasks(1), wait=False)
    ran = run(server, tmp_path, tasks(3))
    assert sound(server, ran.analyses, 3)


def test_a_claim_that_ends_in_an_error_does_not_stop_the_waves(server: BatchServer, tmp_path: Path) -> None:
    bad = Task(tasks(2)[1].claim, fault=ClaimError("no study could be read"))
    ran = run(server, tmp_path, [bad, *tasks(1)])
    assert ran.analyses is not None
    assert ran.analyses["claim-0"].complete


FATES = (
    Fate(line=failing_first(4)),
    Fate(("in_progress", "expired"), done=0.6),
    Fate(("completed",)),
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, ClaimAnalysis], int]:
    """The analyses of a run that nobody kills, and how many steps it takes."""
    with pytest.MonkeyPatch.context() as patch, BatchServer(*FATES) as server:
        steps = kill_at(patch, 0)
        ran = run(server, tmp_path_factory.mktemp("calm"), tasks(2), most=SMALL)
        assert sound(server, ran.analyses, 2)
    assert ran.analyses is not None
    return ran.analyses, len(steps)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(moments=st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_a_run_killed_at_any_steps_and_started_again_asks_and_pays_once(
    moments: list[float], undisturbed: tuple[dict[str, ClaimAnalysis], int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, (expected, steps), killed = tmp_path_factory.mktemp("killed"), undisturbed, 0
    with BatchServer(*FATES) as server:
        for moment in moments:
            with pytest.MonkeyPatch.context() as patch:
                kill_at(patch, 1 + round(moment * (steps // 2)))
                try:
                    run(server, folder, tasks(2), most=SMALL)
                except Killed:
                    killed += 1
        assert killed
        ran = run(server, folder, tasks(2), most=SMALL)
        assert sound(server, ran.analyses, 2)
        assert ran.analyses == expected
        assert Counter(e.custom_id for e in ran.entries if e.outcome == ANSWERED) == server.accepted


@pytest.mark.parametrize("moment", ["before Failures.note", "after Failures.note"])
def test_failures_that_were_read_before_a_kill_and_are_read_again_are_one_entry_each(
    moment: str, tmp_path: Path
) -> None:
    with BatchServer(Fate(line=failing_first(2))) as server:
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, moment)
            with pytest.raises(Killed):
                run(server, tmp_path, tasks(2), most=SMALL)
        with KeptReplies(tmp_path / "replies") as store:
            before = [entry for _, entry in store.entries() if entry.outcome != ANSWERED]
        ran = run(server, tmp_path, tasks(2), most=SMALL)
    failed = Counter(e.custom_id for e in ran.entries if e.outcome != ANSWERED)
    assert before
    assert set(failed.values()) == {1}
    assert [e for e in ran.entries if e in before] == before


@pytest.mark.parametrize(
    "moment",
    ["after JobBook.begin", "after BatchEndpoint.upload", "after BatchEndpoint.created", "after Ledger.record"],
)
def test_a_process_killed_by_the_system_is_taken_up_by_the_next(
    moment: str, server: BatchServer, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.claimwork.batch_runs", server.url, str(tmp_path), moment]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    ran = run(server, tmp_path, tasks(1), most=SMALL)
    assert sound(server, ran.analyses, 1)
    assert len({b.metadata["mechsyn_job"] for b in server.batches.values()}) == len(server.batches)
    assert Counter(e.custom_id for e in ran.entries) == server.accepted
