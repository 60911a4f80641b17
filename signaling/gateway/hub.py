"""Carries each change of a session to its people: media is cut first, then opened, then views go out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter

from server.application.dispatcher import Change, Dispatcher
from server.application.media_events import (
    MediaEvent,
    PeerClosed,
    PeerConnected,
    PeerObserved,
    SlotsChanged,
    WorkerReady,
)
from server.application.ports import Clock, MediaBackend, MediaRefused
from server.domain.attendance import Policy
from server.domain.session.commands import Drop, ReportLink
from server.domain.session.state import Session
from server.domain.session.view import placement_of, view_of
from server.domain.session.views import Link, PartnerView, Place, TherapistView
from signaling.gateway.seats import Seat, Seats
from signaling.protocol.answers import PROTOCOL_VERSION, Changed, Closed, Envelope, MediaOffered, SlotsAssigned

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


class Hub:
    def __init__(
        self, dispatcher: Dispatcher, clock: Clock, media: MediaBackend | None, emit: Emit, kick: Emit
    ) -> None:
        """`emit(sid, event, body)` sends to one connection; `kick` sends and then closes it."""
        self._dispatcher, self._clock, self._media = dispatcher, clock, media
        self._emit, self._kick = emit, kick
        self.seats = Seats()
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
        if old is None:
            return
        seat.has_media, seat.placed, seat.media_at = old.has_media, old.placed, old.media_at
        if old.sid is not None and old.sid != seat.sid:
            body = self._envelope(old.rev, Closed(type="seat_taken", message="You opened this session somewhere else."))
            await self._kick(old.sid, "closed", body)

    def snapshot(self, seat: Seat, session: Session) -> dict[str, Any]:
        """A fresh view for this seat, and its revision noted."""
        view = view_json(session, seat.key, self._clock, self._dispatcher.policy_of(session))
        if view != seat.view:
            seat.view, seat.rev = view, seat.rev + 1
        return {**view, "now": self._clock.now().isoformat()}

    async def offer(self, seat: Seat) -> str | None:
        """A fresh media offer, held; then placed where the session says. None where media is not to be had."""
        if self._media is None:
            return None
        session = await self._dispatcher.session(seat.session)
        try:
            offer = await self._media.offer(seat.peer, len(session.seats) - 1)
        except MediaRefused:
            return None
        seat.has_media, seat.placed, seat.media_at = True, None, None
        await self._place(session, seat)
        return offer

    async def answer(self, seat: Seat, sdp: str) -> None:
        """Raises `MediaRefused`."""
        if self._media is None or not seat.has_media:
            raise MediaRefused("no_offer", "There is no media connection to answer.")
        await self._media.answer(seat.peer, sdp)

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
        for seat in seats:
            await self._show(seat, change.after)
        await self._expel(change, seats)

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
            case SlotsChanged(peer, slots):
                self._spawn(self._assign(peer, dict(slots)))
            case WorkerReady():
                self._spawn(self._offer_all())

    def _sign_of_life(self, peer: str, silent: float) -> None:
        seat = self.seats.of_peer(peer)
        if seat is not None:
            seat.media_at = time.monotonic() - silent

    async def _assign(self, peer: str, slots: dict[int, str | None]) -> None:
        seat = self.seats.of_peer(peer)
        if seat is not None and seat.sid is not None:
            keys = {str(i): source.rpartition("/")[2] if source else None for i, source in slots.items()}
            await self._emit(seat.sid, "slots_assigned", self._envelope(seat.rev, SlotsAssigned(slots=keys)))

    async def _offer_all(self) -> None:
        for seat in self.seats:
            if seat.has_media and seat.sid is not None:
                offer = await self.offer(seat)
                if offer is not None:
                    await self._emit(seat.sid, "media_offered", self._envelope(seat.rev, MediaOffered(offer=offer)))

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- presence --------------------------------------------------------------------------

    async def watch(self) -> None:
        """Runs until cancelled: turns silence into "reconnecting" and then into dropped."""
        while True:
            await asyncio.sleep(TICK)
            for seat in self.seats:
                await self.look(seat, time.monotonic())
            for id in self.seats.sessions():
                session = await self._dispatcher.session(id)
                for seat in self.seats.of_session(id):
                    await self._show(seat, session)

    async def look(self, seat: Seat, now: float) -> None:
        """Judge one seat's silence at `now` (monotonic seconds)."""
        silent = now - seat.last_sign(now)
        if silent >= self._dropped_after:
            since = self._clock.now() - timedelta(seconds=silent * self._clock.speed)
            self.seats.clear(seat)
            await self._close_media(seat)
            await self._dispatcher.submit(seat.session, Drop(seat.key, seat.epoch, since))
            return
        away = silent >= SILENT or seat.media_silent(now) >= MEDIA_SILENT
        link = Link.RECONNECTING if away else Link.OK
        if link is not seat.link:
            seat.link = link
            await self._dispatcher.submit(seat.session, ReportLink(seat.key, seat.epoch, link))

    async def gone(self, seat: Seat) -> None:
        """This person left on purpose: their media ends now."""
        await self._close_media(seat)
        self.seats.clear(seat)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
