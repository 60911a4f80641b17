"""Due sessions, taken to be decided."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from server.adapters.sql import PostgresStore, SqlStore, open_store
from server.adapters.sql.schema import to_micros
from server.application.ports import Conflict, Deadlines
from server.application.taking import ReadDue
from tests.contracts.samples import NOW, Store, after, draft, entry, outcomes

pytestmark = pytest.mark.asyncio


def deadlines(store: Store) -> Deadlines:
    return store.deadlines() if isinstance(store, SqlStore) else ReadDue(store)


async def planned(store: Store, *names: str) -> None:
    for minutes, name in enumerate(names):
        await store.append(entry(name, deadline=after(minutes)))


async def test_what_is_due_is_taken_earliest_first_within_the_limit(store: Store) -> None:
    await planned(store, "c", "a", "b")
    for now, limit, expected in ((after(-1), 9, []), (after(1), 9, ["c", "a"]), (after(9), 2, ["c", "a"])):
        async with deadlines(store).taking(now, limit) as taken:
            assert list(taken.sessions) == expected
            for session in taken.sessions:
                taken.leave(session)


async def test_what_is_decided_together_is_written_and_no_longer_due(store: Store) -> None:
    names = [f"s{n}" for n in range(20)]
    await planned(store, *names)

    async def decide(session: str) -> None:
        await taken.append(entry(session, 1, deadline=None, drafts=[draft(session)]))
        assert len(await store.load(session)) == 2, "it is written once the call returns"
        taken.leave(session)

    async with deadlines(store).taking(after(99), 99) as taken:
        await asyncio.gather(*(decide(session) for session in taken.sessions))
    assert await store.due(after(99), 99) == []
    assert await store.live() == []
    assert {row.id for row in await store.take(NOW, 99)} == set(names)


async def test_what_is_left_alone_stays_due(store: Store) -> None:
    await planned(store, "decided", "left")
    async with deadlines(store).taking(after(9), 9) as taken:
        taken.leave("left")
        await taken.append(entry("decided", 1, deadline=after(60)))
        taken.leave("decided")
    assert await store.due(after(9), 9) == ["left"]


async def test_each_is_refused_for_itself(store: Store) -> None:
    await planned(store, "late", "bad", "fine")
    await store.append(entry("other", drafts=[draft("known")]))
    async with deadlines(store).taking(after(9), 9) as taken:
        results = await outcomes(
            [
                taken.append(entry("late", 0)),
                taken.append(entry("bad", 1, drafts=[draft("known")])),
                taken.append(entry("fine", 1)),
            ]
        )
    assert [type(one) for one in results] == [Conflict, ValueError, type(None)]
    assert [len(await store.load(name)) for name in ("late", "bad", "fine")] == [1, 1, 2]


async def test_a_second_append_in_one_turn_follows_the_first(store: Store) -> None:
    await planned(store, "s", "t")
    async with deadlines(store).taking(after(9), 9) as taken:
        taken.leave("t")
        for seq in (1, 2, 3):
            await taken.append(entry("s", seq, deadline=after(60)))
    assert len(await store.load("s")) == 4


async def test_whoever_comes_while_a_session_is_taken_waits_and_then_finds_what_was_decided(store: Store) -> None:
    await planned(store, "s")
    async with deadlines(store).taking(after(9), 9) as taken:
        other = asyncio.create_task(store.append(entry("elsewhere", deadline=after(5))))
        await other  # another session waits for nobody
        results = await outcomes([taken.append(entry("s", 1, body="1")), store.append(entry("s", 1, body="2"))])
    assert sorted(str(type(one)) for one in results) == sorted(map(str, (type(None), Conflict)))
    assert len(await store.load("s")) == 2


async def test_who_never_decides_holds_a_session_for_a_moment_only(store: Store) -> None:
    await planned(store, "s")
    async with deadlines(store).taking(after(9), 9) as taken:
        await asyncio.wait_for(store.append(entry("s", 1, deadline=after(60))), 20)
        with pytest.raises(Conflict):
            await taken.append(entry("s", 1))
    assert len(await store.load("s")) == 2


async def test_two_nodes_on_postgresql_never_take_the_same_session(postgres_url: str) -> None:
    one, other = [await open_postgres(postgres_url) for _ in range(2)]
    names = [f"s{n}" for n in range(10)]
    await planned(one, *names)
    async with one.deadlines().taking(after(99), 4) as first, other.deadlines().taking(after(99), 99) as second:
        assert list(first.sessions) == names[:4]
        assert list(second.sessions) == names[4:]
    async with other.deadlines().taking(after(99), 99) as again:
        assert list(again.sessions) == names
    await one.close()
    await other.close()


async def test_who_is_cut_off_in_the_midst_holds_nothing(postgres_url: str) -> None:
    one, other = [await open_postgres(postgres_url) for _ in range(2)]
    await planned(one, "s")
    async with one.deadlines().taking(after(9), 9) as first:
        assert list(first.sessions) == ["s"]
        one._turns._connection.terminate()  # type: ignore[union-attr]
        await asyncio.wait_for(other.append(entry("s", 1, deadline=None)), 20)
    assert len(await other.load("s")) == 2
    await one.close()
    await other.close()


async def test_a_deadline_alone_never_replaces_that_of_a_later_event(postgres_url: str) -> None:
    """It waits for who writes at that moment, and sees then that it comes too late."""
    store = await open_postgres(postgres_url)
    await store.append(entry("s", deadline=after(5)))
    later = to_micros(after(1))
    async with await psycopg.AsyncConnection.connect(postgres_url) as other:
        await other.execute("INSERT INTO events (session, seq, at, kind, body) VALUES ('s', 2, 0, 'noted', '{}')")
        await other.execute("UPDATE deadlines SET at = %s, seq = 2", (later,))
        waiting = asyncio.create_task(store.append(entry("s", 1, count=0, deadline=after(60))))
        while await (await other.execute("SELECT FROM pg_locks WHERE NOT granted")).fetchone() is None:
            assert not waiting.done()  # it has to be at the row, or this says nothing
        await other.commit()
    with pytest.raises(Conflict):
        await waiting
    assert await store.earliest() == after(1)
    await store.close()


async def open_postgres(url: str) -> PostgresStore:
    store = await open_store(url)
    assert isinstance(store, PostgresStore)
    return store
