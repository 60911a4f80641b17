"""A clinic sets itself up: its programme, its therapists, its couples."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.application.chart import Reader, Unknown, Wall
from server.application.planning import windows_of
from server.application.ports import Clock, Directory, Outbox, OutboxDraft, Person
from server.application.records import Kept, Records, unless_outdated
from server.application.roles import ADMINISTRATOR, CLIENT, TEAM, THERAPIST, demand
from server.domain.programme import Client, Contact, Couple, Programme, ProgrammeError, Staff, Standing
from server.domain.programme.contact import check_email, check_zone
from server.domain.programme.faults import line
from server.domain.schedule import ScheduleError, WeeklyHours
from server.domain.session.effects import Welcome

PROGRAMME = "programme"  # a clinic runs one


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to write to. `hours` are windows of their week, as `[weekday, "HH:MM", "HH:MM"]`, Monday 0."""

    name: str
    email: str
    zone: str
    hours: tuple[tuple[int, str, str], ...]
    language: str = "en"

    def __post_init__(self) -> None:
        line("A name", self.name, 80)
        check_email(self.email)
        check_zone(self.zone)
        try:
            WeeklyHours(self.zone, windows_of(self.hours))
        except ScheduleError as no:
            raise ProgrammeError("hours_unfit", f"{no}.") from no


@dataclass(frozen=True, slots=True)
class NewPartner:
    person: NewPerson
    place: str


@dataclass(frozen=True, slots=True)
class NewCouple:
    """`starts_on` is any day of the first week."""

    therapist: str
    partners: tuple[NewPartner, NewPartner]
    starts_on: date
    keep_apart: bool = False


