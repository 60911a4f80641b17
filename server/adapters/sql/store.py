"""`SqlStore`: the ports of the record over a database, but for what each database does in its own way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from server.adapters.sql import audit, bookings, chart, directory, hooks, log, migrate, outbox, policies, whereabouts
from server.application.chart import Entry, Reader
from server.application.dead_letters import SHOWN, DeadLetter, OutboxState
from server.application.hooks import Endpoint
from server.application.ports import (
    Append,
    Appointment,
    Deadlines,
    HeldSlot,
    LinkGrant,
    OutboxDraft,
    OutboxRow,
    Person,
    RecordUnavailable,
    StoredEvent,
    StoredPolicy,
)
from server.application.reads import Read
from server.application.taking import ReadDue
from server.application.whereabouts import Told
from server.domain.chain import Head, Line, Seal

T = TypeVar("T")


class Runs(Protocol):
    """Runs `work` as one transaction."""

    async def run(self, work: Callable[[Connection], T]) -> T: ...


class SqlStore(ABC):
    """Record, Outbox, Directory, Links, Bookings, Policies, Chart, KeptWhereabouts and Heartbeat. What a call wrote is
    durable when it returns.

    Several processes may use one database; whoever appends first has decided. Every method raises `RecordUnavailable`
    where the database cannot be used now, or after `close`.
    """

    _reader: Runs
    _writer: Runs

    @abstractmethod
    async def close(self) -> None:
        """Commit what is queued and end. Again: nothing happens."""

    @abstractmethod
    async def _wall(self) -> datetime:
        """Real time, which outbox leases run on."""

    def deadlines(self) -> Deadlines:
        """How this database gives out what is due."""
        return ReadDue(self)

    # Record

    @abstractmethod
    async def load(self, session: str, after: int = 0) -> list[StoredEvent]: ...

    @abstractmethod
    async def append(self, entry: Append) -> None: ...

    async def due(self, now: datetime, limit: int) -> list[str]:
        return await self._reader.run(lambda c: log.due(c, now, limit))

    async def earliest(self) -> datetime | None:
        return await self._reader.run(log.earliest)

    async def live(self) -> list[str]:
        return await self._reader.run(log.live)

    async def sessions(self) -> list[str]:
        return await self._reader.run(log.sessions)

    async def migrated(self) -> bool:
        """Whether the schema is this program's, or one that a newer node has led it to while this one runs."""
        try:
            await self._reader.run(migrate.check)
        except migrate.SchemaTooOld:
            return False
        except migrate.SchemaTooNew:
            pass
        return True

    # KeptWhereabouts

    async def keep_whereabouts(self, told: Told) -> None:
        await self._writer.run(lambda c: whereabouts.keep(c, told))

    async def whereabouts(self, session: str) -> list[Told]:
        return await self._reader.run(lambda c: whereabouts.of(c, session))

    async def forget_whereabouts(self, now: datetime) -> int:
        return await self._writer.run(lambda c: whereabouts.forget(c, now))

    # Heartbeat

    async def alive(self, now: datetime) -> None:
        await self._writer.run(lambda c: log.alive(c, now))

    async def last_alive(self) -> datetime | None:
        return await self._reader.run(log.last_alive)

    # Outbox

    async def take(self, now: datetime, limit: int) -> list[OutboxRow]:
        wall = await self._wall()
        return await self._writer.run(lambda c: outbox.take(c, now, limit, wall))

    async def post(self, queue: str, draft: OutboxDraft) -> None:
        await self._writer.run(lambda c: outbox.post(c, queue, draft))

    async def done(self, row: str) -> None:
        await self._writer.run(lambda c: outbox.done(c, row))

    async def retry(self, row: str, at: datetime, why: str) -> None:
        await self._writer.run(lambda c: outbox.retry(c, row, at, why))

    async def redate(self, row: str, at: datetime) -> None:
        await self._writer.run(lambda c: outbox.redate(c, row, at))

    async def give_up(self, row: str, why: str) -> None:
        await self._writer.run(lambda c: outbox.give_up(c, row, why))

    # DeadLetters

    async def dead(self, limit: int = SHOWN) -> list[DeadLetter]:
        return await self._reader.run(lambda c: outbox.dead(c, limit))

    async def replay(self, row: str, now: datetime) -> bool:
        return await self._writer.run(lambda c: outbox.replay(c, row, now))

    async def discard(self, row: str) -> bool:
        return await self._writer.run(lambda c: outbox.discard(c, row))

    async def outbox_state(self) -> OutboxState:
        return await self._reader.run(outbox.state)

    # Endpoints

    async def put_endpoint(self, endpoint: Endpoint) -> None:
        await self._writer.run(lambda c: hooks.put(c, endpoint))

    async def endpoints(self) -> list[Endpoint]:
        return await self._reader.run(hooks.listed)

    async def remove_endpoint(self, id: str) -> bool:
        return await self._writer.run(lambda c: hooks.remove(c, id))

    # Chain

    async def unsealed(self) -> list[str]:
        return await self._reader.run(audit.unsealed)

    async def seal(self, logs: Sequence[str]) -> bool:
        try:
            await self._writer.run(lambda c: audit.seal(c, logs))
        except IntegrityError:  # another node wrote the seal of this number first
            return False
        return True

    async def note_reads(self, reads: Sequence[Read]) -> None:
        try:
            await self._writer.run(lambda c: audit.note_reads(c, reads))
        except IntegrityError:  # another node wrote the read of this number first
            raise RecordUnavailable("several nodes at once") from None

    async def head(self) -> Head:
        return await self._reader.run(audit.head)

    async def lines(self, after: tuple[str, int], limit: int) -> list[Line]:
        return await self._reader.run(lambda c: audit.lines(c, after, limit))

    async def seals(self, after: int, limit: int) -> list[Seal]:
        return await self._reader.run(lambda c: audit.some_seals(c, after, limit))

    # Directory

    async def add_person(self, person: Person) -> None:
        await self._writer.run(lambda c: directory.put_person(c, person))

    async def person(self, id: str) -> Person | None:
        return await self._reader.run(lambda c: directory.person(c, id))

    async def add_appointment(self, appointment: Appointment) -> None:
        await self._writer.run(lambda c: directory.put_appointment(c, appointment))

    async def appointment(self, id: str) -> Appointment | None:
        return await self._reader.run(lambda c: directory.appointment(c, id))

    async def appointments_of(self, person: str, after: datetime, until: datetime) -> list[Appointment]:
        return await self._reader.run(lambda c: directory.appointments_of(c, person, after, until))

    # Links

    async def add(self, grant: LinkGrant) -> None:
        await self._writer.run(lambda c: directory.add_link(c, grant))

    async def find(self, token_hash: str) -> LinkGrant | None:
        return await self._reader.run(lambda c: directory.find_link(c, token_hash))

    async def use(self, token_hash: str, now: datetime) -> bool:
        return await self._writer.run(lambda c: directory.use_link(c, token_hash, now))

    async def revoke(self, session: str, participant: str | None, now: datetime) -> int:
        return await self._writer.run(lambda c: directory.revoke_links(c, session, participant, now))

    async def standing(self, person: str, purpose: str, now: datetime) -> list[LinkGrant]:
        return await self._reader.run(lambda c: directory.standing_links(c, person, purpose, now))

    async def withdraw(self, person: str, purpose: str, now: datetime) -> int:
        return await self._writer.run(lambda c: directory.withdraw_links(c, person, purpose, now))

    # Policies

    async def adopt(self, policy: StoredPolicy) -> bool:
        return await self._writer.run(lambda c: policies.adopt(c, policy))

    async def adopted(self) -> list[StoredPolicy]:
        return await self._reader.run(policies.adopted)

    # Chart

    async def file(self, reader: Reader, entry: Entry) -> None:
        await self._writer.run(lambda c: chart.file(c, reader, entry))

    async def read(self, reader: Reader, kind: str, id: str) -> Entry | None:
        return await self._reader.run(lambda c: chart.read(c, reader, kind, id))

    async def records(self, reader: Reader, kind: str, owner: str | None = None) -> list[Entry]:
        return await self._reader.run(lambda c: chart.records(c, reader, kind, owner))

    async def history(self, reader: Reader, kind: str, id: str) -> list[Entry]:
        return await self._reader.run(lambda c: chart.history(c, reader, kind, id))

    async def enrol(self, couple: str, people: Mapping[str, str]) -> None:
        await self._writer.run(lambda c: chart.enrol(c, couple, people))

    async def enrolled(self, couple: str) -> Mapping[str, str]:
        return await self._reader.run(lambda c: chart.enrolled(c, couple))

    async def couples_of(self, person: str) -> list[str]:
        return await self._reader.run(lambda c: chart.couples_of(c, person))

    # Bookings

    async def busy(
        self, people: Sequence[str], after: datetime, until: datetime, now: datetime | None = None
    ) -> Mapping[str, list[tuple[datetime, datetime]]]:
        return await self._reader.run(lambda c: bookings.busy(c, people, (after, until), now))

    async def hold(
        self,
        proposal: str,
        people: Sequence[str],
        slots: Sequence[HeldSlot],
        expires_at: datetime,
        now: datetime | None = None,
    ) -> bool:
        return await self._writer.run(lambda c: bookings.hold(c, proposal, people, slots, expires_at, now))

    async def book(self, proposal: str, slot: HeldSlot, appointment: Appointment, now: datetime) -> bool:
        if (slot.starts_at, slot.minutes) != (appointment.starts_at, appointment.minutes):
            raise ValueError("the slot and the appointment differ in time")
        return await self._writer.run(lambda c: bookings.book(c, proposal, slot, appointment, now))

    async def book_all(
        self, appointments: Sequence[Appointment], seats: Sequence[tuple[str, str]], now: datetime
    ) -> bool:
        try:
            await self._writer.run(lambda c: bookings.book_all(c, appointments, seats, now))
        except bookings.Taken:
            return False
        return True

    async def release(self, proposal: str) -> None:
        await self._writer.run(lambda c: bookings.release(c, proposal))

    async def move(
        self, appointment: str, starts_at: datetime, now: datetime, hold: str | None = None
    ) -> Appointment | None:
        return await self._writer.run(lambda c: bookings.move(c, appointment, starts_at, now, hold))

    async def cancel(self, appointment: str) -> Appointment | None:
        return await self._writer.run(lambda c: bookings.cancel(c, appointment))
