"""JSON Schemas that strict structured outputs accept, made from the reply models.

Strict services demand every property required, no defaults, `additionalProperties` false, no `oneOf`, an object at the
root. Left out of what is sent: bounds on string length (several servers refuse them, grammars explode; they hold when
the reply is validated here) and docstrings of classes, which speak to developers; descriptions of fields stay.
"""

from __future__ import annotations

from typing import Any, cast

from schemas.base import Reply

Node = dict[str, Any]

_DROPPED = frozenset({"title", "default", "maxLength", "minLength", "discriminator"})
_REFUSED = frozenset({"prefixItems", "uniqueItems", "patternProperties"})
_TYPED = frozenset({"type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"})


def strict_schema(model: type[Reply]) -> Node:
    """The strict JSON Schema of `model`; TypeError names the place that strict structured outputs cannot express."""
    schema = _strict(_without_docstring(model.model_json_schema()), model.__name__)
    if schema.get("type") != "object":
        raise TypeError(f"{model.__name__}: the root of a reply must be an object")
    return schema


def _strict(node: Node, path: str) -> Node:
    _refuse_what_cannot_be_asked(node, path)
    result: Node = {}
    for key, value in node.items():
        if key == "$defs":
            result[key] = {k: _strict(_without_docstring(v), f"{path}.{k}") for k, v in value.items()}
        elif key == "properties":
            result[key] = {k: _strict(v, f"{path}.{k}") for k, v in value.items()}
        elif key == "oneOf":
            result["anyOf"] = [_strict(v, path) for v in value]
        elif key not in _DROPPED:
            result[key] = _strict_value(value, path)
    if "properties" in node:
        result["required"] = list(node["properties"])
    return result


def _strict_value(value: object, path: str) -> object:
    if isinstance(value, dict):
        return _strict(cast("Node", value), path)
    if isinstance(value, list):
        return [_strict_value(v, path) for v in cast("list[object]", value)]
    return value


def _without_docstring(node: Node) -> Node:
    return {k: v for k, v in node.items() if k != "description"}


def _refuse_what_cannot_be_asked(node: Node, path: str) -> None:
    if refused := _REFUSED & node.keys():
        raise TypeError(f"{path}: {', '.join(sorted(refused))} cannot be asked for strictly")
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        raise TypeError(f"{path}: an object with free keys cannot be asked for strictly")
    if not _TYPED & node.keys():
        raise TypeError(f"{path}: a field of any type cannot be asked for strictly")
