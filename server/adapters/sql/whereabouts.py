"""Where partners are during a session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from server.adapters.sql import schema
from server.adapters.sql.statements import upsert
from server.application.whereabouts import Told
from server.domain.whereabouts import Whereabouts


def keep(connection: Connection, told: Told) -> None:
    where = told.where
    upsert(
        connection,
        schema.whereabouts,
        session=told.session,
        who=told.who,
        until=told.until,
        place=where.place,
        contact=where.contact,
        phone=where.phone,
    )


def of(connection: Connection, session: str) -> list[Told]:
    w = schema.whereabouts.c
    rows = connection.execute(select(schema.whereabouts).where(w.session == session).order_by(w.who))
    return [Told(r.session, r.who, r.until, Whereabouts(r.place, r.contact, r.phone)) for r in rows]


def forget(connection: Connection, now: datetime) -> int:
    return connection.execute(delete(schema.whereabouts).where(schema.whereabouts.c.until <= now)).rowcount
