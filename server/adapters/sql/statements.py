"""Inserts that say what happens when the key is taken, in the words of each database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def _insert(connection: Connection, table: Table) -> Any:
    module: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    return module.insert(table)


def upsert(connection: Connection, table: Table, **values: Any) -> None:
    """Insert, or replace the row of the same primary key."""
    statement = _insert(connection, table).values(**values)
    changed = {name: statement.excluded[name] for name in values}
    connection.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed))


def insert_new(connection: Connection, table: Table, **values: Any) -> None:
    """Insert, or leave the row of the same primary key as it is."""
    statement = _insert(connection, table).values(**values)
    connection.execute(statement.on_conflict_do_nothing(index_elements=list(table.primary_key)))
