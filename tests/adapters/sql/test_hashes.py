"""What PostgreSQL's store knows of the line that an append follows, and how it comes to know it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import make_url

from server.adapters.sql import PostgresStore
from server.adapters.sql.postgres import hashes
from server.application import audit
from server.application.ports import Conflict
from tests.contracts.samples import entry

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def nodes(postgres_url: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    one, other = [await PostgresStore.open(make_url(postgres_url)) for _ in range(2)]
    yield one, other
    await one.close()
    await other.close()


async def test_a_log_that_was_read_is_not_asked_for_its_hash_again(
    nodes: tuple[PostgresStore, PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = nodes
    await one.append(entry("s1", count=3))
    assert len(await other.load("s1")) == 3
    monkeypatch.setattr(hashes, "KNOWN", "SELECT session, seq, hash FROM nowhere")
    await other.append(entry("s1", 3))
    assert (await audit.examined(other, None)).broken is None


async def test_what_another_node_wrote_after_we_read_is_followed_once_it_is_read(
    nodes: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = nodes
    await one.append(entry("s1", count=2))
    await other.load("s1")
    await one.append(entry("s1", 2))
    with pytest.raises(Conflict):
        await other.append(entry("s1", 2))
    assert [line.seq for line in await other.load("s1", 2)] == [3]
    await other.append(entry("s1", 3))
    assert (await audit.examined(other, None)).broken is None
