"""Reads a chat completion out of a reply line, or says why there is none.

Promises: never raises, whatever a provider sent; the assistant's text comes out exactly as it stands in the body.
Does not judge the text (schemas do that), does not repair it, and knows no client library.
"""

from __future__ import annotations

from typing import Any, cast

from schemas.analysis import Usage
from schemas.wire import Body, ReplyError, ReplyLine

REFUSED = "refused"
CUT_OFF = "cut_off"
CONTENT_FILTER = "content_filter"
EMPTY = "empty"
MALFORMED = "malformed"
LONGEST_MESSAGE = 300
LONGEST_MODEL_NAME = 200


def content_of(reply: ReplyLine) -> tuple[str | None, ReplyError | None]:
    """The assistant's text, or the reason why there is none; exactly one of the two is None.

    Reasons: what the line itself carries as error; `http_<status>`; `refused` (the model's own refusal); `cut_off`
    (finish_reason length); `content_filter`; `empty`; `malformed` (no chat completion). Source: the chat completion
    object of the OpenAI API; docs/method.md: nothing is coerced.
    """
    if reply.error is not None:
        return None, reply.error
    if reply.response is None:
        return _none(MALFORMED, "the reply line holds neither a response nor an error")
    if reply.response.status_code != 200:
        return _none(f"http_{reply.response.status_code}", error_message(reply.response.body))
    choices = reply.response.body.get("choices")
    if not isinstance(choices, list):
        return _none(MALFORMED, "the response is no chat completion: it has no list of choices")
    if not choices:
        return _none(EMPTY, "the response has no choices")
    return _text_of(cast("list[object]", choices)[0])


def _text_of(choice: object) -> tuple[str | None, ReplyError | None]:
    message = _dict(choice).get("message")
    if not isinstance(message, dict):
        return _none(MALFORMED, "the first choice has no message")
    return _said(_dict(cast("object", message)), _dict(choice).get("finish_reason"))


def _said(parts: dict[str, Any], finish: object) -> tuple[str | None, ReplyError | None]:
    refusal, text = parts.get("refusal"), parts.get("content")
    if isinstance(refusal, str) and refusal:
        return _none(REFUSED, one_line(refusal))
    if finish == "length":
        return _none(CUT_OFF, "the answer was cut off at the limit of completion tokens")
    if finish == "content_filter":
        return _none(CONTENT_FILTER, "the provider's content filter withheld the answer")
    if isinstance(text, str) and text.strip():
        return text, None
    if text is None or isinstance(text, str):
        return _none(EMPTY, "the message has no content")
    return _none(MALFORMED, "the content of the message is not a text")


def usage_of(reply: ReplyLine) -> Usage:
    """Tokens of one reply as its provider reported them; a response without sound numbers counts as unreported.

    A line without a response of status 200 cost nothing that we know of and counts nowhere.
    """
    if reply.error is not None or reply.response is None or reply.response.status_code != 200:
        return Usage()
    usage = _dict(reply.response.body.get("usage"))
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if prompt is None or completion is None:
        return Usage(replies=1, unreported=1)
    cached = _count(_dict(usage.get("prompt_tokens_details")).get("cached_tokens")) or 0
    return Usage(
        replies=1, prompt_tokens=prompt, cached_tokens=min(cached, prompt), completion_tokens=completion, unreported=0
    )


def model_of(reply: ReplyLine) -> str | None:
    """The model as the provider named it, or None when the reply names none."""
    name = reply.response.body.get("model") if reply.response is not None else None
    return name[:LONGEST_MODEL_NAME] if isinstance(name, str) and name else None


def error_message(body: Body) -> str:
    """What an error body says, on one line; the shapes are those of OpenAI, of Azure, of llama.cpp and of FastAPI."""
    error = body.get("error")
    for candidate in (_dict(error).get("message"), error, body.get("message"), body.get("detail")):
        if isinstance(candidate, str) and candidate.strip():
            return one_line(candidate)
    return "no reason given"


def one_line(text: str) -> str:
    """`text` fit for a one-line message: white space and control characters folded, at most 300 characters."""
    folded = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_MESSAGE]).split())
    return folded if len(folded) <= LONGEST_MESSAGE else folded[: LONGEST_MESSAGE - 1] + "…"


def _none(code: str, message: str) -> tuple[None, ReplyError]:
    return None, ReplyError(code=code, message=message)


def _dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
