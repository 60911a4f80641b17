"""The writer: one group, one fsync; each decided for itself; and afresh after the disk failed."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection

from server.adapters.sql import SqliteStore
from server.adapters.sql.sqlite import engine
from server.application.ports import Conflict, RecordUnavailable
from tests.contracts.samples import NOW, after, draft, entry, event, outcomes


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "record.db")
    yield opened
    await opened.close()


class Gate:
    """Keeps the writer busy until it is opened, so that what is asked meanwhile is one group."""

    def __init__(self, store: SqliteStore) -> None:
        self._opened = threading.Event()
        self._entered = threading.Event()
        self._task = asyncio.ensure_future(store._writer.run(self._wait))

    def _wait(self, _: Connection) -> None:
        self._entered.set()
        self._opened.wait(10)

    async def closed(self) -> Gate:
        await asyncio.sleep(0)
        await asyncio.to_thread(self._entered.wait, 10)
        return self

    async def open(self) -> None:
        self._opened.set()
        await self._task


async def in_one_group(store: SqliteStore, *calls: Coroutine[Any, Any, object]) -> list[object]:
    gate = await Gate(store).closed()
    tasks = [asyncio.ensure_future(call) for call in calls]
    await asyncio.sleep(0)
    await gate.open()
    return await outcomes(tasks)


def commits(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the groups: a list that grows by one number with each commit."""
    counted: list[int] = []
    original = store._writer._commit

    def commit(group: list[Any]) -> None:
        counted.append(len(group))
        original(group)

    monkeypatch.setattr(store._writer, "_commit", commit)
    return counted


