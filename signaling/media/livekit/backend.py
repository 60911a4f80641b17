"""Media through LiveKit: a `MediaBackend` for those who outgrow machines.

Pages speak with Dyad alone. Towards LiveKit, Dyad is each person's client: it has their token and their `/rtc`
connection, passes descriptions between, and asks for the tracks that they are to receive. Who waits may not receive
anything (LiveKit's own permission), and nobody is asked to receive them. All who can ever meet are in one room there.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
from livekit.protocol import models, rtc

from server.application.media_events import (
    MediaEvent,
    PeerClosed,
    PeerConnected,
    Redescribed,
    WorkerLost,
    WorkerReady,
)
from server.application.ports import MediaRefused
from server.telemetry import log
from signaling.media.forwarder.rooms import MAX_PEERS, MAX_SLOTS, Limits
from signaling.media.forwarder.sdp import SdpRefused
from signaling.media.livekit import sdp
from signaling.media.livekit.person import Person
from signaling.media.livekit.service import LiveKitFailed, LiveKitRefused, RoomService
from signaling.media.livekit.signal import SUBSCRIBER, Signal
from signaling.media.livekit.tokens import Keys, NotSigned
from signaling.media.livekit.webhooks import event_of

EVERY = 1.0  # s between two looks at everybody
CUT_WITHIN = 7.0  # s until LiveKit has stopped carrying what somebody may not receive any more
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # s between two tries to come back
GONE = (models.DisconnectReason.CONNECTION_TIMEOUT, models.DisconnectReason.MEDIA_FAILURE)

Listener = Callable[[MediaEvent], None]


class LiveKitBackend:
    """`url` is LiveKit's, ws: or wss:; `key` and `secret` are one of its API keys."""

    def __init__(self, url: str, key: str, secret: str, limits: Limits | None = None) -> None:
        self._url, self._keys, self._limits = url, Keys(key, secret), limits or Limits()
        self._ours = f"dyad-{secrets.token_hex(6)}-"  # how the names of our rooms begin
        self._http: aiohttp.ClientSession | None = None
        self._service: RoomService | None = None
        self._listeners: list[Listener] = []
        self._people: dict[str, Person] = {}
        self._rooms: dict[str, dict[str, Person]] = {}
        self._houses: dict[str, str] = {}
        self._signals: set[Signal] = set()  # whoever is known or not any more
        self._up = False
        self._alarm = asyncio.Event()  # something says that LiveKit may be gone
        self._left = False
        self._keeping: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether LiveKit takes requests now."""
        return self._up

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        """On return LiveKit takes requests. Raises `MediaRefused` where it doesn't answer, or knows no such key."""
        self._http = aiohttp.ClientSession()
        self._service = RoomService(self._http, self._url, self._keys)
        try:
            await self._service.rooms(self._ours)
        except LiveKitFailed as no:
            await self._http.close()
            raise MediaRefused("media_unavailable", f"LiveKit can't be used: {no}.") from no
        self._up = True
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._keeping is None or self._http is None:
            return
        tasks = [*self._tasks, self._keeping]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._keeping = None
        await asyncio.gather(*(signal.leave() for signal in self._signals))
        with contextlib.suppress(LiveKitFailed):
            if self._up:
                await self._sweep()
        await self._http.close()

    # -- commands --------------------------------------------------------------------------

    async def offer(self, peer: str, slots: int) -> None:
        await self.close(peer)
        self._ready()
        if len(self._people) >= MAX_PEERS:
            raise MediaRefused("media_full", "No more people can be connected just now.")
        group = peer.rpartition("/")[0]
        house = self._houses.setdefault(group, self._ours + secrets.token_hex(8))
        self._people[peer] = Person(peer, min(slots, MAX_SLOTS), house)

    async def take(self, peer: str, text: str) -> str:
        self._ready()
        person = self._person(peer)
        try:
            sending = sdp.sending(text)
        except SdpRefused as no:
            raise MediaRefused("sdp_invalid", str(no)) from no
        if person.taken_at is not None:
            raise MediaRefused("sdp_invalid", "What this person sends was offered already.")
        person.taken_at = time.monotonic()
        try:
            person.own = await self._join(person, sending)
        except LiveKitFailed as no:
            await self._end(person, "closed")
            raise _unavailable() from no
        self._spawn(self._bring(set(self._rooms.get(person.room or "", {}).values())))  # there is somebody to receive
        return person.own

    async def answer(self, peer: str, text: str) -> None:
        self._ready()
        person = self._person(peer)
        if person.offered is None or person.signal is None:
            raise MediaRefused("no_offer", "There is nothing to answer.")
        still = [tuple(one if one in person.wanted else None for one in pair) for pair in person.shown]
        try:
            await person.signal.answer(sdp.received(text, person.offered, [(one[0], one[1]) for one in still]))
        except SdpRefused as no:
            raise MediaRefused("sdp_invalid", str(no)) from no
        except LiveKitFailed as no:
            raise _unavailable() from no

    async def place(self, peer: str, room: str | None) -> None:
        self._ready()
        person = self._person(peer)
        if person.room == room:
            return
        changed = self._leave(person) | self._enter(person, room)
        for one in changed:
            self._tell(one.slots_changed())
        await self._bring(changed | {person})

    async def pictures(self, peer: str, on: bool) -> None:
        self._ready()
        person = self._person(peer)
        person.pictures = on
        await self._bring({person})

    async def close(self, peer: str) -> None:
        person = self._people.get(peer)
        if person is not None:
            await self._end(person, "closed")

    def heard(self, body: bytes, authorization: str) -> bool:
        """Take what LiveKit posted; whether it was LiveKit."""
        try:
            event = event_of(body, authorization, self._keys)
        except NotSigned:
            return False
        for person in list(self._people.values()):
            theirs = person.house == event.room.name
            if theirs and event.event == "participant_left" and event.participant.sid == person.sid:
                self._lose(person, _why(event.participant.disconnect_reason))
            elif theirs and event.event == "room_finished" and person.signal is not None:
                self._lose(person, "closed")
        return True

    # -- one person at LiveKit -------------------------------------------------------------

    async def _join(self, person: Person, sending: str) -> str:
        """LiveKit's answer to what they send."""
        assert self._http is not None
        service = self._asked()
        await service.create(person.house, MAX_SLOTS + 1)
        grants = {
            "roomJoin": True, "room": person.house, "canPublish": True, "canSubscribe": False, "canPublishData": False
        }  # fmt: skip
        person.signal = signal = Signal(
            self._http, self._url, lambda told: self._on_message(person, told), lambda: self._on_end(person)
        )
        self._signals.add(signal)
        joined = await signal.join(self._keys.token(grants, person.identity))
        person.sid = joined.participant.sid
        sound = signal.publish(sdp.SOUND, models.TrackType.AUDIO, models.TrackSource.MICROPHONE)
        picture = signal.publish(sdp.PICTURE, models.TrackType.VIDEO, models.TrackSource.CAMERA)
        tracks = dict(zip(("audio", "video"), await asyncio.gather(sound, picture), strict=True))
        answer, candidates = await signal.offer(sending)
        if person.closed:
            await self._out(person)
            raise LiveKitFailed("closed meanwhile")
        person.tracks = tracks
        return sdp.answered(answer, candidates)

    async def _end(self, person: Person, why: str) -> None:
        """On return nothing passes to or from this person, and nobody's slot shows them."""
        if person.closed:
            return
        _close(person)
        self._people.pop(person.name, None)
        group = person.name.rpartition("/")[0]
        if not any(name.rpartition("/")[0] == group for name in self._people):
            self._houses.pop(group, None)
        changed = self._leave(person)
        self._tell(PeerClosed(person.name, why))
        for one in changed:
            self._tell(one.slots_changed())
        await self._out(person)
        self._spawn(self._bring(changed))

    async def _out(self, person: Person) -> None:
        if person.signal is None:
            return
        if self._up:
            try:
                await self._asked().remove(person.house, person.identity)
            except LiveKitFailed:
                self._give_up()
        await self._hang_up(person.signal)

    async def _hang_up(self, signal: Signal) -> None:
        await signal.close()
        self._signals.discard(signal)

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

    async def _bring(self, people: set[Person]) -> None:
        """On return each of these receives nothing that they shall not, and LiveKit is asked for what they shall.

        A LiveKit that does not do it is left: what it may still be sending ends when it is found again.
        """
        try:
            await asyncio.gather(*(self._adjust(one) for one in people))
        except LiveKitFailed as no:
            self._give_up()
            raise _unavailable() from no

    async def _adjust(self, person: Person) -> None:
        """Who can't be cut off from somebody is cut off from all."""
        async with person.adjusting:
            if person.closed or not person.connected or person.signal is None:
                return
            try:
                await asyncio.wait_for(self._ask_for(person, person.signal), CUT_WITHIN)
                return
            except (LiveKitRefused, TimeoutError):
                pass
        await self._end(person, "closed")

    async def _ask_for(self, person: Person, signal: Signal) -> None:
        if person.permitted and person.room is None:
            await self._permit(person, False)
        if no_more := person.asked - person.wanted:
            await signal.subscribe(no_more, False)
            person.asked -= no_more
        if person.room is not None and not person.permitted:
            await self._permit(person, True)
        if more := person.wanted - person.asked:
            await signal.subscribe(more, True)
            person.asked |= more
        while not person.closed and person.carried - person.wanted:  # its next offer says when it has stopped
            person.moved.clear()
            await person.moved.wait()

    async def _permit(self, person: Person, subscribe: bool) -> None:
        await self._asked().permit(person.house, person.identity, subscribe)
        person.permitted = subscribe

    # -- what LiveKit tells ----------------------------------------------------------------

    def _on_message(self, person: Person, told: rtc.SignalResponse) -> None:
        match told.WhichOneof("message"):
            case "offer":
                self._spawn(self._redescribe(person, told.offer.sdp))
            case "update":
                for one in told.update.participants:
                    if one.sid == person.sid:
                        self._updated(person, one)
            case "speakers_changed":
                for speaker in told.speakers_changed.speakers:
                    if speaker.sid == person.sid:
                        person.hear(speaker)
            case "connection_quality":
                for info in told.connection_quality.updates:
                    if info.participant_sid == person.sid:
                        person.rate(info.quality, time.monotonic())
            case "leave":
                self._lose(person, _why(told.leave.reason))

    async def _redescribe(self, person: Person, offer: str) -> None:
        assert person.signal is not None
        try:
            offered = sdp.offered(offer, await person.signal.candidates(SUBSCRIBER))
        except SdpRefused:
            log.warning("LiveKit's offer is not understood")
            self._lose(person, "closed")
            return
        person.offered, person.versions = offered, person.versions + 1
        person.shown = [
            (sound if sound in offered.carried else None, picture if picture in offered.carried else None)
            for sound, picture in person.slot_tracks()
        ]
        person.moved.set()
        self._tell(Redescribed(person.name, sdp.receiving(person.own, offered, person.shown, person.versions)))

    def _updated(self, person: Person, info: models.ParticipantInfo) -> None:
        if info.state == models.ParticipantInfo.ACTIVE and not person.connected:
            person.connected = True
            self._tell(PeerConnected(person.name))
            self._spawn(self._bring({person}))
        # LiveKit forgets who asked for what nobody sent for a minute, such as the picture of a camera that was off.
        there = {track.sid for track in info.tracks}
        for other in self._rooms.get(person.room or "", {}).values():
            if other.signal is not None and (missed := there & other.asked - other.carried):
                self._spawn(self._again(other.signal, missed))

    async def _again(self, signal: Signal, tracks: set[str]) -> None:
        with contextlib.suppress(LiveKitFailed):
            await signal.subscribe(tracks, True)

    def _on_end(self, person: Person) -> None:
        if not person.closed:
            self._alarm.set()
            self._lose(person, "closed")

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

    def _ready(self) -> None:
        if not self._up:
            raise _unavailable()

    def _asked(self) -> RoomService:
        assert self._service is not None
        return self._service

    def _person(self, peer: str) -> Person:
        person = self._people.get(peer)
        if person is None:
            raise MediaRefused("peer_unknown", "There is no such media connection.")
        return person

    # -- for as long as we run -------------------------------------------------------------

    def _give_up(self) -> None:
        if self._up and not self._left:
            log.warning("LiveKit does not do what it is asked; leaving it")
            self._left = True
            self._alarm.set()

    async def _keep(self) -> None:
        """Stay with LiveKit, and come back to it when it was away."""
        pause = FIRST_PAUSE
        while True:
            await self._stay()
            self._up = False
            people = list(self._people.values())
            for known in (self._people, self._rooms, self._houses):
                known.clear()
            for person in people:
                _close(person)
            await asyncio.gather(*(self._hang_up(signal) for signal in list(self._signals)))
            self._tell(WorkerLost())
            log.warning("LiveKit is gone; trying again")
            while True:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                with contextlib.suppress(LiveKitFailed):
                    await self._sweep()
                    break
            pause, self._left, self._up = FIRST_PAUSE, False, True
            self._tell(WorkerReady())

    async def _sweep(self) -> None:
        """On return there is nothing of ours at LiveKit, whatever we knew of."""
        for name in await self._asked().rooms():
            if name.startswith(self._ours):
                await self._asked().delete(name)

    async def _stay(self) -> None:
        """Returns when LiveKit is gone, or not to be trusted."""
        while not self._left:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._alarm.wait(), EVERY)
            self._alarm.clear()
            for person in list(self._people.values()):
                self._look_at(person)
            try:
                await self._asked().rooms(self._ours)
            except LiveKitFailed:
                return

    def _look_at(self, person: Person) -> None:
        """Give up who is gone; tell how the others are."""
        now, limits = time.monotonic(), self._limits
        if person.taken_at is None:
            if now - person.opened_at > limits.answer:
                self._lose(person, "not_answered")
        elif not person.connected:
            if now - person.taken_at > limits.connect:
                self._lose(person, "dtls_timeout")
        else:
            seen = person.observed(now)
            self._tell(seen)
            if seen.silent_ms > limits.consent * 1000:
                self._lose(person, "consent_lost")


def _close(person: Person) -> None:
    person.closed = True
    person.moved.set()  # nobody need wait for what LiveKit carries to them


def _why(reason: models.DisconnectReason) -> str:
    return "consent_lost" if reason in GONE else "closed"


def _unavailable() -> MediaRefused:
    return MediaRefused("media_unavailable", "Sound and picture are starting again. One moment.")
