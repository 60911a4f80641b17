"""The tables of the record, in types that SQLite and PostgreSQL share.

Instants are integer microseconds since 1970 in UTC: exact, ordered, and the same in every database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Exact, without a float on the way; a naive datetime is a TypeError."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as integer microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


metadata = MetaData()

# What names something: compared byte by byte in every database, whatever language it sorts in.
Key = String().with_variant(String(collation="C"), "postgresql")

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

# With a rowid: events of all sessions follow one another and only the small index is in order of session. Kept in that
# order themselves (WITHOUT ROWID), 16 sessions' events made SQLite split and write twice as many pages: measured.
events = Table(
    "events",
    metadata,
    Column("session", Key, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("cmd", String),
    Column("hash", LargeBinary),  # server/domain/chain.py; none where a version from before the chain wrote the line
)

# `seq` is the head that the deadline was written with: of two writers at once the one with the later head stands, and
# on PostgreSQL what follows that head is written without a look at the log (postgres/statement.py).
deadlines = Table(
    "deadlines",
    metadata,
    Column("session", Key, primary_key=True),
    Column("at", Instant),
    Column("seq", Integer, nullable=False, server_default="0"),
    Index("deadlines_by_time", "at", "session"),
    sqlite_with_rowid=False,
)

# `n` is the order of writing. Two appends to one session never overlap (the key of `events` sees to it), so within
# a session it is the order of the decisions too, on PostgreSQL as well.
outbox = Table(
    "outbox",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("session", Key, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("state", String, nullable=False, default="open"),  # "open" | "done" | "given up"
    Column("leased_until", Instant),
    Column("why", Text),
)
_open_row = outbox.c.state == "open"
Index("outbox_open", outbox.c.session, outbox.c.n, sqlite_where=_open_row, postgresql_where=_open_row)

people = Table(
    "people",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("zone", String, nullable=False),
    Column("role", String, nullable=False),
    Column("hours", Text, nullable=False),
    Column("language", String, nullable=False, server_default="en"),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Key, primary_key=True),
    Column("uid", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("body", Text, nullable=False),
)

appointment_people = Table(
    "appointment_people",
    metadata,
    Column("appointment", Key, ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True),
    Column("participant", Key, primary_key=True),
    Column("person", Key, nullable=False, index=True),
)

links = Table(
    "links",
    metadata,
    Column("token_hash", Key, primary_key=True),
    Column("person", Key, nullable=False),
    Column("session", Key, index=True),
    Column("participant", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
)

# Whose time is taken: `owner` is a proposal (kind "hold") or an appointment (kind "booked", never expires).
spans = Table(
    "spans",
    metadata,
    Column("owner", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("person", Key, primary_key=True),
    Column("starts_at", Instant, primary_key=True, autoincrement=False),
    Column("ends_at", Instant, primary_key=True, autoincrement=False),
    Column("expires_at", Instant),
    Index("spans_by_person", "person", "ends_at"),
)

policies = Table(
    "policies",
    metadata,
    Column("name", Key, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("adopted_at", Instant, nullable=False),
)

# Every version of every record of the programme; `wall` and `owner` say who may see it (server/application/chart.py).
chart = Table(
    "chart",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("owner", Key, nullable=False),
    Column("wall", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("chart_by_owner", "kind", "owner"),
)

care = Table(
    "care",
    metadata,
    Column("couple", Key, primary_key=True),
    Column("person", Key, primary_key=True),
    Column("role", String, nullable=False),
    Index("care_by_person", "person", "couple"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

# How far the logs had come, one below the other over all sessions (server/domain/chain.py).
seals = Table(
    "seals",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("session", Key, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Index("seals_by_session", "session", "n"),
)

# Who read what of whom: ids alone, chained like a log.
reads = Table(
    "reads",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Key, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("disabled", Text),
)

# Where each partner is during a session. Beside the logs, because it is to be forgotten.
whereabouts = Table(
    "whereabouts",
    metadata,
    Column("session", Key, primary_key=True),
    Column("who", Key, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("place", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("phone", Text, nullable=False),
)
