"""A couple, their therapist and a session between them: the real parts of rescheduling over memory and virtual time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.application.calendars import Calendars
from server.application.dispatcher import Dispatcher
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Appointment, Person
from server.application.records import Records
from server.application.rescheduling import Rescheduling
from server.demo import terms_of
from server.domain.attendance import Kind, Reason
from server.domain.programme import DEFAULT_PROGRAMME, Programme
from server.domain.session import commands as c
from server.domain.session.state import Rescheduling as Proposed

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)  # a Monday, before the clocks change in New York and then in Madrid
START = NOW + timedelta(days=1, hours=3)
DAYS = json.dumps([[day, "08:00", "20:00"] for day in range(6)])
ZONES = {"rivera": "America/New_York", "alex": "America/Chicago", "robin": "Europe/Madrid", "noor": "America/Denver"}


class Meeting:
    def __init__(self, programme: Programme | None = DEFAULT_PROGRAMME) -> None:
        self.store, self.clock, self.programme = MemoryStore(), VirtualClock(NOW), programme
        self.dispatcher = Dispatcher(self.store, JsonCodec(), self.clock, PolicyBook(self.store, read_policy))
        self.records = Records(self.store, JsonCodec(), self.clock)
        self.calendars = Calendars(self.records, self.store, self.store)
        self.search = Rescheduling(self.dispatcher, self.store, self.store, self.calendars, self.clock, self._programme)

    async def _programme(self) -> Programme | None:
        return self.programme

    async def planned(self, *, interpreter: bool = False, hours: str = DAYS) -> Meeting:
        for id, zone in ZONES.items():
            role = {"rivera": "therapist", "noor": "interpreter"}.get(id, "partner")
            await self.store.add_person(Person(id, id.title(), f"{id}@example.org", zone, role, hours))
        people = {"therapist": "rivera", "a": "alex", "b": "robin"} | ({"interpreter": "noor"} if interpreter else {})
        terms = terms_of(Kind.COUPLES, interpreted=interpreter)
        appointment = Appointment("s", "s@dyad", 0, START, 50, "booked", people, terms)
        await self.store.add_appointment(appointment)
        await self.dispatcher.submit("s", c.PlanSession(await plan_of(appointment, self.store)))
        return self

    async def books(self, id: str, starts_at: datetime, *people: str, minutes: int = 50) -> None:
        seats = dict(zip(("therapist", "a", "b"), people, strict=False))
        await self.store.add_appointment(Appointment(id, f"{id}@dyad", 0, starts_at, minutes, "booked", seats, "{}"))

    async def cannot_come(self, *partners: str) -> None:
        """They say so, and new times are looked for."""
        for key in partners or ("a", "b"):
            await self.dispatcher.submit("s", c.DeclareAbsence(key, Reason.ILLNESS))
        await self.search.search("s")

    async def proposal(self) -> Proposed:
        proposed = (await self.dispatcher.session("s")).rescheduling
        assert proposed is not None
        return proposed

    async def walls(self, who: str) -> list[str]:
        """The proposed times on somebody's own wall."""
        zone = ZoneInfo(ZONES[who])
        return [f"{at.astimezone(zone):%a %H:%M}" for at in (await self.proposal()).starts]
