"""The Batch API of an endpoint: upload, create, look, download, cancel; import it only to go there.

Promises: before a batch is created a second time, the endpoint's own list is searched for it, so that no job is paid
for twice; transport errors, 408, 409, 429 and >= 500 are asked again, as late as the server wishes; looking never gives
a job up; files are streamed, never whole in memory; the key stands in no message. Knows no job book and no ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, TypeVar

import httpx2
import openai
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipeline.completion import MALFORMED, one_line
from pipeline.errors import ReplyFileError, SetupError
from pipeline.replies.access import Access, base_url_of, key_of, without_credentials
from pipeline.replies.client import client_of, said, transport_fault
from pipeline.replies.faults import CERTIFICATE, QUOTA, FaultError
from pipeline.replies.lines import parsed
from pipeline.settings import Settings
from pipeline.waiting import asked_wait
from pipeline.whole_files import replacing
from schemas.batch import METADATA_KEY, BatchJob, BatchPage, BatchStanding, UploadedFile

LARGEST_OUTPUT = 2 * 2**30
"""Bytes of one downloaded file: 50,000 answers of 40 KB."""

_SETTLING_SECONDS = 5.0
"""How long a new batch may take to appear in the endpoint's list."""

_MOST_PAGES = 10_000
_PASSING = frozenset({408, 409, 429})
_AGAIN = "run the same command again to go on"
T = TypeVar("T")
Received = TypeVar("Received", bound=BaseModel)


