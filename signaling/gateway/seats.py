"""Who is connected here, by seat: a person's place in a session, never a socket id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from server.domain.session.views import Link
from signaling.protocol.answers import SlotsAssigned
from signaling.rooms.together import Seen


@dataclass(slots=True)
class Seat:
    """One person's live connection to one session. Times are monotonic seconds of this process."""

    session: str
    key: str
    epoch: int
    sid: str | None
    socket_lost_at: float | None = None
    media_at: float | None = None  # last sign of life of the media connection
    has_media: bool = False
    placed: str | None = None  # the media room it is in
    assigned: SlotsAssigned | None = None  # whom its media connection carries
    link: Link = Link.OK
    rev: int = 0
    view: dict[str, Any] = field(default_factory=dict)
    token_hash: str = ""
    announced: bool = False  # whether the browser has said if it can encrypt end to end
    public_key: str | None = None  # None where it can't
    members: dict[str, str | None] = field(default_factory=dict)  # the keys that it was last told of
    seen: Seen = field(default_factory=Seen)  # what it was last told of the room
    outdated: bool = False  # the record knows of a newer connection to this seat
    told: str = ""  # the address that this connection was last sent to

    @property
    def peer(self) -> str:
        return f"{self.session}/{self.key}"

    def last_sign(self, now: float) -> float:
        """When this person was last seen alive by anything: socket, or sound, picture, RTCP, STUN."""
        socket = now if self.socket_lost_at is None else self.socket_lost_at
        return max(socket, self.media_at or 0.0)

    def media_silent(self, now: float) -> float:
        """Seconds since the media connection last showed life; 0 where there is none to listen to."""
        return now - self.media_at if self.has_media and self.media_at is not None else 0.0


class Seats:
    def __init__(self) -> None:
        self._by_session: dict[str, dict[str, Seat]] = {}
        self._by_sid: dict[str, Seat] = {}

    def take(self, seat: Seat) -> Seat | None:
        """Seat the connection; returns the one that had the seat before."""
        seats = self._by_session.setdefault(seat.session, {})
        old = seats.get(seat.key)
        seats[seat.key] = seat
        if seat.sid is not None:
            self._by_sid[seat.sid] = seat
        if old is not None and old.sid is not None and old.sid != seat.sid:
            self._by_sid.pop(old.sid, None)
        return old

    def of_sid(self, sid: str) -> Seat | None:
        return self._by_sid.get(sid)

    def of_peer(self, peer: str) -> Seat | None:
        session, _, key = peer.rpartition("/")
        return self._by_session.get(session, {}).get(key)

    def of_session(self, session: str) -> list[Seat]:
        return list(self._by_session.get(session, {}).values())

    @property
    def connections(self) -> int:
        return len(self._by_sid)

    def sessions(self) -> list[str]:
        return list(self._by_session)

    def __iter__(self) -> Iterator[Seat]:
        return iter([seat for seats in self._by_session.values() for seat in seats.values()])

    def unplug(self, sid: str, now: float) -> Seat | None:
        """The socket is gone; the seat stays until presence says otherwise."""
        seat = self._by_sid.pop(sid, None)
        if seat is not None and seat.sid == sid:
            seat.sid, seat.socket_lost_at = None, now
        return seat

    def clear(self, seat: Seat) -> None:
        seats = self._by_session.get(seat.session, {})
        if seats.get(seat.key) is seat:
            del seats[seat.key]
            if not seats:
                del self._by_session[seat.session]
        if seat.sid is not None:
            self._by_sid.pop(seat.sid, None)
