"""The file: whose it is, which schema it has, and what of it is left when a store is closed."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from server.adapters.sql import SchemaTooNew, SqliteStore, migrate_database
from server.application.chart import Reader
from server.application.ports import Person, RecordUnavailable
from tests.contracts.samples import after, entry, event

pytestmark = pytest.mark.asyncio


def query(path: Path, statement: str) -> Any:
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(statement).fetchone()
        connection.commit()
        return row and row[0]


async def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "record.db"
    store = await SqliteStore.open(path)
    await store.append(entry("s1"))
    files = list(path.parent.iterdir())
    assert {each.name for each in files} == {"record.db", "record.db-wal", "record.db-shm"}
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await store.close()


async def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    path.touch(0o644)
    await (await SqliteStore.open(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_it_waits_for_the_disk_and_for_locks(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "record.db")

    def ask(connection: Connection) -> list[Any]:
        asked = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"]
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]

    assert await store._writer.run(ask) == ["wal", 2, 1, 5000]
    await store.close()


async def test_what_was_written_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    store = await SqliteStore.open(path)
    await store.append(entry("s1", deadline=after(5)))
    await store.close()
    store = await SqliteStore.open(path)
    assert await store.load("s1") == [event(1, cmd="cmd")]
    assert await store.live() == ["s1"]
    await store.close()


async def test_a_store_without_a_path_leaves_nothing_behind() -> None:
    store = await SqliteStore.open()
    assert store._temporary is not None
    await store.append(entry("s1"))
    await store.close()
    assert not store._temporary.exists()


async def test_a_closed_store_refuses_and_closes_twice(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "record.db")
    await store.close()
    await store.close()
    with pytest.raises(RecordUnavailable):
        await store.append(entry("s1"))
    with pytest.raises(RecordUnavailable):
        await store.load("s1")


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    await (await SqliteStore.open(path)).close()
    query(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        await SqliteStore.open(path)
    assert query(path, "SELECT version_num FROM alembic_version") == "9999"


async def test_an_older_file_is_led_to_the_newest_schema_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    await migrate_database(f"sqlite:///{path}", "0001")
    query(path, "INSERT INTO people (id, name, email, zone, role, hours) VALUES ('p', 'Alex', 'a@b', 'UTC', 'x', '[]')")
    store = await SqliteStore.open(path)
    assert await store.person("p") == Person("p", "Alex", "a@b", "UTC", "x", "[]", "en")
    assert await store.records(Reader("team", "team"), "programme") == []
    await store.close()


async def test_what_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(RecordUnavailable):
        await SqliteStore.open(path)
    with pytest.raises(RecordUnavailable):
        await SqliteStore.open(path / "below a file" / "record.db")


async def test_a_fault_does_not_tell_what_was_written(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "record.db")
    insert = "INSERT INTO heartbeat VALUES (1, ?)"
    with pytest.raises(IntegrityError) as caught:
        await store._writer.run(lambda c: [c.exec_driver_sql(insert, ("zoe@example.org",)) for _ in "ab"])
    assert "zoe" not in str(caught.value)
    await store.close()
