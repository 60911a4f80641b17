"""What people in a room show each other: a raised hand, a shared screen, being away for a moment, sound only.

None of it is a fact of attendance, so none of it is recorded; it ends with a person's stay in the room.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signaling.rooms.chat import Inbox


@dataclass(slots=True)
class Stay:
    """One person in this session. `raised` is when their hand went up, in any unit that rises; 0 is down."""

    room: str | None = None
    raised: int = 0
    sharing: bool = False
    away: bool = False
    sound_only: bool = False
    struggling: bool = False
    inbox: Inbox = field(default_factory=Inbox)

    def move(self, room: str | None) -> None:
        if room != self.room:
            self.room, self.raised, self.sharing = room, 0, False
            self.reset()

    def reset(self) -> None:
        """What only the page knows, and says again when it is back."""
        self.away = self.sound_only = self.struggling = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person sees of it; the default is what somebody outside the room sees. Keys of people, in order."""

    here: bool = False
    hands: tuple[str, ...] = ()
    sharing: str | None = None
    others_may_share: bool = False
    away: tuple[str, ...] = ()
    sound_only: tuple[str, ...] = ()
    struggling: tuple[str, ...] = ()


class Together:
    """One session's people. `host` is the therapist's key; in a `group` everybody sees each raised hand."""

    def __init__(self, host: str, *, group: bool) -> None:
        self._host, self._group = host, group
        self._stays: dict[str, Stay] = {}
        self.others_may_share = False

    def stay(self, key: str) -> Stay:
        return self._stays.setdefault(key, Stay())

    def with_(self, key: str) -> list[str]:
        """Everybody in this person's room, themselves too; nobody for who is in none."""
        room = self.stay(key).room
        return [] if room is None else [other for other, stay in self._stays.items() if stay.room == room]

    def sharer(self, key: str) -> str | None:
        return next((other for other in self.with_(key) if self._stays[other].sharing), None)

    def may_share(self, key: str) -> bool:
        return key == self._host or self.others_may_share

    def let_share(self, on: bool) -> None:
        """Taken back, it also ends what is being shared by leave."""
        self.others_may_share = on
        if not on:
            for key, stay in self._stays.items():
                stay.sharing = stay.sharing and key == self._host

    def seen_by(self, key: str) -> Seen:
        here = self.with_(key)
        if not here:
            return Seen()
        every = self._group or key == self._host
        raised = sorted(
            (self._stays[one].raised, one) for one in here if self._stays[one].raised and (every or one == key)
        )
        return Seen(
            here=True,
            hands=tuple(one for _, one in raised),
            sharing=self.sharer(key),
            others_may_share=self.others_may_share,
            away=tuple(one for one in here if self._stays[one].away),
            sound_only=tuple(one for one in here if self._stays[one].sound_only),
            # How somebody's connection is may tell where they are: for the host, and nobody else.
            struggling=tuple(one for one in here if self._stays[one].struggling and key == self._host),
        )
