"""JSON Schemas that strict structured outputs accept, made from the reply models.

Strict services demand every property required, no defaults, `additionalProperties` false, no `oneOf`, an object at the
root. Bounds on string length are left out of what is sent (several servers refuse them, grammars explode); they hold
when the reply is validated here.
"""

from __future__ import annotations

from typing import Any, cast

from schemas.base import Reply

_DROPPED = {"title", "default", "maxLength", "minLength", "discriminator"}
_REFUSED = {"prefixItems", "uniqueItems", "patternProperties"}


def strict_schema(model: type[Reply]) -> dict[str, Any]:
    """The strict JSON Schema of `model`; TypeError names the place that strict structured outputs cannot express."""
    schema = cast("dict[str, Any]", _strict(model.model_json_schema(), model.__name__))
    if schema.get("type") != "object":
        raise TypeError(f"{model.__name__}: the root of a reply must be an object")
    return schema


def _strict(node: object, path: str) -> object:
    if isinstance(node, list):
        return [_strict(v, path) for v in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    source = cast("dict[str, Any]", node)
    if refused := _REFUSED & source.keys():
        raise TypeError(f"{path}: {', '.join(sorted(refused))} cannot be asked for strictly")
    if source.get("type") == "object" and source.get("additionalProperties") is not False:
        raise TypeError(f"{path}: an object with free keys cannot be asked for strictly")
    result: dict[str, Any] = {}
    for key, value in source.items():
        if key in {"properties", "$defs"}:
            result[key] = {k: _strict(v, f"{path}.{k}") for k, v in value.items()}
        elif key == "oneOf":
            result["anyOf"] = _strict(value, path)
        elif key not in _DROPPED:
            result[key] = _strict(value, path)
    if "properties" in source:
        result["required"] = list(source["properties"])
    if path.count(".") and not ({"type", "anyOf", "$ref", "enum", "const", "allOf"} & source.keys()):
        raise TypeError(f"{path}: a field of any type cannot be asked for strictly")
    return result
