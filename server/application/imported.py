"""Calendars that people keep elsewhere: taken in as spans in which they are busy, and read again every hour.

Nothing of a calendar is kept but those spans. One that can't be read any more keeps its last good ones.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from server.application.availabilities import Availabilities
from server.application.calendars import SYSTEM
from server.application.chart import Outdated, Reader, Unknown, Wall
from server.application.imports import CalendarRefused
from server.application.ports import Clock, Directory, RecordUnavailable
from server.application.records import Records
from server.application.roles import TEAM, demand
from server.domain.programme import Availability, ImportedCalendar, ProgrammeError, Subscriptions
from server.domain.programme.availability import MOST_CALENDARS, Span
from server.domain.programme.faults import line
from server.domain.schedule import Busy

HORIZON = timedelta(days=180)
AGAIN = timedelta(hours=1)
LOOK = 60.0  # s of real time between two looks at what is due
AT_ONCE = 4  # addresses fetched at a time

Fetch = Callable[[str], Awaitable[bytes]]


class BusyOf(Protocol):
    def __call__(self, data: bytes, *, zone: str, owner: str, after: datetime, until: datetime) -> tuple[Busy, ...]:
        """Up to a second of work. Raises `CalendarRefused`."""


@dataclass(frozen=True, slots=True)
class _Reading:
    spans: tuple[Span, ...]
    until: datetime
    at: datetime


class Imports:
    def __init__(
        self,
        records: Records,
        availabilities: Availabilities,
        directory: Directory,
        clock: Clock,
        fetch: Fetch,
        busy_of: BusyOf,
        new_id: Callable[[], str],
    ) -> None:
        """`fetch` gets what is at an address and raises `CalendarRefused`; `new_id` draws an opaque id."""
        self._records, self._availabilities, self._directory = records, availabilities, directory
        self._clock, self._fetch, self._busy_of, self._new_id = clock, fetch, busy_of, new_id
        self._reading = asyncio.Semaphore()  # it is work for a whole core
        self._fetching = asyncio.Semaphore(AT_ONCE)
        self._tried: dict[str, datetime] = {}
        self._read: dict[str, datetime] = {}

    def shown(self, calendar: ImportedCalendar) -> dict[str, Any]:
        """What its owner sees of it: of the address the host alone, as the rest may be a secret."""
        return {
            "id": calendar.id,
            "name": calendar.name,
            "host": calendar.host,
            "read_at": max(calendar.read_at, self._read.get(calendar.id, calendar.read_at)),
            "until": calendar.until,
            "busy": len(calendar.spans),
            "unread_since": calendar.unread_since,
        }

    async def bring_file(self, reader: Reader, name: str, data: bytes) -> None:
        """Raises `NotAllowed`, `ProgrammeError` and `CalendarRefused`."""
        await self._check(reader, name)
        await self._keep(reader, self._new_id(), name, "", await self._read_from(reader.person, data))

    async def bring_address(self, reader: Reader, name: str, address: str) -> None:
        """Raises `NotAllowed`, `ProgrammeError` and `CalendarRefused`."""
        await self._check(reader, name)
        id, address = self._new_id(), address.strip()
        reading = await self._read_from(reader.person, await self._fetch(address))
        await self._subscribe(reader.person, lambda known: {**known, id: address})
        try:
            await self._keep(reader, id, name, urlsplit(address).hostname or "", reading)
        except (ProgrammeError, Outdated):
            await self._subscribe(reader.person, lambda known: _without(known, id))
            raise
        self._tried[id] = self._clock.now()

    async def drop(self, reader: Reader, id: str) -> None:
        """Raises `NotAllowed` and `Unknown`."""
        demand(reader, "keep an own calendar")

        def less(said: Availability) -> Availability:
            left = tuple(one for one in said.calendars if one.id != id)
            if left == said.calendars:
                raise Unknown
            return replace(said, calendars=left)

        await self._availabilities.change(reader, less)
        await self._subscribe(reader.person, lambda known: _without(known, id))
        self._tried.pop(id, None)
        self._read.pop(id, None)

    async def run(self) -> None:
        """Read again what is due. Runs until cancelled."""
        while True:
            with contextlib.suppress(RecordUnavailable):
                await self.read_again()
            await asyncio.sleep(LOOK)

    async def read_again(self) -> int:
        """Read every address that was not tried for an hour, once; how many."""
        now, due = self._clock.now(), []
        for kept in await self._records.all(SYSTEM, Subscriptions):
            for id, address in kept.value.addresses.items():
                if id not in self._tried or now - self._tried[id] >= AGAIN:
                    due.append((kept.id, id, address))
        async with asyncio.TaskGroup() as tasks:
            for person, id, address in due:
                self._tried[id] = now
                tasks.create_task(self._again(person, id, address))
        return len(due)

    async def _again(self, person: str, id: str, address: str) -> None:
        """Nothing is written where nothing changed: every version of a record is kept for good."""
        fresh: _Reading | None = None
        with contextlib.suppress(CalendarRefused, ProgrammeError, Unknown):
            async with self._fetching:
                data = await self._fetch(address)
            fresh = await self._read_from(person, data)
        now = self._clock.now()

        def change(said: Availability) -> Availability:
            return replace(said, calendars=tuple(_after(one, id, fresh, now) for one in said.calendars))

        with contextlib.suppress(Outdated, RecordUnavailable):  # in an hour, then
            await self._availabilities.change(Reader(person, TEAM), change)
            if fresh is not None:
                self._read[id] = fresh.at

    async def _read_from(self, person: str, data: bytes) -> _Reading:
        whose = await self._directory.person(person)
        if whose is None:
            raise Unknown
        now = self._clock.now()
        # From whole days, so that the same calendar gives the same spans all day.
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        until = today + HORIZON
        async with self._reading:
            busy = await asyncio.to_thread(
                self._busy_of, data, zone=whose.zone, owner=whose.email, after=today, until=until
            )
        return _Reading(tuple((one.start, one.end) for one in busy), until, now)

    async def _check(self, reader: Reader, name: str) -> None:
        demand(reader, "keep an own calendar")
        line("The calendar's name", name, 60)
        if len((await self._availabilities.of(reader)).calendars) >= MOST_CALENDARS:
            raise ProgrammeError("too_many", f"Up to {MOST_CALENDARS} calendars.")

    async def _keep(self, reader: Reader, id: str, name: str, host: str, reading: _Reading) -> None:
        calendar = ImportedCalendar(id, name, host, reading.at, reading.until, reading.spans)
        await self._availabilities.change(reader, lambda said: replace(said, calendars=(*said.calendars, calendar)))

    async def _subscribe(self, person: str, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """With no owner: an address is not even for those in care of a client."""
        kept = await self._records.get(SYSTEM, Subscriptions, person)
        before = {} if kept is None else dict(kept.value.addresses)
        after, seen = change(before), 0 if kept is None else kept.revision
        if after != before:
            await self._records.put(SYSTEM, Subscriptions(after), person, "", Wall.CARE, seen)


def _without(known: dict[str, str], id: str) -> dict[str, str]:
    return {key: address for key, address in known.items() if key != id}


def _after(one: ImportedCalendar, id: str, fresh: _Reading | None, now: datetime) -> ImportedCalendar:
    """The calendar after it was read again, or, without `fresh`, couldn't be."""
    if one.id != id:
        return one
    if fresh is None:
        return one if one.unread_since else replace(one, unread_since=now)
    if (fresh.spans, fresh.until, None) == (one.spans, one.until, one.unread_since):
        return one
    return replace(one, spans=fresh.spans, until=fresh.until, read_at=fresh.at, unread_since=None)
