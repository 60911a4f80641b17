"""People, appointments and links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from server.adapters.sql import schema
from server.adapters.sql.statements import insert_new, upsert
from server.application.ports import Appointment, LinkGrant, Person


def put_person(connection: Connection, person: Person) -> None:
    upsert(connection, schema.people, **asdict(person))


def person(connection: Connection, id: str) -> Person | None:
    row = connection.execute(select(schema.people).where(schema.people.c.id == id)).one_or_none()
    return None if row is None else Person(**row._mapping)


def put_appointment(connection: Connection, appointment: Appointment) -> None:
    """Insert or replace, with who takes part and the time it takes of them."""
    upsert(connection, schema.appointments, **{c.name: getattr(appointment, c.name) for c in schema.appointments.c})
    takes_part = schema.appointment_people
    connection.execute(delete(takes_part).where(takes_part.c.appointment == appointment.id))
    people = appointment.people.items()
    if people:
        rows = [{"appointment": appointment.id, "participant": key, "person": who} for key, who in people]
        connection.execute(insert(takes_part), rows)
    _put_spans(connection, appointment)


def _put_spans(connection: Connection, appointment: Appointment) -> None:
    spans = schema.spans
    connection.execute(delete(spans).where(spans.c.owner == appointment.id, spans.c.kind == "booked"))
    people = set(appointment.people.values())
    if appointment.status == "booked" and people:
        span = {
            "owner": appointment.id,
            "kind": "booked",
            "starts_at": appointment.starts_at,
            "ends_at": appointment.starts_at + timedelta(minutes=appointment.minutes),
        }
        connection.execute(insert(spans), [{**span, "person": who} for who in sorted(people)])


def appointment(connection: Connection, id: str) -> Appointment | None:
    rows = connection.execute(select(schema.appointments).where(schema.appointments.c.id == id)).all()
    return next(iter(_with_people(connection, rows)), None)


def appointments_of(connection: Connection, person: str, after: datetime, until: datetime) -> list[Appointment]:
    a, p = schema.appointments.c, schema.appointment_people.c
    theirs = select(p.appointment).where(p.person == person)
    chosen = select(schema.appointments).where(a.id.in_(theirs), a.starts_at >= after, a.starts_at < until)
    return _with_people(connection, connection.execute(chosen.order_by(a.starts_at, a.id)).all())


def _with_people(connection: Connection, rows: Sequence[Row[Any]]) -> list[Appointment]:
    found = {row.id: Appointment(**row._mapping, people={}) for row in rows}
    p = schema.appointment_people.c
    people: dict[str, dict[str, str]] = {id: {} for id in found}
    for row in connection.execute(select(p.appointment, p.participant, p.person).where(p.appointment.in_(list(found)))):
        people[row.appointment][row.participant] = row.person
    return [replace(each, people=people[each.id]) for each in found.values()]


def add_link(connection: Connection, grant: LinkGrant) -> None:
    insert_new(connection, schema.links, **asdict(grant))


def find_link(connection: Connection, token_hash: str) -> LinkGrant | None:
    row = connection.execute(select(schema.links).where(schema.links.c.token_hash == token_hash)).one_or_none()
    return None if row is None else LinkGrant(**row._mapping)


def use_link(connection: Connection, token_hash: str, now: datetime) -> bool:
    # One statement that asks and marks: who changes the row has used the link.
    link = schema.links.c
    fresh = (link.used_at.is_(None), link.revoked_at.is_(None), link.expires_at > now)
    marked = update(schema.links).where(link.token_hash == token_hash, *fresh).values(used_at=now)
    return connection.execute(marked).rowcount == 1


def revoke_links(connection: Connection, session: str, participant: str | None, now: datetime) -> int:
    link = schema.links.c
    chosen = [link.session == session, link.revoked_at.is_(None)]
    if participant is not None:
        chosen.append(link.participant == participant)
    state = connection.execute(select(link.used_at, link.expires_at).where(*chosen)).all()
    connection.execute(update(schema.links).where(*chosen).values(revoked_at=now))
    return sum(row.used_at is None and row.expires_at > now for row in state)


def standing_links(connection: Connection, person: str, purpose: str, now: datetime) -> list[LinkGrant]:
    link = schema.links.c
    live = select(schema.links).where(_own(person, purpose), link.used_at.is_(None), link.expires_at > now)
    rows = connection.execute(live.order_by(link.created_at.desc(), link.token_hash.desc()))
    return [LinkGrant(**row._mapping) for row in rows]


def withdraw_links(connection: Connection, person: str, purpose: str, now: datetime) -> int:
    live = len(standing_links(connection, person, purpose, now))
    connection.execute(update(schema.links).where(_own(person, purpose)).values(revoked_at=now))
    return live


def _own(person: str, purpose: str) -> ColumnElement[bool]:
    """Somebody's links of no session, less what is revoked."""
    link = schema.links.c
    return and_(link.person == person, link.purpose == purpose, link.session.is_(None), link.revoked_at.is_(None))
