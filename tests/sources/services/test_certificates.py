"""A file is fetched from the address that was checked, and the certificate there must be for the name."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from pipeline.sources.services.asking import Asking, Manners
from pipeline.sources.services.faults import NotAskedError
from pipeline.sources.services.pace import Pace, Service

LOCAL = Service("Unpaywall", "http://127.0.0.1:9/v2", Pace(1000))


class Handler(BaseHTTPRequestHandler):
    """Answers with the Host header that it was given."""

    def do_GET(self) -> None:
        body = f"%PDF- for {self.headers['host']}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        del format, args


@contextmanager
def secure_server(authority: trustme.CA, name: str) -> Generator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this process trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


def fetched(url: str, manners: Manners) -> bytes:
    async def fetch() -> bytes:
        async with Asking(None, None, manners) as asking:
            return (await asking.fetch(url, LOCAL)).value

    return asyncio.run(fetch())


def test_the_certificate_is_that_of_the_name_though_the_address_is_connected_to(
    authority: trustme.CA, manners: Manners
) -> None:
    with secure_server(authority, "localhost") as port:
        assert fetched(f"https://localhost:{port}/a.pdf", manners) == f"%PDF- for localhost:{port}".encode()


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA) -> None:
    with (
        secure_server(authority, "papers.example") as port,
        pytest.raises(NotAskedError, match=r"cannot be reached .*[Cc]ertificate"),
    ):
        fetched(f"https://localhost:{port}/a.pdf", Manners(attempts=1))
