"""What `mechsyn doctor` finds out about the endpoint: one tiny question, asked once, and what its answer shows.

Promises: every check that fails says what to do; nothing raises; no key is shown; costs one short completion, two
where the server refuses structured outputs. Loads the client only when the settings allow a question at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from pipeline.completion import content_of, model_of
from pipeline.errors import SetupError
from pipeline.replies import access
from pipeline.replies.faults import FaultError
from pipeline.replies.lines import parsed
from pipeline.replies.prices import read_prices
from pipeline.settings import Settings
from schemas.wire import ReplyLine, RequestLine

if TYPE_CHECKING:
    import httpx2

ODD_WORD = "zyxomma-4417"
"""The one word that the schema allows and no model would say unasked: a server that sends it obeys the schema."""

LONGEST_SECONDS = 60.0


class Check(NamedTuple):
    """One line of the report. `ok` is None where an earlier failure left nothing to check."""

    check: str
    ok: bool | None
    detail: str


async def probe(settings: Settings, *, transport: httpx2.AsyncBaseTransport | None = None) -> list[Check]:
    """Checks in order: key, address, model, price, endpoint, key accepted, model known, structured outputs; the last
    four again for every further model that single stages ask. Never raises.
    """
    configured = [
        _set("key", lambda: access.key_of(settings) and "set"),
        _set("address", lambda: _address(settings)),
        _set("model", lambda: access.model_of(settings)),
        _set("price", lambda: _price(settings)),
    ]
    if not all(check.ok for check in configured):
        return [*configured, *_unknown("not asked: see above")]
    checks = [*configured, *await _asked(settings, access.model_of(settings), transport)]
    for model in sorted({*settings.models.values()} - {settings.model}):
        checks += [
            check._replace(check=f"{check.check} ({model})") for check in await _asked(settings, model, transport)
        ]
    return checks


def _price(settings: Settings) -> str:
    table = read_prices(settings.prices)
    price = table.of(access.model_of(settings))
    if price is None:
        return "unknown, so money is not counted; name a table that lists the model with MECHSYN_PRICES"
    return f"{price.input} in, {price.output} out, {table.currency} per million tokens, as of {price.as_of}"


def _address(settings: Settings) -> str:
    url = access.base_url_of(settings)
    return access.without_credentials(url) if url is not None else "the client's own"


def _set(check: str, value: Callable[[], str]) -> Check:
    try:
        return Check(check, ok=True, detail=value())
    except SetupError as error:
        return Check(check, ok=False, detail=str(error))


async def _asked(settings: Settings, model: str, transport: httpx2.AsyncBaseTransport | None) -> list[Check]:
    from pipeline.replies.live import LiveEndpoint

    once = settings.model_copy(
        update={"attempts": 1, "timeout_seconds": min(settings.timeout_seconds, LONGEST_SECONDS)}
    )
    try:
        async with LiveEndpoint(once, transport=transport) as endpoint:
            reply = await endpoint.answer(_question(model))
            return list(_judged(reply, structured=endpoint.dialect.structured_outputs))
    except SetupError as error:
        fault = error.__cause__
        return list(_refused(fault.code if isinstance(fault, FaultError) else "", str(error)))


def _question(model: str) -> RequestLine:
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string", "enum": [ODD_WORD]}},
        "required": ["word"],
        "additionalProperties": False,
    }
    return RequestLine.ask(
        "doctor",
        {
            "model": model,
            "max_completion_tokens": 2000,
            "messages": [{"role": "user", "content": "Name a colour."}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "word", "strict": True, "schema": schema},
            },
        },
    )


def _refused(code: str, message: str) -> Iterator[Check]:
    """The checks when no question at all can be answered: `message` names the cause and the remedy."""
    reached, accepted = code in {"http_401", "http_403", "http_404"}, code == "http_404"
    yield Check("endpoint", ok=reached, detail="answers" if reached else message)
    if not reached:
        yield from _unknown("not reached")[1:]
        return
    yield Check("key accepted", ok=accepted, detail="yes" if accepted else message)
    yield Check("model known", ok=False if accepted else None, detail=message if accepted else "not reached")
    yield _unknown("not reached")[-1]


def _judged(reply: ReplyLine, *, structured: bool) -> Iterator[Check]:
    """The checks of a reply that came, as answer or as error."""
    if reply.error is not None:
        yield Check("endpoint", ok=False, detail=f"{reply.error.message}; {_remedy(reply.error.code)}")
        yield from _unknown("the endpoint gave no answer")[1:]
        return
    yield Check("endpoint", ok=True, detail="answers")
    yield Check("key accepted", ok=True, detail="yes")
    yield Check("model known", ok=True, detail=model_of(reply) or "the server does not name its model")
    text, missing = content_of(reply)
    if not structured:
        detail = "refused by the server; the schema goes into the prompt and replies are checked here; use a server "
        yield Check("structured outputs", ok=False, detail=detail + "with json_schema for fewer failed replies")
    elif _word(text) == ODD_WORD:
        yield Check("structured outputs", ok=True, detail="honoured")
    else:
        cause = missing.message if missing is not None else "accepted, but the reply does not follow the schema"
        yield Check(
            "structured outputs", ok=False, detail=f"{cause}; choose a model or server that honours json_schema"
        )


def _remedy(code: str) -> str:
    if code == "insufficient_quota":
        return "add credit to the account or set another OPENAI_API_KEY"
    if code == "malformed":
        return "set OPENAI_BASE_URL to the address of an OpenAI-compatible API, mostly ending in /v1"
    if code in {"http_400", "http_422"}:
        return "set MECHSYN_MODEL or --model to a chat model of this server"
    return "try again later, or set OPENAI_BASE_URL to another endpoint"


def _word(text: str | None) -> object:
    try:
        value = parsed((text or "").encode())
    except ValueError:
        return None
    return cast("dict[str, object]", value).get("word") if isinstance(value, dict) else None


def _unknown(why: str) -> list[Check]:
    checks = ("endpoint", "key accepted", "model known", "structured outputs")
    return [Check(check, ok=None, detail=why) for check in checks]
