"""How long a durable append takes while sixteen sessions write at once, in fsyncs of the same disk."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median

from server.adapters.sql import SqlStore, migrate_database, open_store
from server.application.ports import Append
from tests.benchmarks.machine import Share
from tests.benchmarks.report import Row, say
from tests.contracts.samples import entry
from tests.support.postgres import PostgresServer, postgres_running

SESSIONS, APPENDS = 16, 300  # so many that what a connection does once has no say


async def measure(rounds: int) -> list[Row]:
    # Not the system's temporary folder: that may be memory, which no fsync costs anything.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        paths = iter(Path(folder) / f"{number}.sqlite" for number in range(rounds))
        rows = await _rounds("SQLite", "", Path(folder), rounds, lambda: _ready(f"sqlite:///{next(paths)}"))
        with postgres_running(fsync=True, where=Path.cwd()) as server:
            fresh = partial(_fresh, server)
            return rows + await _rounds("PostgreSQL", "_postgres", Path(folder), rounds, fresh)


async def _ready(url: str) -> str:
    return url


async def _fresh(server: PostgresServer) -> str:
    url = server.url(server.database())
    await migrate_database(url)
    return url


async def _rounds(name: str, key: str, folder: Path, rounds: int, fresh: Callable[[], Awaitable[str]]) -> list[Row]:
    ratios, rates, fsyncs, share = list[float](), list[float](), list[float](), Share()
    for number in range(rounds):
        store = await open_store(await fresh())
        before = _fsync(folder)
        began = time.perf_counter()
        took = [one for session in await _write_all(store) for one in session]
        rates.append(len(took) / (time.perf_counter() - began))
        fsyncs.append((before + _fsync(folder)) / 2)  # disks change their mind from moment to moment
        await store.close()
        ratios.append(median(took) / fsyncs[-1])
        say(f"recording {number + 1} of {rounds}, {name}: {rates[-1]:,.0f} appends/s, p50 {ratios[-1]:.1f} fsyncs")
    return [
        Row(f"durable appends, 16 sessions at once, {name}", median(rates), "per s", f"appends_per_s{key}"),
        Row(
            f"… p50 of one, in fsyncs of this disk, {name}", median(ratios), "fsyncs", f"append_p50_fsyncs{key}", "≤ 5"
        ),
        Row("… one fsync", median(fsyncs) * 1e3, "ms", f"fsync_ms{key}"),
        Row("… of the processors' time, other guests had", share.taken(), "%", f"append_taken{key}"),
    ]


async def _write_all(store: SqlStore) -> list[list[float]]:
    async def write(entries: list[Append]) -> list[float]:
        took = []
        for one in entries:
            began = time.perf_counter()
            await store.append(one)
            took.append(time.perf_counter() - began)
        return took

    # Made before: what it takes to make one would be counted as the wait of the fifteen others.
    given = [[entry(f"s{n}", seq) for seq in range(APPENDS)] for n in range(SESSIONS)]
    return await asyncio.gather(*map(write, given))


def _fsync(folder: Path, times: int = 60) -> float:
    """Median seconds of one 4 KiB write that is made durable."""
    took = []
    with open(folder / "fsync", "wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took)
