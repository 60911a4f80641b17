"""Where each partner is during a session, deleted some hours after it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.schema import Key

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "whereabouts",
        sa.Column("session", Key, primary_key=True),
        sa.Column("who", Key, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("whereabouts")
