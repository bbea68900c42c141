"""An estimate before a run, held to what the recorded runs really asked."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from pipeline.claimwork.driving import analyse
from pipeline.claimwork.estimating import MEASURED, NO_EXPERIENCE, Estimate, Experience
from pipeline.claimwork.intake import Task, claim_of, read_claims
from pipeline.completion import content_of
from pipeline.errors import ClaimError
from pipeline.replies.budget import BYTES_A_TOKEN, prompt_tokens
from pipeline.replies.exchange import read_replies, read_requests
from pipeline.replies.prices import PriceTable
from pipeline.replies.recorded import Recorded
from pipeline.settings import Settings, SynthesisSettings
from pipeline.stages import STAGES
from pipeline.synthesis import propose, synthesise
from schemas.analysis import Usage
from schemas.ledger import ANSWERED, LedgerEntry, Route
from schemas.wire import ReplyLine, RequestLine
from tests import builders
from tests.scripted import Scripted

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
CLAIMS = sorted(p.stem for p in (FIXTURES / "claims").glob("*.yaml"))
SETTINGS = SynthesisSettings(searched_on=date(2026, 1, 2))
PRICES = PriceTable.model_validate(
    {
        "currency": "EUR",
        "models": {
            "language-model": {"input": "1", "output": "2", "batch": "0.5", "as_of": "2026-01-01"},
            "strong": {"input": "10", "output": "20", "as_of": "2026-02-01"},
        },
    }
)


class Known:
    """Replies that are known already; by default none."""

    def __init__(self, replies: dict[str, ReplyLine] | None = None) -> None:
        self.replies = replies or {}

    def get(self, custom_id: str) -> ReplyLine | None:
        return self.replies.get(custom_id)


def task_of(name: str) -> Task:
    (task,) = read_claims([FIXTURES / "claims" / f"{name}.yaml"], [], lambda _: None)
    return task


def estimated(task: Task, known: Known | None = None, settings: SynthesisSettings = SETTINGS) -> Estimate:
    estimate = Estimate(settings, known or Known(), PRICES)
    estimate.add(task)
    return estimate


@cache
def asked(name: str) -> tuple[RequestLine, ...]:
    """Every question of the recorded run of a claim, second tries included."""
    replies, seen = Recorded(FIXTURES / "replies"), dict[str, RequestLine]()

    async def answer(request: RequestLine) -> ReplyLine:
        seen[request.custom_id] = request
        return await replies.answer(request)

    asyncio.run(analyse(task_of(name), lambda _: answer, SETTINGS, lambda _claim, _requests: None))
    return tuple(seen.values())


def is_second(request: RequestLine) -> bool:
    return len(request.body["messages"]) > 2


def small(text: str = "Training raises strength.", *names: str) -> Task:
    studies = tuple(builders.study(name) for name in names or ("alpha-2001",))
    return Task(claim_of(text), studies)


def entry(stage: str, tokens: int | None, seconds: float | None = None, outcome: str = ANSWERED) -> LedgerEntry:
    usage = Usage(replies=1, unreported=1) if tokens is None else Usage(replies=1, completion_tokens=tokens)
    return LedgerEntry(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        custom_id=f"{stage}-1",
        route=Route.LIVE,
        outcome=outcome,
        seconds=seconds,
        usage=usage,
    )


@pytest.mark.parametrize("name", CLAIMS)
def test_prompt_tokens_are_within_30_of_100_of_what_the_recorded_run_asked(name: str) -> None:
    really = sum(prompt_tokens(r.body) for r in asked(name))
    about = sum(s.prompt_tokens for s in estimated(task_of(name)).stages.values())
    assert about == pytest.approx(really, rel=0.30)


@pytest.mark.parametrize("name", CLAIMS)
def test_the_number_of_first_questions_of_each_stage_is_exact(name: str) -> None:
    really = Counter(r.stage for r in asked(name) if not is_second(r))
    assert {stage: s.questions for stage, s in estimated(task_of(name)).stages.items()} == really


@pytest.mark.parametrize("name", CLAIMS)
def test_the_most_is_more_than_the_recorded_run_with_every_answer_at_its_longest(name: str) -> None:
    most = sum(Decimal(prompt_tokens(r.body)) + 2 * Decimal(int(r.body["max_completion_tokens"])) for r in asked(name))
    estimate = estimated(task_of(name))
    assert estimate.most is not None
    assert estimate.cost is not None
    assert most / 1_000_000 < estimate.most
    assert estimate.cost < estimate.most


def test_the_table_of_measured_answers_is_what_the_recordings_show() -> None:
    sizes, first, second = defaultdict[str, list[float]](list), Counter[str](), Counter[str]()
    for path in (FIXTURES / "replies").glob("*.replies.jsonl"):
        for reply in read_replies(path):
            text, _ = content_of(reply)
            sizes[reply.custom_id.rpartition("-")[0]].append(len((text or "").encode()) / BYTES_A_TOKEN)
    for path in (FIXTURES / "replies").glob("*.requests.jsonl"):
        for request in read_requests(path):
            (second if is_second(request) else first)[request.stage] += 1
    assert MEASURED.keys() == sizes.keys()
    for stage, measured in MEASURED.items():
        assert measured.completion_tokens == pytest.approx(mean(sizes[stage]), rel=0.1)
        assert measured.repeated == pytest.approx(second[stage] / first[stage], rel=0.1)


def test_every_stage_without_a_model_of_its_own_is_measured() -> None:
    assert {s.name for s in STAGES} <= {*MEASURED, "second_verification"}


def test_questions_that_can_be_asked_now_are_exact_to_the_token() -> None:
    task = task_of("stretching")
    first_wave = [r for r in asked("stretching") if r.stage in {"claim", "appraisal"}]
    stages = estimated(task).stages
    for stage in ("claim", "appraisal"):
        assert stages[stage].now == stages[stage].questions
        assert stages[stage].prompt_tokens == sum(prompt_tokens(r.body) for r in first_wave if r.stage == stage)
    assert stages["verification"].now == 0


def test_what_is_known_is_neither_asked_nor_paid_for_and_what_it_opens_is_exact() -> None:
    replies = {r.custom_id: r for path in (FIXTURES / "replies").glob("*.replies.jsonl") for r in read_replies(path)}
    task = task_of("stretching")
    assert estimated(task, Known(replies)).stages == {}
    but_verification = {i: r for i, r in replies.items() if not i.startswith(("verification-", "summary-"))}
    stages = estimated(task, Known(but_verification)).stages
    assert {name: (s.questions, s.now) for name, s in stages.items()} == {"verification": (4, 4), "summary": (1, 0)}


def test_an_unusable_known_answer_leaves_its_second_question_and_no_third() -> None:
    task = small()
    (question,) = [r for r in _first_wave(task) if r.stage == "claim"]
    bad = Known({question.custom_id: ReplyLine.model_validate(_said(question, "no JSON"))})
    (claim,) = [s for name, s in estimated(task, bad).stages.items() if name == "claim"]
    assert (claim.questions, claim.requests) == (1, 1)


def _first_wave(task: Task) -> list[RequestLine]:
    assert task.claim is not None
    return next(synthesise(task.claim, task.studies, SETTINGS))


def _said(request: RequestLine, text: str) -> dict[str, object]:
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return {"custom_id": request.custom_id, "response": {"status_code": 200, "body": {"choices": [choice]}}}


def test_a_question_that_claims_share_is_counted_once() -> None:
    estimate = Estimate(SETTINGS, Known(), PRICES)
    for text in ("Training raises strength.", "Training lowers strength."):
        estimate.add(small(text, "alpha-2001"))
    stages = estimate.stages
    assert (stages["appraisal"].questions, stages["stance"].questions, stages["claim"].questions) == (1, 2, 2)
    assert estimate.claims == 2


def test_each_stage_is_priced_by_its_own_model_and_a_batch_by_its_own_factor() -> None:
    task = small()
    plain = estimated(task)
    strong = estimated(task, settings=SETTINGS.model_copy(update={"models": {"verification": "strong"}}))
    assert strong.stages["verification"].model == "strong"
    dearer, cheaper = strong.stages["verification"].cost, plain.stages["verification"].cost
    assert dearer is not None
    assert cheaper is not None
    assert dearer == pytest.approx(10 * cheaper, rel=Decimal("0.01"))
    assert strong.stages["stance"] == plain.stages["stance"]
    batch = Estimate(SETTINGS, Known(), PRICES, batch=True)
    batch.add(task)
    assert plain.cost is not None
    assert batch.cost == plain.cost / 2
    assert plain.most is not None
    assert batch.most == plain.most / 2


def test_a_model_without_a_price_makes_the_whole_unknown_and_is_named() -> None:
    estimate = estimated(small(), settings=SETTINGS.model_copy(update={"models": {"ladder": "unheard-of"}}))
    assert (estimate.cost, estimate.most, estimate.unpriced) == (None, None, ("unheard-of",))
    assert estimate.stages["stance"].cost is not None


def test_the_ledger_overrules_the_table_from_five_answers_on() -> None:
    four = Experience.of(entry("stance", 40, 2.0) for _ in range(4))
    assert (four.answer_tokens("stance"), four.seconds) == (MEASURED["stance"].completion_tokens, None)
    entries = [*(entry("stance", n, 2.0) for n in (10, 20, 30, 40, 50)), entry("stance", None), entry("ladder", 9, 1.0)]
    five = Experience.of([*entries, entry("stance", 10**6, 900.0, "timeout")])
    assert five.answer_tokens("stance") == 30
    assert five.answer_tokens("ladder") == MEASURED["ladder"].completion_tokens
    assert five.seconds == pytest.approx(11 / 6)


def test_time_is_that_of_the_narrowest_limit_and_unknown_without_any() -> None:
    estimate = estimated(small())
    requests = sum(s.requests for s in estimate.stages.values())
    tokens = sum(s.prompt_tokens for s in estimate.stages.values())
    assert estimate.seconds(Settings()) is None
    assert estimate.seconds(Settings(requests_per_minute=1)) == (60 * requests, "1 requests a minute")
    both = estimate.seconds(Settings(requests_per_minute=1, tokens_per_minute=10))
    assert both == (pytest.approx(6 * tokens), "10 tokens a minute")


def test_time_without_limits_is_that_of_answers_in_flight_but_never_less_than_four_waves() -> None:
    estimate = Estimate(SETTINGS, Known(), PRICES, Experience({}, 3.0))
    estimate.add(small())
    found = estimate.seconds(Settings(in_flight=64))
    assert found is not None
    assert found[0] == 12
    one = estimate.seconds(Settings(in_flight=1))
    assert one is not None
    assert one[0] == pytest.approx(3 * sum(s.requests for s in estimate.stages.values()))


def test_a_claim_that_studies_are_still_to_propose_is_one_question_more_and_otherwise_to_come() -> None:
    estimate = estimated(Task(None, (builders.study("alpha-2001"), builders.study("beta-2002"))))
    found = {name: (s.questions, s.now) for name, s in estimate.stages.items()}
    assert found["claim"] == (2, 1)
    assert found["stance"] == found["appraisal"] == found["verification"] == (2, 0)
    assert found["summary"] == (1, 0)


def test_a_claim_that_was_proposed_already_is_estimated_like_a_given_one() -> None:
    task = Task(None, (builders.study("alpha-2001"),))
    (question,) = next(propose(task.studies, SETTINGS))
    estimate = estimated(task, Known({question.custom_id: Scripted()(question)}))
    assert estimate.stages["stance"].now == 1
    refused = ReplyLine.model_validate(_said(question, ""))
    core = propose(task.studies, SETTINGS)
    next(core)
    (again,) = core.send([refused])
    fruitless = estimated(
        task, Known({question.custom_id: refused, again.custom_id: ReplyLine.model_validate(_said(again, ""))})
    )
    assert (fruitless.stages, fruitless.fruitless) == ({}, 1)


def test_a_claim_whose_studies_cannot_be_read_asks_nothing() -> None:
    estimate = estimated(Task(claim_of("Training raises strength."), fault=ClaimError("no study could be read")))
    assert (estimate.stages, estimate.claims, estimate.fruitless, estimate.cost) == ({}, 1, 1, 0)


def test_ten_times_as_many_claims_need_no_more_memory() -> None:
    def grown(claims: int) -> int:
        estimate = Estimate(SETTINGS, Known(), PRICES, NO_EXPERIENCE)
        estimate.add(small("The first claim fills the caches."))
        tracemalloc.start()
        for number in range(claims):
            estimate.add(small(f"Training number {number} raises strength."))
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return grown

    assert grown(100) < grown(10) + 20_000
