"""The sessions' logs and deadlines, and the heartbeat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from server.adapters.sql import schema
from server.adapters.sql.engine import driver
from server.adapters.sql.schema import to_micros
from server.adapters.sql.statements import upsert
from server.application.ports import Append, Conflict, OutboxDraft, StoredEvent

_HEAD = "SELECT coalesce(max(seq), 0) FROM events WHERE session = ?"
_EVENT = "INSERT INTO events (session, seq, at, kind, body, cmd) VALUES (?, ?, ?, ?, ?, ?)"
_DEADLINE = "INSERT INTO deadlines (session, at) VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET at = excluded.at"
_NO_DEADLINE = "DELETE FROM deadlines WHERE session = ?"
_OUTBOX_ID = "SELECT 1 FROM outbox WHERE id = ?"
_OUTBOX = "INSERT INTO outbox (id, session, kind, body, not_before, tries, state) VALUES (?, ?, ?, ?, ?, 0, 'open')"


def append(connection: Connection, entry: Append) -> None:
    """The one hot write, on SQLite: straight to the driver, since SQLAlchemy's share would exceed that of the disk."""
    database = driver(connection)
    session = entry.session
    if database.execute(_HEAD, (session,)).fetchone()[0] != entry.expected:
        raise Conflict(session)
    for event in entry.events:
        database.execute(_EVENT, (session, event.seq, to_micros(event.at), event.kind, event.body, event.cmd))
    if entry.deadline is None:
        database.execute(_NO_DEADLINE, (session,))
    else:
        database.execute(_DEADLINE, (session, to_micros(entry.deadline)))
    for draft in entry.outbox:
        if database.execute(_OUTBOX_ID, (draft.id,)).fetchone():
            raise ValueError("an outbox row of this id exists")
        database.execute(_OUTBOX, _outbox_values(session, draft))


def _outbox_values(session: str, draft: OutboxDraft) -> tuple[str, str, str, str, int]:
    return draft.id, session, draft.kind, draft.body, to_micros(draft.not_before)


def load(connection: Connection, session: str, after: int) -> list[StoredEvent]:
    e = schema.events.c
    chosen = select(e.seq, e.at, e.kind, e.body, e.cmd).where(e.session == session, e.seq > after).order_by(e.seq)
    return [StoredEvent(*row) for row in connection.execute(chosen)]


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
    return list(connection.scalars(select(d.session).where(has_events).order_by(d.session)))


def alive(connection: Connection, now: datetime) -> None:
    upsert(connection, schema.heartbeat, id=1, at=now)


def last_alive(connection: Connection) -> datetime | None:
    return connection.scalar(select(schema.heartbeat.c.at))
