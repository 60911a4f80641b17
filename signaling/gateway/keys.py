"""Public keys of those in a room, for the end-to-end encryption that browsers do among themselves.

The server carries keys and sealed boxes and can open none. Who waits, or is in another room, learns of nobody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from signaling.gateway.seats import Seat
from signaling.protocol.answers import KeySent, MembersKeys

Tell = Callable[[Seat, str, MembersKeys | KeySent], Awaitable[None]]


class Keys:
    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    async def refresh(self, seats: Iterable[Seat]) -> None:
        """Tell each of one session's seats whose room has changed, or somebody's key in it."""
        everyone = [seat for seat in seats if seat.announced]
        for seat in everyone:
            theirs = {one.key: one.public_key for one in everyone if one is not seat and _together(one, seat)}
            if seat.sid is not None and theirs != seat.members:
                seat.members = theirs
                await self._tell(seat, "members_keys", MembersKeys(keys=theirs))

    async def send(self, sender: Seat, seats: Iterable[Seat], boxes: Mapping[str, str]) -> None:
        """Each box to the one it is for, as far as they are in the sender's room."""
        for seat in seats:
            box = boxes.get(seat.key)
            if box is not None and seat is not sender and seat.sid is not None and _together(seat, sender):
                await self._tell(seat, "key_sent", KeySent(sender=sender.key, box=box))


def _together(one: Seat, other: Seat) -> bool:
    return one.placed is not None and one.placed == other.placed