class BatchEndpoint:
    """An endpoint's Batch API as an async context manager. SetupError when made without key or a usable address, and
    from every method when the endpoint refuses or cannot be reached after `attempts`. `sleep` is for tests.
    """

    def __init__(self, settings: Settings, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._settings = settings
        self._access = Access(key_of(settings), base_url_of(settings), settings.model or "")
        self._client = client_of(settings, self._access)
        self.address = without_credentials(str(self._client.base_url))
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def upload(self, job: BatchJob, path: Path) -> str:
        """Upload a job's input; the id that the endpoint gives it."""

        async def call() -> str:
            with _reading(path) as stream:
                file = (f"{job.id}.jsonl", stream, "application/jsonl")
                raw = await self._client.files.with_raw_response.create(file=file, purpose="batch")
            return _received(UploadedFile, raw.content).id

        return await self._insist(f"the questions of job {job.id} cannot be uploaded", call)

    async def created(self, job: BatchJob, *, untried: bool) -> BatchStanding:
        """The batch of an uploaded job: the one that the endpoint has already, else a new one.

        `untried` says that nobody can have created it yet; after any attempt the endpoint's list decides.
        """

        async def call() -> BatchStanding:
            nonlocal untried
            if not untried:
                await self._sleep(_SETTLING_SECONDS)
                found = await self._found(job)
                if found is not None:
                    return found
            untried = False
            raw = await self._client.batches.with_raw_response.create(
                completion_window="24h",
                endpoint="/v1/chat/completions",
                input_file_id=job.file_id or "",
                metadata={METADATA_KEY: job.id},
            )
            return _received(BatchStanding, raw.content)

        return await self._insist(f"the batch of job {job.id} cannot be created", call)

    async def standing(self, job: BatchJob) -> BatchStanding:
        """How the job's batch stands, asked once. FaultError when that cannot be told now and may be later; SetupError
        when the endpoint refuses to say, which does not end the job."""

        async def call() -> BatchStanding:
            raw = await self._client.batches.with_raw_response.retrieve(job.batch_id or "")
            return _received(BatchStanding, raw.content)

        try:
            return await self._once(call)
        except FaultError as fault:
            if fault.again:
                raise
            raise SetupError(
                f"{self.address} does not tell of batch {job.batch_id} ({fault.message}); use the account and the "
                f"address that made it, or give it up with 'mechsyn batches cancel {job.id}'"
            ) from fault

    async def download(self, job: BatchJob, file_id: str, path: Path) -> None:
        """Stream one of the job's result files to `path`, which is there whole or not at all."""

        async def call() -> None:
            async with self._client.files.with_streaming_response.content(file_id) as response:
                with _whole(path) as stream:
                    async for piece in response.iter_bytes():
                        stream.write(piece)

        lost = f"file {file_id} of job {job.id} cannot be fetched (give the job up: 'mechsyn batches cancel {job.id}')"
        await self._insist(lost, call)

    async def cancel(self, job: BatchJob) -> BatchStanding | None:
        """Ask the endpoint to cancel the job's batch; how it stands then, which may be its end, when that came first.
        None when the endpoint does not know it."""

        async def call() -> BatchStanding:
            raw = await self._client.batches.with_raw_response.cancel(job.batch_id or "")
            return _received(BatchStanding, raw.content)

        try:
            return await self._insist(f"job {job.id} cannot be cancelled", call)
        except SetupError as error:
            code = error.__cause__.code if isinstance(error.__cause__, FaultError) else ""
            if code == "http_404":
                return None
            if code in {"http_400", "http_409"}:
                return await self.standing(job)
            raise

    async def found(self, job: BatchJob) -> BatchStanding | None:
        """The job's batch in the endpoint's list, for a job of which it is unknown whether it was created."""
        return await self._insist(f"the batches cannot be listed to look for job {job.id}", lambda: self._found(job))

    async def _found(self, job: BatchJob) -> BatchStanding | None:
        after: str | None = None
        for _ in range(_MOST_PAGES):
            listing = self._client.batches.with_raw_response
            raw = await (listing.list(limit=100) if after is None else listing.list(limit=100, after=after))
            page = _received(BatchPage, raw.content)
            of_job = next((standing for standing in page.data if standing.is_of(job)), None)
            if of_job is not None:
                return of_job
            if not page.has_more or not page.data or page.data[-1].id == after:
                return None
            after = page.data[-1].id
        raise FaultError(MALFORMED, "its list of batches does not end")

    async def _insist(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        retrying = AsyncRetrying(
            sleep=self._sleep,
            stop=stop_after_attempt(self._settings.attempts),
            wait=self._wait,
            retry=retry_if_exception(lambda error: isinstance(error, FaultError) and error.again),
            reraise=True,
        )
        try:
            return await retrying(self._once, call)
        except FaultError as fault:
            raise SetupError(f"{self.address}: {what}: {fault.message}; {_AGAIN}") from fault

    async def _once(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await call()
        except openai.APIStatusError as error:
            raise self._status_fault(error) from error
        except (openai.APIConnectionError, httpx2.HTTPError, TimeoutError) as error:
            code, reason = transport_fault(error)
            raise FaultError(code, self._access.safe(reason), again=code != CERTIFICATE) from error

    def _status_fault(self, error: openai.APIStatusError) -> Exception:
        status, message = error.status_code, self._access.safe(said(error))
        if status in {401, 403}:
            return SetupError(
                f"{self.address} refuses the key ({message}); set OPENAI_API_KEY to a key that may use batches"
            )
        if status == 429 and QUOTA in (error.code, error.type):
            return SetupError(f"{self.address}: the account has no quota left ({message}); add credit, then {_AGAIN}")
        again = status in _PASSING or status >= 500
        wait = asked_wait(error.response.headers, datetime.now(UTC)) if again else None
        return FaultError(f"http_{status}", message, again=again, wait=wait)

    def _wait(self, state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome is not None else None
        if isinstance(fault, FaultError) and fault.wait is not None:
            return min(fault.wait, self._settings.longest_wait_seconds)
        return wait_random_exponential(multiplier=1, max=min(30.0, self._settings.longest_wait_seconds))(state)


def _received(kind: type[Received], content: bytes) -> Received:
    try:
        return kind.model_validate(parsed(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FaultError(MALFORMED, f"not what the Batch API sends ({place}: {first['msg']})", again=True) from error
    except ValueError as error:
        raise FaultError(MALFORMED, f"no JSON ({one_line(str(error))})", again=True) from error


def _reading(path: Path) -> BinaryIO:
    """A job's input; ReplyFileError when it cannot be opened."""
    try:
        return path.open("rb")
    except OSError as error:
        raise ReplyFileError(f"{path}: cannot be read ({error.strerror or error}); make it readable") from error


@contextmanager
def _whole(path: Path) -> Generator[_Bounded]:
    """A file that is at `path` once the block has ended well, and nowhere if it has not. ReplyFileError when it grows
    beyond every bound or cannot be written."""
    try:
        with replacing(path) as stream:
            yield _Bounded(stream, path)
    except OSError as error:
        raise ReplyFileError(f"{path}: cannot be written ({error.strerror or error}); make room, {_AGAIN}") from error


class _Bounded:
    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream = stream
        self._path = path
        self._written = 0

    def write(self, piece: bytes) -> None:
        self._written += len(piece)
        if self._written > LARGEST_OUTPUT:
            raise ReplyFileError(
                f"{self._path}: the endpoint sends more than {LARGEST_OUTPUT // 2**30} GB; give the job up with "
                f"'mechsyn batches cancel {self._path.parent.name}'"
            )
        self._stream.write(piece)
