"""A budget: never overspent where usage is sound, by no more than what was in flight where it is not, and nobody waits
for ever."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SetupError
from pipeline.replies.budget import Budget, Reservation, most_tokens, prompt_tokens
from pipeline.replies.prices import Price, PriceTable
from schemas.wire import ReplyLine, RequestLine, Response
from tests.replies.virtual_time import run_in_virtual_time

SOUND = ("sound", "refused", "lost")
OUTCOMES = (*SOUND, "no usage", "overrun")


def priced(price_in: Decimal, price_out: Decimal, cached: Decimal | None = None) -> PriceTable:
    price = Price.model_validate(
        {"input": price_in, "output": price_out, "cached_input": cached, "as_of": "2026-01-01"}
    )
    return PriceTable(currency="USD", models={"m": price})


def question(size: int, longest: int, number: int = 0) -> RequestLine:
    text = f"{number} {'x' * size}"
    return RequestLine.ask(
        "stance", {"model": "m", "messages": [{"role": "user", "content": text}], "max_completion_tokens": longest}
    )


def answer(request: RequestLine, outcome: str, share: float) -> ReplyLine:
    most = most_tokens(request)
    body: dict[str, Any] = {"choices": []}
    if outcome != "no usage":
        times = 3 if outcome == "overrun" else share
        body["usage"] = {
            "prompt_tokens": int(most.prompt_tokens * times),
            "completion_tokens": int(most.completion_tokens * times),
            "prompt_tokens_details": {"cached_tokens": int(most.prompt_tokens * share / 2)},
        }
    return ReplyLine(custom_id=request.custom_id, response=Response(status_code=200, body=body))


class Spender:
    """Asks within a budget and watches it at every step."""

    def __init__(self, budget: Budget, prices: PriceTable) -> None:
        self.budget = budget
        self.prices = prices
        self.largest = Decimal(0)
        self.overrun = Decimal(0)
        self.left_out: list[str] = []

    async def ask(self, request: RequestLine, outcome: str, share: float, seconds: float) -> None:
        reservation = await self.budget.reserve(request)
        if isinstance(reservation, str):
            self.left_out.append(reservation)
            return
        assert self.budget.spent + self.budget.reserved <= self.budget.limit + self.overrun
        await asyncio.sleep(seconds)
        self._end(reservation, request, outcome, share)

    def _end(self, reservation: Reservation, request: RequestLine, outcome: str, share: float) -> None:
        most = self.prices.cost("m", most_tokens(request))
        assert most is not None
        before = self.budget.spent
        if outcome == "refused":
            reservation.release()
        elif outcome == "lost":
            reservation.lose()
        else:
            reservation.settle(answer(request, outcome, share))
        self.overrun += max(Decimal(0), self.budget.spent - before - most)


asked = st.tuples(
    st.integers(0, 4000),
    st.integers(0, 5000),
    st.sampled_from(OUTCOMES),
    st.floats(0, 1),
    st.integers(0, 5).map(float),
)
prices = st.decimals(min_value=0, max_value=100, places=6)


@given(prices, prices, st.decimals(0, 3, places=6), st.lists(asked, max_size=25))
def test_what_is_spent_stays_within_the_budget_and_nobody_waits_for_ever(
    price_in: Decimal, price_out: Decimal, limit: Decimal, questions: list[tuple[int, int, str, float, float]]
) -> None:
    """A deadlock would raise: the virtual loop finds nothing left to wait for."""
    table = priced(price_in, price_out, price_in / 2)

    async def main() -> Spender:
        spender = Spender(Budget(limit, table), table)
        await asyncio.gather(
            *(
                spender.ask(question(size, longest, n), outcome, share, seconds)
                for n, (size, longest, outcome, share, seconds) in enumerate(questions)
            )
        )
        return spender

    spender = run_in_virtual_time(main())
    assert spender.budget.reserved == 0
    assert spender.budget.spent <= limit + spender.overrun
    if all(outcome != "overrun" for _, _, outcome, _, _ in questions):
        assert spender.budget.spent <= limit
    assert all("of the budget of" in why and "may cost" in why for why in spender.left_out)


def test_what_does_not_fit_waits_for_what_is_in_flight_and_then_fits() -> None:
    table = priced(Decimal(0), Decimal(1))

    async def main() -> list[str]:
        budget, order = Budget(Decimal("0.0015"), table), list[str]()

        async def ask(name: str, seconds: float) -> None:
            reservation = await budget.reserve(question(10, 1000))
            assert not isinstance(reservation, str)
            order.append(name)
            await asyncio.sleep(seconds)
            reservation.settle(answer(question(10, 1000), "sound", 0.25))

        await asyncio.gather(ask("first", 2.0), ask("second", 1.0))
        assert budget.spent == Decimal("0.0005")
        return order

    assert run_in_virtual_time(main()) == ["first", "second"]


def test_a_question_that_does_not_fit_at_all_is_told_what_is_left_and_what_it_may_cost() -> None:
    async def main() -> Reservation | str:
        return await Budget(Decimal("0.5"), priced(Decimal(0), Decimal(1000))).reserve(question(1, 1000))

    assert run_in_virtual_time(main()) == "0.5000 of the budget of 0.5 is left, and this question may cost 1.0000"


def test_an_interrupted_wait_for_the_budget_leaves_the_others_their_turn() -> None:
    table = priced(Decimal(0), Decimal(1))

    async def main() -> Decimal:
        budget = Budget(Decimal("0.001"), table)
        held = await budget.reserve(question(1, 1000))
        assert not isinstance(held, str)
        gives_up = asyncio.create_task(budget.reserve(question(2, 1000)))
        waits = asyncio.create_task(budget.reserve(question(3, 1000)))
        await asyncio.sleep(1)
        gives_up.cancel()
        held.release()
        assert not isinstance(await waits, str)
        return budget.reserved

    assert run_in_virtual_time(main()) == Decimal("0.001")


@pytest.mark.parametrize(
    ("outcome", "spent"), [("no usage", "0.001"), ("lost", "0.001"), ("refused", "0"), ("sound", "0.0005")]
)
def test_what_is_not_known_to_be_unpaid_counts_in_full(outcome: str, spent: str) -> None:
    table = priced(Decimal(0), Decimal(1))

    async def main() -> Decimal:
        spender = Spender(Budget(Decimal(1), table), table)
        await spender.ask(question(1, 1000), outcome, 0.5, 1)
        return spender.budget.spent

    assert run_in_virtual_time(main()) == Decimal(spent)


def test_a_batch_reserves_at_its_own_price() -> None:
    price = Price.model_validate({"input": "0", "output": "1", "batch": "0.5", "as_of": "2026-01-01"})

    async def main() -> Decimal:
        budget = Budget(Decimal(1), PriceTable(currency="USD", models={"m": price}), batch=True)
        await budget.reserve(question(1, 1000))
        return budget.reserved

    assert run_in_virtual_time(main()) == Decimal("0.0005")


def test_a_budget_refuses_models_without_a_price_by_name() -> None:
    budget = Budget(Decimal(1), priced(Decimal(1), Decimal(1)))
    budget.check({"m", "m-2026-01-01"})
    with pytest.raises(SetupError, match="'nobody-knows' has none; name a price table"):
        budget.check({"m", "nobody-knows"})


def test_tokens_of_a_question_are_counted_rather_too_many() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "a b c d e f g h"}]}
    assert prompt_tokens(body) > 15
    assert prompt_tokens({**body, "response_format": {"type": "json_schema"}}) > prompt_tokens(body)
    assert prompt_tokens({**body, "model": "µµµ"}) > prompt_tokens({**body, "model": "mmm"})
