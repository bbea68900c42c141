"""What tokens cost: a table of list prices, read from a TOML file that its user can replace.

Promises: money is exact (decimals), a model without a price costs "unknown" and never nothing, and every price carries
the date on which it was true. Knows nothing of currencies but their name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from pipeline.completion import one_line
from pipeline.errors import SetupError
from schemas.analysis import Usage
from schemas.base import Noun

BUNDLED = Path(__file__).with_name("prices.toml")
_MILLION = Decimal(1_000_000)
_LARGEST_FILE = 1_000_000
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DATED = re.compile(rf"-(?:20\d\d-{_MONTH}-{_DAY}|20\d\d{_MONTH}{_DAY}|{_MONTH}{_DAY})$")
"""A date at the end of a model's name: 2024-08-06, 20240806 or 0806; "-4096" is none."""

Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, allow_inf_nan=False)]
"""Twelve digits leave room for ten of tokens in the 28 that decimals are exact to."""


class Price(Noun):
    """Money per million tokens on the day `as_of`. Cached input costs the full price where no other is named; `batch`
    is the factor of the Batch API."""

    input: Amount
    output: Amount
    cached_input: Amount | None = None
    batch: Annotated[Decimal, Field(gt=0, le=1, max_digits=5)] = Decimal(1)
    as_of: date

    @model_validator(mode="after")
    def _cached_is_no_dearer(self) -> Self:
        """A budget reserves the full price of a prompt, so that must be the most it can cost."""
        if self.cached_input is not None and self.cached_input > self.input:
            raise ValueError("cached_input is more than input")
        return self

    def cost(self, usage: Usage, *, batch: bool = False) -> Decimal:
        """What `usage` costs; replies whose provider reported no tokens are not in it."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = usage.prompt_tokens - usage.cached_tokens
        money = fresh * self.input + usage.cached_tokens * cached + usage.completion_tokens * self.output
        return money / _MILLION * (self.batch if batch else 1)


class PriceTable(Noun):
    """Prices by model, in one currency."""

    currency: str = Field(min_length=1, max_length=8)
    models: Mapping[str, Price]

    def of(self, model: str) -> Price | None:
        """The price of a model by its name, or by its name without the date at its end; None when it is not listed."""
        return self.models.get(model) or self.models.get(_DATED.sub("", model))

    def cost(self, model: str, usage: Usage, *, batch: bool = False) -> Decimal | None:
        """What `usage` of `model` costs; None when the model has no price."""
        price = self.of(model)
        return None if price is None else price.cost(usage, batch=batch)


def read_prices(path: Path | None) -> PriceTable:
    """The table of a file; of the bundled file when `path` is None. SetupError names file, entry and what is wrong."""
    path = path or BUNDLED
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise SetupError(f"{path}: prices cannot be read ({error.strerror}); name a readable price table") from error
    if len(text) > _LARGEST_FILE:
        raise SetupError(f"{path}: larger than {_LARGEST_FILE:,} bytes; a price table is short")
    try:
        return PriceTable.model_validate(tomllib.loads(text.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: no TOML ({one_line(str(error))}); correct it") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = one_line(".".join(map(str, first["loc"]))) or "the table"
        raise SetupError(
            f"{path}: {place}: {first['msg'].lower()}; "
            "a price has input, output and as_of, may have cached_input and batch"
        ) from error
