"""What the contract suites speak of: a store of all ports, and short ways to write its entries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from server.application.audit import Chain
from server.application.chart import Chart
from server.application.dead_letters import DeadLetters
from server.application.hooks import Endpoints
from server.application.ports import (
    Append,
    Appointment,
    Bookings,
    Directory,
    Heartbeat,
    HeldSlot,
    LinkGrant,
    Links,
    Outbox,
    OutboxDraft,
    Policies,
    Record,
    StoredEvent,
)
from server.application.reads import Reads
from server.application.whereabouts import KeptWhereabouts

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Store(
    Record,
    Chain,
    Reads,
    Outbox,
    DeadLetters,
    Endpoints,
    Directory,
    Links,
    Bookings,
    Policies,
    Chart,
    KeptWhereabouts,
    Heartbeat,
    Protocol,
):
    async def close(self) -> None: ...


class Wall:
    """Real time, as a test wants it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def event(seq: int, body: str = "{}", cmd: str | None = None) -> StoredEvent:
    return StoredEvent(seq, NOW + timedelta(microseconds=seq), "noted", body, cmd)


def entry(
    session: str,
    expected: int = 0,
    *,
    count: int = 1,
    deadline: datetime | None = None,
    drafts: Sequence[OutboxDraft] = (),
    body: str = "{}",
) -> Append:
    events = tuple(event(expected + n, body, "cmd" if n == 1 else None) for n in range(1, count + 1))
    return Append(session, expected, events, deadline, tuple(drafts))


def draft(id: str, not_before: datetime = NOW) -> OutboxDraft:
    return OutboxDraft(id, "mail", '{"to": "p1"}', not_before)


def slot(minutes: float = 0, index: int = 0, length: int = 50) -> HeldSlot:
    return HeldSlot(index, after(minutes), length)


def appointment(id: str, minutes: float = 0, *, partners: tuple[str, str] = ("p1", "p2")) -> Appointment:
    people = {"therapist": "t", "a": partners[0], "b": partners[1]}
    return Appointment(id, f"{id}@dyad", 0, after(minutes), 50, "booked", people, '{"kind": "couple"}')


def grant(token_hash: str, session: str | None = "s1", participant: str = "a") -> LinkGrant:
    return LinkGrant(token_hash, "p1", session, participant, "session", NOW, after(60))


async def outcomes(calls: Sequence[Awaitable[object]]) -> list[object]:
    """What each of the calls, all made at once, returned or raised."""
    return await asyncio.gather(*calls, return_exceptions=True)
