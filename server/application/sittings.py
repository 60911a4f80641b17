"""The sessions of a couple in a span of time, each as its record has it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of
from server.application.ports import Appointment, Directory
from server.domain.hours import Measured, Taken, WeekHours, hours_of, still_to_come
from server.domain.session.state import Session


@dataclass(frozen=True, slots=True)
class Sitting:
    """`seats` has the key of each partner who was invited, by their id; in a group also those of other couples."""

    appointment: Appointment
    session: Session
    seats: dict[str, str]

    def of(self, person: str, now: datetime) -> WeekHours:
        """What it gave this person."""
        if person not in self.seats:
            return WeekHours()
        taken = Taken(self.appointment.id, self.appointment.starts_at, self.session, self.seats[person])
        return hours_of(taken, now)

    def to_come(self, person: str, now: datetime, *, own_word_only: bool = False) -> Measured:
        """What of it is still to come for this person."""
        if person not in self.seats or self.appointment.status != "booked":
            return Measured()
        return still_to_come(self.session, self.seats[person], now, own_word_only=own_word_only)


class Sittings:
    def __init__(self, dispatcher: Dispatcher, directory: Directory) -> None:
        self._dispatcher, self._directory = dispatcher, directory

    async def of(self, people: Iterable[str], since: datetime, to: datetime) -> list[Sitting]:
        """Those that were planned to begin in [since, to) with any of these people, by start."""
        found: dict[str, Appointment] = {}
        for person in people:
            found |= {one.id: one for one in await self._directory.appointments_of(person, since, to)}
        return [
            Sitting(one, await self._dispatcher.session(one.id), {who: key for key, who in partners_of(one).items()})
            for one in sorted(found.values(), key=lambda one: (one.starts_at, one.id))
        ]


def hours_in(sittings: Iterable[Sitting], person: str, now: datetime) -> WeekHours:
    """What they gave this person in all."""
    return sum((one.of(person, now) for one in sittings), WeekHours())


def coming_in(
    sittings: Iterable[Sitting], person: str, now: datetime, *, own_word_only: bool = False
) -> tuple[Measured, dict[str, int]]:
    """What of them is still to come for this person: the minutes, and how many sessions of each kind."""
    left = [one.to_come(person, now, own_word_only=own_word_only) for one in sittings]
    count = {
        "joint": sum(one.joint > timedelta(0) for one in left),
        "individual": sum(one.individual > timedelta(0) for one in left),
        "group": sum(one.group > timedelta(0) for one in left),
    }
    return sum(left, Measured()), count
