"""The services on loopback for every test here, and a client in a hurry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.settings import Settings
from pipeline.sources.services.asking import Manners
from tests.loopback_services.library import EVERYTHING
from tests.loopback_services.server import ServicesServer


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServicesServer]:
    with ServicesServer(EVERYTHING) as server:
        for name, value in server.settings().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def settings(services: ServicesServer) -> Settings:
    return Settings()


@pytest.fixture
def polite(services: ServicesServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a contact address and a key."""
    monkeypatch.setenv("MECHSYN_CONTACT", "editor@loopback.example")
    monkeypatch.setenv("MECHSYN_NCBI_API_KEY", "secret-key-0123456789abcdef")
    return Settings()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the client would have waited."""
    return []


@pytest.fixture
def manners(waits: list[float]) -> Manners:
    async def noted(seconds: float) -> None:
        waits.append(seconds)

    return Manners(attempts=3, longest_wait=10.0, answer_seconds=5.0, slower=0.001, sleep=noted)
