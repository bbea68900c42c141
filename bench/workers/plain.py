"""`AsyncOpenAI` as it comes: what a program of ten lines would use. The reply is not even read as JSON."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import openai
from measure import Call, Work, main
from openai.types.chat import ChatCompletion


@asynccontextmanager
async def client(work: Work) -> AsyncGenerator[Call]:
    """The default client; `retries` overrules how often it asks again."""
    options: dict[str, Any] = {} if work.retries is None else {"max_retries": work.retries}
    async with openai.AsyncOpenAI(base_url=work.base_url, api_key="any", **options) as plain:
        create: Any = plain.chat.completions.create

        async def call(number: int) -> bool:
            try:
                completion: ChatCompletion = await create(**work.body(number))
            except openai.OpenAIError:
                return False
            return bool(completion.choices[0].message.content)

        yield call


if __name__ == "__main__":
    main(client)
