"""A clinic on virtual time: every real part over memory, its outbox delivered when a test says so."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.mail import KeptMail, Message
from server.adapters.mail.post import MailPost
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.adapters.webhooks import StandardWebhooks
from server.application.accepting import Accepting
from server.application.answers import Answers
from server.application.calendars import Calendars
from server.application.chart import Reader, Wall
from server.application.clinic import Clinic
from server.application.contacts import Contacts
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.groups import Groups
from server.application.hooks import Hooks
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.past_weeks import PastWeeks
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Appointment, NotSent, Person, TextNote
from server.application.records import Records
from server.application.reminders import Reminders, Ways
from server.application.rescheduling import Rescheduling
from server.application.roles import TEAM
from server.application.waitlist import Waitlist
from server.application.weeks import Weeks
from server.domain.programme import DEFAULT_PROGRAMME, Client, Programme
from server.domain.reminders import ReminderWish
from server.domain.session.commands import Command, PlanSession

OFFICE = Reader(TEAM, TEAM)
BASE = "https://dyad.example"
ZONES = {"alex": "America/New_York", "robin": "Europe/Madrid", "rivera": "America/Chicago"}
LANGUAGES = {"robin": "es"}


def wall(text: str, zone: str = ZONES["alex"]) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@dataclass
class Gateway:
    """Texts that went out; while `fails` is set none does."""

    notes: list[TextNote] = field(default_factory=list)
    fails: bool = False

    async def send(self, note: TextNote) -> None:
        if self.fails:
            raise NotSent("the text gateway can't be reached", again=True)
        self.notes.append(note)


class House:
    def __init__(self, now: datetime, *, texts: bool = True, reply_domain: str | None = None) -> None:
        self.store, self.clock, self.kept = MemoryStore(lambda: self.clock.now()), VirtualClock(now), KeptMail()
        self.gateway, self.codec = Gateway(), JsonCodec()
        numbers = itertools.count()
        self.records = Records(self.store, self.codec, self.clock)
        self.dispatcher = Dispatcher(self.store, self.codec, self.clock, PolicyBook(self.store, read_policy))
        self.links = LinkDesk(self.store, self.clock, lambda: f"{next(numbers):043}")
        self.contacts = Contacts(self.records, leaves=True)
        self.answers = Answers(self.dispatcher, self.store, self.links, self.clock, BASE)
        post = MailPost(self.kept, "care@lakeside.example")
        ways = Ways(post, self.gateway if texts else None, reply_domain)
        parts = (self.dispatcher, self.store, self.store, self.codec, self.contacts, self.answers, self.links)
        self.reminders = Reminders(*parts, ways, self.clock)
        clinic = Clinic(self.records, self.store, self.store, self.clock, lambda: f"p{next(numbers)}")
        calendars = Calendars(self.records, self.store, self.store)
        parties = (self.records, self.store, self.store, calendars, self.dispatcher, self.store)
        waitlist = Waitlist(*parties, self.clock, _programme)
        groups = Groups(self.store, self.store, self.clock)
        past = PastWeeks(self.dispatcher, self.store, self.clock)
        weeks = Weeks(self.records, clinic, calendars, self.store, groups, self.dispatcher, past, self.clock)
        self.delivery = Delivery(
            self.dispatcher,
            self.store,
            self.codec,
            self.clock,
            Letters(
                self.dispatcher,
                self.store,
                self.store,
                self.links,
                post,
                self.clock,
                BASE,
                TEAM,
                _programme,
                waitlist.offer,
                self.contacts,
                self.answers,
            ),
            Rescheduling(self.dispatcher, self.store, self.store, calendars, self.clock, _programme),
            self.links,
            Ledger(self.dispatcher, self.store, self.clock),
            Accepting(
                weeks,
                self.records,
                clinic,
                self.store,
                self.store,
                self.store,
                self.dispatcher,
                self.clock,
                lambda: f"s{next(numbers)}",
            ),
            Hooks(self.store, self.store, StandardWebhooks(), self.codec, self.clock),
            waitlist,
            self.reminders,
        )

    async def settle(self) -> House:
        """Alex and Robin, whose safe hours are 8 to 21 on their own walls, and their therapist."""
        week = json.dumps([[day, "07:00", "22:00"] for day in range(7)])
        for id, zone in ZONES.items():
            role = "therapist" if id == "rivera" else "partner"
            language = LANGUAGES.get(id, "en")
            await self.store.add_person(Person(id, id.title(), f"{id}@example.org", zone, role, week, language))
            if role == "partner":
                client = Client(id.title(), "US-NY", language)
                await self.records.put(OFFICE, client, id, id, Wall.OFFICE, 0)
        return self

    async def changes(self, person: str, **changes: object) -> None:
        """What a client keeps of themselves, by field; `zone` is where they are."""
        if "zone" in changes:
            known = await self.store.person(person)
            assert known is not None
            await self.store.add_person(replace(known, zone=str(changes.pop("zone"))))
        kept = await self.records.get(OFFICE, Client, person)
        assert kept is not None
        await self.records.change(OFFICE, replace(kept.value, **changes), kept)  # type: ignore[arg-type]

    async def wishes(self, person: str, wish: ReminderWish) -> None:
        reader = Reader(person, "client")
        _, seen = await self.contacts.own_wish(reader)
        await self.contacts.set_own_wish(reader, wish, seen)

    async def books(self, id: str, starts_at: datetime, partners: dict[str, str] | None = None) -> Appointment:
        seats = {"therapist": "rivera", **(partners or {"a": "alex", "b": "robin"})}
        kind = "couples" if len(seats) == 3 else "individual"
        terms = {"kind": kind, "focus": ["open"], "clinic_name": "Lakeside", "clinic_phone": "+1 312 555 0100"}
        made = Appointment(id, f"{id}@dyad", 0, starts_at, 50, "booked", seats, json.dumps(terms))
        await self.store.add_appointment(made)
        await self.dispatcher.submit(id, PlanSession(await plan_of(made, self.store)))
        await self.deliver()
        return made

    async def says(self, session: str, command: Command) -> None:
        assert (await self.dispatcher.submit(session, command)).refusal is None

    async def deliver(self) -> None:
        for _ in range(50):
            if not await self.delivery.deliver():
                return
        raise AssertionError("the outbox never comes to rest")

    async def until(self, at: datetime, *, every: timedelta = timedelta(minutes=5)) -> None:
        """Time passes, and what is due is delivered as it comes due."""
        while self.clock.now() < at:
            await self.clock.advance(min(every, at - self.clock.now()))
            await self.deliver()

    def mails(self, person: str) -> list[Message]:
        return list(self.kept.to(f"{person}@example.org"))


async def _programme() -> Programme:
    return DEFAULT_PROGRAMME


async def house(now: datetime, **options: object) -> House:
    return await House(now, **options).settle()  # type: ignore[arg-type]
