"""A real worker, real peers, and patience measured in what arrives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from server.application.media_events import MediaEvent
from signaling.media.backend import EmbeddedForwarder
from signaling.media.synthetic import SyntheticPeer

E = TypeVar("E")


class Stage:
    """A worker and the peers connected to it, with everything the worker told."""

    def __init__(self, media: EmbeddedForwarder) -> None:
        self.media = media
        self.peers: dict[str, SyntheticPeer] = {}
        self.events: list[MediaEvent] = []
        media.subscribe(self.events.append)

    async def connect(self, *names: str) -> None:
        """Connect these peers, held."""
        for number, name in enumerate(names):
            peer = self.peers[name] = SyntheticPeer(number)
            await self.media.answer(name, await peer.answer(await self.media.offer(name, 3)))
        await until(lambda: all(self.peers[name].state == "connected" for name in names), "connected")

    async def place(self, room: str | None, *names: str) -> None:
        for name in names:
            await self.media.place(name, room)

    def told(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def everyone_sees(self, names: Sequence[str]) -> None:
        """Each of these decodes a picture and sound of each other one, from now on."""

        def counts(name: str) -> list[dict[int, int]]:
            return [self.peers[name].decoded("video"), self.peers[name].decoded("audio")]

        before = {name: counts(name) for name in names}

        def rising(name: str) -> bool:
            kinds = zip(before[name], counts(name), strict=True)
            return all(
                sum(count > then.get(slot, 0) + 2 for slot, count in now.items()) >= len(names) - 1
                for then, now in kinds
            )

        await until(lambda: all(rising(name) for name in names), "frames of everyone else")


@asynccontextmanager
async def stage(**options: Any) -> AsyncIterator[Stage]:
    media = EmbeddedForwarder(**options)
    await media.start()
    played = Stage(media)
    try:
        yield played
    finally:
        await asyncio.gather(*(peer.close() for peer in played.peers.values()))
        await media.stop()


async def until(true: Callable[[], bool], what: str, seconds: float = 20.0) -> float:
    """Wait until it is so and return how long it took in seconds; `AssertionError` names what never came."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"still not: {what}")
        await asyncio.sleep(0.02)
    return time.monotonic() - began
