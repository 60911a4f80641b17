"""The schema's revisions, up and down on both databases, with data in them, while others write."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from server.adapters.sql import SchemaTooNew, migrate
from server.adapters.sql.opening import migrate_database
from server.adapters.sql.postgres import leading
from server.adapters.sql.schema import metadata
from server.application.ports import RecordUnavailable
from tests.support.postgres import PostgresServer

# A row for each table that a revision brought: what must outlive the way up. Columns that came later are left out.
ROWS = {
    "0001": (
        "INSERT INTO events (session, seq, at, kind, body, cmd)"
        " VALUES ('s', 1, 7, 'noted', '{\"name\": \"Zoë ♥\"}', 'c')",
        "INSERT INTO deadlines (session, at) VALUES ('s', 9)",
        "INSERT INTO outbox (n, id, session, kind, body, not_before, tries, state)"
        " VALUES (5, 'o', 's', 'mail', '{}', 8, 2, 'open')",
        "INSERT INTO people (id, name, email, zone, role, hours) VALUES ('p', 'Zoë', 'z@x.org', 'UTC', 'x', '[]')",
        "INSERT INTO appointments VALUES ('a', 'u', 1, 2, 50, 'booked', '{}')",
        "INSERT INTO appointment_people VALUES ('a', 'therapist', 'p')",
        "INSERT INTO links VALUES ('h', 'p', 's', 'a', 'session', 1, 2, NULL, NULL)",
        "INSERT INTO spans VALUES ('a', 'booked', 'p', 1, 2, NULL)",
        "INSERT INTO heartbeat VALUES (1, 6)",
    ),
    "0002": ("INSERT INTO policies VALUES ('default', 'f', '', 3)",),
    "0003": (
        "INSERT INTO chart VALUES ('programme', 'x', 1, 'o', 'everyone', 4, 'p', '{}')",
        "INSERT INTO care VALUES ('couple', 'p', 'client')",
    ),
    "0005": (
        "INSERT INTO seals VALUES (1, 's', 1, 'h', 'c')",
        "INSERT INTO reads VALUES (1, 4, '{}', 'h')",
        "INSERT INTO endpoints VALUES ('e', 'https://x.org', 's', 5, NULL)",
    ),
    "0006": ("INSERT INTO whereabouts VALUES ('s', 'a', 7, 'Ulm, Münsterplatz 1', 'Zoë', '+49 1')",),
}


class Database:
    def __init__(self, url: str) -> None:
        self.url = url
        # Without prepared statements: `SELECT *` changes its columns on the way.
        arguments: dict[str, Any] = {} if url.startswith("sqlite") else {"prepare_threshold": None}
        url = url.replace("postgresql:", "postgresql+psycopg:")
        self.engine: Engine = create_engine(url, connect_args=arguments)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            answer = connection.execute(text(statement))
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def to(self, revision: str | None = None) -> tuple[str, str]:
        return asyncio.run(migrate_database(self.url, revision))

    def content(self) -> dict[str, list[dict[str, Any]]]:
        with self.engine.begin() as connection:
            names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version", "schema_version"})
            return {
                name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))]
                for name in names
            }


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty one of each kind."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'record.db'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        opened = Database(server.url(server.database()))
    yield opened
    opened.engine.dispose()


def fill(database: Database, revision: str) -> None:
    for rows in (rows for known, rows in ROWS.items() if known <= revision):
        for row in rows:
            database.ask(row)


def test_there_is_one_line_of_revisions_numbered_without_a_gap() -> None:
    assert migrate.revisions() == tuple(f"{n:04}" for n in range(1, len(migrate.revisions()) + 1))


def test_a_new_database_is_what_all_revisions_together_make(database: Database) -> None:
    """And both are what the program thinks they are."""

    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return compare_metadata(context, metadata)

    def where(index: Any) -> list[str]:
        return [f"{key} {value}" for key, value in sorted(index.get("dialect_options", {}).items())]

    def described(connection: Connection) -> object:
        seen = inspect(connection)
        return {
            name: (
                sorted(str(sorted((key, str(value)) for key, value in one.items())) for one in seen.get_columns(name)),
                seen.get_pk_constraint(name)["constrained_columns"],
                sorted((str(one["name"]), one["column_names"], where(one)) for one in seen.get_indexes(name)),
                seen.get_foreign_keys(name),
                seen.get_unique_constraints(name),
            )
            for name in sorted(seen.get_table_names())
        }

    assert database.to() == ("base", migrate.newest())
    with database.engine.connect() as connection:
        assert differences(connection) == []
        created, version = described(connection), database.ask("SELECT * FROM schema_version")
    database.to("base")
    assert set(database.content()) == set()
    for revision in migrate.revisions():
        database.to(revision)
    with database.engine.connect() as connection:
        assert differences(connection) == []
        assert described(connection) == created
    assert database.ask("SELECT * FROM schema_version") == version


def test_what_was_written_outlives_the_way_up_from_every_revision_and_down_again(database: Database) -> None:
    for revision in migrate.revisions():
        database.to(revision)
        fill(database, revision)
        before = database.content()
        assert all(before[name] for name in before), "every table has a row to lose"
        assert database.to() == (revision, migrate.newest())
        after = database.content()
        for name, rows in before.items():
            kept = [{key: row[key] for key in was} for was, row in zip(rows, after[name], strict=True)]
            assert kept == rows
        database.to(revision)
        assert database.content() == before
        database.to("base")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_database_from_before_alembic_is_led_on_from_its_own_version(database: Database, version: int) -> None:
    revision = f"{version:04}"
    database.to(revision)
    fill(database, revision)
    database.ask("DROP TABLE alembic_version")
    assert database.ask("SELECT version FROM schema_version") == [(version,)]
    assert database.to() == (revision, migrate.newest())
    assert database.content()["people"][0]["name"] == "Zoë"
    assert database.ask("SELECT version FROM schema_version") == [(4,)], "a program from before refuses it"


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    database.to()
    database.ask("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        database.to()
    assert database.ask("SELECT version_num FROM alembic_version") == [("9999",)]


def test_an_unknown_revision_is_refused_by_name(database: Database) -> None:
    database.to()
    with pytest.raises(migrate.UnknownRevision, match="0002"):
        database.to("0099")


FAILS = """
from alembic import op

