"""Asking servers that others name: only at public addresses, and only at those that were looked at.

A server that fetches what strangers name can be made to ask its neighbours. So a name is looked up once, every
address it has must be a public one, and the connection goes to exactly those addresses: a name that answers
differently the second time changes nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

MOST_CHARACTERS = 2_000
# A name in the letters of the wire, or an address; no scope, which is a network of this machine.
HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Allowed = Callable[[Address], bool]

# Beyond what `is_global` leaves out, which differs from one Python to the next: protocols, relays, documentation.
NOT_PUBLIC = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
PUBLIC_V6 = IPv6Network("2000::/3")
NOT_PUBLIC_V6 = (IPv6Network("2001::/23"), IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether that address is anybody's on the internet; of one that carries an IPv4 address, whether that is."""
    if isinstance(address, IPv4Address):
        inner = any(address in network for network in NOT_PUBLIC)
        return address.is_global and not (inner or address.is_multicast or address.is_reserved)
    if address.scope_id is not None:
        return False
    carried = address.ipv4_mapped or address.sixtofour
    if address in NAT64:
        carried = IPv4Address(address.packed[-4:])
    if carried is not None:
        return is_public(carried)
    return address in PUBLIC_V6 and address.is_global and not any(address in network for network in NOT_PUBLIC_V6)


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses the system knows for a name. Raises `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for _, _, _, _, sockaddr in found]


class AddressRefused(Exception):
    """This address is not one that we ask."""


def url_of(text: str) -> URL:
    """As it was written, where it can be sent so: some addresses are signed, and end with the least change.

    Raises `ValueError`."""
    return URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)


def checked_url(text: str) -> URL:
    """An https address without a password. Raises `AddressRefused`."""
    if len(text) > MOST_CHARACTERS:
        raise AddressRefused
    try:
        url = url_of(text)
        # A password would be ours to keep then, and a redirect's is somebody else's.
        bare = url.user is None and url.password is None
        if url.scheme == "https" and url.port and bare and HOST.fullmatch(url.raw_host or ""):
            return url.with_fragment(None)
    except ValueError:
        pass
    raise AddressRefused


async def checked_addresses(url: URL, resolve: Resolve, allowed: Allowed) -> list[Address]:
    """Every address of the URL's host, all of them allowed. Raises `AddressRefused`, or `OSError` where it has none."""
    host = url.raw_host or ""
    try:
        found = [ip_address(host)]
    except ValueError:
        found = [ip_address(text) for text in await resolve(host, url.port or 443)]
    if not found:
        raise OSError("a name without an address")
    if not all(map(allowed, found)):
        raise AddressRefused
    return list(dict.fromkeys(found))


class _Pinned(AbstractResolver):
    """Answers with the addresses that were checked, whatever the name says by now."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        return None


def pinned_session(
    addresses: Sequence[Address], trust: ssl.SSLContext | None, headers: Mapping[str, str]
) -> aiohttp.ClientSession:
    """Connects to these addresses whatever is asked for. No cookies, credentials or proxies, and nothing is unpacked:
    unpacked, two megabytes may be two gigabytes. `trust` replaces the system's certificates."""

    def open_socket(info: tuple[Any, ...]) -> socket.socket:
        # The last look, at the connection itself: it holds whichever way the library came by the address.
        family, kind, protocol, _, sockaddr = info
        if ip_address(sockaddr[0]) not in addresses:
            raise OSError("not an address that was checked")
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        resolver=_Pinned(addresses),
        use_dns_cache=False,
        force_close=True,
        ssl=trust if trust is not None else True,
        socket_factory=open_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"Accept-Encoding": "identity", "User-Agent": "Dyad", **headers},
    )
