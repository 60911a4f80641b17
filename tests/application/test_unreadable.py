"""What a newer version wrote is left to it: nobody else waits, and nothing ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from inspect import signature
from typing import Any

import pytest

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.application.dead_letters import Undelivered
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.pauses import OTHER
from server.application.policies import PolicyBook
from server.application.ports import Append, OutboxDraft, StoredEvent
from server.application.timekeeper import BATCH, Timekeeper
from server.domain.session.commands import PlanSession
from server.domain.session.events import Decided
from tests.domain.session.story import COUPLE
from tests.service.support import eventually

pytestmark = pytest.mark.asyncio


async def test_sessions_that_cannot_be_read_keep_no_other_waiting() -> None:
    store, clock = MemoryStore(), SystemClock()
    dispatcher = Dispatcher(store, JsonCodec(), clock, PolicyBook(store, read_policy))
    unread: list[int] = []
    dispatcher.watch.unreadable = lambda: unread.append(1)  # type: ignore[method-assign]
    due = clock.now()
    for n in range(BATCH + 1):  # more than are taken at once, and due before the one that can be read
        line = StoredEvent(1, due, "FromTheFuture", '{"name": "somebody"}', None)
        await store.append(Append(f"future{n}", 0, (line,), due - timedelta(seconds=1), ()))
    await dispatcher.submit("fine", PlanSession(replace(COUPLE, starts_at=due)))
    keeping = asyncio.create_task(Timekeeper(dispatcher, store, clock).run())

    async def decided() -> bool:
        return any(line.kind == Decided.__name__ for line in await store.load("fine"))

    try:
        await eventually(decided, "the session that can be read is decided")
        await asyncio.sleep(0.6)
        assert not keeping.done()
        assert len(unread) == BATCH + 1, "each is looked at once, and then left alone for a while"
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def test_a_message_that_cannot_be_read_is_tried_again_and_then_shown() -> None:
    store, clock = MemoryStore(), SystemClock(speed=100_000)
    dispatcher = Dispatcher(store, JsonCodec(), clock, PolicyBook(store, read_policy))
    unused: list[Any] = [None] * (len(signature(Delivery).parameters) - 4)
    delivery = Delivery(dispatcher, store, JsonCodec(), clock, *unused)
    await store.post("s", OutboxDraft("s-1-0", "FromTheFuture", '{"to": "somebody"}', clock.now()))
    undelivered = Undelivered(store, store, JsonCodec(), clock)

    async def shown() -> list[dict[str, Any]]:
        await delivery.deliver()
        return await undelivered.all()

    [row] = await eventually(shown, "it is given up and shown", 30)
    assert (row["what"], row["to"], row["tries"]) == ("FromTheFuture", "", len(OTHER))
    assert row["why"] == "this version of Dyad can't read it"
