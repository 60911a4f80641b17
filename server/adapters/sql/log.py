"""Which sessions are due, open, or there at all, and the heartbeat. Each database loads and appends in its own way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from server.adapters.sql import schema
from server.adapters.sql.statements import upsert


def due(connection: Connection, now: datetime, limit: int) -> list[str]:
    d = schema.deadlines.c
    chosen = select(d.session).where(d.at <= now).order_by(d.at, d.session).limit(limit)
    return list(connection.scalars(chosen))


def earliest(connection: Connection) -> datetime | None:
    at: datetime | None = connection.scalar(select(func.min(schema.deadlines.c.at)))
    return at


def live(connection: Connection) -> list[str]:
    d = schema.deadlines.c
    has_events = exists().where(schema.events.c.session == d.session)
    return list(connection.scalars(select(d.session).where(d.at.is_not(None), has_events).order_by(d.session)))


def sessions(connection: Connection) -> list[str]:
    e = schema.events.c
    return list(connection.scalars(select(e.session).distinct().order_by(e.session)))


def alive(connection: Connection, now: datetime) -> None:
    upsert(connection, schema.heartbeat, id=1, at=now)


def last_alive(connection: Connection) -> datetime | None:
    return connection.scalar(select(schema.heartbeat.c.at))
