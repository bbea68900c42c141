"""Asks services over HTTP: at their pace, with the contact address, again where that may help, within bounds.

Promises: every answer is bounded in bytes and time; transport faults, 429 and 5xx are repeated with Retry-After
honoured up to a cap; a service that cannot be reached is not asked again by the same run; redirects are followed to
addresses that `reaching` allows; nothing of an answer's content type is believed. Keys and the contact address are in
no message and in no kept answer. Does not know what any service says.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Generic, Self, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pipeline import __version__
from pipeline.sources.services.bodies import said_in_refusal
from pipeline.sources.services.faults import NoRecordError, NotAskedError
from pipeline.sources.services.kept_answers import KeptAnswer, KeptAnswers
from pipeline.sources.services.pace import Pace, Service, stranger, told_pace
from pipeline.sources.services.reaching import Lookup, Place, UnreachableError, looked_up, place_of
from pipeline.waiting import asked_wait

LARGEST_ANSWER = 20_000_000
LARGEST_PDF = 50_000_000
MOST_REDIRECTS = 5
GIVEN_UP_AFTER = 3
"""Questions in a row without an answer, each with all its repeats, after which a service is not asked any more."""

_EXPLAINED = frozenset({400, 422})
"""Refusals whose reason is the question itself: the body says what is wrong with it."""
NEVER_KEPT = timedelta()
Value = TypeVar("Value")
_BACKOFF = wait_random_exponential(multiplier=0.5, max=20)


@dataclass(frozen=True, slots=True)
class Manners:
    """How patient this program is. Seconds; `slower` stretches the gaps between requests; `sleep` and `lookup` are for
    tests."""

    attempts: int = 4
    longest_wait: float = 60.0
    answer_seconds: float = 60.0
    file_seconds: float = 180.0
    slower: float = 1.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    lookup: Lookup = looked_up


@dataclass(frozen=True, slots=True)
class Question:
    """A GET with `parameters`, or a POST of `form`. `private` is sent as well, but is in no address that is kept."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    form: Mapping[str, str] | None = None
    private: Mapping[str, str] = field(default_factory=dict[str, str])

    def url(self, service: Service) -> str:
        """The address without what is private."""
        query = {**self.parameters, **(self.form or {})}
        return f"{service.url}{self.path}{'?' + urlencode(query) if query else ''}"


@dataclass(frozen=True, slots=True)
class Told(Generic[Value]):
    """What a service said, where, and on which day (UTC)."""

    value: Value
    url: str
    on: date


