"""What a process was told holds when it is killed, and between processes on one record."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from server.adapters.sql import SqliteStore, open_store
from tests.adapters.sql.appender import deadline_of

ROUNDS = {"sqlite": 10, "postgresql": 5}


async def spawn(url: str, writer: str, sessions: int, appends: int) -> asyncio.subprocess.Process:
    """A process that is ready to append and waits for `go`."""
    command = ["-m", "tests.adapters.sql.appender", url, writer, str(sessions), str(appends)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


def go(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")


async def read_acknowledgements(process: asyncio.subprocess.Process, lines: int | None = None) -> list[tuple[str, int]]:
    """Of so many lines, or of all until the process ends."""
    assert process.stdout is not None
    found: list[tuple[str, int]] = []
    while lines is None or len(found) < lines:
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            break
        session, seq, *lost = line.decode().split()
        assert not lost
        found.append((session, int(seq)))
    return found


async def check_whole(url: str, acknowledged: dict[str, int]) -> None:
    """Every acknowledged append is there, and of every append all or nothing."""
    store = await open_store(url)
    for session, seq in acknowledged.items():
        events = await store.load(session)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len(events) >= seq + 2, "an acknowledged append is lost"
        assert len(events) % 2 == 0, "half an append is written"
    await store.close()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        if engine.name == "sqlite":
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"

        def ask(statement: str) -> dict[str, int]:
            return {session: count for session, count in connection.execute(text(statement))}

        appends = ask("SELECT session, count(*) FROM events GROUP BY session").items()
        outbox = ask("SELECT session, count(*) FROM outbox GROUP BY session")
        deadlines = ask("SELECT session, at FROM deadlines")
    engine.dispose()
    for session, events_written in appends:
        assert outbox[session] * 2 == events_written
        assert deadlines[session] == deadline_of(events_written).timestamp() * 1_000_000


@pytest.mark.asyncio
async def test_every_acknowledged_append_outlives_kill_9_at_any_moment(record_url: str) -> None:
    draw = random.Random(9)
    acknowledged: dict[str, int] = {}
    rounds = ROUNDS[record_url.partition(":")[0]]
    for _ in range(rounds):
        process = await spawn(record_url, "w", sessions=8, appends=100_000)
        go(process)
        found = await read_acknowledgements(process, draw.randrange(1, 400))
        await asyncio.sleep(draw.random() / 100)
        process.kill()
        found += await read_acknowledgements(process)
        assert await process.wait() == -9
        acknowledged.update(found)  # in order: the last of each session stands
        await check_whole(record_url, acknowledged)
    assert sum(acknowledged.values()) > rounds


@pytest.mark.asyncio
async def test_of_two_processes_on_one_record_who_appends_first_has_decided(record_url: str) -> None:
    writers = ["one", "two"]
    processes = [await spawn(record_url, writer, sessions=4, appends=100) for writer in writers]
    for process in processes:
        go(process)
    outputs = [stdout for stdout, _ in await asyncio.gather(*(process.communicate() for process in processes))]
    assert [process.returncode for process in processes] == [0, 0]
    winners = defaultdict(list)
    losses = 0
    for writer, output in zip(writers, outputs, strict=True):
        for session, seq, *lost in (line.split() for line in output.decode().splitlines()):
            losses += len(lost)
            if not lost:
                winners[session, int(seq)].append(writer)
    store = await open_store(record_url)
    for session in [f"s{n}" for n in range(4)]:
        events = await store.load(session)
        assert len(events) >= 200
        decided = [(event.seq - 1, event.body) for event in events if event.cmd is not None]
        assert decided == [(seq, winners[session, seq][0]) for seq in range(0, len(events), 2)]
    await store.close()
    assert all(len(who) == 1 for who in winners.values())
    assert losses >= 4, "both began at the first event of each session"


@pytest.mark.asyncio
async def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    stores = await asyncio.gather(*(SqliteStore.open(tmp_path / "record.db") for _ in range(8)))
    for store in stores:
        assert await store.live() == []
        await store.close()
