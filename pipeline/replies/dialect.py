"""What one endpoint understands, found out from its refusals and remembered for the life of the connection.

Promises: a body goes out as it was made until the server refuses a feature by name; then every later body goes
without it, and `fallbacks` says how often that happened. Neither asks nor retries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from schemas.wire import Body

_REFUSALS = frozenset({400, 422})
_SCHEMA_REQUEST = (
    "\n\nAnswer with one JSON object and nothing else. It must be valid against this JSON Schema, with every property "
    "present:\n"
)


@dataclass
class Dialect:
    """The features that an endpoint has not refused yet."""

    structured_outputs: bool = True
    completion_tokens: bool = True
    fallbacks: int = 0

    def spoken(self, body: Body) -> Body:
        """`body` as this endpoint understands it; the very same object while nothing has been refused."""
        if not self.structured_outputs and _asks_schema(body):
            body = _with_schema_in_prompt(body)
        if not self.completion_tokens and "max_completion_tokens" in body:
            body = {**body, "max_tokens": body["max_completion_tokens"]}
            del body["max_completion_tokens"]
        return body

    def learn(self, sent: Body, status: int, message: str) -> bool:
        """Learn from a refusal of `sent`; True when the question should be put again, in another way.

        Only a 400 or 422 that names the feature counts, and not one that calls the schema itself invalid: that is a
        fault of ours, which a fallback would hide. True at most twice for one question, since each True removes a
        feature from what is sent.
        """
        said = message.lower()
        if status not in _REFUSALS or "invalid schema" in said:
            return False
        if "max_completion_tokens" in said and "max_completion_tokens" in sent:
            self.fallbacks += self.completion_tokens
            self.completion_tokens = False
            return True
        if ("response_format" in said or "json_schema" in said) and _asks_schema(sent):
            self.fallbacks += self.structured_outputs
            self.structured_outputs = False
            return True
        return False


def _asks_schema(body: Body) -> bool:
    form = body.get("response_format")
    return isinstance(form, dict) and cast("dict[str, Any]", form).get("type") == "json_schema"


def _with_schema_in_prompt(body: Body) -> Body:
    """The same question in JSON mode, its schema in the last message, where it follows the fixed part of the prompt."""
    schema = body["response_format"].get("json_schema", {}).get("schema", {})
    messages = [dict(message) for message in body["messages"]]
    last = next((m for m in reversed(messages) if m.get("role") == "user"), messages[-1])
    last["content"] = f"{last['content']}{_SCHEMA_REQUEST}{json.dumps(schema, ensure_ascii=False)}"
    return {**body, "messages": messages, "response_format": {"type": "json_object"}}
