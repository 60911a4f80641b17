"""A deadline says which event it follows, and one that is over leaves its row behind.

From here on Alembic's own table says which schema this is. Programs from before it look at `schema_version` and refuse
anything above 3.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.schema import Key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("seq", sa.Integer, nullable=False, server_default="0"))
    _nullable(True)
    op.execute("UPDATE schema_version SET version = 4")


def downgrade() -> None:
    op.execute("DELETE FROM deadlines WHERE at IS NULL")
    _nullable(False)
    op.drop_column("deadlines", "seq")
    op.execute("UPDATE schema_version SET version = 3")


def _nullable(allowed: bool) -> None:
    # SQLite can't change a column: the table is written anew, which is a moment, since it has a row for each session.
    now = sa.Table(
        "deadlines",
        sa.MetaData(),
        sa.Column("session", Key, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=not allowed),
        sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
        sa.Index("deadlines_by_time", "at", "session"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("deadlines", copy_from=now) as table:
        table.alter_column("at", existing_type=sa.BigInteger(), nullable=allowed)
