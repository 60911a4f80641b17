"""When somebody can be booked, as they say it themselves: their week, when they are away, and extra time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from server.application.availabilities import Availabilities
from server.application.chart import Outdated, Reader, Unknown
from server.application.imported import Imports
from server.application.own_feed import OwnFeed
from server.application.planning import windows_of
from server.application.ports import Clock, Directory, Person
from server.application.roles import demand
from server.domain.programme import Availability, Elsewhere, ProgrammeError
from server.domain.schedule import ScheduleError, WeeklyHours
from server.domain.schedule.walls import narrowest, widest

FURTHEST = timedelta(days=2 * 365)

Span = tuple[datetime, datetime]
Read = Callable[[datetime, datetime, str], Span]


@dataclass(frozen=True, slots=True)
class OwnHours:
    """Windows of a week as `[weekday, "HH:MM", "HH:MM"]`, Monday 0, on the wall of `zone` (IANA)."""

    zone: str
    hours: tuple[tuple[int, str, str], ...]

    def __post_init__(self) -> None:
        try:
            WeeklyHours(self.zone, windows_of(self.hours))
        except ScheduleError as no:
            raise ProgrammeError("hours_unfit", f"{no}.") from no


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Spans beside the week, each as start and end.

    A time without an offset is the wall's of the person's own zone, as they enter it: `away` then reaches as far as
    it can mean, `extra` no further than it must. With an offset it is an instant, as they are shown again.
    """

    away: tuple[tuple[datetime, datetime], ...]
    extra: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Stays:
    """Where somebody is other than usual, each as start, end and place; times as in `Exceptions`, as far as they can
    reach."""

    elsewhere: tuple[tuple[datetime, datetime, str], ...]


class OwnCalendar:
    def __init__(
        self, availabilities: Availabilities, directory: Directory, imports: Imports, feed: OwnFeed, clock: Clock
    ) -> None:
        self._availabilities, self._directory = availabilities, directory
        self._imports, self._feed, self._clock = imports, feed, clock

    async def look(self, reader: Reader) -> dict[str, Any]:
        """All of it. What is over is left out. `seen` names what is shown, for the next change."""
        person = await self._person(reader)
        said = await self._availabilities.of(reader)
        return {
            "zone": person.zone,
            "hours": json.loads(person.hours),
            "away": self._to_come(said.away),
            "extra": self._to_come(said.extra),
            "elsewhere": [one for one in said.elsewhere if one.end > self._clock.now()],
            "calendars": [self._imports.shown(calendar) for calendar in said.calendars],
            "feed": await self._feed.standing(reader),
            "seen": _seen(person, said),
        }

    async def set_hours(self, reader: Reader, own: OwnHours, seen: str) -> None:
        """Raises `NotAllowed`, `Unknown` and `Outdated`."""
        person = await self._person(reader)
        if seen != _seen(person, await self._availabilities.of(reader)):
            raise Outdated
        windows = windows_of(own.hours)
        hours = json.dumps([[one.weekday, f"{one.start:%H:%M}", f"{one.end:%H:%M}"] for one in windows])
        await self._directory.add_person(replace(person, zone=own.zone, hours=hours))

    async def set_exceptions(self, reader: Reader, exceptions: Exceptions, seen: str) -> None:
        """Raises `NotAllowed`, `Unknown`, `Outdated` and `ProgrammeError`."""
        person = await self._person(reader)
        away = self._spans(exceptions.away, person.zone, widest)
        extra = self._spans(exceptions.extra, person.zone, narrowest)

        def change(said: Availability) -> Availability:
            if seen != _seen(person, said):
                raise Outdated
            return replace(said, away=away, extra=extra)

        await self._availabilities.change(reader, change)

    async def set_stays(self, reader: Reader, stays: Stays, seen: str) -> None:
        """Raises `NotAllowed`, `Unknown`, `Outdated` and `ProgrammeError`."""
        person, now = await self._person(reader), self._clock.now()
        found = []
        for start, end, place in stays.elsewhere:
            span = self._span((start, end), person.zone, widest)
            if span[1] > now:
                found.append(Elsewhere(*span, place.strip()))

        def change(said: Availability) -> Availability:
            if seen != _seen(person, said):
                raise Outdated
            return replace(said, elsewhere=tuple(sorted(found, key=lambda one: one.start)))

        await self._availabilities.change(reader, change)

    async def _person(self, reader: Reader) -> Person:
        demand(reader, "keep an own calendar")
        person = await self._directory.person(reader.person)
        if person is None:
            raise Unknown
        return person

    def _spans(self, given: tuple[Span, ...], zone: str, read: Read) -> tuple[Span, ...]:
        return self._to_come(tuple(self._span(span, zone, read) for span in given))

    def _span(self, given: Span, zone: str, read: Read) -> Span:
        start, end = given
        entered = start.tzinfo is None
        if entered != (end.tzinfo is None):
            raise ProgrammeError("times_unfit", "Give both times on your own clock, or neither.")
        try:
            span = read(start, end, zone) if entered else (start, end)
        except ScheduleError as no:
            raise ProgrammeError("times_unfit", f"{no}.") from no
        self._check(span, entered)
        return span[0].astimezone(UTC), span[1].astimezone(UTC)

    def _check(self, span: Span, entered: bool) -> None:
        start, end = span
        if end.timestamp() <= start.timestamp():
            raise ProgrammeError("times_unfit", "It has to end after it begins.")
        now = self._clock.now()
        if entered and end <= now:
            raise ProgrammeError("times_over", "That time is over already.")
        if end > now + FURTHEST or start < now - FURTHEST:
            raise ProgrammeError("times_far", "Up to two years from now.")

    def _to_come(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        now = self._clock.now()
        return tuple(sorted(span for span in spans if span[1] > now))


def _seen(person: Person, said: Availability) -> str:
    """Changes with what somebody enters, and not when one of their calendars is read again."""
    stays = [(one.start, one.end, one.place) for one in said.elsewhere]
    text = json.dumps([person.zone, person.hours, said.away, said.extra, stays], default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
