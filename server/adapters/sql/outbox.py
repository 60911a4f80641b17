"""The outbox: rows wait in the order in which their session wrote them, and one of each session is out at a time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from server.adapters.sql import schema
from server.application.dead_letters import DeadLetter, OutboxState
from server.application.ports import OutboxDraft, OutboxRow

LEASE = timedelta(seconds=30)


def take(connection: Connection, now: datetime, limit: int, wall: datetime) -> list[OutboxRow]:
    """`now` is policy time and says what is due; `wall` is real time and says which leases have run out."""
    row = schema.outbox.alias("row")
    earlier = schema.outbox.alias("earlier")
    blocked = exists().where(earlier.c.session == row.c.session, earlier.c.state == "open", earlier.c.n < row.c.n)
    chosen = (
        select(row.c.n, row.c.id, row.c.session, row.c.kind, row.c.body, row.c.tries)
        .where(row.c.state == "open", row.c.not_before <= now, ~blocked)
        .where(or_(row.c.leased_until.is_(None), row.c.leased_until <= wall))
        .order_by(row.c.n)
        .limit(limit)
    )
    rows = connection.execute(chosen).all()
    if rows:
        taken = schema.outbox.c.n.in_([found.n for found in rows])
        connection.execute(update(schema.outbox).where(taken).values(leased_until=wall + LEASE))
    return [OutboxRow(found.id, found.session, found.kind, found.body, found.tries) for found in rows]


def post(connection: Connection, queue: str, draft: OutboxDraft) -> None:
    known = select(schema.outbox.c.n).where(schema.outbox.c.id == draft.id)
    if connection.execute(known).first() is None:
        connection.execute(insert(schema.outbox).values(session=queue, **asdict(draft)))


def done(connection: Connection, row: str) -> None:
    _change(connection, row, state="done", leased_until=None)


def retry(connection: Connection, row: str, at: datetime, why: str) -> None:
    _change(connection, row, tries=schema.outbox.c.tries + 1, not_before=at, leased_until=None, why=why)


def redate(connection: Connection, row: str, at: datetime) -> None:
    _change(connection, row, not_before=at, leased_until=None)


def give_up(connection: Connection, row: str, why: str) -> None:
    _change(connection, row, state="given up", leased_until=None, why=why)


def _change(connection: Connection, row: str, **values: Any) -> None:
    # Only an open row changes: a report that comes late finds what was decided.
    o = schema.outbox.c
    connection.execute(update(schema.outbox).where(o.id == row, o.state == "open").values(**values))


def dead(connection: Connection, limit: int) -> list[DeadLetter]:
    o = schema.outbox.c
    chosen = select(o.id, o.session, o.kind, o.body, o.tries, o.why).where(o.state == "given up")
    return [DeadLetter(*row) for row in connection.execute(chosen.order_by(o.n).limit(limit))]


def replay(connection: Connection, row: str, now: datetime) -> bool:
    return _settle(connection, row, state="open", tries=0, not_before=now)


def discard(connection: Connection, row: str) -> bool:
    return _settle(connection, row, state="discarded")


def _settle(connection: Connection, row: str, **values: Any) -> bool:
    o = schema.outbox.c
    settled = update(schema.outbox).where(o.id == row, o.state == "given up").values(**values)
    return connection.execute(settled).rowcount == 1


def state(connection: Connection) -> OutboxState:
    o = schema.outbox.c
    waiting = connection.execute(select(func.count(), func.min(o.not_before)).where(o.state == "open")).one()
    given_up = connection.scalar(select(func.count()).where(o.state == "given up")) or 0
    return OutboxState(waiting[0], waiting[1], given_up)
