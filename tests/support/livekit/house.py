"""Rooms and who is in them, as LiveKit keeps them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from livekit.protocol import models, rtc
from livekit.protocol.webhook import WebhookEvent

from tests.support.livekit.transports import Publisher, Subscriber

SETTLES = 0.02  # s until what was asked for is done: the answer to a request does not mean that it is
RESUMES = 8.0  # s that somebody stays whose websocket broke
SPEAKERS_EVERY = 0.4
LOUD = 50  # -dBov up to which somebody speaks
QUIET_FOR = 4.0  # s without a packet after which a connection counts as lost

Say = Callable[[rtc.SignalResponse], Awaitable[None]]
Reason = models.DisconnectReason


def sid(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(6)}"


class Participant:
    def __init__(self, room: Room, identity: str, permission: models.ParticipantPermission, say: Say) -> None:
        self.room, self.say = room, say
        self.automatic = False  # desires every track by itself
        self.info = models.ParticipantInfo(
            sid=sid("PA"), identity=identity, state=models.ParticipantInfo.JOINED, permission=permission
        )
        self.pending: dict[str, models.TrackInfo] = {}  # by kind: asked to publish
        self.desired: set[str] = set()
        self.carried: set[str] = set()
        self.publisher = Publisher(self._on_publisher, self._on_packet, self._on_report)
        self.subscriber = Subscriber(self._on_subscriber, self._on_keyframe)
        self.settled = asyncio.Event()
        self._negotiating = asyncio.Lock()
        self.levels: list[int] = []
        self.speaking = self.lost = self.gone = False
        self.heard_at = 0.0

    @property
    def sid(self) -> str:
        return self.info.sid

    async def handle(self, request: rtc.SignalRequest) -> None:
        match request.WhichOneof("message"):
            case "offer":
                await self._tell_description("answer", *await self.publisher.answer(request.offer.sdp))
            case "answer":
                await self.subscriber.answered(request.answer.sdp)
                self.settled.set()
            case "trickle":
                side = self.publisher if request.trickle.target == rtc.SignalTarget.PUBLISHER else self.subscriber
                await side.trickled(request.trickle.candidateInit)
            case "add_track":
                await self._add_track(request.add_track)
            case "subscription":
                wanted = set(request.subscription.track_sids)
                self.desired = self.desired | wanted if request.subscription.subscribe else self.desired - wanted
                self.room.spawn(self.reconcile())
            case "ping_req":
                pong = rtc.Pong(last_ping_timestamp=request.ping_req.timestamp, timestamp=int(time.time() * 1000))
                await self.say(rtc.SignalResponse(pong_resp=pong))
            case "leave":
                await self.room.leave(self, Reason.CLIENT_INITIATED)

    async def _add_track(self, wanted: rtc.AddTrackRequest) -> None:
        if not self.info.permission.can_publish:
            refused = rtc.RequestResponse(reason=rtc.RequestResponse.NOT_ALLOWED, add_track=wanted)
            await self.say(rtc.SignalResponse(request_response=refused))
            return
        kind = "audio" if wanted.type == models.TrackType.AUDIO else "video"
        track = models.TrackInfo(sid=sid("TR"), type=wanted.type, name=wanted.name, source=wanted.source)
        self.pending[kind] = track
        await self.say(rtc.SignalResponse(track_published=rtc.TrackPublishedResponse(cid=wanted.cid, track=track)))

    async def _tell_description(self, kind: str, sdp: str, candidates: list[str]) -> None:
        described: dict[str, Any] = {kind: rtc.SessionDescription(type=kind, sdp=sdp)}
        await self.say(rtc.SignalResponse(**described))
        target = rtc.SignalTarget.PUBLISHER if kind == "answer" else rtc.SignalTarget.SUBSCRIBER
        for number, init in enumerate(candidates, 1):
            trickle = rtc.TrickleRequest(candidateInit=init, target=target, final=number == len(candidates))
            await self.say(rtc.SignalResponse(trickle=trickle))

    async def reconcile(self) -> None:
        """Carry what is desired, permitted and there, and nothing else; then say so in an offer."""
        await asyncio.sleep(SETTLES)
        if self.gone:
            return
        if self.automatic:
            self.desired |= {track.sid for one in self.room.people.values() for track in one.info.tracks}
        wanted = {
            track
            for track in (self.desired if self.info.permission.can_subscribe else set())
            if (owner := self.room.owner(track)) and owner is not self
        }
        if wanted == self.carried:
            return
        for track in self.carried - wanted:
            self.subscriber.drop(track)
        for track in wanted - self.carried:
            owner = self.room.owner(track)
            assert owner is not None
            kind = next(kind for kind, one in owner.pending.items() if one.sid == track)
            self.subscriber.add(track, kind, owner.sid)
        self.carried = wanted
        await self._negotiate()

    async def _negotiate(self) -> None:
        async with self._negotiating:
            if self.gone:
                return
            self.settled.clear()
            await self._tell_description("offer", *await self.subscriber.offer())
            await self.settled.wait()

    # -- what the connections tell ---------------------------------------------------------

    def _on_publisher(self, state: str) -> None:
        if state == "connected" and self.info.state == models.ParticipantInfo.JOINED:
            self.info.state = models.ParticipantInfo.ACTIVE
            self.room.spawn(self.room.tell_of(self))
            self.room.post("participant_joined", self)
        self._on_subscriber(state)

    def _on_subscriber(self, state: str) -> None:
        if state in ("failed", "closed") and not self.gone:
            self.room.spawn(self.room.leave(self, Reason.CONNECTION_TIMEOUT))

    def _on_packet(self, kind: str, packet: bytes, level: int | None) -> None:
        self.heard_at = time.monotonic()
        if level is not None:
            self.levels.append(level)
        track = self.pending.get(kind)
        if track is None:
            return
        if track.sid not in {one.sid for one in self.info.tracks}:
            self.info.tracks.append(track)
            self.room.spawn(self.room.published(self, track))
        for other in self.room.people.values():
            other.subscriber.pass_on(track.sid, packet)

    def _on_report(self, kind: str, report: Any) -> None:
        for other in self.room.people.values():
            if kind in self.pending:
                other.subscriber.report(self.pending[kind].sid, report)

    def _on_keyframe(self, track: str) -> None:
        owner = self.room.owner(track)
        if owner is not None:
            self.room.spawn(owner.publisher.ask_keyframe())

    def level(self) -> float:
        """How loud, from 0 to 1, since last asked."""
        heard, self.levels = self.levels, []
        loudest = min(heard, default=127)
        return 10 ** (-loudest / 20) if loudest <= LOUD else 0.0


class Room:
    """`post` is called with an event's name, and whom and what it is about."""

    def __init__(self, name: str, most: int, post: Callable[[WebhookEvent], None]) -> None:
        self.info = models.Room(sid=sid("RM"), name=name, max_participants=most)
        self.people: dict[str, Participant] = {}
        self._post = post
        self._tasks: set[asyncio.Future[None]] = set()
        self.post("room_started")
        self.spawn(self._watch())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def post(self, event: str, who: Participant | None = None, track: models.TrackInfo | None = None) -> None:
        about = None if who is None else who.info
        told = WebhookEvent(event=event, room=self.info, participant=about, track=track, id=sid("EV"))
        told.created_at = int(time.time())
        self._post(told)

    def owner(self, track: str) -> Participant | None:
        return next((one for one in self.people.values() if track in {known.sid for known in one.info.tracks}), None)

    async def join(self, identity: str, permission: models.ParticipantPermission, say: Say) -> Participant:
        if identity in self.people:
            await self.leave(self.people[identity], Reason.DUPLICATE_IDENTITY)
        one = Participant(self, identity, permission, say)
        others = [other.info for other in self.people.values()]
        self.people[identity] = one
        join = rtc.JoinResponse(
            room=self.info, participant=one.info, other_participants=others, ping_interval=5, ping_timeout=15,
            subscriber_primary=permission.can_subscribe,
        )  # fmt: skip
        await say(rtc.SignalResponse(join=join))
        return one

    async def leave(self, one: Participant, reason: Reason) -> None:
        if one.gone:
            return
        one.gone = True
        one.settled.set()
        if self.people.get(one.info.identity) is one:
            del self.people[one.info.identity]
        one.info.state, one.info.disconnect_reason = models.ParticipantInfo.DISCONNECTED, reason
        leave = rtc.LeaveRequest(reason=reason, action=rtc.LeaveRequest.DISCONNECT)
        with contextlib.suppress(ConnectionError):
            await one.say(rtc.SignalResponse(leave=leave))
        await asyncio.gather(one.publisher.close(), one.subscriber.close())
        self.post("participant_left", one)
        await self.tell_of(one)
        for other in list(self.people.values()):
            self.spawn(other.reconcile())

    async def tell_of(self, one: Participant) -> None:
        update = rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[one.info]))
        for other in list(self.people.values()):
            with contextlib.suppress(ConnectionError):
                await other.say(update)

    async def published(self, one: Participant, track: models.TrackInfo) -> None:
        await self.tell_of(one)
        self.post("track_published", one, track)
        for other in list(self.people.values()):
            await other.reconcile()

    async def permit(self, one: Participant, permission: models.ParticipantPermission) -> None:
        one.info.permission.CopyFrom(permission)
        await self.tell_of(one)
        self.spawn(one.reconcile())

    async def broke(self, one: Participant) -> None:
        """Their websocket ended without a word."""
        await asyncio.sleep(RESUMES)
        await self.leave(one, Reason.SIGNAL_CLOSE)

    async def end(self) -> None:
        for one in list(self.people.values()):
            await self.leave(one, Reason.ROOM_DELETED)
        self.post("room_finished")
        for task in list(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(SPEAKERS_EVERY)
            now = time.monotonic()
            for one in list(self.people.values()):
                await self._tell_speaking(one, one.level())
                lost = one.heard_at > 0 and now - one.heard_at > QUIET_FOR
                if lost != one.lost:
                    one.lost = lost
                    await self._tell_quality(
                        one, models.ConnectionQuality.LOST if lost else models.ConnectionQuality.GOOD
                    )

    async def _tell_speaking(self, one: Participant, level: float) -> None:
        if not level and not one.speaking:
            return
        one.speaking = level > 0
        told = rtc.SpeakersChanged(speakers=[models.SpeakerInfo(sid=one.sid, level=level, active=one.speaking)])
        tracks = {track.sid for track in one.info.tracks}
        for other in list(self.people.values()):
            if other is one or other.carried & tracks:
                with contextlib.suppress(ConnectionError):
                    await other.say(rtc.SignalResponse(speakers_changed=told))

    async def _tell_quality(self, one: Participant, quality: models.ConnectionQuality) -> None:
        info = rtc.ConnectionQualityInfo(participant_sid=one.sid, quality=quality)
        with contextlib.suppress(ConnectionError):
            await one.say(rtc.SignalResponse(connection_quality=rtc.ConnectionQualityUpdate(updates=[info])))
