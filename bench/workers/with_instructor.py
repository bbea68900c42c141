"""instructor over the plain client, with the reply models of this project; runs in an environment of its own."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from measure import Call, Work, main


@asynccontextmanager
async def client(work: Work) -> AsyncGenerator[Call]:
    """JSON Schema mode: the same request on the wire as ours."""
    # Not installed here, so found by name: the types are unknown either way.
    instructor: Any = importlib.import_module("instructor")
    openai: Any = importlib.import_module("openai")
    models = {n: getattr(importlib.import_module(m), n) for n, m in work.samples["models"].items()}
    async with openai.AsyncOpenAI(base_url=work.base_url, api_key="any") as plain:
        patched = instructor.from_openai(plain, mode=instructor.Mode.JSON_SCHEMA)

        async def call(number: int) -> bool:
            body = work.body(number)
            model = models[body.pop("response_format")["json_schema"]["name"]]
            reply = await patched.chat.completions.create(response_model=model, **body)
            return isinstance(reply, model)

        yield call


if __name__ == "__main__":
    main(client)
