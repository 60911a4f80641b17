from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import make_url

from server.adapters.memory import MemoryStore
from server.adapters.sql import PostgresStore, SqliteStore
from tests.contracts.samples import Store, Wall


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest_asyncio.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, wall: Wall) -> AsyncIterator[Store]:
    """Every adapter of the record, one after the other."""
    opened: Store
    if request.param == "memory":
        opened = MemoryStore(wall=wall)
    elif request.param == "postgres":
        opened = await PostgresStore.open(make_url(request.getfixturevalue("postgres_url")), wall=wall)
    else:
        opened = await SqliteStore.open(tmp_path / "record.db", wall=wall)
    yield opened
    await opened.close()
