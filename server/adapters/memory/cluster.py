"""Hints and the directory of nodes within one process: for a single node, and for several in a simulation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from server.application.ports import LEASE, Hint, Node


class MemoryHints:
    """Every listener hears of a hint in the next turn of the loop, as it would over a network."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Hint], None]] = []

    def publish(self, hint: Hint) -> None:
        for listener in self._listeners:
            asyncio.get_running_loop().call_soon(listener, hint)

    def subscribe(self, listener: Callable[[Hint], None]) -> None:
        self._listeners.append(listener)

    async def run(self) -> None:
        await asyncio.Event().wait()


class MemoryNodes:
    """`elapsed` counts seconds of real time, which leases run on."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._leases: dict[str, tuple[float, Node]] = {}

    async def renew(self, node: Node) -> None:
        self._leases[node.id] = (self._elapsed() + LEASE, node)

    async def live(self) -> list[Node]:
        now = self._elapsed()
        self._leases = {id: lease for id, lease in self._leases.items() if lease[0] > now}
        return [self._leases[id][1] for id in sorted(self._leases)]

    async def leave(self, node: str) -> None:
        self._leases.pop(node, None)
