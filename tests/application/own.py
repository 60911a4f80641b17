"""People with calendars of their own: every real part over memory and virtual time, and a web that tests write."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.icalendar import busy_of
from server.adapters.mail.subscription import SubscribedCalendar
from server.adapters.memory import MemoryStore
from server.application.availabilities import Availabilities
from server.application.calendars import Calendars
from server.application.chart import Reader
from server.application.imported import Fetch, Imports
from server.application.imports import CalendarRefused
from server.application.links import LinkDesk
from server.application.own_calendar import OwnCalendar
from server.application.own_feed import OwnFeed
from server.application.ports import Appointment, Person
from server.application.records import Records
from server.domain.programme import DEFAULT_PROGRAMME, Programme

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)  # a Tuesday, before both clock changes of autumn
ADDRESS = "https://calendar.example/private-7f3a/basic.ics"
WEEK = [[day, "09:00", "20:00"] for day in range(7)]

ALEX, ROBIN = Reader("alex", "client"), Reader("robin", "client")
RIVERA, MARSH = Reader("rivera", "therapist"), Reader("marsh", "therapist")
OFFICE = Reader("administrator", "administrator")


@dataclass
class Web:
    """What is at addresses; what is not there can't be fetched. While `open` is not set, everything takes its time."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        self.reached.set()
        await self.open.wait()
        if address not in self.files:
            raise CalendarRefused("calendar_unreachable", "No calendar could be fetched from this address.")
        return self.files[address]


class Town:
    def __init__(self) -> None:
        self.store, self.clock, self.web = MemoryStore(), VirtualClock(NOW), Web()
        self.records = Records(self.store, JsonCodec(), self.clock)
        self.availabilities = Availabilities(self.records)
        numbers = itertools.count()
        self.links = LinkDesk(self.store, self.clock, lambda: f"{next(numbers):043}")
        self.imports = self.imports_anew()
        write = SubscribedCalendar("care@lakeside.example")
        self.feed = OwnFeed(self.links, self.store, self.clock, write, _clinic, "https://dyad.example")
        self.own = OwnCalendar(self.availabilities, self.store, self.imports, self.feed, self.clock)
        self.calendars = Calendars(self.records, self.store, self.store)

    def imports_anew(self, fetch: Fetch | None = None) -> Imports:
        """As after a restart: nothing is remembered but what is stored. `fetch` reaches a web of the test's own."""
        numbers = itertools.count(len(self.web.asked) * 10)
        parts = (self.records, self.availabilities, self.store, self.clock, fetch or self.web.fetch, busy_of)
        return Imports(*parts, lambda: f"calendar-{next(numbers)}")

    async def settle(self) -> Town:
        zones = {"alex": "America/New_York", "robin": "Europe/Madrid", "rivera": "America/Chicago", "marsh": "UTC"}
        for id, zone in zones.items():
            role = "partner" if id in ("alex", "robin") else "therapist"
            person = Person(id, id.title(), f"{id}@example.org", zone, role, json.dumps(WEEK))
            await self.store.add_person(person)
        await self.store.enrol("couple", {"alex": "client", "robin": "client", "rivera": "therapist"})
        return self

    async def books(self, id: str, starts_at: datetime, *people: str, minutes: int = 50) -> Appointment:
        seats = {"therapist": "rivera", **dict(zip("ab", people, strict=False))}
        made = Appointment(id, f"{id}@dyad", 0, starts_at, minutes, "booked", seats, "{}")
        await self.store.add_appointment(made)
        return made

    async def wait(self, by: timedelta) -> None:
        await self.clock.advance(by)


async def _clinic() -> Programme:
    return DEFAULT_PROGRAMME


async def town() -> Town:
    return await Town().settle()
