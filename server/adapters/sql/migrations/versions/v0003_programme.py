"""The programme: its chart, who takes part in whose care, and the language we write to somebody in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.schema import Key

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("people", sa.Column("language", sa.String, nullable=False, server_default="en"))
    op.create_table(
        "chart",
        sa.Column("kind", Key, primary_key=True),
        sa.Column("id", Key, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", Key, nullable=False),
        sa.Column("wall", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("chart_by_owner", "chart", ["kind", "owner"])
    op.create_table(
        "care",
        sa.Column("couple", Key, primary_key=True),
        sa.Column("person", Key, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
    )
    op.create_index("care_by_person", "care", ["person", "couple"])
    op.execute("UPDATE schema_version SET version = 3")


def downgrade() -> None:
    op.drop_table("care")
    op.drop_table("chart")
    op.drop_column("people", "language")
    op.execute("UPDATE schema_version SET version = 2")
