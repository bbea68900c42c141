"""pydantic-ai over the plain client, with the reply models of this project; runs in an environment of its own."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from measure import Call, Work, main


@asynccontextmanager
async def client(work: Work) -> AsyncGenerator[Call]:
    """Native structured output: the same request on the wire as ours, one agent for each reply model."""
    # Not installed here, so found by name: the types are unknown either way.
    ai: Any = importlib.import_module("pydantic_ai")
    model_module: Any = importlib.import_module("pydantic_ai.models.openai")
    provider_module: Any = importlib.import_module("pydantic_ai.providers.openai")
    openai: Any = importlib.import_module("openai")
    async with openai.AsyncOpenAI(base_url=work.base_url, api_key="any") as plain:
        provider = provider_module.OpenAIProvider(openai_client=plain)
        chat = model_module.OpenAIChatModel("gpt-4o-mini", provider=provider)
        agents: dict[str, Any] = {}
        models: dict[str, Any] = {}
        for body in work.samples["bodies"]:
            name = body["response_format"]["json_schema"]["name"]
            models[name] = getattr(importlib.import_module(work.samples["models"][name]), name)
            system = body["messages"][0]["content"]
            agents[name] = ai.Agent(chat, output_type=ai.NativeOutput(models[name], strict=True), system_prompt=system)

        async def call(number: int) -> bool:
            body = work.body(number)
            name = body["response_format"]["json_schema"]["name"]
            reply = await agents[name].run(body["messages"][1]["content"])
            return isinstance(reply.output, models[name])

        yield call


if __name__ == "__main__":
    main(client)
