"""This project's client with all that belongs to a question: prompt, identity, look-up, asking, keeping, check."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from measure import Call, Work, main
from pydantic import SecretStr
from questions import SETTINGS, questions

from pipeline.completion import content_of
from pipeline.questions import first_request
from pipeline.replies.counts import Meter
from pipeline.replies.keeping import Desk
from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.live import LiveEndpoint
from pipeline.replies.prices import read_prices
from pipeline.settings import Settings


@asynccontextmanager
async def client(work: Work) -> AsyncGenerator[Call]:
    """Asks through a fresh store, which keeps every reply with its request."""
    asked = questions(work.calls + 1)
    settings = Settings(
        openai_api_key=SecretStr("any"),
        openai_base_url=work.base_url,
        model=SETTINGS.model,
        in_flight=work.in_flight,
    )
    with tempfile.TemporaryDirectory() as folder, KeptReplies(Path(folder) / "kept") as store:
        prices = read_prices(None)
        async with (
            LiveEndpoint(settings, ledger=Ledger(store, prices)) as endpoint,
            Desk(store, endpoint.answer, Meter(prices)) as desk,
        ):
            answer = desk.answer_for("bench")

            async def call(number: int) -> bool:
                question = first_request(asked[number], SETTINGS)
                assert question.request is not None
                text, error = content_of(await answer(question.request))
                if error is None:
                    question.stage.reply.model_validate_json(text or "")
                return error is None

            yield call


if __name__ == "__main__":
    main(client)
