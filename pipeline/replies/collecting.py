"""Reads what came back of a job, in whatever order, and hands every line of ours on once.

Promises: one question gives one answer or one failure, an answer before a failure; lines that nobody asked for, second
answers and lines that are no JSON are counted and trusted in nothing; questions without any line are failures, too. One
line is in memory at a time. Keeps nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from pipeline.completion import MALFORMED, content_of, one_line
from pipeline.errors import ReplyFileError
from pipeline.replies.jobs import Questions
from pipeline.replies.lines import LONGEST_LINE, parsed
from schemas.wire import ReplyError, ReplyLine

MISSING = "missing"
"""Code of a question of which a batch that has ended says nothing at all."""


@dataclass
class Collected:
    """What came of one job: ids that were answered, failures by id, and how many lines were none of ours."""

    answered: set[str] = field(default_factory=set[str])
    failed: dict[str, ReplyError] = field(default_factory=dict[str, ReplyError])
    unknown: int = 0


def collect(questions: Questions, files: Sequence[Path], on_answer: Callable[[ReplyLine], None]) -> Collected:
    """Read `files` (output first, then errors) and hand each first answer to `on_answer` as it is found.

    ReplyFileError when a file cannot be read.
    """
    found = Collected()
    for path in files:
        for line in _lines(path):
            custom_id, reply = _read(line)
            if custom_id not in questions or custom_id in found.answered:
                found.unknown += 1
                continue
            fault = _fault(reply)
            if fault is None and reply is not None:
                on_answer(reply)
                found.answered.add(custom_id)
                found.failed.pop(custom_id, None)
            elif fault is not None:
                found.failed[custom_id] = fault
    for custom_id in questions:
        if custom_id not in found.answered and custom_id not in found.failed:
            found.failed[custom_id] = ReplyError(code=MISSING, message="the batch ended without a word about it")
    return found


def _read(line: bytes | None) -> tuple[str, ReplyLine | None]:
    """The id of a line, empty when it has none, and its reply, None when it is no reply line."""
    try:
        value = None if line is None else parsed(line)
    except ValueError:
        value = None
    try:
        reply = ReplyLine.model_validate(value)
    except ValidationError:
        named = cast("dict[str, object]", value).get("custom_id") if isinstance(value, dict) else None
        return (named if isinstance(named, str) else ""), None
    return reply.custom_id, reply


def _fault(reply: ReplyLine | None) -> ReplyError | None:
    """Why a line is no answer that is worth keeping; a model's refusal is an answer, and paid for."""
    if reply is None:
        return ReplyError(code=MALFORMED, message="its line is no reply line")
    if not reply.is_answer:
        _, error = content_of(reply)
        return error and ReplyError(code=error.code, message=one_line(error.message))
    if reply.response is None or not isinstance(reply.response.body.get("choices"), list):
        return ReplyError(code=MALFORMED, message="no chat completion: it has no list of choices")
    return None


def _lines(path: Path) -> Iterator[bytes | None]:
    """The lines that are not blank; None for one that is longer than any reply."""
    try:
        with path.open("rb") as stream:
            while line := stream.readline(LONGEST_LINE + 2):
                if len(line) > LONGEST_LINE + 1:
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(LONGEST_LINE + 2)
                    yield None
                elif text := line.strip(b" \t\r\n"):
                    yield text
    except OSError as error:
        raise ReplyFileError(f"{path}: cannot be read ({error.strerror or error}); make it readable") from error
