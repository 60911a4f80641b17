"""A node that decides and nothing else: the product's own parts, without pages, sockets and media."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from multiprocessing.synchronize import Event
from typing import Any

import uvloop

from server.adapters.clock import DatabaseClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.redis import RedisHints, RedisNodes
from server.adapters.sql import open_store
from server.adapters.sql.postgres.store import PostgresStore
from server.application.dispatcher import Dispatcher
from server.application.hinting import Hinting
from server.application.membership import Membership
from server.application.policies import PolicyBook
from server.application.ports import RecordUnavailable
from server.application.takeover import Takeover
from server.application.timekeeper import Timekeeper

ORPHANED = 0.5  # s between two looks at whether whoever started us is still there


def run(name: str, database: str, redis: str, ready: Event) -> None:
    """Until killed."""
    uvloop.run(_run(name, database, redis, ready))


async def _run(name: str, database: str, redis: str, ready: Event) -> None:
    store = await _opened(database)
    clock = DatabaseClock(store.now)
    await clock.start()
    book = PolicyBook(store, read_policy)
    dispatcher = Dispatcher(store, JsonCodec(), clock, book)
    hints = RedisHints(redis)
    homes = Membership(name, f"http://{name}", RedisNodes(redis), hints, clock)
    Takeover(dispatcher, store, clock, homes, lambda session: None)  # whose outage a pause of ours is
    timekeeper = Timekeeper(dispatcher, store, clock, store.deadlines())
    loops: list[Coroutine[Any, Any, None]] = [
        timekeeper.run(),
        clock.run(),
        hints.run(),
        homes.run(),
        Hinting(name, hints, dispatcher, list).run(),
        _beat(dispatcher),
        _watch_parent(),
    ]
    ready.set()
    await asyncio.gather(*loops)


async def _opened(database: str) -> PostgresStore:
    while True:
        try:
            store = await open_store(database)
            assert isinstance(store, PostgresStore)
            return store
        except RecordUnavailable:
            await asyncio.sleep(0.1)


async def _beat(dispatcher: Dispatcher) -> None:
    while True:
        dispatcher.uptime.beat()
        await asyncio.sleep(0.5)


async def _watch_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110, nothing tells
        await asyncio.sleep(ORPHANED)
    os._exit(0)
