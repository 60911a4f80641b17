"""People, appointments, links and bookings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.application.ports import Appointment, HeldSlot, LinkGrant, Person, StoredPolicy, seated


@dataclass(frozen=True, slots=True)
class _Span:
    """Time of one person; `proposal` and `expires_at` are those of a hold, None for a booking."""

    person: str
    start: datetime
    end: datetime
    proposal: str | None = None
    expires_at: datetime | None = None


def _spans(people: Iterable[str], at: datetime, minutes: int) -> Iterator[_Span]:
    return (_Span(person, at, at + timedelta(minutes=minutes)) for person in set(people))


class MemoryPlans:
    """Directory, Links, Bookings and Policies."""

    def __init__(self) -> None:
        self._policies: dict[str, StoredPolicy] = {}
        self._people: dict[str, Person] = {}
        self._appointments: dict[str, Appointment] = {}
        self._links: dict[str, LinkGrant] = {}
        self._holds: dict[str, list[_Span]] = {}

    # Directory

    async def add_person(self, person: Person) -> None:
        self._people[person.id] = person

    async def person(self, id: str) -> Person | None:
        return self._people.get(id)

    async def add_appointment(self, appointment: Appointment) -> None:
        self._appointments[appointment.id] = replace(appointment, people=dict(appointment.people))

    async def appointment(self, id: str) -> Appointment | None:
        return self._appointments.get(id)

    async def appointments_of(self, person: str, after: datetime, until: datetime) -> list[Appointment]:
        theirs = (a for a in self._appointments.values() if person in a.people.values())
        return sorted((a for a in theirs if after <= a.starts_at < until), key=lambda a: (a.starts_at, a.id))

    # Links

    async def add(self, grant: LinkGrant) -> None:
        self._links.setdefault(grant.token_hash, grant)

    async def find(self, token_hash: str) -> LinkGrant | None:
        return self._links.get(token_hash)

    async def use(self, token_hash: str, now: datetime) -> bool:
        link = self._links.get(token_hash)
        if link is None or link.revoked_at is not None or not _fresh(link, now):
            return False
        self._links[token_hash] = replace(link, used_at=now)
        return True

    async def revoke(self, session: str, participant: str | None, now: datetime) -> int:
        theirs = [link for link in self._links.values() if link.session == session and link.revoked_at is None]
        chosen = [link for link in theirs if participant is None or link.participant == participant]
        for link in chosen:
            self._links[link.token_hash] = replace(link, revoked_at=now)
        return sum(_fresh(link, now) for link in chosen)

    async def standing(self, person: str, purpose: str, now: datetime) -> list[LinkGrant]:
        live = [link for link in self._own(person, purpose) if link.revoked_at is None and _fresh(link, now)]
        return sorted(live, key=lambda link: (link.created_at, link.token_hash), reverse=True)

    async def withdraw(self, person: str, purpose: str, now: datetime) -> int:
        chosen = [link for link in self._own(person, purpose) if link.revoked_at is None]
        for link in chosen:
            self._links[link.token_hash] = replace(link, revoked_at=now)
        return sum(_fresh(link, now) for link in chosen)

    def _own(self, person: str, purpose: str) -> list[LinkGrant]:
        known = self._links.values()
        return [one for one in known if (one.person, one.purpose, one.session) == (person, purpose, None)]

    # Policies

    async def adopt(self, policy: StoredPolicy) -> bool:
        known = self._policies.get(policy.name)
        if known is not None and known.fingerprint != policy.fingerprint:
            return False
        self._policies[policy.name] = policy
        return True

    async def adopted(self) -> list[StoredPolicy]:
        return sorted(self._policies.values(), key=lambda policy: (policy.adopted_at, policy.name))

    # Bookings

    def _touching(
        self,
        people: Iterable[str],
        start: datetime,
        end: datetime,
        now: datetime | None,
        but: str = "",
        hold: str | None = None,
    ) -> Iterator[_Span]:
        asked = set(people)
        for appointment in self._appointments.values():
            if appointment.status == "booked" and appointment.id != but:
                who = asked.intersection(appointment.people.values())
                taken = _spans(who, appointment.starts_at, appointment.minutes)
                yield from (span for span in taken if span.start < end and span.end > start)
        for span in (span for spans in self._holds.values() for span in spans):
            expired = now is not None and span.expires_at is not None and span.expires_at <= now
            if span.proposal != hold and span.person in asked and span.start < end and span.end > start and not expired:
                yield span

    def _taken(self, proposal: str, people: Iterable[str], slot: HeldSlot, now: datetime | None) -> bool:
        end = slot.starts_at + timedelta(minutes=slot.minutes)
        return any(span.proposal != proposal for span in self._touching(people, slot.starts_at, end, now))

    async def busy(
        self, people: Sequence[str], after: datetime, until: datetime, now: datetime | None = None
    ) -> Mapping[str, list[tuple[datetime, datetime]]]:
        found: dict[str, set[tuple[datetime, datetime]]] = {person: set() for person in people}
        for span in self._touching(people, after, until, now):
            found[span.person].add((span.start, span.end))
        return {person: sorted(spans) for person, spans in found.items()}

    async def hold(
        self,
        proposal: str,
        people: Sequence[str],
        slots: Sequence[HeldSlot],
        expires_at: datetime,
        now: datetime | None = None,
    ) -> bool:
        if any(self._taken(proposal, people, slot, now) for slot in slots):
            return False
        spans = [span for slot in slots for span in _spans(people, slot.starts_at, slot.minutes)]
        self._holds[proposal] = [replace(span, proposal=proposal, expires_at=expires_at) for span in spans]
        return True

    async def book(self, proposal: str, slot: HeldSlot, appointment: Appointment, now: datetime) -> bool:
        if (slot.starts_at, slot.minutes) != (appointment.starts_at, appointment.minutes):
            raise ValueError("the slot and the appointment differ in time")
        if appointment.id in self._appointments:
            return True
        if self._taken(proposal, appointment.people.values(), slot, now):
            return False
        self._holds.pop(proposal, None)
        await self.add_appointment(appointment)
        return True

    async def book_all(
        self, appointments: Sequence[Appointment], seats: Sequence[tuple[str, str]], now: datetime
    ) -> bool:
        before = dict(self._appointments)
        if await self._book_each(appointments, now) and await self._seat_each(seats, now):
            return True
        self._appointments = before
        return False

    async def _book_each(self, appointments: Sequence[Appointment], now: datetime) -> bool:
        for one in appointments:
            if one.id in self._appointments:
                continue
            if self._taken("", one.people.values(), HeldSlot(0, one.starts_at, one.minutes), now):
                return False
            await self.add_appointment(one)
        return True

    async def _seat_each(self, seats: Sequence[tuple[str, str]], now: datetime) -> bool:
        for id, person in seats:
            group = self._appointments.get(id)
            if group is not None and person in group.people.values():
                continue
            joined = None if group is None else seated(group, person)
            if joined is None or self._taken("", [person], HeldSlot(0, joined.starts_at, joined.minutes), now):
                return False
            await self.add_appointment(joined)
        return True

    async def release(self, proposal: str) -> None:
        self._holds.pop(proposal, None)

    async def move(
        self, appointment: str, starts_at: datetime, now: datetime, hold: str | None = None
    ) -> Appointment | None:
        found = self._appointments.get(appointment)
        if found is None or found.status != "booked" or found.starts_at == starts_at:
            return found if found is not None and found.status == "booked" else None
        end = starts_at + timedelta(minutes=found.minutes)
        if any(self._touching(found.people.values(), starts_at, end, now, but=found.id, hold=hold)):
            return None
        if hold is not None:
            self._holds.pop(hold, None)
        self._appointments[appointment] = replace(found, starts_at=starts_at, sequence=found.sequence + 1)
        return self._appointments[appointment]

    async def cancel(self, appointment: str) -> Appointment | None:
        found = self._appointments.get(appointment)
        if found is None or found.status == "cancelled":
            return found
        cancelled = replace(found, status="cancelled", sequence=found.sequence + 1)
        self._appointments[appointment] = cancelled
        return cancelled


def _fresh(link: LinkGrant, now: datetime) -> bool:
    return link.used_at is None and link.expires_at > now
