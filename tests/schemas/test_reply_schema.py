"""Reply schemas obey strict structured outputs, and hold no field that rules alone may fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, cast

import pytest
from pydantic import Field

from pipeline.stages import STAGES
from schemas.base import Reply
from schemas.reply_schema import strict_schema

SCHEMAS = {s.name: strict_schema(s.reply) for s in STAGES}
RULES_OWN = re.compile(
    r"label|score|certainty|verdict|weight|grade$|required_n|sample_size|n_needed|studies_count|count_of", re.IGNORECASE
)


def nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        yield found
        for value in found.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from nodes(value)


@pytest.mark.parametrize("stage", SCHEMAS)
def test_every_property_is_required_and_no_other_is_allowed(stage: str) -> None:
    objects = [n for n in nodes(SCHEMAS[stage]) if "properties" in n]
    assert objects
    for node in objects:
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


@pytest.mark.parametrize("stage", SCHEMAS)
def test_nothing_that_strict_services_refuse_is_sent(stage: str) -> None:
    keywords = {key for node in nodes(SCHEMAS[stage]) for key in node if not isinstance(node[key], dict)}
    assert not keywords & {"default", "oneOf", "prefixItems", "uniqueItems", "maxLength", "discriminator"}


@pytest.mark.parametrize("stage", SCHEMAS)
def test_no_reply_has_a_field_for_what_only_rules_may_settle(stage: str) -> None:
    names = {name for node in nodes(SCHEMAS[stage]) for name in node.get("properties", {})}
    assert not [name for name in names if RULES_OWN.search(name)]


def test_quotations_come_before_the_judgement_that_rests_on_them() -> None:
    fields = list(SCHEMAS["stance"]["$defs"]["LinkJudgement"]["properties"])
    assert fields.index("quotes") < fields.index("rationale") < fields.index("basis") < fields.index("finding")


class FreeKeys(Reply):
    values: dict[str, str]


class Anything(Reply):
    value: Any


class FixedTuple(Reply):
    pair: tuple[str, int]


class Unique(Reply):
    values: frozenset[str]


class Recursive(Reply):
    inner: tuple[Recursive, ...]


@pytest.mark.parametrize("model", [FreeKeys, Anything, FixedTuple, Unique, Recursive])
def test_what_strict_outputs_cannot_express_is_refused_by_name(model: type[Reply]) -> None:
    with pytest.raises(TypeError, match=model.__name__):
        strict_schema(model)


class Rise(Reply):
    kind: Literal["rise"]


class Fall(Reply):
    kind: Literal["fall"]


class Change(Reply):
    change: Annotated[Rise | Fall, Field(discriminator="kind")]


def test_one_of_several_kinds_is_asked_for_as_any_of_them() -> None:
    change = strict_schema(Change)["properties"]["change"]
    assert change == {"anyOf": [{"$ref": "#/$defs/Rise"}, {"$ref": "#/$defs/Fall"}]}


class WithDefault(Reply):
    """A docstring that is nobody's business but ours."""

    size: int = Field(default=3, description="how many")


def test_defaults_and_docstrings_are_left_out_and_descriptions_stay() -> None:
    schema = strict_schema(WithDefault)
    assert schema["properties"]["size"] == {"description": "how many", "type": "integer"}
    assert schema["required"] == ["size"]
    assert "description" not in schema
