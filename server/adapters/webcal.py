"""Fetching a calendar from the address a person gives: over https, in bounds, and never from inside our own network."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp
from yarl import URL

from server.adapters.guarded import (
    MOST_CHARACTERS,
    AddressRefused,
    Allowed,
    Resolve,
    checked_addresses,
    checked_url,
    is_public,
    pinned_session,
    resolved,
    url_of,
)
from server.application.imports import CalendarRefused

MOST_BYTES = 2_000_000
MOST_REDIRECTS = 3
SECONDS = 10.0
ACCEPT = {"Accept": "text/calendar"}


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
    except AddressRefused:
        raise _refused() from None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        raise _unreachable() from None


async def _followed(url: URL, resolve: Resolve, allowed: Allowed, trust: ssl.SSLContext | None) -> bytes:
    for _ in range(1 + MOST_REDIRECTS):
        addresses = await checked_addresses(url, resolve, allowed)
        async with (
            pinned_session(addresses, trust, ACCEPT) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status not in (301, 302, 303, 307, 308):
                return await _body(answer)
            location = answer.headers.get("Location", "")
            if not location or len(location) > MOST_CHARACTERS:
                raise _unreachable()
            url = _checked(str(url.join(url_of(location))))
    raise _unreachable()


def _checked(text: str) -> URL:
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    if scheme.lower() == "webcal":
        # A scheme of calendar programs: https, with its port.
        text = "https" + colon + rest
    return checked_url(text)


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
