"""A short run of `make chaos`, and an oracle that can say no."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.chaos.oracle import judge
from tests.chaos.running import keep_commit_times, run
from tests.support.postgres import postgres_running

pytestmark = [pytest.mark.alone, pytest.mark.timeout(240)]


@pytest.mark.asyncio
async def test_nothing_is_lost_doubled_or_early_while_nodes_are_killed(tmp_path: Path) -> None:
    happened, verdict = await run(tmp_path, kills=25, deadlines=500, seconds=20, seed=3, tell=print)
    assert happened.kills, "a machine this slow shows nothing"
    assert (verdict.deadlines, verdict.lost, verdict.doubled, verdict.early) == (500, 0, 0, 0)
    assert happened.ended_by_themselves == 0


def test_the_oracle_finds_what_is_lost_doubled_and_early() -> None:
    with postgres_running() as postgres:
        keep_commit_times(postgres)
        _judge_four(postgres.url(postgres.database()))


def _judge_four(url: str) -> None:
    body = '{"because": "The therapist is not here 0 min after the start."}'
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE events (session text, seq int, at bigint, kind text, body text)")
        rows = [("fine", 1_000_500), ("twice", 1_000_500), ("twice", 1_000_900), ("early", 999_999)]
        for seq, (session, at) in enumerate(rows):
            connection.execute("INSERT INTO events VALUES (%s, %s, %s, 'Decided', %s)", (session, seq, at, body))
    verdict = judge(url, dict.fromkeys(("fine", "twice", "early", "lost"), 1.0), [], [])
    assert (verdict.deadlines, verdict.lost, verdict.doubled, verdict.early) == (4, 1, 1, 1)
