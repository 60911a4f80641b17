"""How PostgreSQL goes about the one hot write: what it costs must not grow with what is already written."""

from __future__ import annotations

import re

import asyncpg
import pytest

from server.adapters.sql.postgres.statement import WRITE, WRITE_IN_TURN, Chain, arguments
from server.domain.chain import NOTHING
from tests.contracts.samples import entry

SCAN = re.compile(r"->  .*Scan.* on (events|deadlines)")

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("statement", [WRITE, WRITE_IN_TURN])
async def test_an_append_looks_at_no_line_but_its_own(postgres_url: str, statement: str) -> None:
    """A plan made while the tables were empty is kept for as long as the connection is."""
    connection = await asyncpg.connect(postgres_url, server_settings={"plan_cache_mode": "force_generic_plan"})
    try:
        given = arguments([Chain([entry(f"s{n}", 3)], NOTHING) for n in range(16)])
        rows = await connection.fetch(f"EXPLAIN (COSTS OFF) {statement}", *given)
    finally:
        await connection.close()
    plan = [row[0].strip() for row in rows]
    scans = [n for n, line in enumerate(plan) if SCAN.match(line)]
    assert len(scans) >= 4, plan
    # Without a condition an index is read whole as well, to be asked for sixteen sessions.
    assert [plan[n] for n in scans if "Index Cond" not in " ".join(plan[n + 1 : n + 5])] == []