class Clinic:
    def __init__(
        self, records: Records, directory: Directory, outbox: Outbox, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        """`new_id` draws an opaque id."""
        self._records, self._directory, self._outbox = records, directory, outbox
        self._clock, self._new_id = clock, new_id

    async def programme(self, reader: Reader) -> Kept[Programme] | None:
        return await self._records.get(reader, Programme, PROGRAMME)

    async def set_programme(self, reader: Reader, programme: Programme, seen: int) -> Kept[Programme]:
        """Raises `NotAllowed` and `Outdated`."""
        demand(reader, "change the programme")
        return await self._records.put(reader, programme, PROGRAMME, "", Wall.EVERYONE, seen)

    async def add_staff(self, reader: Reader, new: NewPerson, licences: tuple[str, ...]) -> str:
        """A therapist, who gets a link of their own by mail; their id."""
        demand(reader, "add staff")
        staff, id = Staff(new.name, licences), self._new_id()
        await self._add_person(new, id, THERAPIST)
        await self._records.put(reader, staff, id, "", Wall.STAFF, 0)
        await self._welcome(id)
        return id

    async def set_licences(self, reader: Reader, id: str, licences: tuple[str, ...], seen: int) -> None:
        """Where a therapist may see people from now on. Raises as `set_couple`, and `ProgrammeError`."""
        demand(reader, "add staff")
        kept = await self._records.get(reader, Staff, id)
        if kept is None:
            raise Unknown
        unless_outdated(kept, seen)
        await self._records.change(reader, replace(kept.value, licences=licences), kept)

    async def add_couple(self, reader: Reader, new: NewCouple) -> str:
        """Both partners get a link of their own, each by a mail of their own. Raises `NotAllowed`, `ProgrammeError`."""
        demand(reader, "add couples")
        if await self._records.get(reader, Staff, new.therapist) is None:
            raise ProgrammeError("therapist_unknown", "Choose one of the clinic's therapists.")
        if await self.programme(reader) is None:
            raise ProgrammeError("programme_missing", "Set up the programme first.")
        first, second = (partner.person for partner in new.partners)
        if first.email.casefold() == second.email.casefold():
            raise _shared_address()
        id, keys = self._new_id(), {key: self._new_id() for key in "ab"}
        monday = new.starts_on - timedelta(days=new.starts_on.weekday())
        couple = Couple(new.therapist, keys, PROGRAMME, monday, keep_apart=new.keep_apart)
        clients = {
            keys[key]: Client(partner.person.name, partner.place, partner.person.language)
            for key, partner in zip("ab", new.partners, strict=True)
        }
        for partner, person in zip(new.partners, keys.values(), strict=True):
            await self._add_person(partner.person, person, "partner")
        await self._records.chart.enrol(id, {**dict.fromkeys(clients, CLIENT), new.therapist: THERAPIST})
        await self._records.put(reader, couple, id, id, Wall.OFFICE, 0)
        for person, client in clients.items():
            await self._records.put(reader, client, person, person, Wall.OFFICE, 0)
            await self._welcome(person)
        return id

    async def set_standing(self, reader: Reader, couple: str, key: str, standing: Standing, seen: int) -> None:
        """What the team knows of one partner. Raises `NotAllowed`, `Outdated` and `Unknown`."""
        demand(reader, "care for couples")
        person = (await self.couple(reader, couple)).value.partners[key]
        await self._records.put(reader, standing, person, person, Wall.CARE, seen)

    async def set_contact(self, reader: Reader, couple: str, key: str, contact: Contact, seen: int) -> None:
        """Where and how one partner is reached from now on. Raises as `set_couple`, and `ProgrammeError`."""
        demand(reader, "add couples")
        partners = (await self.couple(reader, couple)).value.partners
        kept, known = await self.client(reader, partners[key]), await self._directory.person(partners[key])
        other = await self._directory.person(partners["b" if key == "a" else "a"])
        if known is None:
            raise Unknown
        if other is not None and other.email.casefold() == contact.email.casefold():
            raise _shared_address()
        changed = {name: getattr(contact, name) for name in Contact.__slots__ if name not in ("email", "zone")}
        unless_outdated(kept, seen)
        await self._records.change(reader, replace(kept.value, **changed), kept)
        person = {"name": contact.name, "email": contact.email, "zone": contact.zone, "language": contact.language}
        await self._directory.add_person(replace(known, **person))

    async def set_couple(self, reader: Reader, id: str, changes: dict[str, Any], seen: int) -> Kept[Couple]:
        """Goals, coping list, approval and attendance of a couple's plan."""
        demand(reader, "care for couples")
        kept = await self.couple(reader, id)
        unless_outdated(kept, seen)
        return await self._records.change(reader, replace(kept.value, **changes), kept)

    async def couple(self, reader: Reader, id: str) -> Kept[Couple]:
        """Raises `Unknown`."""
        kept = await self._records.get(reader, Couple, id)
        if kept is None:
            raise Unknown
        return kept

    async def client(self, reader: Reader, person: str) -> Kept[Client]:
        """Raises `Unknown`."""
        kept = await self._records.get(reader, Client, person)
        if kept is None:
            raise Unknown
        return kept

    async def person_name(self, person: str) -> str:
        """What somebody goes by; empty for a stranger."""
        known = await self._directory.person(person)
        return "" if known is None else known.name

    async def standing(self, reader: Reader, person: str) -> tuple[Standing, int]:
        kept = await self._records.get(reader, Standing, person)
        return (Standing(), 0) if kept is None else (kept.value, kept.revision)

    async def overview(self, reader: Reader) -> dict[str, Any]:
        """The clinic at a glance, as far as this member of its staff may see it."""
        demand(reader, "look at couples")
        programme = await self.programme(reader)
        staff = await self._records.all(reader, Staff)
        names = {one.id: one.value.name for one in staff}
        return {
            "programme": None if programme is None else programme.value,
            "revision": 0 if programme is None else programme.revision,
            "staff": [{"id": one.id, **asdict(one.value), "revision": one.revision} for one in staff],
            "couples": [await self._row(reader, one, names) for one in await self._records.all(reader, Couple)],
        }

    async def _row(self, reader: Reader, couple: Kept[Couple], staff: dict[str, str]) -> dict[str, Any]:
        value, now = couple.value, self._clock.now()
        clients = [await self.client(reader, value.partners[key]) for key in sorted(value.partners)]
        programme = await self.programme(reader)
        zone = ZoneInfo(programme.value.zone if programme else "UTC")
        week = value.week_of(now.astimezone(zone).date())
        until = now + timedelta(days=60)
        coming = [
            one.starts_at
            for one in await self._directory.appointments_of(clients[0].id, now - timedelta(hours=1), until)
            if one.status == "booked"
        ]
        return {
            "id": couple.id,
            "names": [client.value.name for client in clients],
            "therapist": staff.get(value.therapist, ""),
            "week": week,
            "weeks": programme.value.weeks if programme else 0,
            "phase": programme.value.phase_at(week).name if programme else "",
            "next": min(coming, default=None),
        }

    async def invite(self, reader: Reader, person: str) -> None:
        """Send somebody a fresh link."""
        demand(reader, "add couples")
        await self._welcome(person, again=self._new_id())

    async def _add_person(self, new: NewPerson, id: str, role: str) -> None:
        hours = json.dumps([list(window) for window in new.hours])
        await self._directory.add_person(Person(id, new.name, new.email, new.zone, role, hours, new.language))

    async def _welcome(self, person: str, again: str = "") -> None:
        draft = OutboxDraft(
            f"welcome-{person}{again}", Welcome.__name__, json.dumps({"person": person}), self._clock.now()
        )
        await self._outbox.post(f"person-{person}", draft)


def _shared_address() -> ProgrammeError:
    return ProgrammeError("email_shared", "Each partner needs a mail address of their own: the links are private.")


async def open_clinic(directory: Directory, email: str, name: str) -> None:
    """The two who are there before anybody else: the first administrator and the treatment team."""
    if await directory.person(ADMINISTRATOR) is None:
        await directory.add_person(Person(ADMINISTRATOR, name, email, "UTC", ADMINISTRATOR, "[]"))
    if await directory.person(TEAM) is None:
        await directory.add_person(Person(TEAM, "Treatment team", email, "UTC", TEAM, "[]"))
