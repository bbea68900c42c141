"""Asks an OpenAI-compatible endpoint; import it only to go live.

Promises: replies are handed on as the server sent them, and only once the ledger has them; every attempt is paced,
paid for out of the budget and written down; transport errors, 408, 409, 429 and >= 500 are asked again, as late as the
server wishes; an endpoint that is down stops being asked; `answer` raises for no single failed question; the key stands
in no message. Bodies go out as they were made, model included, but for what the server refuses (dialect.py). Does not
ask a question in flight only once: `keeping.Desk` does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, cast

import httpx2
import openai
from pydantic_core import to_json
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipeline.completion import MALFORMED, one_line
from pipeline.errors import SetupError
from pipeline.replies.access import Access, without_credentials
from pipeline.replies.budget import Budget, prompt_tokens
from pipeline.replies.client import client_of, said, transport_fault
from pipeline.replies.deadlines import Deadlines
from pipeline.replies.dialect import Dialect
from pipeline.replies.faults import CERTIFICATE, QUOTA, TIMEOUT, TOO_MANY, UNREACHABLE, FaultError, Once
from pipeline.replies.ledger import Ledger
from pipeline.replies.limits import Pacer
from pipeline.replies.lines import LONGEST_LINE, parsed
from pipeline.replies.outage import Outage
from pipeline.settings import Settings
from pipeline.waiting import asked_wait
from schemas.ledger import Route
from schemas.wire import BUDGET, ENDPOINT_DOWN, OUT_OF_TIME, Body, ReplyLine, RequestLine, Response

_AGAIN = frozenset({408, 409, 429})
_NEVER_REACHED_ATTEMPTS = 3
"""Attempts at a host that has never answered: no network is told at once, not after all the attempts of a run."""


class LiveEndpoint:
    """An endpoint as an async context manager; `answer` is the driver (pipeline/replies/driver.py).

    Raises SetupError when made without key, model or a usable base URL. `transport`, `sleep` and `clock` are for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ledger: Ledger | None = None,
        budget: Budget | None = None,
        deadlines: Deadlines | None = None,
        dialect: Dialect | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._access = access = Access.of(settings)
        self._client = client_of(settings, access, transport=transport)
        self.shown_url = without_credentials(str(self._client.base_url))
        self.dialect = dialect or Dialect()
        self.pacer = Pacer(settings.in_flight, settings.requests_per_minute, settings.tokens_per_minute, clock, sleep)
        self._ledger = ledger
        self._budget = budget
        self._deadlines = deadlines or Deadlines(settings.run_seconds, None)
        self._outage = Outage(settings.outage_seconds, clock)
        self._sleep = sleep
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
        await self._client.close()

    async def answer(self, request: RequestLine) -> ReplyLine:
        """The endpoint's reply, or `ReplyLine.failed` with a code: `http_<status>`, `unreachable`, `connection`,
        `timeout`, `malformed`, `insufficient_quota`, `budget`, `out_of_time`, `endpoint_down`.

        Raises SetupError, one line that says what to set, when nothing has been answered yet and nothing can be: the
        key is refused (401, 403), model or path are unknown (404), or the host cannot be reached.
        """
        attempts = _Attempts(self, request)
        try:
            try:
                return await attempts.next()
            except FaultError as first:
                # Most questions need one attempt, and the machinery of retries costs as much as rendering a prompt.
                return await self._retrying()(attempts.after, first)
        except FaultError as fault:
            if fault.hopeless is not None and not self._answered:
                raise SetupError(fault.hopeless) from fault
            return ReplyLine.failed(request.custom_id, fault.code, fault.message)

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            sleep=self._sleep,
            stop=self._given_up,
            wait=self._wait,
            retry=retry_if_exception(self._worth_another),
            reraise=True,
        )

    async def attempt(self, request: RequestLine, number: int, unfit: Once) -> ReplyLine:
        """One attempt, paced, paid for and written down. FaultError for all that can go wrong with it."""
        self._may_ask()
        reservation = None if self._budget is None else await self._budget.reserve(request)
        if isinstance(reservation, str):
            raise FaultError(BUDGET, reservation)
        began = time.monotonic()
        try:
            await self._turn(request)
            began = time.monotonic()  # how long an answer takes is the endpoint's doing, the wait for the turn is ours
            try:
                self._may_ask()
                reply = await self._asked(request, number, unfit)
            finally:
                self.pacer.leave()
        except FaultError as fault:
            if reservation is not None:
                (reservation.lose if fault.paid else reservation.release)()
            self._note(fault)
            failed = ReplyLine.failed(request.custom_id, fault.code, fault.message)
            self._record(request, failed, number, began, lost=fault.paid)
            raise
        except BaseException:
            if reservation is not None:
                reservation.lose()
            raise
        if reservation is not None:
            reservation.settle(reply)  # before anything that can fail: others wait for this money
        self._record(request, reply, number, began)
        self.pacer.answered()
        self._outage.alive()
        self._answered = True
        return reply

    async def _turn(self, request: RequestLine) -> None:
        await self.pacer.enter(prompt_tokens(request.body) if self.pacer.tokens.rate is not None else 0)

    def _may_ask(self) -> None:
        if self._outage.why is not None:
            raise FaultError(ENDPOINT_DOWN, self._outage.why)
        over = self._deadlines.over()
        if over is not None:
            raise FaultError(OUT_OF_TIME, over)

    def _note(self, fault: FaultError) -> None:
        if fault.outage:
            self._outage.fault(fault.message)
        elif fault.code.startswith("http_"):
            self._outage.alive()
        if fault.code == TOO_MANY:
            self.pacer.refused(fault.wait)

    def _record(self, request: RequestLine, reply: ReplyLine, number: int, began: float, *, lost: bool = False) -> None:
        if self._ledger is not None and (reply.error is None or reply.error.code not in {ENDPOINT_DOWN, OUT_OF_TIME}):
            seconds = time.monotonic() - began
            self._ledger.record(reply, Route.LIVE, request=request, attempt=number, seconds=seconds, lost=lost)

    async def _asked(self, request: RequestLine, number: int, unfit: Once) -> ReplyLine:
        """Asked again at once, in another way, while the server refuses a feature that the question can do without."""
        while True:
            body, began = self.dialect.spoken(request.body), time.monotonic()
            try:
                async with asyncio.timeout(self._settings.timeout_seconds):
                    response = await self._post(body)
            except openai.APIStatusError as error:
                self._reached = True
                self.pacer.learn(error.response.headers)
                fault = self._status_fault(request, error)
                if not self.dialect.learn(body, error.status_code, said(error)):
                    raise fault from error
                self._record(request, ReplyLine.failed(request.custom_id, fault.code, fault.message), number, began)
            except (openai.APIConnectionError, TimeoutError) as error:
                raise self._transport_fault(error) from error
            else:
                self._reached = True
                self.pacer.learn(response.headers)
                return _reply(request.custom_id, response, unfit)

    async def _post(self, body: Body) -> httpx2.Response:
        if isinstance(self._client, openai.AsyncAzureOpenAI):
            # Azure's address holds the model, which its client finds in the body.
            return await self._client.post("/chat/completions", cast_to=httpx2.Response, body=body)
        return await self._client.post("/chat/completions", cast_to=httpx2.Response, content=to_json(body))

    def _status_fault(self, request: RequestLine, error: openai.APIStatusError) -> FaultError:
        status, code = error.status_code, f"http_{error.status_code}"
        message = self._access.safe(said(error))
        if status == 429 and QUOTA in (error.code, error.type):
            return FaultError(QUOTA, f"the account has no quota left: {message}")
        if status in _AGAIN or status >= 500:
            wait = asked_wait(error.response.headers, datetime.now(UTC))
            if wait is not None and wait > self._settings.longest_wait_seconds:
                asked = (
                    f"the server asked to wait {wait:.0f} s, longer than {self._settings.longest_wait_seconds:.0f} s"
                )
                return FaultError(code, f"{asked}: {message}", outage=status >= 500)
            return FaultError(code, message, again=True, wait=wait, outage=status >= 500)
        return FaultError(code, message, hopeless=self._hopeless(status, str(request.body.get("model")), message))

    def _hopeless(self, status: int, model: str, message: str) -> str | None:
        if status in {401, 403}:
            return f"{self.shown_url} refuses the key ({message}); set OPENAI_API_KEY to a key that it accepts"
        if status == 404:
            return (
                f"{self.shown_url} does not know the model {model!r} or the path ({message}); "
                "set MECHSYN_MODEL or --model to a model that it serves, and OPENAI_BASE_URL to its address with /v1"
            )
        if 300 <= status < 400:
            return f"{self.shown_url} sends us elsewhere (status {status}); set OPENAI_BASE_URL to the final address"
        return None

    def _transport_fault(self, error: Exception) -> FaultError:
        code, reason = transport_fault(error)
        reason = self._access.safe(reason)
        if code == UNREACHABLE:
            hopeless = (
                f"{self.shown_url} cannot be reached ({reason}); check the network and set OPENAI_BASE_URL "
                "to the endpoint's address, or use --replies recorded"
            )
            message = f"the endpoint cannot be reached: {reason}"
            never = None if self._reached else hopeless
            return FaultError(code, message, again=True, hopeless=never, outage=True)
        if code == CERTIFICATE:
            hopeless = (
                f"{self.shown_url} shows a certificate that is not valid ({reason}); have the server's certificate "
                "renewed, or name the authority that signed it with SSL_CERT_FILE"
            )
            return FaultError(code, f"the certificate is not valid: {reason}", hopeless=hopeless, outage=True)
        self._reached = True
        late = f"no answer within {self._settings.timeout_seconds:g} s"
        message = late if code == TIMEOUT else f"the connection broke: {reason}"
        return FaultError(code, message, again=True, paid=True, outage=True)

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


class _Attempts:
    """The attempts at one question, numbered from 1."""

    def __init__(self, endpoint: LiveEndpoint, request: RequestLine) -> None:
        self._endpoint = endpoint
        self._request = request
        self._unfit = Once()
        self._number = 0
        self._told = False

    async def next(self) -> ReplyLine:
        """One more attempt."""
        self._number += 1
        return await self._endpoint.attempt(self._request, self._number, self._unfit)

    async def after(self, first: FaultError) -> ReplyLine:
        """What came of the first attempt, at the first call; after that one more attempt a call."""
        if not self._told:
            self._told = True
            raise first
        return await self.next()


def _reply(custom_id: str, response: httpx2.Response, unfit: Once) -> ReplyLine:
    """The reply line of a 2xx response; FaultError `malformed` when it is no chat completion."""
    body = _completion(response)
    if isinstance(body, str):
        raise FaultError(MALFORMED, body, again=unfit.take(), paid=True)
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
