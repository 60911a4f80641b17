"""The chain: a hash for each line of the logs, seals over all sessions, who read what; and webhook endpoints.

Lines that were there already have no hash. The service gives them theirs, as they stand, when it seals their session.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.schema import Key

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("events", sa.Column("hash", sa.LargeBinary))
    op.create_table(
        "seals",
        sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("session", Key, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
    )
    op.create_index("seals_by_session", "seals", ["session", "n"])
    op.create_table(
        "reads",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "endpoints",
        sa.Column("id", Key, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.Text),
    )


def downgrade() -> None:
    for table in ("endpoints", "reads", "seals"):
        op.drop_table(table)
    op.drop_column("events", "hash")
