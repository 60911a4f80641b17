"""Webhooks: what happened to a session, told to the addresses that the administrator gave.

One row of the session's outbox becomes a row for each endpoint, in that endpoint's own queue: endpoints get their
messages in order, and one that doesn't answer holds up nobody but itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from server.application.ports import Clock, Codec, NotSent, Outbox, OutboxDraft, OutboxRow
from server.domain.session.effects import Announce, CallHook

MOST = 20  # endpoints


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to call, and the secret that signs what it is told; a disabled one is told nothing more."""

    id: str
    url: str
    secret: str
    added_at: datetime
    disabled: str | None = None  # why


@dataclass(frozen=True, slots=True)
class HookMessage:
    """`id` is the same on every try; `at` is when it happened."""

    id: str
    type: str
    session: str
    at: datetime


class EndpointUnfit(Exception):
    """This address can't be called; the message says why. Nothing was changed."""


class EndpointGone(Exception):
    """The endpoint answered that it wants no more."""


class Endpoints(Protocol):
    async def put_endpoint(self, endpoint: Endpoint) -> None:
        """Insert or replace."""

    async def endpoints(self) -> list[Endpoint]:
        """All of them, by when they were added."""

    async def remove_endpoint(self, id: str) -> bool:
        """False where there is none."""


class HookSender(Protocol):
    async def check(self, url: str) -> None:
        """Raises `EndpointUnfit`."""

    async def send(self, endpoint: Endpoint, message: HookMessage) -> None:
        """Raises `NotSent` or `EndpointGone`."""


class Hooks:
    """What the outbox does for webhooks."""

    def __init__(self, endpoints: Endpoints, outbox: Outbox, sender: HookSender, codec: Codec, clock: Clock) -> None:
        self._endpoints, self._outbox, self._sender = endpoints, outbox, sender
        self._codec, self._clock = codec, clock

    async def announce(self, row: OutboxRow, effect: Announce) -> None:
        """A row for each endpoint. Again: the same rows."""
        now = self._clock.now()
        for endpoint in await self._endpoints.endpoints():
            if endpoint.disabled is None:
                kind, body = self._codec.encode(CallHook(endpoint.id, effect.what, row.session, now))
                await self._outbox.post(queue_of(endpoint.id), OutboxDraft(f"{row.id}-{endpoint.id}", kind, body, now))

    async def call(self, row: OutboxRow, effect: CallHook) -> None:
        """Raises `NotSent`; for good where the endpoint is gone, which disables it."""
        known = {endpoint.id: endpoint for endpoint in await self._endpoints.endpoints()}
        endpoint = known.get(effect.endpoint)
        if endpoint is None or endpoint.disabled is not None:
            raise NotSent("the endpoint was removed or is off", again=False)
        try:
            await self._sender.send(endpoint, HookMessage(row.id, effect.what, effect.session, effect.at))
        except EndpointGone:
            await self._endpoints.put_endpoint(replace(endpoint, disabled="answered 410 Gone"))
            raise NotSent("the endpoint answered 410 Gone and is off now", again=False) from None


class HookDesk:
    """The administrator's side."""

    def __init__(
        self,
        endpoints: Endpoints,
        sender: HookSender,
        clock: Clock,
        new_id: Callable[[], str],
        new_secret: Callable[[], str],
    ) -> None:
        self._endpoints, self._sender, self._clock = endpoints, sender, clock
        self._new_id, self._new_secret = new_id, new_secret

    async def add(self, url: str) -> Endpoint:
        """An endpoint with a secret of its own, which is shown this once. Raises `EndpointUnfit`."""
        if len(await self._endpoints.endpoints()) >= MOST:
            raise EndpointUnfit(f"There are {MOST} endpoints already. Remove one first.")
        await self._sender.check(url)
        endpoint = Endpoint(self._new_id(), url, self._new_secret(), self._clock.now())
        await self._endpoints.put_endpoint(endpoint)
        return endpoint

    async def all(self) -> list[Endpoint]:
        return await self._endpoints.endpoints()

    async def remove(self, id: str) -> bool:
        return await self._endpoints.remove_endpoint(id)


def queue_of(endpoint: str) -> str:
    return f"webhook/{endpoint}"
