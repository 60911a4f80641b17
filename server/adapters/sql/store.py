"""`SqliteStore`: the ports of the record over one SQLite file."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from server.adapters.sql import bookings, chart, directory, engine, log, outbox, policies, threads
from server.application.chart import Entry, Reader
from server.application.ports import (
    Append,
    Appointment,
    HeldSlot,
    LinkGrant,
    OutboxDraft,
    OutboxRow,
    Person,
    RecordUnavailable,
    StoredEvent,
    StoredPolicy,
)


def _wall() -> datetime:
    return datetime.now(UTC)


class SqliteStore:
    """Record, Outbox, Directory, Links, Bookings, Chart and Heartbeat. A write is on the disk when its call returns.

    Several processes may open one file; whoever appends first has decided. Every method raises `RecordUnavailable`
    where the file cannot be used now, or after `close`.
    """

    def __init__(self, path: Path, limit: int, wall: Callable[[], datetime], temporary: Path | None) -> None:
        self._writer = threads.Writer(engine.writing(path), limit)
        self._reader = threads.Reader(engine.reading(path))
        self._wall = wall
        self._temporary = temporary

    @classmethod
    async def open(
        cls, path: Path | None = None, *, queue_limit: int = 4096, wall: Callable[[], datetime] = _wall
    ) -> SqliteStore:
        """Open or create the file (mode 0600); without a path, one that is deleted on `close`.

        At most `queue_limit` writes wait; more are refused. `wall` is real time, which outbox leases run on.
        Raises `SchemaTooNew` or `RecordUnavailable`.
        """
        temporary = None
        if path is None:
            temporary = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="dyad-"))
            path = temporary / "record.db"
        try:
            await asyncio.to_thread(engine.prepare, path)
        except OSError as fault:
            raise RecordUnavailable(fault.strerror or type(fault).__name__) from fault
        return cls(path, queue_limit, wall, temporary)

    async def close(self) -> None:
        """Commit what is queued and end. Again: nothing happens."""
        await self._writer.close()
        await self._reader.close()
        if self._temporary is not None:
            await asyncio.to_thread(shutil.rmtree, self._temporary, ignore_errors=True)

    # Record

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        return await self._reader.run(lambda c: log.load(c, session, after))

    async def append(self, entry: Append) -> None:
        await self._writer.add(entry, log.append)

    async def due(self, now: datetime, limit: int) -> list[str]:
        return await self._reader.run(lambda c: log.due(c, now, limit))

    async def earliest(self) -> datetime | None:
        return await self._reader.run(log.earliest)

    async def live(self) -> list[str]:
        return await self._reader.run(log.live)

    async def sessions(self) -> list[str]:
        return await self._reader.run(log.sessions)

    # Heartbeat

    async def alive(self, now: datetime) -> None:
        await self._writer.run(lambda c: log.alive(c, now))

    async def last_alive(self) -> datetime | None:
        return await self._reader.run(log.last_alive)

    # Outbox

    async def take(self, now: datetime, limit: int) -> list[OutboxRow]:
        return await self._writer.run(lambda c: outbox.take(c, now, limit, self._wall()))

    async def post(self, queue: str, draft: OutboxDraft) -> None:
        await self._writer.run(lambda c: outbox.post(c, queue, draft))

    async def done(self, row: str) -> None:
        await self._writer.run(lambda c: outbox.done(c, row))

    async def retry(self, row: str, at: datetime, why: str) -> None:
        await self._writer.run(lambda c: outbox.retry(c, row, at, why))

    async def give_up(self, row: str, why: str) -> None:
        await self._writer.run(lambda c: outbox.give_up(c, row, why))

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

    async def cancel(self, appointment: str) -> Appointment | None:
        return await self._writer.run(lambda c: bookings.cancel(c, appointment))
