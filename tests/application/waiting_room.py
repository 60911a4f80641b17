"""A therapist, the sessions of several people, and the outbox that brings what follows, on virtual time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.adapters.webhooks import StandardWebhooks
from server.application.accepting import Accepting
from server.application.answers import Answers
from server.application.calendars import Calendars
from server.application.chart import Reader
from server.application.contacts import Contacts
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.hooks import Hooks
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Appointment, Letter, Person
from server.application.records import Records
from server.application.reminders import Reminders, Ways
from server.application.rescheduling import Rescheduling
from server.application.waitlist import Waitlist
from server.demo import terms_of
from server.domain.attendance import Kind
from server.domain.programme import DEFAULT_PROGRAMME, Programme
from server.domain.session import commands as c

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)  # a Monday
DAYS = json.dumps([[day, "08:00", "20:00"] for day in range(6)])
SLOT = NOW + timedelta(days=2)


class Box:
    """Where letters arrive."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        if letter.id not in {one.id for one in self.letters}:
            self.letters.append(letter)

    def told(self, kind: str) -> list[str]:
        """Who got a letter of that kind, in order."""
        return [one.name for one in self.letters if one.kind == kind]


class Practice:
    def __init__(self) -> None:
        self.store, self.clock, self.box = MemoryStore(), VirtualClock(NOW), Box()
        self.dispatcher = Dispatcher(self.store, JsonCodec(), self.clock, PolicyBook(self.store, read_policy))
        self.records = Records(self.store, JsonCodec(), self.clock)
        self.calendars = Calendars(self.records, self.store, self.store)
        parts = (self.dispatcher, self.store, self.store)
        self.waitlist = Waitlist(
            self.records, self.store, self.store, self.calendars, self.dispatcher, self.store, self.clock, _programme
        )
        numbers = itertools.count()
        links = LinkDesk(self.store, self.clock, lambda: f"{next(numbers):043}")
        contacts = Contacts(self.records, leaves=False)
        answers = Answers(self.dispatcher, self.store, links, self.clock, "https://dyad.example")
        letters = Letters(
            *(*parts, links, self.box, self.clock, "https://dyad.example", "team"),
            clinic=_programme,
            offer=self.waitlist.offer,
            contacts=contacts,
            answers=answers,
        )
        reminders = Reminders(*parts, JsonCodec(), contacts, answers, links, Ways(self.box), self.clock)
        search = Rescheduling(*parts, self.calendars, self.clock, _programme)
        self.ledger = Ledger(self.dispatcher, self.store, self.clock)
        self.delivery = Delivery(
            *(self.dispatcher, self.store, JsonCodec(), self.clock, letters, search, links, self.ledger),
            cast(Accepting, None),  # nobody accepts a week here
            Hooks(self.store, self.store, StandardWebhooks(), JsonCodec(), self.clock),
            self.waitlist,
            reminders,
        )

    async def person(self, name: str, zone: str = "America/New_York", role: str = "partner") -> str:
        await self.store.add_person(Person(name, name.title(), f"{name}@example.org", zone, role, DAYS))
        return name

    async def session(self, id: str, starts_at: datetime, *people: str, minutes: int = 50) -> str:
        """A session of one person, or of a couple, with Rivera."""
        for name in people:
            if await self.store.person(name) is None:
                await self.person(name)
        if await self.store.person("rivera") is None:
            await self.person("rivera", role="therapist")
            await self.person("team", role="team")
        kind = Kind.COUPLES if len(people) == 2 else Kind.INDIVIDUAL
        seats = {"therapist": "rivera", **dict(zip("ab", people, strict=False))}
        one = Appointment(id, f"{id}@dyad", 0, starts_at, minutes, "booked", seats, terms_of(kind))
        await self.store.add_appointment(one)
        await self.dispatcher.submit(id, c.PlanSession(await plan_of(one, self.store)))
        return id

    async def deliver(self) -> None:
        """Whatever is due, and what follows from it."""
        for _ in range(200):
            if not await self.delivery.deliver():
                return
        raise AssertionError("the outbox never empties")

    async def passes(self, by: timedelta) -> None:
        await self.clock.advance(by)
        for id in await self.store.due(self.clock.now(), 100):
            await self.dispatcher.submit(id, c.DeadlineReached())
        await self.deliver()

    async def asks(self, name: str, session: str, wanted: bool = True) -> None:
        await self.waitlist.ask(Reader(name, "client"), session, wanted)

    async def says(self, name: str, session: str, yes: bool, at: datetime = SLOT) -> None:
        await self.waitlist.answer(Reader(name, "client"), session, at, yes)
        await self.deliver()

    async def cancels(self, session: str) -> None:
        assert (await self.dispatcher.submit(session, c.Cancel())).refusal is None
        await self.deliver()

    async def starts(self, session: str) -> datetime:
        one = await self.store.appointment(session)
        assert one is not None
        return one.starts_at

    async def offered(self) -> list[str]:
        """Which sessions hold an offer."""
        found: Sequence[Any] = [one for one in await self.store.records(Reader("team", "team"), "Waiting")]
        return [one.id for one in found if json.loads(one.body)["offer"] is not None]


async def _programme() -> Programme | None:
    return DEFAULT_PROGRAMME
