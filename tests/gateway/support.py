"""A hub over memory, and the order of what it does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.application.dispatcher import Dispatcher
from server.application.policies import PolicyBook
from server.domain.session import commands as c
from signaling.gateway.hub import Hub
from signaling.gateway.relay import Relay
from signaling.gateway.seats import Seat
from tests.domain.session.story import COUPLE


async def seated(hub: Hub, dispatcher: Dispatcher, *keys: str) -> dict[str, Seat]:
    """These people of one planned session, connected and shown their views; partners wait."""
    await dispatcher.submit("s1", c.PlanSession(COUPLE))
    seats = {}
    for key in keys:
        session = (await dispatcher.submit("s1", c.Connect(key, 1))).session
        seat = seats[key] = Seat("s1", key, 1, f"sid-{key}")
        await hub.seat(seat, session)
        await hub.offer(seat)
        if key != "therapist":
            await dispatcher.submit("s1", c.Arrive(key))
        hub.snapshot(seat, await dispatcher.session("s1"))
    return seats


class Media:
    """Notes the order of what it is asked for; media itself is shown in tests/media."""

    def __init__(self, order: list[str]) -> None:
        self._order = order

    async def offer(self, peer: str, slots: int) -> str:
        return "v=0"

    async def answer(self, peer: str, sdp: str) -> None: ...

    async def place(self, peer: str, room: str | None) -> None:
        self._order.append(f"place {peer} {room}")

    async def close(self, peer: str) -> None:
        self._order.append(f"close {peer}")

    def subscribe(self, listener: Any) -> None: ...


def hub_of(order: list[str], told: list[tuple[str, str, Any]] | None = None) -> tuple[Hub, Dispatcher]:
    """`told` gets what was sent to whom: (connection, event, data)."""

    async def emit(sid: str, event: str, body: dict[str, Any]) -> None:
        order.append(f"{event} {sid}")
        if told is not None:
            told.append((sid, event, body["data"]))

    async def kick(sid: str, event: str, body: dict[str, Any]) -> None:
        order.append(f"kick {sid}")

    clock = SystemClock(start=datetime(2026, 3, 2, 14, 58, tzinfo=UTC))
    dispatcher = Dispatcher(store := MemoryStore(), JsonCodec(), clock, PolicyBook(store, read_policy))
    return Hub(dispatcher, clock, Media(order), emit, kick, Relay()), dispatcher
