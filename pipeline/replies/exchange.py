"""The file exchange: requests go out as lines, answers come in as lines, by hand or from any batch runner.

Promises: what comes in is kept as it stands, misquotations included; every bad line is named with file, line, cause
and remedy; nothing is half written. Does not ask anybody, does not judge what a model said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.completion import one_line
from pipeline.errors import ReplyFileError
from pipeline.replies.lines import damaged, parsed, read_lines, write_lines
from pipeline.settings import OFFLINE_MODEL
from schemas.wire import ReplyLine, RequestLine, Response, body_sha256

REQUESTS = ".requests.jsonl"
REPLIES = ".replies.jsonl"

_BATCH_REMEDY = 'give {"custom_id", "response": {"status_code", "body"}} or {"custom_id", "content"}'
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


class CarriedReply(BaseModel):
    """A reply carried by hand: what the model said, as an object or as its text, under the id of its request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    custom_id: str
    content: dict[str, object] | str
    model: Annotated[str, Field(min_length=1)] | None = None

    def as_reply(self) -> ReplyLine:
        """The reply line whose body is a chat completion with this content and, honestly, without usage."""
        text = self.content if isinstance(self.content, str) else json.dumps(self.content, ensure_ascii=False)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        body = {"model": self.model or OFFLINE_MODEL, "choices": [choice]}
        return ReplyLine(custom_id=self.custom_id, response=Response(status_code=200, body=body))


@dataclass(frozen=True)
class Recording:
    """How many lines the two files of a recording hold, and how many replies had no request and were left out."""

    requests: int
    replies: int
    unknown: int


@dataclass(frozen=True)
class Match:
    """Replies set against what was asked: those that answer, how many answer nothing asked, what is still open."""

    replies: tuple[ReplyLine, ...]
    unknown: int
    open: tuple[RequestLine, ...]


def write_requests(lines: Iterable[RequestLine], stream: TextIO) -> int:
    """Write the requests as OpenAI Batch lines, each question once, and return how many were written.

    `vllm run-batch` reads the same form. Raises OSError when the stream cannot be written.
    """
    written: set[str] = set()
    for line in lines:
        if line.custom_id not in written:
            written.add(line.custom_id)
            stream.write(line.model_dump_json() + "\n")
    return len(written)


def read_requests(path: Path) -> Iterator[RequestLine]:
    """The requests of a file that `write_requests` wrote.

    Raises ReplyFileError, with line, for a line that is no request or whose body is not the one its id was made from.
    """
    for number, text in read_lines(path):
        try:
            request = RequestLine.model_validate_json(text)
        except ValidationError as error:
            raise damaged(path, number, f"no request ({_first_fault(error)})", "export the requests again") from error
        if not request.custom_id.endswith(f"-{body_sha256(request.body)}"):
            raise damaged(path, number, "the body was changed after its id was made", "export the requests again")
        yield request


def read_replies(path: Path) -> Iterator[ReplyLine]:
    """The replies of a file: OpenAI Batch output lines, or lines {"custom_id", "content", "model" (optional)}.

    A line that repeats an earlier one is passed over. Raises ReplyFileError, with line, for a line that is neither
    form, and for a second, different answer to the same question: which of the two counts is not ours to choose.
    """
    seen: dict[str, tuple[int, ReplyLine]] = {}
    for number, text in read_lines(path):
        reply = _reply(path, number, text)
        first, earlier = seen.setdefault(reply.custom_id, (number, reply))
        if first == number:
            yield reply
        elif not _same(earlier, reply):
            cause = f"{one_line(reply.custom_id)} is answered otherwise in line {first}"
            raise damaged(path, number, cause, "keep one of the two lines")


def match(requests: Iterable[RequestLine], replies: Iterable[ReplyLine]) -> Match:
    """Set replies against requests. Replies to nothing asked are counted, not refused: files are often shared.

    A reply that is an error answers nothing, so its request stays open.
    """
    asked = {request.custom_id: request for request in requests}
    answers: dict[str, ReplyLine] = {}
    unknown = 0
    for reply in replies:
        if reply.custom_id not in asked:
            unknown += 1
        elif reply.is_answer:
            answers[reply.custom_id] = reply
    return Match(
        replies=tuple(answers.values()),
        unknown=unknown,
        open=tuple(request for request in asked.values() if request.custom_id not in answers),
    )


def record(folder: Path, name: str, requests: Iterable[RequestLine], replies: Iterable[ReplyLine]) -> Recording:
    """Add to `<name>.requests.jsonl` and `<name>.replies.jsonl`, sorted by custom_id, one line each.

    Replies are stored as they were parsed, never altered; errors are not recorded. Raises ReplyFileError for a name
    that is no slug, a damaged file, and a question that is recorded already with another answer.
    """
    if not _NAME.fullmatch(name):
        raise ReplyFileError(f"{one_line(name)!r} cannot name a recording; use small letters, digits and hyphens")
    questions, answers = folder / (name + REQUESTS), folder / (name + REPLIES)
    asked = {line.custom_id: line for line in (read_requests(questions) if questions.exists() else ())}
    known = {line.custom_id: line for line in (read_replies(answers) if answers.exists() else ())}
    asked.update((line.custom_id, line) for line in requests)
    matched = match(asked.values(), replies)
    for reply in matched.replies:
        if not _same(known.setdefault(reply.custom_id, reply), reply):
            raise ReplyFileError(
                f"{answers}: {reply.custom_id} is recorded with another answer; delete the recording to make it again"
            )
    write_lines(questions, _sorted_lines(asked))
    write_lines(answers, _sorted_lines(known))
    return Recording(requests=len(asked), replies=len(known), unknown=matched.unknown)


def _sorted_lines(lines: Mapping[str, BaseModel]) -> Iterator[str]:
    return (lines[key].model_dump_json() for key in sorted(lines))


def _same(one: ReplyLine, other: ReplyLine) -> bool:
    """Whether two lines say the same; ids that a runner gives to its lines do not count."""
    bodies = [line.response and (line.response.status_code, line.response.body) for line in (one, other)]
    return bodies[0] == bodies[1] and one.error == other.error


def _reply(path: Path, number: int, text: bytes) -> ReplyLine:
    try:
        value = parsed(text)
    except ValueError as error:
        raise damaged(path, number, f"no JSON ({one_line(str(error))})", "repair or remove the line") from error
    try:
        if isinstance(value, dict) and "content" in value:
            return CarriedReply.model_validate(value).as_reply()
        reply = ReplyLine.model_validate(value)
    except ValidationError as error:
        raise damaged(path, number, f"no reply ({_first_fault(error)})", _BATCH_REMEDY) from error
    if reply.response is None and reply.error is None:
        raise damaged(path, number, "no reply (neither a response nor an error)", _BATCH_REMEDY)
    return reply


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return one_line(": ".join(filter(None, [".".join(map(str, fault["loc"])), fault["msg"]])))
