"""Calling an endpoint by Standard Webhooks: signed, thin, and never inside our own network."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import aiohttp
from standardwebhooks.webhooks import Webhook

from server.adapters.guarded import (
    AddressRefused,
    Allowed,
    Resolve,
    checked_addresses,
    checked_url,
    is_public,
    pinned_session,
    resolved,
)
from server.application.hooks import Endpoint, EndpointGone, EndpointUnfit, HookMessage
from server.application.ports import NotSent

SECONDS = 15.0  # of real time for one call, all of it
GONE = 410


def _wall() -> datetime:
    return datetime.now(UTC)


class StandardWebhooks:
    """What is not one of the arguments' own business holds always: https, no redirect, no password, no proxy, and a
    connection to no address but the one that was looked at. The answer's body is not read."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolved,
        allowed: Allowed = is_public,
        trust: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
        wall: Callable[[], datetime] = _wall,
    ) -> None:
        self._resolve, self._allowed, self._trust = resolve, allowed, trust
        self._seconds, self._wall = seconds, wall

    async def check(self, url: str) -> None:
        """Raises `EndpointUnfit` for an address that would never be called."""
        try:
            async with asyncio.timeout(self._seconds):
                await checked_addresses(checked_url(url), self._resolve, self._allowed)
        except AddressRefused:
            raise EndpointUnfit("Give a public https address, without a password.") from None
        except (OSError, TimeoutError, ValueError):
            raise EndpointUnfit("This address can't be found.") from None

    async def send(self, endpoint: Endpoint, message: HookMessage) -> None:
        """Raises `NotSent`, or `EndpointGone` where the other side wants no more. No address is in their words."""
        body, at = _body(message), self._wall()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(endpoint.secret).sign(message.id, at, body),
        }
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._post(endpoint.url, body, headers)
        except AddressRefused:
            raise NotSent("not a public address", again=True) from None
        except TimeoutError:
            raise NotSent("no answer in time", again=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise NotSent(f"no connection ({type(fault).__name__})", again=True) from None
        if status == GONE:
            raise EndpointGone
        if not 200 <= status < 300:
            raise NotSent(f"answered {status}", again=True)

    async def _post(self, url: str, body: str, headers: dict[str, str]) -> int:
        where = checked_url(url)
        addresses = await checked_addresses(where, self._resolve, self._allowed)
        async with (
            pinned_session(addresses, self._trust, headers) as session,
            session.post(where, data=body.encode(), allow_redirects=False) as answer,
        ):
            return answer.status


def _body(message: HookMessage) -> str:
    """Nothing of a person: whoever may know more asks for the session."""
    said = {
        "type": message.type,
        "id": message.id,
        "timestamp": message.at.isoformat().replace("+00:00", "Z"),
        "data": {"session": message.session},
    }
    return json.dumps(said, separators=(",", ":"))
