"""From a stage's question to the request line, and to the one re-ask that shows what was wrong.

The body is that of POST /v1/chat/completions with a strict JSON Schema of the stage's reply. It holds everything that
decides the answer, so its hash is the question's identity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.prompting import messages, neutral, system_message
from schemas.reply_schema import strict_schema
from schemas.wire import Body, RequestLine, canonical_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.settings import SynthesisSettings
    from pipeline.stages import Ask, Stage
    from schemas.base import Reply

_LONGEST_ECHO = 20_000


@dataclass(frozen=True)
class Pending:
    """A question under way: the first attempt, or the second and last."""

    stage: Stage
    ask: Ask
    attempt: int = 1
    request: RequestLine | None = None


@cache
def response_format(reply: type[Reply]) -> dict[str, Any]:
    """The `response_format` of a reply model; made once, because making a schema costs more than all else."""
    schema = {"name": reply.__name__, "strict": True, "schema": strict_schema(reply)}
    return {"type": "json_schema", "json_schema": schema}


@cache
def _ready_format(reply: type[Reply]) -> str:
    return canonical_json(response_format(reply))


@cache
def _ready_system(prompt: str) -> str:
    return canonical_json(system_message(prompt))


def first_request(question: Pending, settings: SynthesisSettings) -> Pending:
    """The question with its request line."""
    body: Body = {
        "model": settings.model_for(question.stage.name),
        "messages": list(messages(question.stage.prompt, question.ask.values)),
        "response_format": response_format(question.stage.reply),
        "max_completion_tokens": settings.max_completion_tokens,
    }
    return replace(question, request=_asked(question.stage, body))


def second_request(
    question: Pending, text: str | None, problems: Sequence[str], settings: SynthesisSettings, *, longer: bool
) -> Pending:
    """The question that was asked, with its reply and what was wrong with it; `longer` doubles the room for the
    answer."""
    assert question.request is not None
    first = question.request.body
    complaint = "Your reply could not be used as it is:\n" + "\n".join(f"- {neutral(p)}" for p in problems[:8])
    complaint += "\nAnswer the same question again, in full, in the same schema, without these faults."
    echo = [{"role": "assistant", "content": text[:_LONGEST_ECHO]}] if text else []
    body = {
        **first,
        "messages": [*first["messages"], *echo, {"role": "user", "content": complaint}],
        "max_completion_tokens": settings.max_completion_tokens * (2 if longer else 1),
    }
    return replace(question, attempt=2, request=_asked(question.stage, body))


def _asked(stage: Stage, body: Body) -> RequestLine:
    _, *others = body["messages"]
    said = ",".join([_ready_system(stage.prompt), *map(canonical_json, others)])
    ready = {"response_format": _ready_format(stage.reply), "messages": f"[{said}]"}
    return RequestLine.ask(stage.name, body, ready)
