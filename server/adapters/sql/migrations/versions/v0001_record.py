"""The record: logs and deadlines, outbox, people and their appointments, links, whose time is taken, the heartbeat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.schema import Key

revision = "0001"
down_revision = None


def upgrade() -> None:
    version = op.create_table("schema_version", sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))
    op.bulk_insert(version, [{"version": 1}])
    _logs()
    _people()
    _times()


def _logs() -> None:
    op.create_table(
        "events",
        sa.Column("session", Key, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("cmd", sa.String),
    )
    op.create_table(
        "deadlines",
        sa.Column("session", Key, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("deadlines_by_time", "deadlines", ["at", "session"])
    op.create_table(
        "outbox",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", Key, nullable=False, unique=True),
        sa.Column("session", Key, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("why", sa.Text),
    )
    open_row = sa.text("state = 'open'")
    op.create_index("outbox_open", "outbox", ["session", "n"], sqlite_where=open_row, postgresql_where=open_row)
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("hours", sa.Text, nullable=False),
    )
    op.create_table(
        "appointments",
        sa.Column("id", Key, primary_key=True),
        sa.Column("uid", sa.String, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "appointment_people",
        sa.Column("appointment", Key, sa.ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("participant", Key, primary_key=True),
        sa.Column("person", Key, nullable=False, index=True),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", Key, primary_key=True),
        sa.Column("person", Key, nullable=False),
        sa.Column("session", Key, index=True),
        sa.Column("participant", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("used_at", sa.BigInteger),
    )


def _times() -> None:
    op.create_table(
        "spans",
        sa.Column("owner", Key, primary_key=True),
        sa.Column("kind", Key, primary_key=True),
        sa.Column("person", Key, primary_key=True),
        sa.Column("starts_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("ends_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("spans_by_person", "spans", ["person", "ends_at"])


def downgrade() -> None:
    for table in (
        "spans", "links", "appointment_people", "appointments", "people",
        "heartbeat", "outbox", "deadlines", "events", "schema_version",
    ):  # fmt: skip
        op.drop_table(table)
