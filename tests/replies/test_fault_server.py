"""The test instruments themselves: what is random is valid, and nothing leaves the machine."""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import socket
from typing import Any

import jsonschema
import pytest

import schemas
from schemas.base import Reply
from schemas.reply_schema import strict_schema
from tests.replies import fault_server as faults
from tests.replies.fault_server import Asked, random_reply

EVERYTHING: dict[str, Any] = {
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}},
            "required": ["next"],
            "additionalProperties": False,
        }
    },
    "type": "object",
    "properties": {
        "node": {"$ref": "#/$defs/Node"},
        "all": {"allOf": [{"$ref": "#/$defs/Node"}]},
        "const": {"const": 3},
        "enum": {"enum": ["a", None]},
        "several": {"type": ["string", "null"]},
        "some": {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3},
        "tree": {"type": "array", "items": {"$ref": "#"}, "maxItems": 1},
        "count": {"type": "integer", "minimum": 3, "exclusiveMaximum": 6},
        "low": {"type": "integer", "maximum": -5},
        "any": {"type": "integer"},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "bounded": {"type": "string", "minLength": 3, "maxLength": 5},
        "date": {"type": "string", "format": "date"},
        "nothing": {"type": "null"},
    },
    "required": ["node", "const", "enum", "several", "some", "count", "low", "any", "share", "bounded", "date"],
    "additionalProperties": False,
}


def reply_kinds() -> list[type[Reply]]:
    """Every model of a whole reply, by the convention that its name ends in Reply."""
    kinds: list[type[Reply]] = []
    for module in pkgutil.iter_modules(schemas.__path__):
        members = vars(importlib.import_module(f"schemas.{module.name}")).values()
        kinds += [m for m in members if isinstance(m, type) and issubclass(m, Reply) and m is not Reply]
    return sorted({k for k in kinds if k.__name__.endswith("Reply")}, key=lambda kind: kind.__name__)


def test_random_reply_is_valid_against_a_schema_with_every_feature() -> None:
    for seed in range(40):
        value = random_reply(EVERYTHING, random.Random(seed))
        jsonschema.validate(value, EVERYTHING)
        assert json.loads(json.dumps(value, allow_nan=False)) == value


@pytest.mark.parametrize("kind", reply_kinds())
def test_random_reply_is_valid_against_every_schema_that_is_asked(kind: type[Reply]) -> None:
    schema = strict_schema(kind)
    for seed in range(10):
        reply = random_reply(schema, random.Random(seed), ["a sentence of the source"])
        jsonschema.validate(reply, schema)
        assert isinstance(reply, dict)
        assert reply.keys() == set(kind.model_fields)


def test_reply_kinds_of_all_stages_are_known() -> None:
    assert len(reply_kinds()) >= 7


def test_same_seed_and_question_give_the_same_reply() -> None:
    schema = {"type": "object", "properties": {"t": {"type": "string"}, "n": {"type": "integer"}}}
    body = {
        "messages": [{"role": "user", "content": "A first. A second."}],
        "response_format": {"json_schema": {"schema": schema}},
    }
    one, again, other = (faults.random_valid(seed)(Asked(0, "/", body, {})).body for seed in (1, 1, 2))
    assert one == again != other


def test_phrases_are_the_sentences_of_the_prompt() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "[1] One. Two!\n\n[2] x"}]
    assert faults.phrases_of(messages) == ["Be brief.", "[1] One.", "Two!", "[2] x"]


@pytest.mark.parametrize("host", ["192.0.2.1", "example.invalid", b"example.invalid", "::ffff:192.0.2.1"])
def test_tests_cannot_leave_the_machine(outside_attempts: list[str], host: str | bytes) -> None:
    with pytest.raises(OSError, match="tests may not reach"):
        socket.getaddrinfo(host, 80)
    if isinstance(host, str) and ":" not in host:
        with socket.socket() as sock, pytest.raises(OSError, match="tests may not reach"):
            sock.connect((host, 80))
        with socket.socket() as sock, pytest.raises(OSError, match="tests may not reach"):
            sock.connect_ex((host, 80))
    assert outside_attempts
    outside_attempts.clear()