@pytest.mark.asyncio
async def test_what_is_queued_is_one_commit(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = commits(store, monkeypatch)
    assert await in_one_group(store, *(store.append(entry(f"s{n}")) for n in range(20))) == [None] * 20
    assert counted == [1, 20]


@pytest.mark.asyncio
async def test_appends_of_one_session_in_one_group_follow_one_another(store: SqliteStore) -> None:
    calls = [store.append(entry("s1", seq, deadline=after(seq))) for seq in (0, 1, 1, 2, 0)]
    results = await in_one_group(store, *calls)
    assert [type(r) for r in results] == [type(None), type(None), Conflict, type(None), Conflict]
    assert len(await store.load("s1")) == 3
    assert await store.earliest() == after(2)


@pytest.mark.asyncio
async def test_who_appends_again_before_the_group_is_written_is_not_told_of_a_conflict(store: SqliteStore) -> None:
    calls = [store.append(entry("s1", seq, count=2, deadline=after(seq))) for seq in (0, 2, 4)]
    assert await in_one_group(store, *calls) == [None] * 3
    assert [e.seq for e in await store.load("s1")] == [1, 2, 3, 4, 5, 6]
    assert await store.earliest() == after(4)


@pytest.mark.asyncio
async def test_one_that_cannot_be_written_fails_alone(store: SqliteStore) -> None:
    unwritable = entry("s1", body="\ud800", drafts=[draft("m1")])
    results = await in_one_group(
        store,
        store.append(entry("s0", deadline=after(1))),
        store.append(unwritable),
        store.append(entry("s2", drafts=[draft("m2")])),
        store.append(entry("s3", drafts=[draft("m2")])),
        store.alive(NOW),
        store.append(entry("s0", 1, deadline=after(2))),
    )
    kinds = [type(r) for r in results]
    assert kinds == [type(None), UnicodeEncodeError, type(None), ValueError, type(None), type(None)]
    assert [len(await store.load(f"s{n}")) for n in range(4)] == [2, 0, 1, 0]
    assert await store.earliest() == after(2)
    assert await store.last_alive() == NOW


@pytest.mark.asyncio
async def test_beyond_the_queue_s_limit_writes_are_refused_and_the_others_go_on(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "record.db", queue_limit=5)
    results = await in_one_group(store, *(store.append(entry(f"s{n}")) for n in range(8)))
    assert [type(r) for r in results] == [type(None)] * 5 + [RecordUnavailable] * 3
    await store.append(entry("s7"))
    await store.close()


@pytest.mark.asyncio
async def test_who_no_longer_waits_does_not_disturb(store: SqliteStore) -> None:
    gate = await Gate(store).closed()
    gone, stays = (asyncio.ensure_future(store.append(entry(name))) for name in ["gone", "stays"])
    await asyncio.sleep(0)
    gone.cancel()
    await gate.open()
    assert await outcomes([stays]) == [None]
    assert len(await store.load("stays")) == 1


@pytest.mark.asyncio
async def test_closing_commits_what_is_queued(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "record.db")
    tasks = [asyncio.ensure_future(store.append(entry(f"s{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    await store.close()
    assert await outcomes(tasks) == [None] * 10


@pytest.mark.asyncio
async def test_a_full_database_fails_the_whole_group_and_then_recovers_by_itself(store: SqliteStore) -> None:
    async def pragma(text: str) -> Any:
        return await store._writer.run(lambda c: c.exec_driver_sql(f"PRAGMA {text}").scalar())

    await store.append(entry("s0"))
    most = await pragma("page_count") + 2
    assert await pragma(f"max_page_count = {most}") == most
    large = store.append(entry("big", body="x" * 100_000))
    results = await in_one_group(store, store.append(entry("s0", 1)), large, store.append(entry("s2")))
    assert [type(r) for r in results] == [RecordUnavailable] * 3
    assert await store.load("s0") == [event(1, cmd="cmd")]
    assert await store.load("s2") == await store.load("big") == []
    await pragma("max_page_count = 1000000")
    await store.append(entry("big", body="x" * 100_000))
    await store.append(entry("s0", 1))


@pytest.mark.asyncio
async def test_a_writer_whose_connection_breaks_opens_another(store: SqliteStore) -> None:
    await store.append(entry("s0"))
    with pytest.raises(RecordUnavailable):
        await store._writer.run(lambda c: engine.driver(c).close())
    results = [(await outcomes([store.append(entry("s1"))]))[0] for _ in range(4)]
    assert results.index(None) <= 2
    assert isinstance(results[-1], Conflict)
    assert len(await store.load("s1")) == 1


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_opened_for_a_while_is_unavailable_for_that_while(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def connect(self) -> Connection:
            raise sqlite3.OperationalError("unable to open database file")

    with monkeypatch.context() as patch:
        patch.setattr(store._writer, "_engine", Gone())
        patch.setattr(store._reader, "_engine", Gone())
        for call in [store.append(entry("s1")), store.append(entry("s1")), store.alive(NOW), store.load("s1")]:
            with pytest.raises(RecordUnavailable, match="unable to open"):
                await call
    await store.append(entry("s1"))
    assert len(await store.load("s1")) == 1


@pytest.mark.asyncio
async def test_a_lock_that_is_never_given_back_makes_the_record_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    store = await SqliteStore.open(tmp_path / "record.db")
    with closing(sqlite3.connect(tmp_path / "record.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordUnavailable):
            await store.append(entry("s1"))
        assert await store.load("s1") == []
        other.execute("ROLLBACK")
    await store.append(entry("s1"))
    await store.close()


async def fail_at_the_file_size_limit(path: Path) -> None:
    """The body of a process of its own, since the limit is one of the process."""
    store = await SqliteStore.open(path)
    await store.append(entry("s1"))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    seq = 1
    refused = 0
    while refused < 3:
        small = entry(f"other{seq}-{refused}", drafts=[draft(f"{seq}-{refused}")])
        large = entry("s1", seq, body="x" * 20_000)
        results = await outcomes([store.append(small), store.append(large)])
        assert all(r is None or isinstance(r, RecordUnavailable) for r in results)
        seq += results[1] is None
        refused += results[1] is not None
        assert len(await store.load("s1")) == seq
        assert len(await store.load(small.session)) == (results[0] is None)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await store.append(entry("s1", seq))
    assert len(await store.load("s1")) == seq + 1
    await store.close()


def test_a_disk_that_takes_no_more_loses_nothing_and_half_writes_nothing(tmp_path: Path) -> None:
    """With a real error from the kernel: the process may write files of 300 kB at most, and later larger ones again."""
    program = "import asyncio, sys; from pathlib import Path; from tests.adapters.sql import test_writer as t; "
    program += "asyncio.run(t.fail_at_the_file_size_limit(Path(sys.argv[1])))"
    path = tmp_path / "record.db"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=60)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        heads = dict(connection.execute("SELECT session, count(*) FROM events GROUP BY session").fetchall())
        outbox = dict(connection.execute("SELECT session, count(*) FROM outbox GROUP BY session").fetchall())
    assert {session for session in heads if session != "s1"} == set(outbox)


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("neighbours", [0, 3])
async def test_who_was_overtaken_by_another_process_is_told_so_alone_or_among_others(
    store: SqliteStore, tmp_path: Path, count: int, neighbours: int
) -> None:
    names = ["s1", *(f"n{n}" for n in range(neighbours))]
    await in_one_group(store, *(store.append(entry(name, deadline=after(9))) for name in names))
    other = await SqliteStore.open(tmp_path / "record.db")
    await other.append(entry("s1", 1, deadline=after(5)))
    await other.close()
    late = entry("s1", 1, count=count, deadline=after(1))
    beside = [entry(name, 1, deadline=after(9)) for name in names[1:]]
    results = await in_one_group(store, *(store.append(one) for one in (late, *beside)))
    assert [type(result) for result in results] == [Conflict, *[type(None)] * neighbours]
    assert await store.earliest() == after(5)
    assert [len(await store.load(name)) for name in names] == [2] * len(names)
    await store.append(entry("s1", 2))


@pytest.mark.asyncio
async def test_what_was_never_committed_is_followed_by_nothing(store: SqliteStore) -> None:
    names = ["s1", "s2"]
    await in_one_group(store, *(store.append(entry(name)) for name in names))

    def fail(_: Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    lost = [store.append(entry(name, 1)) for name in names]
    assert all(isinstance(r, RecordUnavailable) for r in await in_one_group(store, *lost, store._writer.run(fail)))
    early = [store.append(entry(name, 2)) for name in names]
    assert all(isinstance(r, Conflict) for r in await in_one_group(store, *early))
    assert await in_one_group(store, *(store.append(entry(name, 1)) for name in names)) == [None, None]
