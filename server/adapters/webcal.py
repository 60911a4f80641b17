"""Fetching a calendar from the address a person gives: over https, in bounds, and never from inside our own network.

A server that fetches what strangers name can be made to ask its neighbours. So a name is looked up once, every
address it has must be a public one, and the connection goes to exactly those addresses: a name that answers
differently the second time changes nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from server.application.imports import CalendarRefused

MOST_BYTES = 2_000_000
MOST_REDIRECTS = 3
MOST_CHARACTERS = 2_000
SECONDS = 10.0
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


async def fetch(
    url: str,
    *,
    resolve: Resolve = resolved,
    allowed: Allowed = is_public,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> bytes:
    """The file at an https:// or webcal:// address, at most 2 MB of it, within `seconds` in all.

    At most three redirects are followed, each checked like the first address. No cookies, credentials or proxies.
    Raises `CalendarRefused`: `address_refused`, `calendar_unreachable` or `calendar_too_large`. The address is in no
    message and no cause, as it is often the calendar's only secret. `trust` replaces the system's certificates.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _followed(_checked(url), resolve, allowed, trust)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        raise _unreachable() from None


async def _followed(url: URL, resolve: Resolve, allowed: Allowed, trust: ssl.SSLContext | None) -> bytes:
    for _ in range(1 + MOST_REDIRECTS):
        addresses = await _addresses(url, resolve, allowed)
        async with _session(addresses, trust) as session, session.get(url, allow_redirects=False) as answer:
            if answer.status not in (301, 302, 303, 307, 308):
                return await _body(answer)
            location = answer.headers.get("Location", "")
            if not location or len(location) > MOST_CHARACTERS:
                raise _unreachable()
            url = _checked(str(url.join(_url(location))))
    raise _unreachable()


def _url(text: str) -> URL:
    """As it was written, where it can be sent so: some addresses are signed, and end with the least change."""
    return URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)


def _checked(text: str) -> URL:
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        raise _refused()
    scheme, colon, rest = text.partition(":")
    if scheme.lower() == "webcal":
        # A scheme of calendar programs: https, with its port.
        text = "https" + colon + rest
    try:
        url = _url(text)
        # A password would be ours to keep then, and a redirect's is somebody else's.
        bare = url.user is None and url.password is None
        if url.scheme == "https" and url.port and bare and HOST.fullmatch(url.raw_host or ""):
            return url.with_fragment(None)
    except ValueError:
        pass
    raise _refused()


async def _addresses(url: URL, resolve: Resolve, allowed: Allowed) -> list[Address]:
    """Every address of the URL's host, all of them allowed."""
    host = url.raw_host or ""
    try:
        found = [ip_address(host)]
    except ValueError:
        found = [ip_address(text) for text in await resolve(host, url.port or 443)]
    if not found:
        raise _unreachable()
    if not all(map(allowed, found)):
        raise _refused()
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


def _session(addresses: Sequence[Address], trust: ssl.SSLContext | None) -> aiohttp.ClientSession:
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
        # Unpacked, two megabytes may be two gigabytes.
        headers={"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Dyad"},
    )


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status != 200 or answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _unreachable()
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise CalendarRefused("calendar_too_large", "The calendar at this address is too large.")
    return bytes(body)


def _refused() -> CalendarRefused:
    return CalendarRefused(
        "address_refused",
        "This address can't be used. Give the public https address of a calendar, without a password.",
    )


def _unreachable() -> CalendarRefused:
    return CalendarRefused("calendar_unreachable", "No calendar could be fetched from this address.")
