"""Carries each change of a session to its people: media is cut first, then opened, then views go out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter

from server.application.dispatcher import Change, Dispatcher
from server.application.media_events import (
    LeftOut,
    MediaEvent,
    PeerClosed,
    PeerConnected,
    PeerObserved,
    Redescribed,
    SlotsChanged,
    WorkerReady,
)
from server.application.ports import Clock, MediaBackend, MediaRefused, RecordUnavailable, SparesPictures, TakesOffers
from server.domain.attendance import Policy
from server.domain.session.commands import Drop, ReportLink
from server.domain.session.state import Session
from server.domain.session.view import placement_of, view_of
from server.domain.session.views import Link, PartnerView, Place, TherapistView
from signaling.gateway.company import Company
from signaling.gateway.keys import Keys
from signaling.gateway.relay import Relay
from signaling.gateway.seats import Seat, Seats
from signaling.protocol.answers import (
    PROTOCOL_VERSION,
    Changed,
    ChatLine,
    Closed,
    Envelope,
    KeySent,
    MediaOffered,
    MediaRedescribed,
    MembersKeys,
    Moved,
    RoomChanged,
    SlotsAssigned,
)
from signaling.protocol.messages import InRoom

SILENT = 2.0  # s until the others see "reconnecting"
# The same for media alone while the socket stands: a browser that sends neither sound nor picture still checks its
# connection every 2.5 s, and the worker reports once a second.
MEDIA_SILENT = 5.0
DROPPED = 15.0  # s until everything silent means dropped
TICK = 0.5

_PARTNER = TypeAdapter(PartnerView)
_THERAPIST = TypeAdapter(TherapistView)

D = TypeVar("D")
Emit = Callable[[str, str, Any], Awaitable[None]]


def view_json(session: Session, key: str, clock: Clock, policy: Policy) -> dict[str, Any]:
    """A person's view as it goes over the wire, without `now` (which would differ each time)."""
    view = view_of(session, key, clock.now(), policy)
    if isinstance(view, PartnerView):
        return {"role": "partner", "speed": clock.speed, **_PARTNER.dump_python(view, mode="json")}
    return {"role": "therapist", "speed": clock.speed, **_THERAPIST.dump_python(view, mode="json")}


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a media connection begins: with our offer, with one of the page's (`yours`), or, with neither, not at all."""

    offer: str | None = None
    yours: bool = False


