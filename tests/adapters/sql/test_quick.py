"""PostgreSQL's quick statement goes by what a deadline says of its log; where that lags behind, nobody is misled."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from server.adapters.sql import PostgresStore
from server.application.ports import Conflict
from tests.contracts.samples import after, draft, entry, outcomes

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def store(postgres_url: str) -> AsyncIterator[PostgresStore]:
    opened = await PostgresStore.open(make_url(postgres_url))
    yield opened
    await opened.close()


async def say(url: str, statement: str) -> object:
    """Behind the store's back, as a program from before would: what the one value is."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("lag", [0, 1, 2])
async def test_a_deadline_that_lags_behind_its_log_decides_nothing(
    store: PostgresStore, postgres_url: str, lag: int
) -> None:
    await store.append(entry("s1", count=3, deadline=after(5)))
    await say(postgres_url, f"UPDATE deadlines SET seq = {lag}")
    with pytest.raises(Conflict):
        await store.append(entry("s1", lag, count=2, deadline=after(1), drafts=[draft("lost")]))
    assert len(await store.load("s1")) == 3
    assert await store.earliest() == after(5)
    await store.append(entry("s1", 3, deadline=after(7)))
    assert await store.earliest() == after(7)
    assert await say(postgres_url, "SELECT seq FROM deadlines") == 4


async def test_a_log_without_a_deadline_goes_on(store: PostgresStore, postgres_url: str) -> None:
    await store.append(entry("s1", count=2))
    await say(postgres_url, "DELETE FROM deadlines")
    with pytest.raises(Conflict):
        await store.append(entry("s1", 1))
    await store.append(entry("s1", 2))
    await store.append(entry("s1", 3))
    assert len(await store.load("s1")) == 4


async def test_each_of_a_group_is_decided_for_itself_whichever_statement_writes_it(store: PostgresStore) -> None:
    names = [f"s{n}" for n in range(12)]
    await outcomes([store.append(entry(name, deadline=after(9))) for name in names])
    appends = [entry(name, 1, count=2, deadline=after(n), drafts=[draft(name)]) for n, name in enumerate(names)]
    others = [entry(f"new{n}", 0, drafts=[draft(f"new{n}")]) for n in range(4)]
    late, twice = entry("s1", 0), entry("s2", 3, drafts=[draft("s2")])
    results = await outcomes([store.append(one) for one in (*appends, *others, late, twice)])
    assert [type(r) for r in results] == [type(None)] * 16 + [Conflict, ValueError]
    assert [len(await store.load(name)) for name in names] == [3] * 12
    assert len(await store.take(after(0), 99)) == 16
