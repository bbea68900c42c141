"""No test reads the developer's settings, writes into the developer's home, or leaves this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Property tests state what always holds; how fast a busy machine draws examples is no part of that.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

LOCAL_NAMES = {"localhost", "", None}


class OutsideNetworkError(OSError):
    """A test tried to reach something other than this machine."""


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Deletes what a developer may have set, proxies too, and puts kept replies into the test's own folder."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "MECHSYN_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MECHSYN_HOME", str(tmp_path / "mechsyn-home"))


@pytest.fixture(autouse=True)
def outside_attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every attempt to leave the machine fails, and fails the test, unless the test expects it and clears the list."""
    attempts: list[str] = []

    def refused(host: object) -> OutsideNetworkError:
        attempts.append(host.decode() if isinstance(host, bytes) else str(host))
        return OutsideNetworkError(f"tests may not reach {host}")

    def guard(name: str, host_of: Callable[[tuple[Any, ...]], object]) -> None:
        owner = socket if name == "getaddrinfo" else socket.socket
        original = getattr(owner, name)

        def guarded(*arguments: Any, **named: Any) -> Any:
            host = host_of(arguments)
            if not is_local(host):
                raise refused(host)
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, guarded)

    guard("getaddrinfo", lambda arguments: arguments[0])
    for method in ("connect", "connect_ex"):
        guard(method, lambda arguments: _address_host(arguments[0], arguments[1]))
    yield attempts
    assert not attempts, f"the test tried to reach {attempts}"


def is_local(host: object) -> bool:
    """Whether a host is this machine: a loopback address, localhost, or none at all."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _address_host(sock: socket.socket, address: Any) -> object:
    return address[0] if sock.family in {socket.AF_INET, socket.AF_INET6} else None