revision, down_revision = "{revision}", "{before}"

def upgrade():
    op.execute("CREATE TABLE half (x INTEGER)")
    raise RuntimeError("in the middle")
"""


def test_a_revision_that_fails_leaves_the_schema_of_before(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.to()
    scripts, before = tmp_path / "scripts", migrate.newest()
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "fails.py").write_text(FAILS.format(revision="9999", before=before))
    known = migrate.revisions()
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "SCRIPTS", scripts)
        patch.setattr(migrate, "revisions", lambda: (*known, "9999"))
        with pytest.raises(RuntimeError, match="in the middle"):
            database.to()
    assert database.to() == (before, before)
    assert "half" not in database.content()


def test_a_deadline_that_is_over_is_gone_on_the_way_down(database: Database) -> None:
    database.to()
    database.ask("INSERT INTO deadlines VALUES ('open', 5, 1), ('over', NULL, 2)")
    database.to("0003")
    assert database.ask("SELECT * FROM deadlines") == [("open", 5)]
    database.to()
    assert database.ask("SELECT session, at, seq FROM deadlines") == [("open", 5, 0)]


@contextmanager
def locked(url: str, table: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url) as connection:
        connection.execute(f"SELECT * FROM {table}".encode())  # a reader, who does not end
        yield connection


def test_a_change_that_cannot_have_a_table_waits_in_short_turns_and_goes_on(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres_server.url(postgres_server.database()))
    database.to("0003")
    monkeypatch.setattr(leading, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(leading, "PAUSE", 0.01)
    monkeypatch.setattr(leading, "TRIES", 3)
    with locked(database.url, "deadlines") as reader:
        with pytest.raises(RecordUnavailable, match="LockNotAvailableError"):
            database.to()
        assert database.ask("SELECT version_num FROM alembic_version") == [("0003",)]
        monkeypatch.setattr(leading, "TRIES", 1000)
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.append(database.to()))
        thread.start()
        # Whoever reads the table meanwhile waits no longer than one of the short turns.
        for _ in range(5):
            database.ask("SELECT * FROM deadlines")
        reader.rollback()
        thread.join(60)
    assert found == [("0003", migrate.newest())]
    database.engine.dispose()


def test_two_who_change_the_schema_at_once_take_turns(database: Database) -> None:
    found: list[tuple[str, str]] = []
    threads = [threading.Thread(target=lambda: found.append(database.to())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [(migrate.newest(), migrate.newest())] * 3 + [("base", migrate.newest())]
