"""The programme's groups of a week, whether or not somebody is in them yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.application.ports import Appointment, Bookings, Clock, Directory
from server.domain.programme import Couple, Programme
from server.domain.session.plan import SEATS


@dataclass(frozen=True, slots=True)
class GroupSession:
    """`id` is the appointment's, the same for whoever asks; `people` are those who are in it, by seat."""

    id: str
    name: str
    starts_at: datetime
    minutes: int
    host: str
    people: dict[str, str]
    exists: bool

    @property
    def places(self) -> int:
        return len(SEATS) - sum(key in SEATS for key in self.people)


class Groups:
    def __init__(self, directory: Directory, bookings: Bookings, clock: Clock) -> None:
        self._directory, self._bookings, self._clock = directory, bookings, clock

    async def of_week(self, programme: Programme, monday: date, couple: Couple) -> list[GroupSession]:
        """Those that are still to come and can be held, by start."""
        found = []
        for id, name, start, host in _occurrences(programme, monday):
            if start <= self._clock.now():
                continue
            known = await self._directory.appointment(id)
            if known is not None:
                if known.status == "booked":
                    found.append(_existing(known, name))
                continue
            minutes = programme.lengths.group
            busy = await self._bookings.busy([host or couple.therapist], start, start + timedelta(minutes=minutes))
            if not busy[host or couple.therapist]:
                found.append(GroupSession(id, name, start, minutes, host or couple.therapist, {}, False))
        return found


def _existing(known: Appointment, name: str) -> GroupSession:
    people = dict(known.people)
    return GroupSession(known.id, name, known.starts_at, known.minutes, people["therapist"], people, True)


def _occurrences(programme: Programme, monday: date) -> list[tuple[str, str, datetime, str]]:
    """An appointment's id, the group's name, its start and its own host. Two at one time are told apart by order."""
    zone, found, at_once = ZoneInfo(programme.zone), [], dict[datetime, int]()
    for group in programme.groups:
        wall = datetime.combine(monday + timedelta(days=group.weekday), group.start, zone)
        start = wall.astimezone(ZoneInfo("UTC"))
        number = at_once[start] = at_once.get(start, 0) + 1
        found.append((f"group-{start:%Y%m%dT%H%M}-{number}", group.name, start, group.host))
    return sorted(found, key=lambda one: (one[2], one[0]))
