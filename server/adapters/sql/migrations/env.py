"""Run by Alembic, on the connection that server/adapters/sql/migrate.py hands over."""

from __future__ import annotations

from typing import Any

from alembic import context


def run() -> None:
    given: dict[str, Any] = context.config.attributes
    # On PostgreSQL a transaction for each revision, so that no lock is held longer than its own change takes.
    context.configure(connection=given["connection"], transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run()
