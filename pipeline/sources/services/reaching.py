"""Which addresses may be asked: a link that a service or a redirect names is not to be trusted.

Promises that a public host never leads to a private address: the addresses behind a name are looked up once, each is
checked, and the one that was checked is the one connected to, so that a name cannot mean another address a moment
later. https only; http is for loopback, where a loopback service names it (tests and local mirrors).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_URL = 4000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Lookup = Callable[[str, int], Awaitable[list[str]]]


class UnreachableError(Exception):
    """An address that is not asked, and why, as a clause without a subject."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect: a checked address, and the name that certificate and Host header are for."""

    address: str
    name: str
    port: int


async def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a host name; OSError when it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_loopback(url: str) -> bool:
    """Whether the host of an address is this machine by its very name."""
    host = _host_of(url)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def place_of(url: str, named_by: str, lookup: Lookup = looked_up) -> Place:
    """Where to connect for `url`, which the service at `named_by` gave. UnreachableError for what is not asked."""
    if len(url) > LONGEST_URL or any(c.isspace() or not c.isprintable() for c in url):
        raise UnreachableError("gives an address that is none")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").casefold(), parts.port
    except ValueError as error:
        raise UnreachableError("gives an address that is none") from error
    local = is_loopback(named_by) and is_loopback(url)
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise UnreachableError(f"leads to an address that is not https ({parts.scheme or 'none'})")
    if not host or parts.username is not None or parts.password is not None:
        raise UnreachableError("gives an address without a host or with a password in it")
    at = port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = [host] if _is_address(host) else await lookup(host, at)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"leads to {host}, which cannot be found") from error
    if not addresses or not all(_may_be_asked(address, local=local) for address in addresses):
        raise UnreachableError(f"leads to {host}, which is no public address")
    return Place(addresses[0], host, at)


def _may_be_asked(address: str, *, local: bool) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    plain = _carried(found) if isinstance(found, ipaddress.IPv6Address) else found
    if local:
        return plain.is_loopback
    return plain.is_global and not plain.is_multicast


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _carried(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address stands for, through whatever translation, or itself."""
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else found)


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""
