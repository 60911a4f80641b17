"""A real worker, real peers, and patience measured in what arrives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from server.application.media_events import MediaEvent
from server.application.ports import MediaBackend
from signaling.media.backend import EmbeddedForwarder
from signaling.media.synthetic import SyntheticPeer
from tests.support.udp_faults import FaultyLink

E = TypeVar("E")
M = TypeVar("M", bound=MediaBackend)


class Stage(Generic[M]):
    """A backend and the peers connected to it, with everything it told."""

    def __init__(self, media: M) -> None:
        self.media = media
        self.peers: dict[str, SyntheticPeer] = {}
        self.events: list[MediaEvent] = []
        media.subscribe(self.events.append)

    async def connect(self, *names: str) -> None:
        """Connect these peers, held."""
        for number, name in enumerate(names):
            await self.bring(name, SyntheticPeer(number))
        await until(lambda: all(self.peers[name].state == "connected" for name in names), "connected")

    async def bring(self, name: str, peer: SyntheticPeer, link: FaultyLink | None = None) -> None:
        """Let this peer answer, held, by way of `link` where there is one."""
        self.peers[name] = peer
        offer = await self.media.offer(name, 3)
        await self.media.answer(name, await peer.answer(link.through(offer) if link else offer))

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
async def closing(played: Stage[M]) -> AsyncIterator[Stage[M]]:
    """The stage, whose peers are closed in the end."""
    try:
        yield played
    finally:
        await asyncio.gather(*(peer.close() for peer in played.peers.values()))


@asynccontextmanager
async def stage(**options: Any) -> AsyncIterator[Stage[EmbeddedForwarder]]:
    media = EmbeddedForwarder(**options)
    await media.start()
    try:
        async with closing(Stage(media)) as played:
            yield played
    finally:
        await media.stop()


async def until(true: Callable[[], bool], what: str, seconds: float = 20.0) -> float:
    """Wait until it is so and return how long it took in seconds; `AssertionError` names what never came."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"still not: {what}")
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def worker(media: MediaBackend) -> EmbeddedForwarder:
    """The backend, which has a worker process of its own."""
    assert isinstance(media, EmbeddedForwarder)
    return media
