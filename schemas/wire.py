"""The one wire type: the line of an OpenAI Batch file, as request and as reply.

`custom_id` is `<stage>-<sha256>` with the sha256 of the canonical JSON of the body (keys sorted, no white space,
UTF-8), so that the same question is asked and paid for once, and nothing stale can be replayed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.base import Noun

Body = dict[str, Any]
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no white space: the same value always gives the same text.

    Raises ValueError for NaN and infinities, which JSON does not have.
    """
    return _CANONICAL.encode(value)


def body_sha256(body: Body, ready: Mapping[str, str] = MappingProxyType({})) -> str:
    """Hexadecimal sha256 of the canonical JSON of a request body.

    `ready` holds the canonical JSON of members of the body that many bodies share, so that it is made once.
    """
    members = (f"{canonical_json(k)}:{ready[k] if k in ready else canonical_json(body[k])}" for k in sorted(body))
    return hashlib.sha256(f"{{{','.join(members)}}}".encode()).hexdigest()


def stage_of(custom_id: str) -> str:
    """The stage in a `custom_id`; the whole of it when there is none, as in ids that others made."""
    return custom_id.rpartition("-")[0] or custom_id


class RequestLine(Noun):
    """One question. The body is that of POST /v1/chat/completions."""

    custom_id: str
    method: Literal["POST"] = "POST"
    url: Literal["/v1/chat/completions"] = "/v1/chat/completions"
    body: Body

    @classmethod
    def ask(cls, stage: str, body: Body, ready: Mapping[str, str] = MappingProxyType({})) -> Self:
        """The line that asks `body`; for `ready` see `body_sha256`."""
        return cls(custom_id=f"{stage}-{body_sha256(body, ready)}", body=body)

    @property
    def stage(self) -> str:
        """The stage that asks, as the id tells it."""
        return stage_of(self.custom_id)


class _Received(BaseModel):
    """What comes from outside: unknown fields are kept out, not refused, because every provider adds its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Response(_Received):
    """`body` is empty where a runner sends null, as `vllm run-batch` does for what it refuses."""

    status_code: int
    request_id: str | None = None
    body: Body = Field(default_factory=dict)

    @field_validator("body", mode="before")
    @classmethod
    def _null_is_empty(cls, body: object) -> object:
        return {} if body is None else body


class ReplyError(_Received):
    """Why there is no response. A `code` of `NOT_ASKED` means: may be asked later.

    Runners differ: a numeric or missing code, or the whole inside {"error": ...} (`vllm run-batch`), is taken, too.
    """

    code: str
    message: str

    @model_validator(mode="before")
    @classmethod
    def _other_forms(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        given = cast("Body", value)
        inner: object = given.get("error", given)
        error = cast("Body", inner) if isinstance(inner, dict) else given
        code = error.get("code")
        named = f"http_{code}" if isinstance(code, int) else code or error.get("type") or "error"
        return {**error, "code": named}


UNANSWERED = "unanswered"
BUDGET = "budget"
OUT_OF_TIME = "out_of_time"
ENDPOINT_DOWN = "endpoint_down"
NOT_ASKED = frozenset({UNANSWERED, BUDGET, OUT_OF_TIME, ENDPOINT_DOWN})
"""Codes of questions that were left unasked: for want of a driver, of money, of time, of an endpoint. Asking the same
question later may answer it."""


class ReplyLine(_Received):
    """One answer, found by its `custom_id`; order in a file means nothing."""

    id: str | None = None
    custom_id: str
    response: Response | None = None
    error: ReplyError | None = None

    @property
    def is_answer(self) -> bool:
        """Whether it is worth keeping: a response of status 200, not an error that may pass."""
        return self.error is None and self.response is not None and self.response.status_code == 200

    @classmethod
    def failed(cls, custom_id: str, code: str, message: str) -> Self:
        return cls(custom_id=custom_id, error=ReplyError(code=code, message=message))
