"""How long a durable append takes: `python -m tests.adapters.sql.bench_append [directory]`.

Prints a table and, as its last line, one JSON object: the p50 of an append while 16 sessions append at once, in fsyncs
of the same disk, and how many times more appends a second that is than one session alone. Medians of 5 rounds, each
with its own measure of the disk, since disks change their mind from minute to minute.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from server.adapters.sql import SqliteStore
from server.application.ports import Append, OutboxDraft, StoredEvent

ROUNDS = 5
SECONDS = 1.0
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BODY = json.dumps({"type": "presence", "participant": "a", "state": "connected", "note": "x" * 200})


def fsync_p50(directory: Path) -> float:
    """Seconds of one append of 4 KiB to a file and its fsync: the least that any durable append costs."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        for _ in range(200):
            begun = time.perf_counter()
            os.write(file.fileno(), b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return median(taken)


async def _session(store: SqliteStore, name: str, until: float, taken: list[float]) -> None:
    seq = 0
    while time.perf_counter() < until:
        draft = (OutboxDraft(f"{name}-{seq}", "mail", "{}", AT),) if seq % 10 == 0 else ()
        event = StoredEvent(seq + 1, AT, "presence", BODY, f"c{seq}")
        entry = Append(name, seq, (event,), AT + timedelta(seconds=seq), draft)
        begun = time.perf_counter()
        await store.append(entry)
        taken.append(time.perf_counter() - begun)
        seq += 1


async def appends(path: Path, sessions: int, seconds: float) -> list[float]:
    """The time of each append, with so many sessions appending at once."""
    store = await SqliteStore.open(path)
    taken: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_session(store, f"s{n}", until, taken) for n in range(sessions)))
    await store.close()
    return taken


async def measure(directory: Path) -> dict[str, float]:
    print(
        f"{'round':>5} {'fsync ms':>9} {'single/s':>9} {'grouped/s':>10} {'p50 ms':>7} {'p99 ms':>7} {'p50 fsyncs':>11}"
    )
    fsyncs, ratios = [], []
    for n in range(ROUNDS):
        fsync = fsync_p50(directory)
        single = await appends(directory / f"single{n}.db", 1, SECONDS)
        grouped = sorted(await appends(directory / f"grouped{n}.db", 16, SECONDS))
        fsync = (fsync + fsync_p50(directory)) / 2
        p50, p99 = median(grouped), grouped[len(grouped) * 99 // 100]
        fsyncs.append(p50 / fsync)
        ratios.append(len(grouped) / len(single))
        rates = f"{len(single) / SECONDS:9.0f} {len(grouped) / SECONDS:10.0f}"
        print(f"{n + 1:5} {fsync * 1e3:9.3f} {rates} {p50 * 1e3:7.3f} {p99 * 1e3:7.3f} {fsyncs[-1]:11.2f}")
    return {"append_p50_fsyncs": round(median(fsyncs), 2), "grouped_vs_single": round(median(ratios), 2)}


def main() -> None:
    where = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=where) as directory:
        print(json.dumps(asyncio.run(measure(Path(directory)))))


if __name__ == "__main__":
    main()
