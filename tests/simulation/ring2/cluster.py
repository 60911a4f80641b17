"""What Redis is to nodes: hints that are lost, doubled, late and out of order, and a directory that forgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from server.adapters.memory import MemoryNodes
from server.application import ports
from server.application.ports import DirectoryUnavailable, Hint

if TYPE_CHECKING:
    from tests.simulation.ring2.node import Node
    from tests.simulation.ring2.world import World

LATEST = 0.8  # s of real time that a hint is under way at most


class Redis:
    """One for all nodes. It may be away for a while, and comes back empty."""

    def __init__(self, world: World) -> None:
        self.world, self.up = world, True
        self.rng = Random(f"redis {world.seed}")  # of its own: whatever becomes of it, people draw the same
        self.nodes = MemoryNodes(world.loop.time)
        self.listeners: list[tuple[Node, Callable[[Hint], None]]] = []

    def flush(self) -> None:
        self.world.note("redis is empty")
        self.nodes = MemoryNodes(self.world.loop.time)

    def go(self) -> None:
        self.world.note("redis is away")
        self.up = False

    def come_back(self) -> None:
        self.up = True
        self.flush()

    def carry(self, hint: Hint) -> None:
        world = self.world
        if not self.up or world.swarm.hints == "none":
            return
        for node, listener in self.listeners:
            if not node.process.alive:
                continue
            times = 1
            if world.swarm.hints == "lossy":
                times = self.rng.choice((0, 1, 1, 2))
                world.watch.hint(times)
            for _ in range(times):
                seconds = world.delay() if world.swarm.hints == "all" else self.rng.random() * LATEST
                world.loop.call_later(seconds, listener, hint, context=node.process.context.copy())


class NodeHints:
    """`Hints` of one node."""

    def __init__(self, redis: Redis, node: Node) -> None:
        self._redis, self._node = redis, node

    def publish(self, hint: Hint) -> None:
        self._redis.carry(hint)

    def subscribe(self, listener: Callable[[Hint], None]) -> None:
        self._redis.listeners.append((self._node, listener))

    async def run(self) -> None:
        await asyncio.Event().wait()


class NodeDirectory:
    """`Nodes` as one node reaches it."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def _there(self) -> MemoryNodes:
        if not self._redis.up:
            raise DirectoryUnavailable
        return self._redis.nodes

    async def renew(self, node: ports.Node) -> None:
        await self._there().renew(node)

    async def live(self) -> list[ports.Node]:
        return await self._there().live()

    async def leave(self, node: str) -> None:
        await self._there().leave(node)
