"""The sessions' logs and deadlines, and the heartbeat."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from server.adapters.sql import schema
from server.adapters.sql.engine import driver
from server.adapters.sql.schema import to_micros
from server.adapters.sql.statements import upsert
from server.application.ports import Append, Conflict, StoredEvent

_HEAD = "SELECT coalesce(max(seq), 0) FROM events WHERE session = ?"
_EVENT = "INSERT INTO events (session, seq, at, kind, body, cmd) VALUES (?, ?, ?, ?, ?, ?)"
_DEADLINE = "INSERT INTO deadlines (session, at) VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET at = excluded.at"
_NO_DEADLINE = "DELETE FROM deadlines WHERE session = ?"
_OUTBOX = "INSERT INTO outbox (id, session, kind, body, not_before, tries, state) VALUES (?, ?, ?, ?, ?, 0, 'open')"


def append(connection: Connection, entries: Sequence[Append]) -> list[Exception | None]:
    """Each entry is written, or refused with a `Conflict`; where an outbox id exists already, `ValueError` is raised.

    The one hot write, on SQLite: many entries in a few statements, straight to the driver, since the time of
    SQLAlchemy and of statements one by one would exceed that of the disk.
    """
    database = driver(connection)
    heads: dict[str, int] = {}
    refusals: list[Exception | None] = []
    accepted: list[Append] = []
    for entry in entries:
        head = heads.get(entry.session)
        if head is None:
            head = database.execute(_HEAD, (entry.session,)).fetchone()[0]
        fits = head == entry.expected
        heads[entry.session] = head + len(entry.events) if fits else head
        refusals.append(None if fits else Conflict(entry.session))
        if fits:
            accepted.append(entry)
    try:
        _write(database, accepted)
    except sqlite3.IntegrityError as fault:
        raise ValueError("the entry does not fit: an outbox row of this id exists, or a value is missing") from fault
    return refusals


def _write(database: sqlite3.Connection, entries: Sequence[Append]) -> None:
    deadlines = {entry.session: entry.deadline for entry in entries}  # the last one of a session stands
    database.executemany(
        _EVENT,
        [(e.session, v.seq, to_micros(v.at), v.kind, v.body, v.cmd) for e in entries for v in e.events],
    )
    database.executemany(_DEADLINE, [(session, to_micros(at)) for session, at in deadlines.items() if at is not None])
    database.executemany(_NO_DEADLINE, [(session,) for session, at in deadlines.items() if at is None])
    drafts = [(d.id, e.session, d.kind, d.body, to_micros(d.not_before)) for e in entries for d in e.outbox]
    if drafts:
        database.executemany(_OUTBOX, drafts)


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


def sessions(connection: Connection) -> list[str]:
    e = schema.events.c
    return list(connection.scalars(select(e.session).distinct().order_by(e.session)))


def alive(connection: Connection, now: datetime) -> None:
    upsert(connection, schema.heartbeat, id=1, at=now)


def last_alive(connection: Connection) -> datetime | None:
    return connection.scalar(select(schema.heartbeat.c.at))
