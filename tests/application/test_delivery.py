"""The loop over the outbox, apart from what it delivers."""

from __future__ import annotations

import asyncio
from inspect import signature
from typing import Any

import pytest

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.policies import PolicyBook


@pytest.mark.asyncio
@pytest.mark.parametrize("steps", range(8))
async def test_it_ends_when_it_is_told_to_at_whatever_moment_something_is_written(steps: int) -> None:
    store, clock = MemoryStore(), SystemClock()
    dispatcher = Dispatcher(store, JsonCodec(), clock, PolicyBook(store, read_policy))
    unused: list[Any] = [None] * (len(signature(Delivery).parameters) - 4)  # nothing is delivered here
    delivery = Delivery(dispatcher, store, JsonCodec(), clock, *unused)
    running = asyncio.create_task(delivery.run())
    for _ in range(10):
        await asyncio.sleep(0)
    dispatcher.outbox_written.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running}, timeout=5)
    ended = running.done()
    while not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=1)
    assert ended
