"""How PostgreSQL goes about what every decision needs: what it costs must not grow with what is already written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from server.adapters.sql.postgres.hashes import KNOWN
from server.adapters.sql.postgres.reads import LOAD
from server.adapters.sql.postgres.statement import QUICK, WRITE, WRITE_IN_TURN, Chain, arguments
from server.adapters.sql.postgres.turns import TAKE
from server.domain.chain import NOTHING
from tests.contracts.samples import entry

SCAN = re.compile(r"Scan.* on (events|deadlines)")
BY_KEY = re.compile("(Index|TID) Cond")

pytestmark = pytest.mark.asyncio


NAMES, NUMBERS = [f"s{n}" for n in range(100)], [3] * 100
APPENDS = arguments([Chain([entry(name, 3)], NOTHING) for name in NAMES[:16]])


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize(
    ("statement", "given", "looks"),
    [
        pytest.param(QUICK, APPENDS, 3, id="quick"),
        pytest.param(WRITE, APPENDS, 4, id="write"),
        pytest.param(WRITE_IN_TURN, APPENDS, 4, id="in-turn"),
        pytest.param(LOAD, (NAMES, NUMBERS), 1, id="load"),
        pytest.param(KNOWN, (NAMES, NUMBERS), 1, id="known"),
        pytest.param(TAKE, (0, 100), 1, id="take"),
    ],
)
async def test_what_every_decision_needs_is_found_by_its_key(
    postgres_url: str, statement: str, given: Sequence[Any], looks: int, mode: str
) -> None:
    """A plan made while the tables were empty is kept for as long as the connection is."""
    connection = await asyncpg.connect(postgres_url, server_settings={"plan_cache_mode": mode})
    try:
        rows = await connection.fetch(f"EXPLAIN (COSTS OFF) {statement}", *given)
    finally:
        await connection.close()
    plan = [row[0].strip() for row in rows]
    scans = [n for n, line in enumerate(plan) if SCAN.search(line)]
    assert len(scans) >= looks, plan
    # Without a condition an index is read whole as well, to be asked for sixteen sessions.
    assert [plan[n] for n in scans if not BY_KEY.search(" ".join(plan[n + 1 : n + 5]))] == []
