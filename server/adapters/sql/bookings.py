"""Holds and bookings over `spans`: a check and the writes that rest on it are one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select

from server.adapters.sql import directory
from server.adapters.sql.schema import spans
from server.application.ports import Appointment, HeldSlot, seated

Span = tuple[datetime, datetime]


class Taken(Exception):
    """Somebody else has the time or the seat."""


def span_of(slot: HeldSlot) -> Span:
    return slot.starts_at, slot.starts_at + timedelta(minutes=slot.minutes)


def _touching(people: Sequence[str], span: Span, now: datetime | None) -> ColumnElement[bool]:
    s = spans.c
    touching = and_(s.person.in_(people), s.starts_at < span[1], s.ends_at > span[0])
    if now is None:
        return touching
    return and_(touching, or_(s.expires_at.is_(None), s.expires_at > now))


def _taken(connection: Connection, proposal: str, people: Sequence[str], span: Span, now: datetime | None) -> bool:
    """Whether the time of somebody is another's than `proposal`'s."""
    return _taken_but(connection, and_(spans.c.owner == proposal, spans.c.kind == "hold"), people, span, now)


def _taken_but(
    connection: Connection, own: ColumnElement[bool], people: Sequence[str], span: Span, now: datetime | None
) -> bool:
    chosen = select(spans.c.person).where(_touching(people, span, now), ~own).limit(1)
    return connection.execute(chosen).first() is not None


def busy(connection: Connection, people: Sequence[str], span: Span, now: datetime | None) -> dict[str, list[Span]]:
    s = spans.c
    chosen = select(s.person, s.starts_at, s.ends_at).where(_touching(people, span, now)).distinct()
    found: dict[str, list[Span]] = {person: [] for person in people}
    for person, start, end in connection.execute(chosen.order_by(s.person, s.starts_at, s.ends_at)):
        found[person].append((start, end))
    return found


def hold(
    connection: Connection,
    proposal: str,
    people: Sequence[str],
    slots: Sequence[HeldSlot],
    expires_at: datetime,
    now: datetime | None,
) -> bool:
    places = sorted({span_of(slot) for slot in slots})
    if any(_taken(connection, proposal, people, place, now) for place in places):
        return False
    release(connection, proposal)
    rows = [
        {
            "owner": proposal,
            "kind": "hold",
            "person": person,
            "starts_at": start,
            "ends_at": end,
            "expires_at": expires_at,
        }
        for person in sorted(set(people))
        for start, end in places
    ]
    if rows:
        connection.execute(insert(spans), rows)
    return True


def book(connection: Connection, proposal: str, slot: HeldSlot, appointment: Appointment, now: datetime) -> bool:
    if directory.appointment(connection, appointment.id) is not None:
        return True
    if _taken(connection, proposal, list(appointment.people.values()), span_of(slot), now):
        return False
    release(connection, proposal)
    directory.put_appointment(connection, appointment)
    return True


def book_all(
    connection: Connection, appointments: Sequence[Appointment], seats: Sequence[tuple[str, str]], now: datetime
) -> None:
    """Raises `Taken`, and the caller's transaction is rolled back."""
    for one in appointments:
        if directory.appointment(connection, one.id) is not None:
            continue
        if _taken(connection, "", list(one.people.values()), _span(one), now):
            raise Taken
        directory.put_appointment(connection, one)
    for id, person in seats:
        group = directory.appointment(connection, id)
        if group is None:
            raise Taken
        if person in group.people.values():
            continue
        joined = seated(group, person)
        if joined is None or _taken(connection, "", [person], _span(group), now):
            raise Taken
        directory.put_appointment(connection, joined)


def _span(appointment: Appointment) -> Span:
    return appointment.starts_at, appointment.starts_at + timedelta(minutes=appointment.minutes)


def release(connection: Connection, proposal: str) -> None:
    connection.execute(delete(spans).where(spans.c.owner == proposal, spans.c.kind == "hold"))


def move(connection: Connection, id: str, starts_at: datetime, now: datetime, hold: str | None) -> Appointment | None:
    found = directory.appointment(connection, id)
    if found is None or found.status != "booked":
        return None
    if found.starts_at == starts_at:
        return found
    moved = replace(found, starts_at=starts_at, sequence=found.sequence + 1)
    own = or_(
        and_(spans.c.owner == id, spans.c.kind == "booked"), and_(spans.c.owner == (hold or ""), spans.c.kind == "hold")
    )
    if _taken_but(connection, own, list(moved.people.values()), _span(moved), now):
        return None
    if hold is not None:
        release(connection, hold)
    directory.put_appointment(connection, moved)
    return moved


def cancel(connection: Connection, id: str) -> Appointment | None:
    found = directory.appointment(connection, id)
    if found is None or found.status == "cancelled":
        return found
    cancelled = replace(found, status="cancelled", sequence=found.sequence + 1)
    directory.put_appointment(connection, cancelled)
    return cancelled
