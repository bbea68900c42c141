"""Asks an OpenAI-compatible endpoint. The only module that imports openai and tenacity; import it only to go live.

Promises: bodies of replies are handed on as the server sent them, with status and request id; the same question in
flight is asked once; transport errors, 408, 409, 429 and >= 500 are asked again, as late as the server wishes;
`answer` raises for no single failed question; the key stands in no message. Bodies go out as they were made, model
included, except for features that the server refuses (dialect.py). Keeps nothing, counts no money, learns no rates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, cast

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipeline.completion import MALFORMED, error_message, one_line
from pipeline.errors import SetupError
from pipeline.replies.access import Access, without_credentials
from pipeline.replies.dialect import Dialect
from pipeline.replies.lines import LONGEST_LINE, parsed
from pipeline.replies.sharing import Shared
from pipeline.replies.waiting import asked_wait
from pipeline.settings import Settings
from schemas.wire import Body, ReplyLine, RequestLine, Response

UNREACHABLE = "unreachable"
DROPPED = "connection"
TIMEOUT = "timeout"
QUOTA = "insufficient_quota"

_AGAIN = frozenset({408, 409, 429})
_NEVER_REACHED_ATTEMPTS = 3
"""Attempts at a host that has never answered: no network is told at once, not after all the attempts of a run."""


class FaultError(Exception):
    """One attempt failed. `again`: worth another; `wait`: seconds that the server asked for; `hopeless`: see below.

    `hopeless` is the one line that says what to set, when no question at all can be answered.
    """

    def __init__(
        self, code: str, message: str, *, again: bool = False, wait: float | None = None, hopeless: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.again = again
        self.wait = wait
        self.hopeless = hopeless


class LiveEndpoint:
    """An endpoint as an async context manager; `answer` is the driver (pipeline/replies/driver.py).

    Raises SetupError when made without key, model or a usable base URL. `transport` and `sleep` are for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._access = access = Access.of(settings)
        self._client = openai.AsyncOpenAI(
            api_key=access.key,
            base_url=access.base_url,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpx2Client(
                transport=transport,
                timeout=httpx2.Timeout(settings.timeout_seconds, connect=min(10.0, settings.timeout_seconds)),
                limits=httpx2.Limits(max_connections=settings.in_flight, max_keepalive_connections=settings.in_flight),
                follow_redirects=False,  # a redirected POST would lose its body, or take the study text elsewhere
            ),
        )
        self.shown_url = without_credentials(str(self._client.base_url))
        self.dialect = Dialect()
        self._sleep = sleep
        self._slots = asyncio.Semaphore(settings.in_flight)
        self._in_flight = Shared(self._ask)
        self._reached = False
        self._answered = False

    @property
    def fallbacks(self) -> int:
        """How many features the endpoint refused and was asked without from then on."""
        return self.dialect.fallbacks

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._in_flight.cancel()
        await self._client.close()

    async def answer(self, request: RequestLine) -> ReplyLine:
        """The endpoint's reply, or `ReplyLine.failed` with a code: `http_<status>`, `unreachable`, `connection`,
        `timeout`, `malformed`, `insufficient_quota`.

        A question that is in flight already is waited for, not asked again. Raises SetupError, one line that says
        what to set, when nothing has been answered yet and nothing can be: the key is refused (401, 403), model or
        path are unknown (404), or the host cannot be reached.
        """
        return await self._in_flight.answer(request)

    async def _ask(self, request: RequestLine) -> ReplyLine:
        retrying = AsyncRetrying(
            sleep=self._sleep,
            stop=self._given_up,
            wait=self._wait,
            retry=retry_if_exception(self._worth_another),
            reraise=True,
        )
        unfit = _Once()
        try:
            async with self._slots:
                return await retrying(self._attempt, request, unfit)
        except FaultError as fault:
            if fault.hopeless is not None and not self._answered:
                raise SetupError(fault.hopeless) from fault
            return ReplyLine.failed(request.custom_id, fault.code, fault.message)

    async def _attempt(self, request: RequestLine, unfit: _Once) -> ReplyLine:
        while True:
            body = self.dialect.spoken(request.body)
            try:
                async with asyncio.timeout(self._settings.timeout_seconds):
                    response = await self._client.post("/chat/completions", cast_to=httpx2.Response, body=body)
                break
            except openai.APIStatusError as error:
                self._reached = True
                if not self._learnt(body, error):
                    raise self._status_fault(error) from error
            except (openai.APIConnectionError, TimeoutError) as error:
                raise self._transport_fault(error) from error
        self._reached = self._answered = True
        return _reply(request.custom_id, response, unfit)

    def _learnt(self, body: Body, error: openai.APIStatusError) -> bool:
        return self.dialect.learn(body, error.status_code, _said(error))

    def _status_fault(self, error: openai.APIStatusError) -> FaultError:
        status, code = error.status_code, f"http_{error.status_code}"
        message = self._access.safe(_said(error))
        if status == 429 and QUOTA in (error.code, error.type):
            return FaultError(QUOTA, f"the account has no quota left: {message}")
        if status in _AGAIN or status >= 500:
            wait = asked_wait(error.response.headers, datetime.now(UTC))
            if wait is not None and wait > self._settings.longest_wait_seconds:
                asked = (
                    f"the server asked to wait {wait:.0f} s, longer than {self._settings.longest_wait_seconds:.0f} s"
                )
                return FaultError(code, f"{asked}: {message}")
            return FaultError(code, message, again=True, wait=wait)
        return FaultError(code, message, hopeless=self._hopeless(status, message))

    def _hopeless(self, status: int, message: str) -> str | None:
        if status in {401, 403}:
            return f"{self.shown_url} refuses the key ({message}); set OPENAI_API_KEY to a key that it accepts"
        if status == 404:
            return (
                f"{self.shown_url} does not know the model {self._access.model!r} or the path ({message}); "
                "set MECHSYN_MODEL or --model to a model that it serves, and OPENAI_BASE_URL to its address with /v1"
            )
        if 300 <= status < 400:
            return f"{self.shown_url} sends us elsewhere (status {status}); set OPENAI_BASE_URL to the final address"
        return None

    def _transport_fault(self, error: Exception) -> FaultError:
        cause = error.__cause__
        if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
            reason = self._access.safe(str(cause)) or type(cause).__name__
            hopeless = (
                None
                if self._reached
                else (
                    f"{self.shown_url} cannot be reached ({reason}); check the network and set OPENAI_BASE_URL "
                    "to the endpoint's address, or use --replies recorded"
                )
            )
            return FaultError(UNREACHABLE, f"the endpoint cannot be reached: {reason}", again=True, hopeless=hopeless)
        self._reached = True
        if isinstance(error, (openai.APITimeoutError, TimeoutError)):
            return FaultError(TIMEOUT, f"no answer within {self._settings.timeout_seconds:g} s", again=True)
        return FaultError(DROPPED, f"the connection broke: {self._access.safe(str(cause or error))}", again=True)

    def _worth_another(self, error: BaseException) -> bool:
        return isinstance(error, FaultError) and error.again

    def _given_up(self, state: RetryCallState) -> bool:
        attempts = self._settings.attempts if self._reached else min(self._settings.attempts, _NEVER_REACHED_ATTEMPTS)
        return stop_after_attempt(attempts)(state)

    def _wait(self, state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome is not None else None
        if isinstance(fault, FaultError) and fault.wait is not None:
            return fault.wait
        return wait_random_exponential(multiplier=1, max=min(30.0, self._settings.longest_wait_seconds))(state)


class _Once:
    """True the first time, then False: a reply of the wrong form is asked for once more, whatever else goes wrong."""

    def __init__(self) -> None:
        self._used = False

    def take(self) -> bool:
        used, self._used = self._used, True
        return not used


def _reply(custom_id: str, response: httpx2.Response, unfit: _Once) -> ReplyLine:
    """The reply line of a 2xx response; FaultError `malformed` when it is no chat completion."""
    body = _completion(response)
    if isinstance(body, str):
        raise FaultError(MALFORMED, body, again=unfit.take())
    request_id = response.headers.get("x-request-id")
    return ReplyLine(
        custom_id=custom_id, response=Response(status_code=response.status_code, request_id=request_id, body=body)
    )


def _completion(response: httpx2.Response) -> Body | str:
    """The body of a chat completion, or why it is none."""
    if response.status_code != 200:
        return f"status {response.status_code} where 200 was due"
    kind = response.headers.get("content-type", "")
    if "json" not in kind.lower():
        return f"the server sent {one_line(kind) or 'something without a content type'} where JSON was due"
    if len(response.content) > LONGEST_LINE:
        return f"the reply is larger than {LONGEST_LINE // 2**20} MB"
    try:
        body = parsed(response.content)
    except ValueError as error:
        return f"no JSON ({one_line(str(error))})"
    if not isinstance(body, dict) or not isinstance(cast("Body", body).get("choices"), list):
        return "no chat completion: it has no list of choices"
    return cast("Body", body)


def _said(error: openai.APIStatusError) -> str:
    """The server's own words; the client hands on the inner object of {"error": {...}}, or the text of a page."""
    body = cast("object", error.body)
    return error_message(cast("Body", body) if isinstance(body, dict) else {"message": body})