class Hub:
    def __init__(
        self,
        dispatcher: Dispatcher,
        clock: Clock,
        media: MediaBackend | None,
        emit: Emit,
        kick: Emit,
        relay: Relay,
        elsewhere: Callable[[str], str | None] = lambda session: None,
    ) -> None:
        """`emit(sid, event, body)` sends to one connection; `kick` sends and then closes it.

        `elsewhere` is the address of the node that a session lives on, or None where that is this one.
        """
        self._dispatcher, self._clock, self._media = dispatcher, clock, media
        self._emit, self._kick, self._relay = emit, kick, relay
        self._elsewhere = elsewhere
        self.seats = Seats()
        self._keys = Keys(self._tell)
        self.company = Company(self._tell)
        # A demo's clocks run faster than its network: silence is judged in step, but never hastily.
        self._dropped_after = max(3.0, DROPPED / clock.speed)
        self._tasks: set[asyncio.Task[None]] = set()
        dispatcher.subscribe(self.on_change)
        if media is not None:
            media.subscribe(self._on_media)

    # -- seats -----------------------------------------------------------------------------

    async def seat(self, seat: Seat, session: Session) -> None:
        """Take the seat; whoever held it before is told and closed."""
        old = self.seats.take(seat)
        self.company.taken(seat)
        await self.company.placed(session, self.seats.of_session(seat.session))
        if old is None:
            return
        seat.has_media, seat.placed, seat.media_at = old.has_media, old.placed, old.media_at
        seat.assigned = old.assigned
        await self._tell_assigned(seat)
        if old.sid is not None and old.sid != seat.sid:
            body = self._envelope(old.rev, Closed(type="seat_taken", message="You opened this session somewhere else."))
            await self._kick(old.sid, "closed", body)

    def snapshot(self, seat: Seat, session: Session) -> dict[str, Any]:
        """A fresh view for this seat, and its revision noted."""
        view = view_json(session, seat.key, self._clock, self._dispatcher.policy_of(session))
        if view != seat.view:
            seat.view, seat.rev = view, seat.rev + 1
        return {**view, "now": self._clock.now().isoformat()}

    async def offer(self, seat: Seat) -> Beginning:
        """A fresh media connection, held; then placed where the session says."""
        if self._media is None:
            return Beginning()
        session = await self._dispatcher.session(seat.session)
        try:
            offer = await self._media.offer(seat.peer, len(session.seats) - 1)
        except MediaRefused:
            return Beginning()
        seat.has_media, seat.placed, seat.media_at, seat.assigned = True, None, None, None
        if self.company.sound_only(seat):
            await self._spare(seat)
        await self._place(session, seat)
        await self._keys.refresh(self.seats.of_session(seat.session))
        return Beginning(offer, offer is None)

    def ice_servers(self, seat: Seat) -> list[dict[str, Any]]:
        """The relay for this seat's next media connection, with credentials of its own."""
        return self._relay.servers(seat.peer, time.time())

    async def answer(self, seat: Seat, sdp: str) -> None:
        """Raises `MediaRefused`."""
        if self._media is None or not seat.has_media:
            raise MediaRefused("no_offer", "There is no media connection to answer.")
        await self._media.answer(seat.peer, sdp)

    async def take_offer(self, seat: Seat, sdp: str) -> str:
        """The answer to this seat's own offer. Raises `MediaRefused`."""
        media: object = self._media
        if not isinstance(media, TakesOffers) or not seat.has_media:
            raise MediaRefused("not_offered", "This page has nothing to offer here.")
        return await media.take(seat.peer, sdp)

    async def announce(self, seat: Seat, key: str | None) -> None:
        """This seat's browser says whether, and with which public key, it encrypts end to end."""
        seat.announced, seat.public_key = True, key
        await self._keys.refresh(self.seats.of_session(seat.session))

    async def send_keys(self, seat: Seat, boxes: Mapping[str, str]) -> None:
        await self._keys.send(seat, self.seats.of_session(seat.session), boxes)

    async def in_room(self, seat: Seat, message: InRoom) -> Mapping[str, Any]:
        """What people show each other; who wants sound only is sent no pictures."""
        before = self.company.sound_only(seat)
        ack = await self.company.take(seat, self.seats.of_session(seat.session), message)
        if self.company.sound_only(seat) != before:
            await self._spare(seat)
        return ack

    async def _spare(self, seat: Seat) -> None:
        media: object = self._media
        if isinstance(media, SparesPictures) and seat.has_media:
            with contextlib.suppress(MediaRefused):
                await media.pictures(seat.peer, not self.company.sound_only(seat))

    # -- changes ---------------------------------------------------------------------------

    async def on_change(self, change: Change) -> None:
        seats = self.seats.of_session(change.after.id)
        if not seats:
            return
        places = placement_of(change.after)
        for seat in seats:
            if seat.placed is not None and places.get(seat.key) != seat.placed:
                await self._cut(seat)
        for seat in seats:
            if seat.key not in places:
                await self._close_media(seat)
        # Opened at once, not one after the other: a first picture waits for its keyframe, so ask for that first.
        await asyncio.gather(*(self._place(change.after, seat) for seat in seats))
        await self._keys.refresh(seats)
        await self.company.placed(change.after, seats)
        for seat in seats:
            await self._show(seat, change.after)
        await self._expel(change, seats)
        await self._keys.refresh(self.seats.of_session(change.after.id))

    async def _expel(self, change: Change, seats: list[Seat]) -> None:
        for seat in seats:
            if change.after.seats[seat.key].place is Place.REMOVED and seat.sid is not None:
                body = Closed(type="removed", message="The therapist has ended your part of this session.")
                await self._kick(seat.sid, "closed", self._envelope(seat.rev, body))
                self.seats.clear(seat)

    async def close_seat(self, sid: str, code: str, message: str) -> None:
        """Cut this connection's media, say why, and close it; the person counts as dropped when they stay away."""
        seat = self.seats.of_sid(sid)
        if seat is None:
            await self._kick(sid, "closed", self._envelope(0, Closed(type=code, message=message)))
            return
        await self._close_media(seat)
        await self._kick(sid, "closed", self._envelope(seat.rev, Closed(type=code, message=message)))

    async def _show(self, seat: Seat, session: Session) -> None:
        if seat.sid is None or not seat.view:
            return
        view = view_json(session, seat.key, self._clock, self._dispatcher.policy_of(session))
        changed = {key: value for key, value in view.items() if seat.view.get(key) != value}
        if changed:
            seat.view, seat.rev = view, seat.rev + 1
            await self._emit(seat.sid, "changed", self._envelope(seat.rev, Changed(set=changed)))

    async def _tell(
        self, seat: Seat, event: str, data: MembersKeys | KeySent | RoomChanged | ChatLine | SlotsAssigned
    ) -> None:
        if seat.sid is not None:
            await self._emit(seat.sid, event, self._envelope(seat.rev, data))

    def _envelope(self, rev: int, data: D) -> Envelope[D]:
        return {"v": PROTOCOL_VERSION, "rev": rev, "at": self._clock.now().isoformat(), "data": data}

    # -- media -----------------------------------------------------------------------------

    async def _cut(self, seat: Seat) -> None:
        if self._media is not None:
            with contextlib.suppress(MediaRefused):
                await self._media.place(seat.peer, None)
        seat.placed = None

    async def _close_media(self, seat: Seat) -> None:
        if self._media is not None and seat.has_media:
            seat.has_media, seat.placed = False, None
            with contextlib.suppress(MediaRefused):
                await self._media.close(seat.peer)

    async def _place(self, session: Session, seat: Seat) -> None:
        room = placement_of(session).get(seat.key)
        if self._media is None or not seat.has_media or room is None or seat.placed == room:
            return
        with contextlib.suppress(MediaRefused):
            await self._media.place(seat.peer, room)
            seat.placed = room

    def _on_media(self, event: MediaEvent) -> None:
        match event:
            case PeerConnected(peer):
                self._sign_of_life(peer, 0.0)
            case PeerObserved(peer=peer, silent_ms=silent_ms):
                self._sign_of_life(peer, silent_ms / 1000)
            case PeerClosed(peer):
                seat = self.seats.of_peer(peer)
                if seat is not None:
                    seat.placed = None
                    self._spawn(self._keys.refresh(self.seats.of_session(seat.session)))
            case SlotsChanged(peer, slots, paused):
                self._spawn(self._assign(peer, slots, paused))
            case Redescribed(peer, offer):
                self._spawn(self._redescribe(peer, offer))
            case WorkerReady():
                self._spawn(self._offer_all())

    def _sign_of_life(self, peer: str, silent: float) -> None:
        seat = self.seats.of_peer(peer)
        if seat is not None:
            seat.media_at = time.monotonic() - silent

    async def _assign(self, peer: str, slots: Mapping[int, str | None], paused: Mapping[str, LeftOut]) -> None:
        seat = self.seats.of_peer(peer)
        if seat is not None:
            keys = {str(i): _key(source) if source else None for i, source in slots.items()}
            seat.assigned = SlotsAssigned(slots=keys, paused={_key(source): why for source, why in paused.items()})
            await self._tell_assigned(seat)

    async def _tell_assigned(self, seat: Seat) -> None:
        """Whom the media connection carries: also to a socket that was away, while it changed and media went on."""
        if seat.assigned is not None:
            await self._tell(seat, "slots_assigned", seat.assigned)

    async def _redescribe(self, peer: str, offer: str) -> None:
        seat = self.seats.of_peer(peer)
        if seat is not None and seat.sid is not None:
            await self._emit(seat.sid, "media_redescribed", self._envelope(seat.rev, MediaRedescribed(offer=offer)))

    async def _offer_all(self) -> None:
        for seat in self.seats:
            if seat.has_media and seat.sid is not None:
                begun = await self.offer(seat)
                if begun.offer is not None or begun.yours:
                    offered = MediaOffered(offer=begun.offer, yours=begun.yours, ice_servers=self.ice_servers(seat))
                    await self._emit(seat.sid, "media_offered", self._envelope(seat.rev, offered))

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- presence --------------------------------------------------------------------------

    async def watch(self) -> None:
        """Runs until cancelled: turns silence into "reconnecting" and then into dropped."""
        while True:
            await asyncio.sleep(TICK)
            with contextlib.suppress(RecordUnavailable):  # looked at again
                for seat in self.seats:
                    await self.look(seat, time.monotonic())
                for id in self.seats.sessions():
                    await self._look_at_record(id)
                self.company.keep_only(self.seats.sessions())

    async def _look_at_record(self, id: str) -> None:
        session = await self._dispatcher.session(id)
        for seat in self.seats.of_session(id):
            await self._reconcile(seat, session)
            await self._show(seat, session)
        await self.company.placed(session, self.seats.of_session(id))

    async def look(self, seat: Seat, now: float) -> None:
        """Judge one seat's silence at `now` (monotonic seconds)."""
        silent = now - seat.last_sign(now)
        if silent >= self._dropped_after:
            since = self._clock.now() - timedelta(seconds=silent * self._clock.speed)
            await self._close_media(seat)
            await self._dispatcher.submit(seat.session, Drop(seat.key, seat.epoch, since))
            self.seats.clear(seat)  # where it could not be written, they are looked at again
            return
        away = silent >= SILENT or seat.media_silent(now) >= MEDIA_SILENT
        link = Link.RECONNECTING if away else Link.OK
        if link is not seat.link:
            seat.link = link
            await self._dispatcher.submit(seat.session, ReportLink(seat.key, seat.epoch, link))

    def adopt(self, session: Session) -> None:
        """Watch over who is connected, as the record has it, but not here: their node is gone, and they may be too.

        Where another node does have them, it says so within the time in which they are shown as reconnecting.
        """
        here = {seat.key for seat in self.seats.of_session(session.id)}
        for key, recorded in session.seats.items():
            if key not in here and recorded.connected and recorded.shares is None:
                seat = Seat(session.id, key, recorded.epoch, None, socket_lost_at=time.monotonic(), link=recorded.link)
                self.seats.take(seat)

    async def _reconcile(self, seat: Seat, session: Session) -> None:
        """What the record says of a seat that we hold counts: somebody else may have it now, or think us gone."""
        recorded = session.seats[seat.key]
        if recorded.epoch > seat.epoch:
            if not seat.outdated:  # if it is taken here, we are about to hear of it
                seat.outdated = True
                return
            await self._close_media(seat)
            if seat.sid is not None:
                body = Closed(type="seat_taken", message="You opened this session somewhere else.")
                await self._kick(seat.sid, "closed", self._envelope(seat.rev, body))
            self.seats.clear(seat)
        elif seat.sid is None:
            if recorded.link is Link.OK and seat.link is Link.RECONNECTING:
                self.seats.clear(seat)  # another node has them, and has said so
        elif recorded.link is Link.LOST and recorded.place is not Place.REMOVED and recorded.shares is None:
            await self._close_media(seat)
            sid, back = seat.sid, Moved(address=self._elsewhere(seat.session))
            self.seats.clear(seat)
            await self._kick(sid, "moved", self._envelope(seat.rev, back))  # and back, with a newer epoch
        else:
            if recorded.link is Link.RECONNECTING and seat.link is Link.OK:
                await self._dispatcher.submit(seat.session, ReportLink(seat.key, seat.epoch, Link.OK))
            await self._send_on(seat)

    async def _send_on(self, seat: Seat) -> None:
        """Tell this connection where its session lives now. It stays until its person has the seat there."""
        address = self._elsewhere(seat.session)
        if address is None:
            seat.told = ""
        elif address != seat.told and seat.sid is not None:
            seat.told = address
            await self._emit(seat.sid, "moved", self._envelope(seat.rev, Moved(address=address)))

    async def gone(self, seat: Seat) -> None:
        """This person left on purpose: their media ends now."""
        await self._close_media(seat)
        self.seats.clear(seat)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _key(peer: str) -> str:
    """Whose media connection it is, by their key in the session."""
    return peer.rpartition("/")[2]
