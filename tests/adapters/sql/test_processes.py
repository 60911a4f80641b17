"""What a process was told holds when it is killed, and between processes on one file."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from server.adapters.sql import SqliteStore
from tests.adapters.sql.appender import deadline_of

ROUNDS = 10


async def spawn(path: Path, writer: str, sessions: int, appends: int) -> asyncio.subprocess.Process:
    """A process that is ready to append and waits for `go`."""
    command = ["-m", "tests.adapters.sql.appender", str(path), writer, str(sessions), str(appends)]
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


async def check_whole(path: Path, acknowledged: dict[str, int]) -> None:
    """Every acknowledged append is there, and of every append all or nothing."""
    store = await SqliteStore.open(path)
    for session, seq in acknowledged.items():
        events = await store.load(session)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len(events) >= seq + 2, "an acknowledged append is lost"
        assert len(events) % 2 == 0, "half an append is written"
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        appends = connection.execute("SELECT session, count(*) FROM events GROUP BY session").fetchall()
        outbox = dict(connection.execute("SELECT session, count(*) FROM outbox GROUP BY session").fetchall())
        deadlines = dict(connection.execute("SELECT session, at FROM deadlines").fetchall())
    for session, events_written in appends:
        assert outbox[session] * 2 == events_written
        assert deadlines[session] == deadline_of(events_written).timestamp() * 1_000_000


@pytest.mark.asyncio
async def test_every_acknowledged_append_outlives_kill_9_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    draw = random.Random(9)
    acknowledged: dict[str, int] = {}
    for _ in range(ROUNDS):
        process = await spawn(path, "w", sessions=8, appends=100_000)
        go(process)
        found = await read_acknowledgements(process, draw.randrange(1, 400))
        await asyncio.sleep(draw.random() / 100)
        process.kill()
        found += await read_acknowledgements(process)
        assert await process.wait() == -9
        acknowledged.update(found)  # in order: the last of each session stands
        await check_whole(path, acknowledged)
    assert sum(acknowledged.values()) > ROUNDS


@pytest.mark.asyncio
async def test_of_two_processes_on_one_file_who_appends_first_has_decided(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    writers = ["one", "two"]
    processes = [await spawn(path, writer, sessions=4, appends=100) for writer in writers]
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
    store = await SqliteStore.open(path)
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