class _PassingError(Exception):
    """A fault that another attempt may not have; `wait` is what the server asks for."""

    def __init__(self, cause: str, wait: float | None = None, *, unreachable: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.wait = wait
        self.unreachable = unreachable


@dataclass
class _Lane:
    """The state of one host: its pace, its places, and until when it wants to be left alone."""

    pace: Pace
    limiter: AsyncLimiter
    places: asyncio.Semaphore
    rests_until: float = 0.0
    failures: int = 0
    down: NotAskedError | None = None


class Asking:
    """A client for services. An async context manager; `kept` may be None to keep nothing."""

    def __init__(self, contact: str | None, kept: KeptAnswers | None, manners: Manners | None = None) -> None:
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._kept = kept
        self._manners = manners or Manners()
        self._lanes: dict[str, _Lane] = {}
        context = ssl.create_default_context()
        timeout = httpx2.Timeout(30.0, connect=10.0)
        about = f"mechsyn/{__version__}"
        polite = f"{about} (mailto:{contact})" if contact else about
        self._client = httpx2.AsyncClient(headers=_headers(polite), timeout=timeout, verify=context)
        # A proxy would look names up itself, after they were checked here; strangers are asked directly.
        self._direct = httpx2.AsyncClient(headers=_headers(about), timeout=timeout, verify=context, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()
        await self._direct.aclose()

    async def ask(
        self,
        service: Service,
        question: Question,
        read: Callable[[bytes], Value],
        *,
        max_age: timedelta = NEVER_KEPT,
        busy: Callable[[bytes], bool] | None = None,
    ) -> Told[Value]:
        """What `service` says, as `read` understands it; a kept answer of less than `max_age` will do.

        `busy` tells an answer with status 200 that is a refusal. NoRecordError for 404 and 410; NotAskedError when no
        usable answer comes; whatever `read` raises. Only what `read` understood is kept.
        """
        named = f"{service.name} {question.url(service)}"
        kept = self._kept.get(named, max_age) if self._kept is not None else None
        if kept is not None:
            return Told(read(kept.text.encode()), kept.url, kept.at.date())
        body = await self._patiently(service, lambda: self._once(service, question, busy))
        value = read(body)
        now = datetime.now(UTC)
        url = question.url(service)
        if self._kept is not None:
            text = body.decode("utf-8", "replace")
            self._kept.put(named, KeptAnswer(url=url, at=now, text=text))
        return Told(value, url, now.date())

    async def fetch(self, url: str, named_by: Service) -> Told[bytes]:
        """The file at an address that `named_by` gave, at most LARGEST_PDF bytes; never kept."""
        lane = stranger(_host_of(url))
        body = await self._patiently(lane, lambda: self._followed(lane, url, named_by.url, LARGEST_PDF))
        return Told(body, url, datetime.now(UTC).date())

    async def _patiently(self, service: Service, attempt: Callable[[], Awaitable[bytes]]) -> bytes:
        """One answer, with repeats; a service that was given up before is not asked."""
        lane = self._lane(service)

        async def once() -> bytes:
            return await attempt()

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(self._manners.attempts),
            wait=_wait,
            sleep=self._manners.sleep,
            reraise=True,
        )
        try:
            body: bytes = await retrying(once)
        except _PassingError as error:
            lane.failures += 1
            lasting = error.unreachable or error.wait is not None or lane.failures >= GIVEN_UP_AFTER
            fault = NotAskedError(service.name, error.cause, lasting=lasting)
            if fault.lasting:
                lane.down = fault
            raise fault from error
        lane.failures = 0
        return body

    async def _once(self, service: Service, question: Question, busy: Callable[[bytes], bool] | None) -> bytes:
        lane = self._lane(service)
        async with self._turn(lane), self._limited(service, self._manners.answer_seconds):
            request = _request(self._client, service, question)
            response = await self._client.send(request, stream=True)
            try:
                self._take_pace(lane, response.headers)
                if response.is_redirect:
                    location = response.headers.get("location", "")
                    if request.method != "GET" or not location:
                        raise NotAskedError(service.name, "sends the question on to another address", lasting=True)
                else:
                    if response.status_code in _EXPLAINED:
                        raise await _refusal(service.name, response, question)
                    self._judge(service, lane, response)
                    body = await _body(service.name, response, LARGEST_ANSWER)
                    if busy is not None and busy(body):
                        raise self._refused(service, lane, response.headers)
                    return body
            finally:
                await response.aclose()
        onwards = _joined(service.name, str(request.url), location)
        return await self._followed(stranger(_host_of(onwards)), onwards, service.url, LARGEST_ANSWER)

    async def _followed(self, service: Service, url: str, named_by: str, most: int) -> bytes:
        """The body at the end of a chain of redirects, each step checked against the one that named it."""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                place = await place_of(url, named_by, self._manners.lookup)
            except UnreachableError as error:
                raise NotAskedError(service.name, str(error)) from error
            lane = self._lane(service)
            async with self._turn(lane), self._limited(service, self._manners.file_seconds):
                response = await self._direct.send(_pinned(self._direct, url, place), stream=True)
                try:
                    if not response.is_redirect:
                        self._judge(service, lane, response)
                        return await _body(service.name, response, most)
                    named_by, url = url, _joined(service.name, url, response.headers.get("location", ""))
                finally:
                    await response.aclose()
        raise NotAskedError(service.name, f"redirects more than {MOST_REDIRECTS} times")

    def _lane(self, service: Service) -> _Lane:
        lane = self._lanes.get(service.name)
        if lane is None:
            pace = service.pace
            lane = _Lane(pace, self._limiter(pace), asyncio.Semaphore(pace.at_once))
            self._lanes[service.name] = lane
        return lane

    def _limiter(self, pace: Pace) -> AsyncLimiter:
        """One request a gap: a bucket for several would let twice as many through in its first interval."""
        return AsyncLimiter(1, pace.gap * self._manners.slower)

    @asynccontextmanager
    async def _turn(self, lane: _Lane) -> AsyncGenerator[None]:
        """A place among those under way, at the pace, after the rest that the service asked for."""
        async with lane.places:
            if lane.down is not None:
                raise NotAskedError(lane.down.service, lane.down.cause, lasting=True)
            rest = lane.rests_until - asyncio.get_running_loop().time()
            if rest > 0:
                await self._manners.sleep(rest)
            await lane.limiter.acquire()
            yield

    @asynccontextmanager
    async def _limited(self, service: Service, seconds: float) -> AsyncGenerator[None]:
        """Turns what goes wrong on the way into a passing fault."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise _PassingError(f"gave no whole answer in {seconds:.0f} seconds") from error
        except httpx2.InvalidURL as error:
            raise NotAskedError(service.name, "gives an address that is none") from error
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise _PassingError(f"cannot be reached ({_reason(error)})", unreachable=True) from error
        except httpx2.TransportError as error:
            raise _PassingError(f"broke off ({_reason(error)})") from error
        except httpx2.DecodingError as error:
            raise _PassingError("sent a damaged answer") from error

    def _judge(self, service: Service, lane: _Lane, response: httpx2.Response) -> None:
        """Raises for every status but 200."""
        status = response.status_code
        if status == 200:
            return
        if status in {404, 410}:
            raise NoRecordError(service.name, "has no such record")
        if status == 429 or (status == 503 and "retry-after" in response.headers):
            raise self._refused(service, lane, response.headers)
        if status in {408, 425} or status >= 500:
            raise _PassingError(f"answers with HTTP {status}")
        lasting = status in {401, 403, 407}
        fault = NotAskedError(service.name, f"refuses the question (HTTP {status})", lasting=lasting)
        if lasting:
            lane.down = fault
        raise fault

    def _refused(self, service: Service, lane: _Lane, headers: Mapping[str, str]) -> Exception:
        """A refusal for too many requests: rest, or give up when it asks for more patience than there is."""
        wait = asked_wait(headers, datetime.now(UTC))
        if wait is not None and wait > self._manners.longest_wait:
            lane.down = NotAskedError(
                service.name, f"asks to be left alone for {wait:.0f} seconds (too many requests)", lasting=True
            )
            return lane.down
        pause = wait if wait is not None else lane.pace.gap
        lane.rests_until = max(lane.rests_until, asyncio.get_running_loop().time() + pause)
        return _PassingError("answers that there are too many requests", pause)

    def _take_pace(self, lane: _Lane, headers: Mapping[str, str]) -> None:
        told = told_pace(headers, lane.pace)
        if told != lane.pace:
            if told.gap != lane.pace.gap:
                lane.limiter = self._limiter(told)
            if told.at_once < lane.pace.at_once:
                lane.places = asyncio.Semaphore(told.at_once)
            lane.pace = told


def _headers(about: str) -> dict[str, str]:
    # Unpacked on arrival, a small answer could be a very large one; services send plain answers when asked to.
    return {"user-agent": about, "accept-encoding": "identity", "accept": "*/*"}


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the named host"
    except ValueError:
        return "the named host"


def _joined(name: str, url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise NotAskedError(name, "redirects to an address that is none") from error


def _request(client: httpx2.AsyncClient, service: Service, question: Question) -> httpx2.Request:
    url = f"{service.url}{question.path}"
    if question.form is not None:
        return client.build_request("POST", url, data={**question.form, **question.private})
    return client.build_request("GET", url, params={**question.parameters, **question.private} or None)


def _pinned(client: httpx2.AsyncClient, url: str, place: Place) -> httpx2.Request:
    """A request to the checked address, in the name of its host."""
    whole = httpx2.URL(url)
    host = whole.netloc.decode("ascii")
    to = whole.copy_with(host=place.address, port=place.port)
    return client.build_request("GET", to, headers={"host": host}, extensions={"sni_hostname": place.name})


async def _refusal(name: str, response: httpx2.Response, question: Question) -> NotAskedError:
    said = said_in_refusal(await _body(name, response, LARGEST_ANSWER), question.private.values())
    return NotAskedError(name, f"refuses the question (HTTP {response.status_code}{': ' if said else ''}{said})")


async def _body(name: str, response: httpx2.Response, most: int) -> bytes:
    told = response.headers.get("content-length", "")
    if told.isdigit() and int(told) > most:
        raise NotAskedError(name, f"answers with more than {most // 1_000_000} MB")
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > most:
            raise NotAskedError(name, f"answers with more than {most // 1_000_000} MB")
    return bytes(body)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    asked = error.wait if isinstance(error, _PassingError) else None
    return max(asked or 0.0, _BACKOFF(state))


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
