"""Addresses that others name: https, public, looked up once; this machine only for services on this machine."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.sources.services.reaching import Lookup, Place, UnreachableError, is_loopback, place_of

SERVICE = "https://service.example/v2"


def at(*addresses: str) -> Lookup:
    async def lookup(host: str, port: int) -> list[str]:
        return list(addresses)

    return lookup


def placed(url: str, lookup: Lookup, named_by: str = SERVICE) -> Place:
    return asyncio.run(place_of(url, named_by, lookup))


def refused(url: str, lookup: Lookup, named_by: str = SERVICE) -> str:
    with pytest.raises(UnreachableError) as caught:
        placed(url, lookup, named_by)
    return str(caught.value)


def test_a_public_host_is_connected_to_at_the_address_that_was_checked() -> None:
    assert placed("https://papers.example/a.pdf", at("93.184.216.34")) == Place("93.184.216.34", "papers.example", 443)
    assert placed("https://papers.example:8443/a.pdf", at("2606:4700::1")).port == 8443


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::", "nonsense"],
)  # fmt: skip
def test_a_public_host_never_leads_to_a_private_address(address: str) -> None:
    assert "no public address" in refused("https://papers.example/a.pdf", at(address))


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    assert "no public address" in refused("https://papers.example/a.pdf", at("93.184.216.34", "10.0.0.1"))


@pytest.mark.parametrize(
    "url", ["http://papers.example/a.pdf", "ftp://papers.example/a", "file:///etc/passwd", "a.pdf"]
)
def test_only_https_is_asked(url: str) -> None:
    assert "not https" in refused(url, at("93.184.216.34"))


@pytest.mark.parametrize(
    "url", ["https://user:word@papers.example/", "https:///nothing", "https://papers.example/a b", "https://[::1/x"]
)
def test_malformed_addresses_and_those_with_a_password_are_refused(url: str) -> None:
    assert "address" in refused(url, at("93.184.216.34"))


def test_loopback_is_for_services_on_loopback_and_http_with_it() -> None:
    local = "http://127.0.0.1:9/v2"
    assert placed("http://127.0.0.1:81/a.pdf", at("127.0.0.1"), local).port == 81
    assert "not https" in refused("http://127.0.0.1:81/a.pdf", at("127.0.0.1"))
    assert "no public address" in refused("https://127.0.0.1/a.pdf", at("127.0.0.1"))
    # A name that only resolves to this machine is not this machine by name.
    assert "no public address" in refused("https://rebound.example/a.pdf", at("127.0.0.1"), local)


def test_a_host_that_is_not_found_is_named() -> None:
    async def lost(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    assert "papers.example, which cannot be found" in refused("https://papers.example/", lost)


def test_loopback_is_known_by_name_and_number() -> None:
    assert is_loopback("http://localhost:3/")
    assert is_loopback("http://[::1]/")
    assert not is_loopback("http://localhost.example/")
    assert not is_loopback("http://[bad")
