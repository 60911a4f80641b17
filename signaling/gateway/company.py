"""Chat, hands and shared screens of those in one room: in memory while the session lasts, and never written down."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from server.domain.attendance import Kind
from server.domain.session.state import THERAPIST, Session
from server.domain.session.view import placement_of
from signaling.gateway.seats import Seat
from signaling.gateway.throttle import Bucket
from signaling.protocol import messages as m
from signaling.protocol.answers import ChatLine, ChatRead, Done, Refused, RoomChanged, Said, refused
from signaling.rooms.chat import Inbox, Line, may_write_to, reached
from signaling.rooms.together import Seen, Together

LINES, AT_ONCE = 0.5, 8.0  # lines a second from one person, and how many of them together

Tell = Callable[[Seat, str, RoomChanged | ChatLine], Awaitable[None]]
Ack = Mapping[str, Any]


class Company:
    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._sessions: dict[str, Together] = {}
        self._buckets: dict[str, Bucket] = {}

    async def placed(self, session: Session, seats: Iterable[Seat]) -> None:
        """Everybody is where the session has them now; whoever left a room leaves what they showed there."""
        if session.plan is None:
            return
        room = self._sessions.get(session.id)
        if room is None:
            room = self._sessions[session.id] = Together(THERAPIST, group=session.plan.kind is Kind.GROUP)
        places = placement_of(session)
        for key in session.seats:
            room.stay(key).move(places.get(key))
        await self._show(room, seats)
        if session.over:
            self.forget(session.id)

    def taken(self, seat: Seat) -> None:
        """A connection took this seat: what only its page knows is said again by it."""
        room = self._sessions.get(seat.session)
        if room is not None:
            room.stay(seat.key).reset()

    def sound_only(self, seat: Seat) -> bool:
        room = self._sessions.get(seat.session)
        return room is not None and room.stay(seat.key).sound_only

    def keep_only(self, sessions: Iterable[str]) -> None:
        """Forget every session that nobody is connected to any more."""
        for gone in self._sessions.keys() - set(sessions):
            self.forget(gone)

    def forget(self, session: str) -> None:
        self._sessions.pop(session, None)
        for peer in [peer for peer in self._buckets if peer.rpartition("/")[0] == session]:
            del self._buckets[peer]

    async def take(self, seat: Seat, seats: Iterable[Seat], message: m.InRoom) -> Ack:
        room = self._sessions.get(seat.session)
        if room is None or seat.key not in room.with_(seat.key):
            return refused("not_in_room", "You’re not in the room.")
        seats = list(seats)
        done = Done(ok=True, rev=seat.rev)
        match message:
            case m.Say():
                return await self._say(room, seat, seats, message)
            case m.ReadChat(after=after):
                lines = [_as_data(line) for line in room.stay(seat.key).inbox.after(after)]
                return ChatRead(**done, lines=lines)
            case m.ShareScreen(on=on):
                refusal = self._share(room, seat.key, on)
                if refusal is not None:
                    return refusal
            case _:
                _do(room, seat.key, message)
        await self._show(room, seats)
        return done

    async def _say(self, room: Together, seat: Seat, seats: list[Seat], message: m.Say) -> Ack:
        here, own = room.with_(seat.key), room.stay(seat.key).inbox
        before = own.said(message.cmd_id)
        if before is not None:
            return Said(ok=True, rev=seat.rev, n=before)
        if not may_write_to(seat.key, message.to, THERAPIST):
            return refused("not_allowed", "That is not yours to do.")
        readers = reached(seat.key, message.to, here)
        if not readers:
            return refused("nobody_here", "They aren’t here just now, so nobody would read it.")
        bucket = self._buckets.setdefault(seat.peer, Bucket(LINES, AT_ONCE, time.monotonic()))
        if not bucket.take(time.monotonic()):
            return refused("too_many_messages", "Too many messages. Please wait a moment.")
        at, connected = int(time.time() * 1000), {one.key: one for one in seats}
        for reader in readers:
            box = None if message.boxes is None else message.boxes.get(reader)
            if message.text is not None or box is not None:
                line = _kept(room.stay(reader).inbox, seat.key, message, box, at)
                if reader in connected:
                    await self._tell(connected[reader], "chat_said", _as_data(line))
        # What is boxed for others could not be read here, so its own page keeps it.
        n = own.next(at) if message.text is None else _kept(own, seat.key, message, None, at).n
        own.note_said(message.cmd_id, n)
        return Said(ok=True, rev=seat.rev, n=n)

    def _share(self, room: Together, key: str, on: bool) -> Refused | None:
        sharer = room.sharer(key)
        if on and not room.may_share(key):
            return refused("sharing_not_allowed", "Your therapist hasn’t opened this yet.")
        if on and sharer not in (None, key):
            return refused("already_sharing", "Somebody is sharing their screen already.")
        room.stay(key).sharing = on
        return None

    async def _show(self, room: Together, seats: Iterable[Seat]) -> None:
        for seat in seats:
            seen = room.seen_by(seat.key)
            if seat.sid is not None and seen != seat.seen:
                seat.seen = seen
                await self._tell(seat, "room_changed", _changed(seen))


def _do(room: Together, key: str, message: m.InRoom) -> None:
    stay = room.stay(key)
    match message:
        case m.RaiseHand(up=up):
            stay.raised = (stay.raised or time.monotonic_ns()) if up else 0
        case m.LowerHand(participant=other) if other in room.with_(key):
            room.stay(other).raised = 0
        case m.ShowState(away=away, sound_only=sound_only, struggling=struggling):
            stay.away, stay.sound_only, stay.struggling = away, sound_only, struggling
        case m.AllowSharing(on=on):
            room.let_share(on)
        case m.StopSharing():
            sharer = room.sharer(key)
            if sharer is not None:
                room.stay(sharer).sharing = False


def _kept(inbox: Inbox, sender: str, message: m.Say, box: str | None, at: int) -> Line:
    line = Line(inbox.next(at), sender, message.to, message.text, box)
    inbox.keep(line)
    return line


def _as_data(line: Line) -> ChatLine:
    return ChatLine(n=line.n, sender=line.sender, to=line.to, text=line.text, box=line.box)


def _changed(seen: Seen) -> RoomChanged:
    return RoomChanged(
        here=seen.here,
        hands=list(seen.hands),
        sharing=seen.sharing,
        others_may_share=seen.others_may_share,
        away=list(seen.away),
        sound_only=list(seen.sound_only),
        struggling=list(seen.struggling),
    )
