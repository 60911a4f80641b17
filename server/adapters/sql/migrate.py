"""The schema's revisions: a new database gets the newest, an old one is led there step by step, by Alembic.

Until revision 3 a table of our own, `schema_version`, said which schema a database has.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select

from server.adapters.sql.schema import metadata, schema_version

SCRIPTS = Path(__file__).parent / "migrations"
BASE = "base"  # an empty database


class SchemaRefused(Exception):
    """The database has another schema than this program works with. Nothing was changed."""


class SchemaTooNew(SchemaRefused):
    """The database was written by a newer Dyad."""

    def __init__(self, found: str) -> None:
        super().__init__(f"the database has schema {found}, this Dyad knows up to {newest()}: use the newer program")
        self.found = found


class SchemaTooOld(SchemaRefused):
    """The database waits for `dyad migrate`."""

    def __init__(self, found: str) -> None:
        super().__init__(f"the database has schema {found}, this Dyad works with {newest()}: run `dyad migrate` first")


class UnknownRevision(Exception):
    """There is no such revision; the message names those there are."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@cache
def revisions() -> tuple[str, ...]:
    """All there are, the oldest first."""
    return tuple(reversed([script.revision for script in _scripts().walk_revisions()]))


def newest() -> str:
    return revisions()[-1]


def found(connection: Connection) -> str:
    """The revision of this database, `base` where it is empty. Raises `SchemaTooNew`."""
    known = MigrationContext.configure(connection).get_current_revision()
    if known is None and inspect(connection).has_table(schema_version.name):
        known = f"{connection.scalar(select(schema_version.c.version)):04}"  # from before Alembic
    if known is not None and known not in revisions():
        raise SchemaTooNew(known)
    return known or BASE


def check(connection: Connection) -> None:
    """Raises `SchemaTooNew` or `SchemaTooOld`."""
    now = found(connection)
    if now != newest():
        raise SchemaTooOld(now)


def migrate(connection: Connection, to: str | None = None) -> tuple[str, str]:
    """Lead the schema to a revision (None: the newest), up or down; from which, and to which.

    Within the caller's transaction where one has begun, else in one for each revision.
    Raises `SchemaTooNew` or `UnknownRevision`.
    """
    outer = connection.in_transaction()
    target, now = to or newest(), found(connection)
    if target not in (BASE, *revisions()):
        raise UnknownRevision(f"There is no revision {target}. Known: {', '.join((BASE, *revisions()))}.")
    if now != target:
        _adopt(connection, now)
        if not outer:
            connection.commit()
        _lead(connection, now, target)
    if not outer:
        connection.commit()
    return now, target


def _adopt(connection: Connection, now: str) -> None:
    """A database from before Alembic is told where it stands."""
    if now != BASE and MigrationContext.configure(connection).get_current_revision() is None:
        command.stamp(_config(connection), now)


def _lead(connection: Connection, now: str, target: str) -> None:
    if now == BASE and target == newest():
        # The same tables as by way of all revisions (a test compares), in a fraction of the time.
        metadata.create_all(connection)
        connection.execute(schema_version.insert().values(version=4))
        command.stamp(_config(connection), target)
    elif target == BASE or (now != BASE and target < now):
        command.downgrade(_config(connection), target)
    else:
        command.upgrade(_config(connection), target)
