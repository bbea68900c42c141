"""What the loopback server says: the text of a reply, and the chat completion around it, whole or spoilt."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any, cast

from tests.loopback.behaviour import Behaviour
from tests.loopback.ledger import identity

HTML = b"<html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>"

Model = Callable[[dict[str, Any]], str]


class Asked:
    """A request body: its size, and what it asks when somebody wants to know."""

    def __init__(self, raw: bytes, *, read: bool) -> None:
        """ValueError when it must be read and is no JSON object."""
        self.raw = raw
        self.body: dict[str, Any] | None = None
        self.question: str | None = None
        if read:
            body = cast("object", json.loads(raw))
            if not isinstance(body, dict):
                raise ValueError("the body is no JSON object")
            self.body = cast("dict[str, Any]", body)
            self.question = identity(self.body)

    @property
    def tokens(self) -> int:
        """Tokens of the prompt, at four bytes each."""
        return len(self.raw) // 4

    @property
    def system(self) -> str:
        """The system message, or nothing when there is none or the body was not read."""
        messages = (self.body or {}).get("messages")
        first: dict[str, Any] = messages[0] if messages else {}
        return str(first.get("content", "")) if first.get("role") == "system" else ""


class Answers:
    """Says what one behaviour wants said. Raises what importing the model raises."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._content = behaviour.content
        self._contents = [(f'"{name}"'.encode(), text) for name, text in behaviour.contents.items()]
        self._model = _imported(behaviour.model) if behaviour.model else None
        self._seen: set[str] = set()

    def text(self, asked: Asked) -> str:
        """What the model says, before anything goes wrong."""
        if self._model is not None and asked.body is not None:
            return self._model(asked.body)
        return next((text for name, text in self._contents if name in asked.raw), self._content)

    def usage(self, asked: Asked, text: str) -> dict[str, object]:
        """Tokens at four bytes each; those of a system message that was seen before are cached."""
        system = asked.system
        cached = len(system.encode()) // 4 if system in self._seen else 0
        if system:
            self._seen.add(system)
        prompt, reply = asked.tokens, len(text.encode()) // 4
        return {
            "prompt_tokens": prompt,
            "completion_tokens": reply,
            "total_tokens": prompt + reply,
            "prompt_tokens_details": {"cached_tokens": min(cached, prompt)},
        }

    def completion(self, asked: Asked, fault: str | None) -> bytes:
        """The body of an answer with status 200."""
        if fault == "html":
            return HTML
        text = self.text(asked)
        usage = self.usage(asked, text)
        if fault in {"broken_content", "cut_off"}:
            text = text[: max(1, len(text) // 2)]
        message = {"role": "assistant", "content": text, "refusal": None}
        finish = "length" if fault == "cut_off" else "stop"
        body = {
            "id": "chatcmpl-loopback",
            "object": "chat.completion",
            "created": 1_767_225_600,
            "model": "loopback-1",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
            "usage": usage,
        }
        data = json.dumps(body, separators=(",", ":")).encode()
        return data[: len(data) // 2] if fault == "broken_body" else data


def failure(message: str, code: str, kind: str) -> bytes:
    """An error as OpenAI writes it."""
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()


def _imported(name: str) -> Model:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
