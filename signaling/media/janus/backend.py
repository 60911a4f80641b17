"""Media through Janus: a `MediaBackend` for those who run one already.

Everybody publishes into one room of ours there, and their receive slots show that room's dummy publisher. Who sees whom
is ours to say: to place somebody is to switch slots. Nobody but us speaks to Janus' API, so nobody else can.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from server.application.media_events import MediaEvent, PeerClosed, PeerConnected, WorkerLost, WorkerReady
from server.application.ports import MediaRefused
from server.telemetry import log
from signaling.media.forwarder.rooms import MAX_PEERS, MAX_SLOTS, Limits
from signaling.media.forwarder.sdp import SdpRefused
from signaling.media.janus import sdp
from signaling.media.janus.person import Person
from signaling.media.janus.videoroom import Videoroom
from signaling.media.janus.wire import JanusFailed, JanusRefused, Message

EVERY = 1.0  # s between two looks at everybody
STAY = 20  # looks between two signs of life of ours
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # s between two tries to come back
WHY = {"DTLS alert": "closed", "ICE failed": "consent_lost"}  # Janus' reasons, as the forwarder has them

Listener = Callable[[MediaEvent], None]


class JanusBackend:
    """`url` and `admin_url` are Janus' API and its admin API as websockets, each with its secret."""

    def __init__(self, url: str, secret: str, admin_url: str, admin_secret: str, limits: Limits | None = None) -> None:
        self._address, self._limits = (url, secret, admin_url, admin_secret), limits or Limits()
        self._janus: Videoroom | None = None
        self._listeners: list[Listener] = []
        self._people: dict[str, Person] = {}
        self._handles: dict[int, Person] = {}
        self._rooms: dict[str, dict[str, Person]] = {}
        self._keeping: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether Janus takes requests now."""
        return self._janus is not None

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        """On return Janus takes requests. Raises `MediaRefused` where it does not answer, or is not set up for us."""
        first = Videoroom(*self._address, self._on_event)
        try:
            await first.__aenter__()
        except JanusFailed as no:
            raise MediaRefused("media_unavailable", f"Janus can't be used: {no}.") from no
        self._janus = first
        self._keeping = asyncio.create_task(self._keep(first))

    async def stop(self) -> None:
        if self._keeping is not None:
            tasks = [*self._tasks, self._keeping]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._keeping = None

    # -- commands --------------------------------------------------------------------------

    async def offer(self, peer: str, slots: int) -> str:
        await self.close(peer)
        janus = self._ready()
        if len(self._people) >= MAX_PEERS:
            raise MediaRefused("media_full", "No more people can be connected just now.")
        person = self._people[peer] = Person(peer, min(slots, MAX_SLOTS))
        try:
            person.sends = await janus.attach()
            self._handles[person.sends] = person
            if person.slots:
                person.receives = await janus.attach()
                self._handles[person.receives] = person
            return await janus.offer(person)
        except (JanusFailed, SdpRefused) as no:
            await self._end(person, "closed")
            raise _unavailable() from no

    async def answer(self, peer: str, text: str) -> None:
        janus, person = self._ready(), self._person(peer)
        try:
            sending, receiving = sdp.taken_apart(text, len(person.slots))
        except SdpRefused as no:
            raise MediaRefused("sdp_invalid", str(no)) from no
        if person.answered_at is not None:
            raise MediaRefused("sdp_invalid", "This offer was answered already.")
        person.answered_at, person.receiving = time.monotonic(), receiving
        try:
            await janus.answer(person, sending)
        except JanusFailed as no:
            raise _unavailable() from no

    async def place(self, peer: str, room: str | None) -> None:
        self._ready()
        person = self._person(peer)
        if person.room == room:
            return
        changed = self._leave(person) | self._enter(person, room)
        for one in changed:
            self._tell(one.slots_changed())
        await self._switch(changed)

    async def pictures(self, peer: str, on: bool) -> None:
        janus, person = self._ready(), self._person(peer)
        person.pictures = on
        try:
            async with person.switching:
                await self._put(janus, person, {n: slot.shown for n, slot in enumerate(person.slots) if slot.shown})
        except JanusFailed as no:
            raise _unavailable() from no

    async def close(self, peer: str) -> None:
        person = self._people.get(peer)
        if person is not None:
            await self._end(person, "closed")

    async def _end(self, person: Person, why: str) -> None:
        """On return nothing passes to or from them."""
        if self._people.get(person.name) is not person:
            return
        del self._people[person.name]
        changed, person.closed = self._leave(person) - {person}, True
        self._tell(PeerClosed(person.name, why))
        for one in changed:
            self._tell(one.slots_changed())
        handles = [handle for handle in (person.sends, person.receives) if self._handles.pop(handle, None)]
        if self._janus is not None:
            await asyncio.gather(*(self._janus.detach(handle) for handle in handles))
        with contextlib.suppress(MediaRefused):
            await self._switch(changed)

    def _ready(self) -> Videoroom:
        if self._janus is None:
            raise _unavailable()
        return self._janus

    def _person(self, peer: str) -> Person:
        person = self._people.get(peer)
        if person is None:
            raise MediaRefused("peer_unknown", "There is no such media connection.")
        return person

    # -- who gets whom ---------------------------------------------------------------------

    def _enter(self, person: Person, room: str | None) -> set[Person]:
        """Those whose slots are others now."""
        if room is None:
            return set()
        others = self._rooms.setdefault(room, {})
        pairs = [pair for other in others.values() for pair in ((person, other), (other, person))]
        others[person.name], person.room = person, room
        return {one for one, source in pairs if one.take_in(source)}

    def _leave(self, person: Person) -> set[Person]:
        """Those whose slots are others now."""
        if person.room is None:
            return set()
        others = self._rooms[person.room]
        del others[person.name]
        if not others:
            del self._rooms[person.room]
        person.room = None
        pairs = [pair for other in others.values() for pair in ((person, other), (other, person))]
        return {one for one, source in pairs if one.let_go(source)}

    async def _switch(self, people: set[Person]) -> None:
        """On return each of these receives what their slots say. A Janus that doesn't do it is left: what it may still
        be sending ends with our connection."""
        janus = self._janus
        if janus is None:
            return
        try:
            await asyncio.gather(*(self._show(janus, one) for one in people))
        except JanusFailed as no:
            log.warning("Janus does not switch; leaving it")
            janus.drop()
            raise _unavailable() from no

    async def _show(self, janus: Videoroom, person: Person) -> None:
        """What is cut comes first. A person who can't be cut off from somebody is cut off from all."""
        async with person.switching:
            amiss = person.amiss()
            cut = {slot: None for slot, feed in amiss.items() if feed is None}
            shown = {slot: feed for slot, feed in amiss.items() if feed is not None}
            try:
                await self._put(janus, person, cut)
            except JanusRefused:
                self._lose(person, "closed")
                return
            with contextlib.suppress(JanusRefused):  # who is to be seen has just gone, and we are about to hear of it
                await self._put(janus, person, shown)

    async def _put(self, janus: Videoroom, person: Person, feeds: Mapping[int, int | None]) -> None:
        if feeds and not person.closed:
            await janus.switch(person, feeds)
            for slot, feed in feeds.items():
                person.slots[slot].shown = feed

    # -- what Janus tells ------------------------------------------------------------------

    def _on_event(self, event: Message) -> None:
        person = self._handles.get(event.get("sender", 0))
        if person is None:
            return
        match event["janus"]:
            case "webrtcup":
                person.up.add(event["sender"])
                if person.connected:
                    self._tell(PeerConnected(person.name))
                others = self._rooms.get(person.room or "", {}).values()
                self._spawn(self._switch({person, *others}))
            case "hangup" | "detached":
                self._lose(person, WHY.get(str(event.get("reason")), "closed"))

    def _lose(self, person: Person, why: str) -> None:
        self._spawn(self._end(person, why))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def quietly() -> None:
            with contextlib.suppress(MediaRefused):
                await work

        task = asyncio.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # where the task was cancelled before it began

    def _tell(self, event: MediaEvent) -> None:
        for listener in self._listeners:
            listener(event)

    # -- for as long as we run -------------------------------------------------------------

    async def _keep(self, janus: Videoroom) -> None:
        """Stay with Janus, and come back to it when it was away."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._stay(janus)
            finally:
                self._janus = None
                for known in (self._people, self._handles, self._rooms):
                    known.clear()
                await janus.__aexit__(None, None, None)
            self._tell(WorkerLost())
            log.warning("Janus is gone; trying again")
            while True:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                janus = Videoroom(*self._address, self._on_event)
                with contextlib.suppress(JanusFailed):
                    await janus.__aenter__()
                    break
            pause, self._janus = FIRST_PAUSE, janus
            self._tell(WorkerReady())

    async def _stay(self, janus: Videoroom) -> None:
        looking = asyncio.create_task(self._look(janus))
        try:
            await janus.closed()
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look(self, janus: Videoroom) -> None:
        looks = 0
        while True:
            await asyncio.sleep(EVERY)
            looks += 1
            try:
                if looks % STAY == 0:
                    await janus.stay()
                await asyncio.gather(*(self._look_at(janus, one) for one in list(self._people.values())))
            except JanusFailed:
                log.warning("Janus does not answer; leaving it")
                janus.drop()

    async def _look_at(self, janus: Videoroom, person: Person) -> None:
        """Give up who is gone; tell how the others are."""
        now, limits = time.monotonic(), self._limits
        if person.answered_at is None:
            if now - person.opened_at > limits.answer:
                self._lose(person, "not_answered")
        elif not person.connected:
            if now - person.answered_at > limits.connect:
                self._lose(person, "dtls_timeout")
        else:
            try:
                sent = await janus.counts(person.sends)
                received = await janus.counts(person.receives) if person.receives else {}
            except JanusRefused:
                self._lose(person, "closed")
                return
            seen = person.observed(sent, received, time.monotonic())
            self._tell(seen)
            if seen.silent_ms > limits.consent * 1000:
                self._lose(person, "consent_lost")


def _unavailable() -> MediaRefused:
    return MediaRefused("media_unavailable", "Sound and picture are starting again. One moment.")
