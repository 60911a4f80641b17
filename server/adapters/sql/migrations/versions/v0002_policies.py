"""The versions of the attendance policy that were ever in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.schema import Key

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("name", Key, primary_key=True),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("adopted_at", sa.BigInteger, nullable=False),
    )
    op.execute("UPDATE schema_version SET version = 2")


def downgrade() -> None:
    op.drop_table("policies")
    op.execute("UPDATE schema_version SET version = 1")
