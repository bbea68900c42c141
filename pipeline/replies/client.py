"""Makes the client of an endpoint, and reads what went wrong with it; import it only to go live.

Promises: the client never retries, never follows a redirect (a redirected POST would lose its body, or take study text
elsewhere) and never logs what it sends, whatever OPENAI_LOG says. An Azure resource is spoken to in Azure's way.
"""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import aiohttp
import httpx2
import openai

from pipeline.completion import error_message, one_line
from pipeline.replies.access import Access
from pipeline.replies.faults import CERTIFICATE, DROPPED, TIMEOUT, UNREACHABLE

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from schemas.wire import Body

_AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com")
_LONGEST_CHAIN = 8


def client_of(
    settings: Settings, access: Access, *, transport: httpx2.AsyncBaseTransport | None = None
) -> openai.AsyncOpenAI:
    """The client for `settings`; `transport` is for tests. The aiohttp transport takes half the CPU of the default."""
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    timeout = httpx2.Timeout(settings.timeout_seconds, connect=min(10.0, settings.timeout_seconds))
    limits = httpx2.Limits(max_connections=settings.in_flight, max_keepalive_connections=settings.in_flight)
    if transport is None:
        http: httpx2.AsyncClient = openai.DefaultAioHttpClient(timeout=timeout, limits=limits, follow_redirects=False)
    else:
        http = openai.DefaultAsyncHttpx2Client(transport=transport, timeout=timeout, follow_redirects=False)
    if settings.azure_api_version is not None and access.base_url is not None and is_azure(access.base_url):
        return openai.AsyncAzureOpenAI(
            api_key=access.key,
            azure_endpoint=access.base_url,
            api_version=settings.azure_api_version,
            max_retries=0,
            http_client=http,
        )
    return openai.AsyncOpenAI(api_key=access.key, base_url=access.base_url, max_retries=0, http_client=http)


def is_azure(base_url: str) -> bool:
    """Whether an address is that of an Azure resource whose API is versioned (the v1 API of Azure is not: it is spoken
    to like any other endpoint)."""
    parts = urlsplit(base_url)
    return (parts.hostname or "").endswith(_AZURE_HOSTS) and not parts.path.rstrip("/").endswith("/v1")


def said(error: openai.APIStatusError) -> str:
    """The server's own words; the client hands on the inner object of {"error": {...}}, or the text of a page."""
    body = cast("object", error.body)
    return error_message(cast("Body", body) if isinstance(body, dict) else {"message": body})


def transport_fault(error: BaseException) -> tuple[str, str]:
    """Why there is no answer, as a code and in words: no connection, none to be trusted, none in time, a broken one.

    The aiohttp transport reports some broken connections as timeouts, so the error at the root decides.
    """
    chain = _chain(error)
    invalid = [e for e in chain if isinstance(e, ssl.SSLCertVerificationError)]
    if invalid:
        # aiohttp's own error is one of these, but only the one at the root knows what is wrong.
        return CERTIFICATE, getattr(invalid[-1], "verify_message", None) or _reason(chain, ssl.SSLCertVerificationError)
    if any(isinstance(e, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError) for e in chain):
        return UNREACHABLE, _reason(chain, aiohttp.ClientConnectionError)
    if any(isinstance(e, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError) for e in chain):
        return DROPPED, _reason(chain, aiohttp.ClientConnectionError)
    if any(isinstance(e, httpx2.ConnectError | httpx2.ConnectTimeout) for e in chain):
        return UNREACHABLE, _reason(chain, httpx2.TransportError)
    if any(isinstance(e, openai.APITimeoutError | TimeoutError) for e in chain):
        return TIMEOUT, "no answer in time"
    return DROPPED, _reason(chain, Exception)


def _reason(chain: list[BaseException], kind: type[BaseException]) -> str:
    """The words of the innermost error of that kind."""
    found = [e for e in chain if isinstance(e, kind)]
    return one_line(str(found[-1])) or type(found[-1]).__name__


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < _LONGEST_CHAIN:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found
