"""The version of the schema: a new database gets the newest, an old one is led there step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, insert, select, text, update

from server.adapters.sql.schema import care, chart, metadata, policies, schema_version

VERSION = 3


def _programme(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE people ADD COLUMN language VARCHAR NOT NULL DEFAULT 'en'"))
    chart.create(connection)
    care.create(connection)


# The step at n leads from version n to n + 1, within the transaction that `prepare` is called in.
STEPS: Mapping[int, Callable[[Connection], None]] = {
    1: lambda connection: policies.create(connection),
    2: _programme,
}


class SchemaTooNew(Exception):
    """The database was written by a newer Dyad. Nothing was changed."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"the database has schema version {found}, this Dyad knows up to {VERSION}: use the newer program"
        )
        self.found = found


def prepare(connection: Connection) -> int:
    """Bring the schema to `VERSION`; says from which version (0: it was empty). One transaction, the caller's."""
    schema_version.create(connection, checkfirst=True)
    found = connection.scalar(select(schema_version.c.version)) or 0
    if found > VERSION:
        raise SchemaTooNew(found)
    if found == 0:
        metadata.create_all(connection)
        connection.execute(insert(schema_version).values(version=VERSION))
        return found
    for version in range(found, VERSION):
        STEPS[version](connection)
    if found < VERSION:
        connection.execute(update(schema_version).values(version=VERSION))
    return found
