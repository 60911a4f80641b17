"""How long a durable append takes while sixteen sessions write at once, in fsyncs of the same disk."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from server.adapters.sql import SqliteStore
from tests.benchmarks.report import Row, say
from tests.contracts.samples import entry

SESSIONS, APPENDS = 16, 40


async def measure(rounds: int) -> list[Row]:
    ratios, rates = list[float](), list[float]()
    # Not the system's temporary folder: that may be memory, which no fsync costs anything.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        for number in range(rounds):
            fsync = _fsync(Path(folder))
            store = await SqliteStore.open(Path(folder) / f"{number}.sqlite")
            began = time.perf_counter()
            took = [one for session in await _write_all(store) for one in session]
            rates.append(len(took) / (time.perf_counter() - began))
            await store.close()
            ratios.append(median(took) / fsync)
            say(f"recording {number + 1} of {rounds}: {rates[-1]:,.0f} appends/s, p50 {ratios[-1]:.1f} fsyncs")
    return [
        Row("durable appends, 16 sessions at once, median", median(rates), "per s", "appends_per_s"),
        Row("… p50 of one, in fsyncs of this disk", median(ratios), "fsyncs", "append_p50_fsyncs", "≤ 5"),
    ]


async def _write_all(store: SqliteStore) -> list[list[float]]:
    async def write(session: str) -> list[float]:
        took = []
        for seq in range(APPENDS):
            began = time.perf_counter()
            await store.append(entry(session, seq))
            took.append(time.perf_counter() - began)
        return took

    return await asyncio.gather(*(write(f"s{n}") for n in range(SESSIONS)))


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
