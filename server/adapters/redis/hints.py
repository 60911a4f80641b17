"""Hints over Redis pub/sub. Redis drops what nobody reads in time, and so do we."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from server.adapters.redis.client import connect
from server.application.ports import Hint

CHANNEL = "dyad:hints"
MAX_WAITING = 1024  # hints that wait to be sent; the oldest are forgotten first
BATCH = 128
PING_EVERY = 1.0  # s
SILENT = 3.0  # s without an answer to a ping until a connection counts as lost
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # s between two tries to connect
FAULTS = (RedisError, OSError, asyncio.TimeoutError)


class RedisHints:
    def __init__(self, url: str) -> None:
        self._client = connect(url)
        self._listeners: list[Callable[[Hint], None]] = []
        self._waiting: deque[Hint] = deque(maxlen=MAX_WAITING)
        self._more = asyncio.Event()

    def publish(self, hint: Hint) -> None:
        self._waiting.append(hint)
        self._more.set()

    def subscribe(self, listener: Callable[[Hint], None]) -> None:
        self._listeners.append(listener)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_again(self._send))
                both.create_task(_again(self._receive))
        finally:
            await self._client.aclose()

    async def _send(self, connected: Callable[[], None]) -> None:
        while not _cancelled():
            await self._more.wait()
            self._more.clear()
            while self._waiting and not _cancelled():
                several = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                async with self._client.pipeline(transaction=False) as pipe:
                    for hint in several:
                        pipe.publish(CHANNEL, _written(hint))
                    await pipe.execute()
                connected()

    async def _receive(self, connected: Callable[[], None]) -> None:
        """Ends or raises one of `FAULTS` once the connection is lost, or has been silent for too long.

        One task both pings and reads: whoever finds the connection lost makes it anew, and two would read from it.
        """
        now = asyncio.get_running_loop().time
        async with self._client.pubsub() as feed:
            await feed.subscribe(CHANNEL)
            connected()
            heard, pinged = now(), 0.0
            while now() - heard < SILENT and not _cancelled():
                if now() - pinged >= PING_EVERY:
                    await feed.ping()
                    pinged = now()
                message = await feed.get_message(timeout=PING_EVERY)
                if message is not None:
                    heard = now()
                    self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        hint = _read(message["data"]) if message["type"] == "message" else None
        if hint is not None:
            for listener in self._listeners:
                listener(hint)


def _cancelled() -> bool:
    """Whether this task is to end: a cancellation in the middle of connecting may be swallowed by the library."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _again(work: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
    """Do it again after every loss, with growing pauses until it has worked."""
    pause = FIRST_PAUSE

    def connected() -> None:
        nonlocal pause
        pause = FIRST_PAUSE

    while not _cancelled():
        with suppress(*FAULTS):
            await work(connected)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _written(hint: Hint) -> str:
    deadline = None if hint.deadline is None else hint.deadline.isoformat()
    return json.dumps([hint.node, hint.session, hint.seq, deadline, hint.outbox])


def _read(text: object) -> Hint | None:
    """None for what is no hint: anybody may publish there, and a hint is never needed."""
    try:
        node, session, seq, at, outbox = json.loads(str(text))
        deadline = None if at is None else datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return None
    if not (isinstance(node, str) and isinstance(session, str) and isinstance(seq, int)):
        return None
    if deadline is not None and deadline.tzinfo is None:
        return None
    return Hint(node, session, seq, deadline, outbox is True)
