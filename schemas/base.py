"""What every noun is: frozen, closed, and bounded in size."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Noun(BaseModel):
    """A frozen record; an unknown field is an error, never dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, ser_json_inf_nan="null")


class Reply(Noun):
    """What a language model may say. No subclass has a field for a label, score, certainty, verdict or count."""


Line = Annotated[str, StringConstraints(max_length=400)]
"""A name or phrase; a longer one is refused, not cut."""

Paragraph = Annotated[str, StringConstraints(max_length=4000)]
"""Prose of a model or a quotation; the bound keeps a runaway reply out of files and pages."""
