"""The one wire type: the line of an OpenAI Batch file, as request and as reply.

`custom_id` is `<stage>-<sha256>` with the sha256 of the canonical JSON of the body (keys sorted, no white space,
UTF-8), so that the same question is asked and paid for once, and nothing stale can be replayed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

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


class _Received(BaseModel):
    """What comes from outside: unknown fields are kept out, not refused, because every provider adds its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Response(_Received):
    status_code: int
    request_id: str | None = None
    body: Body = Field(default_factory=dict)


class ReplyError(_Received):
    """Why there is no response. `code` 'unanswered' means: not asked yet, may be asked later."""

    code: str
    message: str


UNANSWERED = "unanswered"


class ReplyLine(_Received):
    """One answer, found by its `custom_id`; order in a file means nothing."""

    id: str | None = None
    custom_id: str
    response: Response | None = None
    error: ReplyError | None = None

    @classmethod
    def failed(cls, custom_id: str, code: str, message: str) -> Self:
        return cls(custom_id=custom_id, error=ReplyError(code=code, message=message))
