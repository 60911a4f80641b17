"""A real worker, real peers, and patience measured in what arrives."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from server.application.media_events import MediaEvent, PeerObserved, Redescribed
from server.application.ports import MediaBackend, MediaRefused, TakesOffers
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
        self._answering: set[asyncio.Task[None]] = set()
        media.subscribe(self._on_event)

    async def connect(self, *names: str) -> None:
        """Connect these peers, held."""
        for number, name in enumerate(names):
            await self.bring(name, SyntheticPeer(number))
        await until(lambda: all(self.peers[name].state == "connected" for name in names), "connected")

    async def bring(self, name: str, peer: SyntheticPeer, link: FaultyLink | None = None) -> None:
        """Let this peer answer, held, by way of `link` where there is one."""
        sdp, hand_over = await self.opening(name, peer, link)
        await hand_over(sdp)

    async def opening(
        self, name: str, peer: SyntheticPeer, link: FaultyLink | None = None
    ) -> tuple[str, Callable[[str], Awaitable[None]]]:
        """What this peer first says to the backend, and how it is handed over."""
        self.peers[name] = peer
        media, offer = self.media, await self.media.offer(name, 3)
        if offer is not None:
            answer = await peer.answer(link.through(offer) if link else offer)
            return answer, lambda sdp: media.answer(name, sdp)
        taking: object = media
        assert isinstance(taking, TakesOffers)
        answer_of = taking.take

        async def take(sdp: str) -> None:
            await peer.accept(await answer_of(name, sdp))

        return await peer.offer(), take

    def _on_event(self, event: MediaEvent) -> None:
        self.events.append(event)
        if isinstance(event, Redescribed):
            task = asyncio.create_task(self._answer(event))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, event: Redescribed) -> None:
        if event.peer in self.peers:
            answer = await self.peers[event.peer].again(event.offer)
            with contextlib.suppress(MediaRefused):  # gone meanwhile
                await self.media.answer(event.peer, answer)

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


def speaks(seen: PeerObserved) -> bool:
    """Whether that is evidence of sound, by packets or, where they are not counted, by how loud it is."""
    if seen.audio_pps is None:
        return seen.audio_level is not None and seen.audio_level < 60
    return seen.audio_pps > 30


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
