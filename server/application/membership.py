"""What this node knows of the others, and so where each session lives."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

from server.application.ports import Clock, DirectoryUnavailable, Hint, Hints, Node, Nodes
from server.domain.rendezvous import home_of

BEAT = 0.5  # s of real time between two looks, each of which renews our lease
# s of real time that a node must be missing before we believe it: after a flush everybody is missing for a moment.
MISSING = 1.5
SETTLING = 5.0  # s after the directory was away in which nobody counts as missing: not all find it again at once

Gone = Callable[[Sequence[Node]], None]


class Membership:
    """The last known nodes, this one among them. Without a directory what was known stands, and so do the homes."""

    def __init__(
        self,
        me: str,
        address: str,
        nodes: Nodes,
        hints: Hints,
        clock: Clock,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`elapsed` counts seconds of real time."""
        self.me, self.address = me, address
        self.load: Callable[[], int] = lambda: 0
        self.degraded = False
        self.draining = False
        self._nodes, self._hints, self._clock, self._elapsed = nodes, hints, clock, elapsed
        self._known: dict[str, Node] = {me: self._own()}
        self._missing: dict[str, float] = {}
        self._settled_at = 0.0
        self._listeners: list[Gone] = []
        self._again = asyncio.Event()
        hints.subscribe(self._on_hint)

    @property
    def known(self) -> list[Node]:
        """By id."""
        return [self._known[id] for id in sorted(self._known)]

    @property
    def others(self) -> list[Node]:
        """Those that take people in, this one aside."""
        return [node for node in self.known if node.id != self.me and not node.draining]

    def subscribe(self, listener: Gone) -> None:
        """`listener` is called whenever the nodes have changed, with those that are gone without having said so."""
        self._listeners.append(listener)

    def home(self, session: str, also: Sequence[Node] = ()) -> Node:
        """The node that this session lives on, or would if `also` were there."""
        able = {node.id: node for node in (*also, *self._known.values()) if not node.draining}
        id = home_of(session, able) or self.me
        return able.get(id, self._known[self.me])

    def is_home(self, session: str) -> bool:
        return self.home(session).id == self.me

    def elsewhere(self, session: str) -> str | None:
        """The address of the session's home, or None where that is here."""
        home = self.home(session)
        return None if home.id == self.me else home.address

    def addresses(self, session: str) -> list[str]:
        """Where the session lives, then the other nodes; empty where there is no other."""
        home = self.home(session)
        able = [home, *(node for node in self.known if node.id != home.id and not node.draining)]
        return [node.address for node in able] if len(able) > 1 else []

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._again.wait()
            self._again.clear()
            await self.look()

    async def arrive(self) -> None:
        """Be there, and let the others know at once: whoever joins there in this moment learns of us too."""
        await self.look()
        self._hints.publish(Hint(self.me))

    async def look(self) -> None:
        """Renew our lease, and see who is there."""
        own = self._own()
        try:
            await self._nodes.renew(own)
            found = await self._nodes.live()
        except DirectoryUnavailable:
            self.degraded = True
            return
        if self.degraded:
            self.degraded, self._missing = False, {}
            self._settled_at = self._elapsed() + SETTLING
        self._take({**{node.id: node for node in found}, self.me: own})

    def _take(self, found: dict[str, Node]) -> None:
        before, now = self._known, self._elapsed()
        gone = []
        for id, node in before.items():
            if id in found or node.draining:
                self._missing.pop(id, None)
            elif now < self._settled_at or now - self._missing.setdefault(id, now) < MISSING:
                found[id] = node
            else:
                del self._missing[id]
                gone.append(node)
        self._known = found
        if _able(before) != _able(found):
            for listener in self._listeners:
                listener(gone)

    async def drain(self) -> None:
        """Take nobody in any more, and let the others know."""
        self.draining = True
        await self.look()
        self._hints.publish(Hint(self.me))

    async def leave(self) -> None:
        with contextlib.suppress(DirectoryUnavailable):
            await self._nodes.leave(self.me)
        self._hints.publish(Hint(self.me))

    def _own(self) -> Node:
        return Node(self.me, self.address, self._clock.now(), self.load(), self.draining)

    def _on_hint(self, hint: Hint) -> None:
        if not hint.session and hint.node != self.me:
            self._again.set()


def _able(nodes: dict[str, Node]) -> set[tuple[str, str]]:
    return {(node.id, node.address) for node in nodes.values() if not node.draining}
