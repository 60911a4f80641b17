"""What a service does as one of several nodes: where it meets them, what it missed before, and how it goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.adapters.memory import MemoryHints, MemoryNodes
from server.adapters.redis import RedisHints, RedisNodes
from server.application.dispatcher import Dispatcher
from server.application.membership import Membership
from server.application.ports import Clock, DirectoryUnavailable, Heartbeat, Hints, Nodes, Record
from server.config import Settings
from server.domain.session.commands import RecordOutage
from signaling.gateway.seats import Seats

TOLD = 0.5  # s of real time in which the other nodes hear that this one goes
MOVING = 15.0  # s of real time in which people find their new node


@asynccontextmanager
async def meeting(settings: Settings) -> AsyncIterator[tuple[Hints, Nodes]]:
    """Redis where it is set, and otherwise this process, in which there is nobody else."""
    if not settings.redis_url:
        yield MemoryHints(), MemoryNodes()
        return
    nodes = RedisNodes(settings.redis_url)
    try:
        yield RedisHints(settings.redis_url), nodes
    finally:
        await nodes.close()


async def after_absence(
    heartbeat: Heartbeat, record: Record, nodes: Nodes, dispatcher: Dispatcher, clock: Clock, me: str
) -> None:
    """While no node was up nobody could see: that time counts against nobody (A1), and everyone has to come back.

    The last sign of life is read before the directory: whoever gave it is in there.
    """
    now, last = clock.now(), await heartbeat.last_alive()
    if last is None or now <= last or await _others(nodes, me):
        return
    for id in await record.live():
        lasting = (await dispatcher.session(id)).paused_since
        if lasting is not None:  # the media worker was dead, and then all of Dyad was
            await dispatcher.submit(id, RecordOutage(lasting, last if last > lasting else now, cut=False))
        await dispatcher.submit(id, RecordOutage(last, now))


async def _others(nodes: Nodes, me: str) -> bool:
    try:
        return any(node.id != me for node in await nodes.live())
    except DirectoryUnavailable:
        return False


async def drain(homes: Membership, seats: Seats) -> None:
    """Take nobody in, send everybody on to their new node, and return once they are there, or time is over."""
    if not homes.others:
        return
    await homes.drain()
    began = time.monotonic()
    await asyncio.sleep(TOLD)
    while seats.connections and time.monotonic() - began < MOVING:  # noqa: ASYNC110, nothing tells but looking
        await asyncio.sleep(0.05)
    await homes.leave()
