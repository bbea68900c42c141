"""Prices: exact, dated, and unknown where nobody wrote one down."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SetupError
from pipeline.replies.prices import BUNDLED, Price, PriceTable, read_prices
from schemas.analysis import Usage

FULL = '[models.m]\ninput = "2.50"\ncached_input = "0.25"\noutput = "15"\nbatch = "0.5"\nas_of = 2026-04-30\n'
USAGE = Usage(replies=1, prompt_tokens=1_000_003, cached_tokens=400_001, completion_tokens=7)


def table(tmp_path: Path, text: str) -> PriceTable:
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return read_prices(path)


def test_money_is_exact_to_the_last_decimal(tmp_path: Path) -> None:
    prices = table(tmp_path, f'currency = "USD"\n{FULL}')
    exact = (Decimal(600_002) * Decimal("2.5") + Decimal(400_001) * Decimal("0.25") + 7 * Decimal(15)) / 1_000_000
    assert prices.cost("m", USAGE) == exact == Decimal("1.60011025")
    assert prices.cost("m", USAGE, batch=True) == exact / 2


amounts = st.decimals(min_value=0, max_value=1000, places=4)
tokens = st.integers(min_value=0, max_value=10**9)


@given(amounts, amounts, tokens, tokens, tokens)
def test_the_cost_of_two_answers_is_the_sum_of_their_costs(
    price_in: Decimal, price_out: Decimal, prompt: int, cached: int, completion: int
) -> None:
    price = Price.model_validate(
        {"input": price_in, "cached_input": price_in / 8, "output": price_out, "as_of": "2026-01-01"}
    )
    one = Usage(replies=1, prompt_tokens=prompt, cached_tokens=min(cached, prompt), completion_tokens=completion)
    other = Usage(replies=1, prompt_tokens=3, cached_tokens=1, completion_tokens=2)
    assert price.cost(one.plus(other)) == price.cost(one) + price.cost(other)


def test_cached_input_costs_the_full_price_where_no_other_is_named() -> None:
    price = Price.model_validate({"input": "2", "output": "0", "as_of": "2026-01-01"})
    assert price.cost(Usage(replies=1, prompt_tokens=10, cached_tokens=10)) == Decimal("0.00002")


@pytest.mark.parametrize("name", ["gpt-5.4-2026-03-05", "gpt-5.4-20260305", "gpt-5.4-0305", "gpt-5.4"])
def test_a_dated_name_takes_the_price_of_its_plain_name(name: str) -> None:
    prices = read_prices(None)
    assert prices.of(name) == prices.models["gpt-5.4"]


@pytest.mark.parametrize("name", ["gpt-5.4-4096", "gpt-5.4-2026", "gpt-5.4-nano", "gpt-5", "", "gpt-5.4-2026-13-01"])
def test_a_model_without_a_price_is_unknown_and_never_free(name: str) -> None:
    prices = read_prices(None)
    assert prices.of(name) is None
    assert prices.cost(name, USAGE) is None


def test_a_name_of_its_own_comes_before_the_plain_name(tmp_path: Path) -> None:
    dated = '[models."m-2026-01-01"]\ninput = 1\noutput = 1\nas_of = 2026-01-01\n'
    prices = table(tmp_path, f'currency = "EUR"\n{FULL}{dated}')
    found = prices.of("m-2026-01-01")
    assert found is not None
    assert found.input == 1


def test_every_bundled_price_has_a_date_and_a_batch_price_of_half() -> None:
    prices = read_prices(None)
    assert prices.models
    assert all(p.batch == Decimal("0.5") and p.as_of.year >= 2026 for p in prices.models.values())
    assert prices.currency == "USD"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("currency = ", "no TOML"),
        (FULL, "currency"),
        ('currency = "USD"\n', "models"),
        ('currency = "USD"\n[models.m]\ninput = 1\noutput = 1\n', "models.m.as_of"),
        ('currency = "USD"\n[models.m]\ninput = -1\noutput = 1\nas_of = 2026-01-01\n', "models.m.input"),
        ('currency = "USD"\n[models.m]\ninput = nan\noutput = 1\nas_of = 2026-01-01\n', "models.m.input"),
        ('currency = "USD"\n[models.m]\ninput = 1e300\noutput = 1\nas_of = 2026-01-01\n', "models.m.input"),
        ('currency = "USD"\n[models.m]\ninput = "0.1234567890123"\noutput = 1\nas_of = 2026-01-01\n', "models.m.input"),
        ('currency = "USD"\n[models.m]\ninput = "free"\noutput = 1\nas_of = 2026-01-01\n', "models.m.input"),
        (f'currency = "USD"\n{FULL}batch_price = 1\n', "batch_price"),
        (f'currency = "USD"\n{FULL}'.replace('"0.5"', '"1.5"'), "models.m.batch"),
        (f'currency = "USD"\n{FULL}'.replace('"0.25"', '"2.51"'), "cached_input is more than input"),
        ('currency = "USD"\n[models."a\\nb"]\ninput = 1\n', "models.a b"),
    ],
)
def test_a_bad_table_is_refused_in_one_line_that_names_file_and_entry(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SetupError) as refused:
        table(tmp_path, text)
    assert named in str(refused.value)
    assert str(tmp_path / "prices.toml") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_table_that_is_missing_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        read_prices(tmp_path / "none.toml")
    with pytest.raises(SetupError, match="larger than"):
        table(tmp_path, "#" * 1_000_001)
    (tmp_path / "latin.toml").write_bytes(b'currency = "\xa3"')
    with pytest.raises(SetupError, match="no TOML"):
        read_prices(tmp_path / "latin.toml")


def test_the_bundled_table_lies_beside_its_reader() -> None:
    assert BUNDLED.is_file()
